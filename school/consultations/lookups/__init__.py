"""Consultations as a family, a teacher and who oversees a class or the school see them (п. 2.9, 4.7)."""
