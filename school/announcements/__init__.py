"""Announcements: who writes them to whom, who has seen and confirmed them (п. 2.9, 4.7)."""
