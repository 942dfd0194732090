"""Questions about 8Б to what people say to each other: a module a subject."""
