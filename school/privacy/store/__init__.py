"""The rows of this subject: its SQL."""
