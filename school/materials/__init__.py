"""Materials of a subject for a class or subgroup: files and links, each version with its day (п. 4.7)."""
