"""A new version of the program over a school's database: tried on a copy, applied beside the old one (п. 6.1, 8.6)."""
