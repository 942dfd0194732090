"""Exams, final marks and the council's decisions at the end of a year."""
