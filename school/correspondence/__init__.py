"""Threads of staff and families, calls for help, and the order that the school keeps in them (п. 2.9, 4.7, 8.1)."""
