"""What counts as a missed lesson and a missed day, and when absence is called chronic (п. 4.3, 6.3)."""

from collections.abc import Iterable
from datetime import date

from school.records import AbsenceReason

# Coming late is not missing.
REASONS_OF_MISSING = (AbsenceReason.UNKNOWN, AbsenceReason.ILLNESS, AbsenceReason.VALID)
# From this share of lessons missed, for whatever reason, absence is called chronic.
CHRONIC_PERCENT = 10


def is_missed(reason: AbsenceReason | None) -> bool:
    """Whether a lesson with this entry was missed: nothing entered is presence, coming late is not missing."""
    return reason in REASONS_OF_MISSING


def missed_days(lessons: Iterable[tuple[date, AbsenceReason | None]]) -> dict[date, bool]:
    """Return a pupil's school days in order, each with whether it was missed.

    ``lessons``: (day, entry) of the filled lessons of the pupil's class and subgroups. A day is missed when all
    of them were; a day without any is no school day of this pupil.
    """
    days: dict[date, bool] = {}
    for day, reason in lessons:
        days[day] = days.get(day, True) and is_missed(reason)
    return dict(sorted(days.items()))


def missed_percent(missed_lessons: int, pupil_lessons: int) -> float | None:
    """Return the percent of a pupil's lessons that were missed; None without lessons."""
    return None if pupil_lessons == 0 else 100 * missed_lessons / pupil_lessons


def is_chronic(missed_lessons: int, pupil_lessons: int) -> bool:
    """Whether a pupil missed a tenth of their lessons or more, for whatever reason."""
    percent = missed_percent(missed_lessons, pupil_lessons)
    return percent is not None and percent >= CHRONIC_PERCENT
