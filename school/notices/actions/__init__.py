"""Families choose what they are told, the administrator sets the school's mail server, the sender keeps its queue."""
