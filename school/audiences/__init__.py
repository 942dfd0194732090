"""Whom something at school is for: the school, grades, classes, subgroups, roles, or people by name."""
