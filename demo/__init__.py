"""A seeded generator of a whole school, written through the same actions as a real one."""
