"""Periodic reports: which there are, who may make them, when the schedule does (п. 2.6, 7.1, 7.2)."""
