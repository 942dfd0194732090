"""Speed of the running product on a school of 1,000 pupils, beside the rivals' figures for the same work."""
