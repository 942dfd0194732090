"""Reads, already narrowed to what the signed-in user may see."""
