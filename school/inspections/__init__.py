"""Inspections of the registers and their reports (п. 3.5, 6.2–6.4)."""
