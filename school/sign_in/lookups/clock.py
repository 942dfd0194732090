"""Whether the clock can be right."""

from datetime import datetime

from school.sign_in.rules.clock import is_ahead
from school.store.moments import time_mark
from school.store.reading import Reader


def clock_shown_before(reader: Reader, now: datetime) -> datetime | None:
    """Return the later moment that the clock has shown already; None where it may be right. For the administrator."""
    newest = time_mark(reader).newest_moment
    return newest if newest is not None and is_ahead(newest, now) else None
