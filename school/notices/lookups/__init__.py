"""What a family has chosen, the calendar behind an address, the mail server and its queue."""
