"""A homeroom teacher asks colleagues to fill the registers of the class (п. 4.3)."""
