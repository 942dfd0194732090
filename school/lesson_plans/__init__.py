"""Lesson plans and how far the lessons have come (п. 2.2, 4.5, 6.3)."""
