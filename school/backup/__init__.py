"""Copies of the whole school: taken while people type, verified, rotated, sent elsewhere, restored (п. 6.1, 8.6)."""
