"""What every measure means, in words."""
