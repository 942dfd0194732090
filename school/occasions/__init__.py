"""Events of a class, a grade or the school, and who comes to them (п. 3.6); «event» is the record of a change."""
