"""What is made of a clock that jumped, and of another zone (п. 3.2, 8.5): nothing lasts longer than it was to last."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

# So far the clock may go back before anything is done about it: a machine corrects its own by seconds or minutes.
SLACK = timedelta(minutes=15)
# How often the newest moment is noted.
NOTED_EVERY = timedelta(minutes=10)


def is_ahead(moment: datetime, now: datetime) -> bool:
    """Whether a moment was written by a clock that went ahead."""
    return moment > now + SLACK


def zone_shift(before: str, after: str, now: datetime) -> timedelta:
    """Return what the wall clock of the school gains when its zone changes; ``now`` is by the new one."""
    moment = now.replace(tzinfo=ZoneInfo(after))
    there = moment.astimezone(ZoneInfo(before)).replace(tzinfo=None)
    return now - there
