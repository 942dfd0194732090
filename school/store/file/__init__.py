"""The database as files: opened with care, watched, private, repaired."""
