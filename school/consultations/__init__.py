"""Consultations: times that the staff offers to families, and parents' evenings (п. 2.9, 4.7)."""
