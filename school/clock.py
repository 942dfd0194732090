"""The one place where the product reads the time, and the one where the school's time zone is stated."""

import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]

NOW_VARIABLE = "SCHOOL_NOW"
ZONE_VARIABLE, USUAL_ZONE = "SCHOOL_ZONE", "Europe/Moscow"


def school_zone(environment: Mapping[str, str] | None = None) -> str:
    """Return the school's time zone, a name of the IANA database: ``SCHOOL_ZONE`` of the environment, else Moscow's.

    School time is the clock on this zone's walls on every machine, whatever that machine's own zone. Raises ValueError
    for an unknown name.
    """
    name = (os.environ if environment is None else environment).get(ZONE_VARIABLE) or USUAL_ZONE
    try:
        ZoneInfo(name)
    except (LookupError, ValueError, OSError) as problem:
        raise ValueError(
            f"Часового пояса «{name}» нет. Назовите его в {ZONE_VARIABLE} по городу: Europe/Moscow, Asia/Vladivostok."
        ) from problem
    return name


def school_clock(environment: Mapping[str, str] | None = None) -> Clock:
    """Return a clock of school time (naive, of ``school_zone``, whole microseconds).

    With ``SCHOOL_NOW`` (ISO date-time) in the environment the clock starts there and goes on, so that a day
    can be replayed. Raises ValueError when the value is not an ISO date-time or the zone is unknown.
    """
    zone = ZoneInfo(school_zone(environment))
    replay = (os.environ if environment is None else environment).get(NOW_VARIABLE)
    if not replay:
        return lambda: datetime.now(zone).replace(tzinfo=None)
    try:
        began, starts_at = datetime.now(UTC), datetime.fromisoformat(replay).replace(tzinfo=None)
    except ValueError as problem:
        raise ValueError(
            f"SCHOOL_NOW — это день и время, с которых идут часы журнала, а «{replay}» так не читается. "
            "Напишите, например, 2026-11-23T10:00 или уберите эту переменную."
        ) from problem
    return lambda: starts_at + (datetime.now(UTC) - began)


def unix_time() -> float:
    """Return seconds since 1970 of universal time: what an authenticator's code counts by, even while a day is replayed."""
    return datetime.now(UTC).timestamp()
