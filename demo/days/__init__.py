"""What happens in a made-up school day by day."""
