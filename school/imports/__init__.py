"""Loads from people's own files: seen first, applied in one transaction, taken back as a whole (п. 4.6)."""
