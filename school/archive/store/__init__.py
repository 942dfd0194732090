"""Rows of the archive."""
