"""Everything of a made-up school that is decided before its first lesson."""
