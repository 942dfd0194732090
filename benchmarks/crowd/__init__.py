"""Many people at once: a load without pauses, a minute of a day, one who holds F5, a week of visits."""
