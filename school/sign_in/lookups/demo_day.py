"""The clock of a demonstration school, which lives on a day with lessons."""

from datetime import date

from school.clock import Clock
from school.sign_in.rules.demo_day import demo_moment
from school.store.moments import time_mark
from school.store.reading import Reader
from school.store.settings import demo_user_ids


def demo_clock(reader: Reader, clock: Clock) -> Clock | None:
    """Return the clock that a demonstration school lives by; None for a real school, and where today has lessons."""
    if not demo_user_ids(reader):
        return None
    now = clock()
    days = frozenset[date](day for (day,) in reader.read("SELECT DISTINCT held_on FROM lessons"))
    moved = demo_moment(now, time_mark(reader).newest_moment, days)
    by = moved - now
    return (lambda: clock() + by) if by else None
