"""Closing a term, opening it again, permissions to correct what is closed (п. 4.2)."""
