"""Documents that the head signs: orders and the like as PDF and for Word, and their acquaintance sheets (п. 4.1)."""
