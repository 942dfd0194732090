"""The terms of measures and what follows what (ТК, ст. 191–194); what is printed of them."""
