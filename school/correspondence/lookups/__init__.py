"""Reads, narrowed to what the user may see."""
