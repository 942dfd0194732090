"""What a family is told outside the diary: letters through the school's own mail server, private calendars (п. 3.6, 4.7)."""
