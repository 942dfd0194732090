"""Whole registers in and out as journal extracts (п. 4.6)."""
