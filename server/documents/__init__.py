"""Jobs that make documents beside the visitors, each in a process of its own."""
