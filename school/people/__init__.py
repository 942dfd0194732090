"""Employees, pupils, guardians, classes by day, movements (п. 3.3, 4.3, 4.6)."""
