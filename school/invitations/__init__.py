"""Invitation codes: the way in for staff and families (п. 3.1)."""
