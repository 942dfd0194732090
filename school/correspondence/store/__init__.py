"""Threads, messages and what is kept around them as rows."""
