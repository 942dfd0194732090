"""The day that a demonstration school lives: one with lessons, whatever the calendar says today."""

from collections.abc import Collection
from datetime import date, datetime, timedelta


def demo_moment(now: datetime, newest: datetime | None, days: Collection[date]) -> datetime:
    """Return the moment at which a demonstration's clock begins: ``now`` on a day with lessons, else moved to one of ``days``.

    That is the last day with lessons before today, or the next one where what was written already is newer; never a moment
    before ``newest``, the latest one that the school has seen.
    """
    today, since = now.date(), newest.date() if newest else date.min
    if today in days:
        return now
    left = sorted(day for day in days if day >= since)
    if not left:
        return now
    day = max((each for each in left if each < today), default=left[0])
    moved = now + timedelta(days=(day - today).days)
    return max(moved, newest) if newest else moved
