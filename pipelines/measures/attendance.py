"""Lessons missed by pupils, by reason, and pupils who miss a tenth of their lessons or more (п. 4.3, 6.3)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import narwhals as nw
import pandas as pd

from pipelines.measures.answers import added_answers
from pipelines.measures.rosters import with_pupils
from pipelines.measures.tables import (
    Column,
    Frame,
    columns,
    held_and_filled,
    moment,
    percent,
    read,
    stacked,
    totals,
)
from school.attendance.rules.absences import CHRONIC_PERCENT, REASONS_OF_MISSING
from school.records import AbsenceReason

COUNTS = (
    "pupil_lessons",
    "missed_lessons",
    *(f"missed_{reason}" for reason in REASONS_OF_MISSING),
    "late_arrivals",
)
PLACE = ("class_id", "subgroup_id", "held_on")


def pupil_attendance(
    lessons: Any,
    absences: Any,
    by: Sequence[str] = ("class_id",),
    *,
    enrolments: Any,
    subgroup_members: Any,
    today: date,
) -> Any:
    """Return one row a group of ``by`` × pupil: the pupil's lessons and how many were missed, by reason.

    Columns: pupil_lessons, missed_lessons (of them missed_unknown, missed_illness, missed_valid),
    late_arrivals, missed_share and is_chronic. ``lessons``: the columns of ``by``, lesson_id, class_id,
    subgroup_id, held_on, recorded_at, is_held; ``absences``: lesson_id, pupil_id, reason, one row at the
    most for a pupil in a lesson; ``subgroup_members``: subgroup_id, pupil_id (may be empty). A pupil's
    lessons are those held by ``today`` and filled, while the pupil was in the class (and in the subgroup,
    if the lesson has one): in a lesson that nobody filled, absence is not known. Coming late is not
    missing. missed_share is percent of pupil_lessons; is_chronic from CHRONIC_PERCENT.
    """
    filled = held_and_filled(read(lessons), today).select(*_unique(*by, "lesson_id", *PLACE))
    rosters = (read(enrolments), read(subgroup_members), moment("held_on"))
    # Lessons and entries of one day are counted before they meet the rosters: a sixth of the rows.
    days = totals(filled, _unique(*by, *PLACE), {"pupil_lessons": nw.lit(1)})
    noted = filled.join(read(absences).select("lesson_id", "pupil_id", "reason"), on="lesson_id")
    entries = totals(noted, _unique(*by, *PLACE, "pupil_id"), _entries())
    return _per_pupil([with_pupils(part, *rosters) for part in (days, entries)], by).to_native()


def attendance(
    lessons: Any,
    absences: Any,
    by: Sequence[str] = ("class_id",),
    *,
    enrolments: Any,
    subgroup_members: Any,
    today: date,
) -> Any:
    """Return per group of ``by``: pupils_with_lessons, the added counts of ``pupil_attendance``, who is
    chronic.

    missed_share and late_share are percent of pupil_lessons; chronic_pupils is how many are chronic by the lessons of the
    group, chronic_share their percent of the pupils. Tables as in ``pupil_attendance``.
    """
    rosters = {"enrolments": enrolments, "subgroup_members": subgroup_members}
    return of_pupils(pupil_attendance(lessons, absences, by, **rosters, today=today), by)


def of_pupils(measured: Any, by: Sequence[str] = ("class_id",)) -> Any:
    """Return ``attendance`` by ``by`` from an answer of ``pupil_attendance`` that has these columns."""
    if isinstance(measured, pd.DataFrame):
        counted = measured.assign(
            pupils_with_lessons=1, chronic_pupils=measured["is_chronic"].fillna(value=False)
        )
        return added_answers(
            counted, by, ("pupils_with_lessons", *COUNTS, "chronic_pupils"), rates=_rates_of_groups
        )
    pupils = read(measured)
    counts = {"pupils_with_lessons": nw.lit(1)} | columns(COUNTS)
    flags = {"chronic_pupils": nw.col("is_chronic")}
    return totals(pupils, by, counts | flags, rates=_rates_of_groups()).to_native()


def _rates_of_groups(column: Column = nw.col) -> dict[str, Any]:
    return {
        "missed_share": _missed_share(column),
        "late_share": percent(column("late_arrivals"), column("pupil_lessons")),
        "chronic_share": percent(column("chronic_pupils"), column("pupils_with_lessons")),
    }


def _unique(*names: str) -> list[str]:
    return list(dict.fromkeys(names))


def _per_pupil(parts: Sequence[Frame], by: Sequence[str]) -> Frame:
    keys = _unique(*by, "pupil_id")
    rates = {"missed_share": _missed_share(), "is_chronic": _missed_share() >= CHRONIC_PERCENT}
    return totals(stacked(parts, keys, COUNTS), keys, columns(COUNTS), rates=rates)


def _entries() -> dict[str, nw.Expr]:
    reason, missing = nw.col("reason"), [reason.value for reason in REASONS_OF_MISSING]
    flags = (reason.is_in(missing), *(reason == name for name in missing), reason == AbsenceReason.LATE.value)
    return dict(zip(COUNTS[1:], flags, strict=True))


def _missed_share(column: Column = nw.col) -> Any:
    return percent(column("missed_lessons"), column("pupil_lessons"))
