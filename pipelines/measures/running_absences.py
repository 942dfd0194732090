"""Pupils who have been missing day after day up to their last school day: whom to call (п. 4.3)."""

from datetime import date
from typing import Any

import narwhals as nw

from pipelines.measures.rosters import with_pupils
from pipelines.measures.tables import Frame, columns, held_and_filled, moment, read, totals
from school.attendance.rules.absences import REASONS_OF_MISSING
from school.records import AbsenceReason

PLACE = ("class_id", "subgroup_id", "held_on")
PUPIL = ("class_id", "pupil_id")


def running_absences(
    lessons: Any, absences: Any, *, enrolments: Any, subgroup_members: Any, today: date
) -> Any:
    """Return one row a pupil of a class who missed their last school day.

    Columns: class_id, pupil_id, days_missed_in_a_row, missing_since (the first of these days) and
    lessons_unexplained (lessons of theirs whose reason is not known). A day is missed when all filled lessons of the
    pupil were; a day that nobody filled is no school day (``school.attendance.rules.running_absences``; a test holds the two
    together). Tables as in ``attendance.pupil_attendance``.
    """
    filled = held_and_filled(read(lessons), today).select("lesson_id", *PLACE)
    rosters = (read(enrolments), read(subgroup_members), moment("held_on"))
    missing = [reason.value for reason in REASONS_OF_MISSING]
    noted = filled.join(read(absences).select("lesson_id", "pupil_id", "reason"), on="lesson_id")
    missed = noted.filter(nw.col("reason").is_in(missing))
    is_unexplained = nw.col("reason") == AbsenceReason.UNKNOWN.value
    absent = totals(missed, [*PLACE, "pupil_id"], {"missed": nw.lit(1), "unexplained": is_unexplained})
    expected = with_pupils(totals(filled, PLACE, {"lessons": nw.lit(1)}), *rosters)
    # Only who missed anything at all can be missing in a row.
    concerned = absent.select(*PUPIL).unique()
    days = _school_days(expected.join(concerned, on=list(PUPIL), how="semi"), absent)
    return _runs(days).to_native()


def _school_days(expected: Frame, absent: Frame) -> Frame:
    """Return a row a pupil and school day: how many lessons there were, were missed, and are not explained."""
    keys = [*PUPIL, "held_on"]
    lessons = totals(expected, keys, {"lessons": nw.col("lessons")})
    missed = totals(absent, keys, columns(("missed", "unexplained")))
    days = lessons.join(missed, on=keys, how="left")
    return days.with_columns(nw.col("missed", "unexplained").fill_null(0))


def _runs(days: Frame) -> Frame:
    is_attended = nw.col("missed") < nw.col("lessons")
    last_attended = nw.when(is_attended).then(moment("held_on")).max().over(*PUPIL)
    after = days.with_columns(day=moment("held_on"), last_attended=last_attended)
    run = after.filter(nw.col("last_attended").is_null() | (nw.col("day") > nw.col("last_attended")))
    counted = (
        run.with_columns(days=nw.lit(1))
        .group_by(*PUPIL)
        .agg(
            days_missed_in_a_row=nw.col("days").sum(),
            missing_since=nw.col("held_on").min(),
            lessons_unexplained=nw.col("unexplained").sum(),
        )
    )
    return counted.with_columns(nw.col("days_missed_in_a_row", "lessons_unexplained").cast(nw.Int64))
