"""The staff offers times and takes them back, the deputy head plans evenings, families book (п. 2.9, 4.7)."""
