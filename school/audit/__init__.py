"""The record of changes, read in words."""
