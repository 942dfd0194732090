"""What a forecast reads."""
