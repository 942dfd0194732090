"""Substitutions: who stands in for whom, the log, the sheet (п. 4.2, 4.5)."""
