"""When a lesson must be filled: on its day, marks no later than 16:00 (п. 4.5, 5.5)."""

from datetime import date, datetime, time, timedelta

ENTRY_DEADLINE = time(16, 0)


def entry_deadline(held_on: date) -> datetime:
    """Return the moment up to which the marks of a lesson on that day are in time (п. 5.5)."""
    return datetime.combine(held_on, ENTRY_DEADLINE)


def is_late(recorded_at: datetime, held_on: date) -> bool:
    """Whether an entry for a lesson came after its deadline (п. 5.5)."""
    return recorded_at > entry_deadline(held_on)


def time_left(now: datetime, held_on: date) -> timedelta:
    """Return the time left to the deadline; zero once it has passed (п. 5.5)."""
    return max(entry_deadline(held_on) - now, timedelta())
