"""The package of a school year: documents of every class, tables, inventory, all in one checked file (п. 6.5, 6.6)."""
