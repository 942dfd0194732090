"""Questions about 8Б to the work of the office: a module a subject."""
