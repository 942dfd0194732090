"""Days missed one after another: when the homeroom teacher should ask the family (п. 4.3)."""

from collections.abc import Iterable, Mapping
from datetime import date

from school.records import AbsenceReason

# From this many school days missed in a row the homeroom teacher is warned.
RUN_DAYS = 3


def running_missed_days(days: Mapping[date, bool]) -> tuple[date, ...]:
    """Return the days missed in a row up to the pupil's last school day, in order; empty after a day at school.

    ``days``: school days with whether each was missed. Week-ends, holidays and days that nobody filled are no
    school days: they neither lengthen nor break a run.
    """
    run: list[date] = []
    for day in sorted(days, reverse=True):
        if not days[day]:
            break
        run.append(day)
    return tuple(reversed(run))


def is_long_run(run: tuple[date, ...]) -> bool:
    """Whether so many days were missed in a row that the homeroom teacher is warned."""
    return len(run) >= RUN_DAYS


def is_explained(reasons: Iterable[AbsenceReason | None]) -> bool:
    """Whether the reason of every missed lesson among these is known."""
    return AbsenceReason.UNKNOWN not in set(reasons)
