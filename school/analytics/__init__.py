"""Tables for measures, within what a reader may see (п. 4.2, 7.2)."""
