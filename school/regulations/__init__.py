"""Documents of the school: orders, regulations and the like, their versions and who is acquainted with them (п. 4.1, 4.2)."""
