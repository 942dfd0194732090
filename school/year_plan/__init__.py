"""The plan of a school year and of control: what is due when, who does it, what the register sees done (п. 3.5, 4.2, 6.2, 7.1)."""
