"""The archive of a school year: one package that is read without this program, its paper, its signatures (п. 6.5, 6.6, 2.4)."""
