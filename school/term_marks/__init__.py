"""Marks for terms and years, how they are rounded, whom to ask (п. 5.2–5.4)."""
