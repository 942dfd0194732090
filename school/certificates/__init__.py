"""Numbered papers of pupils and letters of the school: the register of issue, requests of families, report cards (п. 4.6)."""
