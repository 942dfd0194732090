"""Journal extracts of one school or many as tables on an engine."""
