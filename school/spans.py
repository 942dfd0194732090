"""Spans of days and their ends: the one definition, which ``school.store.selection`` says in SQL.

Of pupils in classes and subgroups the end is the day of leaving, the first without them; who leaves on the day of coming was
never there. Of loads, weekly lessons, leaves and terms it is the last day. An open end, at either side, has no bound.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

Span = tuple[date | None, date | None]  # first day, day of leaving; None where it is open


def is_in_span(spans: Iterable[Span], day: date) -> bool:
    """Whether a day lies in any of the spans of a pupil; the day of leaving is outside."""
    # No generator: a diary asks for each of a hundred lessons.
    for starts_on, ends_on in spans:
        if (starts_on is None or starts_on <= day) and (ends_on is None or day < ends_on):
            return True
    return False


def holds_all_days(spans: Iterable[Span], first_day: date, last_day: date) -> bool:
    """Whether one of a pupil's spans has every day from one to another, both inclusive."""
    return any(is_in_span([span], first_day) and is_in_span([span], last_day) for span in spans)


def overlaps(span: Span, first_day: date, last_day: date) -> bool:
    """Whether a pupil's span has any day from one to another, both inclusive."""
    starts_on, ends_on = span
    return (
        has_come(span)
        and (starts_on is None or starts_on <= last_day)
        and (ends_on is None or ends_on > first_day)
    )


def has_come(span: Span) -> bool:
    """Whether a pupil was there at all, not leaving on the day of coming."""
    starts_on, ends_on = span
    return starts_on is None or ends_on is None or starts_on < ends_on


def holds(starts_on: date | None, ends_on: date | None, day: date) -> bool:
    """Whether a load or a weekly lesson is in force on a day; its end is its last day."""
    return (starts_on is None or starts_on <= day) and (ends_on is None or ends_on >= day)


@dataclass(frozen=True)
class LoadSpan:
    """Weekly hours of a load of a class or one of its subgroups, with its first and last day."""

    hours_a_week: float
    starts_on: date | None = None
    ends_on: date | None = None
    subgroup_id: int | None = None


def hours_in_force(loads: Iterable[LoadSpan], day: date) -> float | None:
    """Return the weekly hours that a pupil has in a subject on a day (п. 5.2), added up over teachers; None before the first load.

    ``loads``: those of the class and of its subgroups; a pupil is in one of these, of several that differ the fullest counts. Of
    a day without any load the hours are those of the last day before it that had some.
    """
    begun = [each for each in loads if each.starts_on is None or each.starts_on <= day]
    if not begun:
        return None
    last = max(each.ends_on or day for each in begun)
    counted = min(day, last)
    hours: dict[int | None, float] = defaultdict(float)
    for each in begun:
        if holds(each.starts_on, each.ends_on, counted):
            hours[each.subgroup_id] += each.hours_a_week
    return (hours.pop(None, 0) + max(hours.values(), default=0)) or None
