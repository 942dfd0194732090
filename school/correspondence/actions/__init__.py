"""Writes: check access, check the rule, store and record the event in one transaction."""
