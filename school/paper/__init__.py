"""The year on paper: which documents of a class are printed and kept, and their making one after another (п. 2.3, 6.5, 6.6)."""
