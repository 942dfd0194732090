"""After how long without work in the register a sign-in ends (п. 3.2, 8.5): on a classroom's computer soon, at home late."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from school.errors import RuleRefused
from school.numbers import counted
from school.records import Role
from school.sign_in.rules.sessions import FAMILY_ROLES

IDLE_SETTINGS = "sign_in.idle."
HOUR, DAY = 60, 24 * 60


class IdleGroup(StrEnum):
    """People whose sign-ins end after the same time without work."""

    TEACHERS = "teachers"
    OFFICE = "office"
    FAMILIES = "families"


IDLE_TITLES = {
    IdleGroup.TEACHERS: "Учителя и классные руководители",
    IdleGroup.OFFICE: "Директор, завуч, администратор, секретарь",
    IdleGroup.FAMILIES: "Родители и ученики",
}
# A lesson lasts 45 minutes: whoever opens the register at its start and its end signs in once.
USUAL_MINUTES = {IdleGroup.TEACHERS: 50, IdleGroup.OFFICE: HOUR, IdleGroup.FAMILIES: 7 * DAY}
MINUTES_ALLOWED = {
    IdleGroup.TEACHERS: range(5, 12 * HOUR + 1),
    IdleGroup.OFFICE: range(5, 12 * HOUR + 1),
    IdleGroup.FAMILIES: range(15, 7 * DAY + 1),
}
_CHOICES = (
    *(5, 10, 15, 20, 30, 40, 50),
    *(HOUR * hours for hours in (1, 2, 3, 4, 6, 8, 12)),
    *(DAY * days for days in range(1, 8)),
)
_TEACHING = frozenset({Role.TEACHER, Role.HOMEROOM})


def idle_minutes(settings: Mapping[str, str], group: IdleGroup) -> int:
    """Return a group's minutes by the school's settings under ``IDLE_SETTINGS``, or the usual ones."""
    return int(settings.get(group, USUAL_MINUTES[group]))


def idle_choices(group: IdleGroup, chosen: int) -> list[int]:
    """Return the minutes that a group is offered, what the school has chosen among them."""
    return sorted({*(minutes for minutes in _CHOICES if minutes in MINUTES_ALLOWED[group]), chosen})


def idle_limit(roles: Collection[Role], settings: Mapping[str, str]) -> timedelta:
    """Return after how long without work a sign-in of somebody with these roles ends: the shortest of their groups.

    A parent who works in the school counts as staff.
    """
    staff = set(roles) - FAMILY_ROLES
    if not staff:
        return timedelta(minutes=idle_minutes(settings, IdleGroup.FAMILIES))
    groups = {IdleGroup.TEACHERS if role in _TEACHING else IdleGroup.OFFICE for role in staff}
    return timedelta(minutes=min(idle_minutes(settings, group) for group in groups))


def is_idle(last_seen: datetime, limit: timedelta, now: datetime) -> bool:
    """Whether nothing was done for too long; a clock that was put back ends nothing."""
    return now - last_seen >= limit


def check_idle_minutes(group: IdleGroup, minutes: int) -> int:
    """Return a group's minutes; raises RuleRefused for too few or too many."""
    allowed = MINUTES_ALLOWED[group]
    if minutes not in allowed:
        raise RuleRefused(
            f"{IDLE_TITLES[group]}: такое время не подходит.",
            f"Можно от {span_words(allowed[0])} до {span_words(allowed[-1])}.",
            "Укажите другое.",
        )
    return minutes


def span_words(minutes: int) -> str:
    """Return «50 минут», «2 часа», «7 дней»."""
    if minutes % DAY == 0:
        return counted(minutes // DAY, "день", "дня", "дней")
    if minutes % HOUR == 0:
        return counted(minutes // HOUR, "час", "часа", "часов")
    return counted(minutes, "минута", "минуты", "минут")
