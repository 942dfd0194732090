"""The one place where the product reads the time."""

import os
from collections.abc import Callable
from datetime import datetime

Clock = Callable[[], datetime]


def school_clock(environment: dict[str, str] | None = None) -> Clock:
    """Return a clock of school time (naive local time, whole microseconds).

    With ``SCHOOL_NOW`` (ISO date-time) in the environment the clock starts there and goes on, so that a day
    can be replayed. Raises ValueError when the value is not an ISO date-time.
    """
    replay = (os.environ if environment is None else environment).get("SCHOOL_NOW")
    if not replay:
        return datetime.now
    began, starts_at = datetime.now(), datetime.fromisoformat(replay).replace(tzinfo=None)
    return lambda: starts_at + (datetime.now() - began)
