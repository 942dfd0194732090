"""Whether the clock can be right."""

from datetime import datetime

from school.sign_in.rules.clock import clock_words, is_ahead
from school.store.connection import Store
from school.store.moments import time_mark


def clock_problem(store: Store, now: datetime) -> str | None:
    """Return in Russian that the clock is behind what it has shown before; None where it may be right. For the administrator."""
    newest = time_mark(store).newest_moment
    return clock_words(newest, now) if newest is not None and is_ahead(newest, now) else None
