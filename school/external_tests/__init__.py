"""Results of national tests (п. 2.5, 6.3)."""
