"""Personal data (152-ФЗ): who looked, what is kept of a child and how long, what is erased, what went wrong."""
