"""Absences that families announce, and what the homeroom teacher answers (п. 3.6, 4.3)."""
