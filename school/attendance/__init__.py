"""Absences with their reasons, leaves, and who misses too much (п. 4.3)."""
