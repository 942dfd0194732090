"""Notices on a family's phone through the push services of browsers' makers, as far as the school allows them (п. 4.7, 8.2)."""
