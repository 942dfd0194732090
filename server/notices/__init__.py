"""Sends the school's notices: letters and pushes, each in a thread of its own."""
