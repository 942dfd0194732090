"""Homework that families learn of late: written in the evening, at night or on a day off (п. 3.4, 4.5)."""

from datetime import date, datetime

from school.errors import RuleRefused

HOUR_SETTING = "homework.late_hour"
DEFAULT_HOUR, HOURS_ALLOWED = 18, range(14, 24)
MORNING_HOUR = 7


def is_late(written_at: datetime, held_on: date, *, hour: int, is_day_off: bool) -> bool:
    """Whether homework of a lesson was written late: at ``hour`` or later, before the morning, or on a day off.

    What is written before the day of its lesson is written ahead: nobody waits for it yet.
    """
    if written_at.date() < held_on:
        return False
    return is_day_off or not MORNING_HOUR <= written_at.hour < hour


def hour_of_setting(text: str | None) -> int:
    """Return the hour that the school has set, the usual one where it has not."""
    hour = int(text) if text and text.isascii() and text.isdigit() else DEFAULT_HOUR
    return hour if hour in HOURS_ALLOWED else DEFAULT_HOUR


def check_hour(hour: int) -> None:
    """Raise RuleRefused for an hour that cannot be the first late one."""
    if hour not in HOURS_ALLOWED:
        first, last = HOURS_ALLOWED[0], HOURS_ALLOWED[-1]
        raise RuleRefused(f"Час {hour} поставить нельзя.", next_step=f"Назовите час от {first} до {last}.")
