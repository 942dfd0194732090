"""The summary sheet of marks of a class, and of each pupil alone (п. 6.6)."""
