"""Homework: due days, tasks of single pupils, files (п. 3.4, 4.5, 4.7)."""
