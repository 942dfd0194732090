"""Passwords, sessions, waits after failures, who may sign in (п. 3.1, 3.2, 8.5)."""
