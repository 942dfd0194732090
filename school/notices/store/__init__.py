"""Rows of notices: choices of families, the queue of letters, addresses of calendars, what letters are about."""
