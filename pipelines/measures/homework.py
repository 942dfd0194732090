"""Homework: whether it is set, how much of it comes together on one day of a class (п. 4.2, 4.5, 6.3)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import narwhals as nw

from pipelines.measures.tables import Frame, held_and_filled, per, percent, read, totals
from school.records import HomeworkState

EXTRAS = ("individual_tasks", "homework_files")
COUNTS = (
    "lessons_filled",
    "lessons_with_homework",
    "lessons_homework_none",
    "lessons_without_homework",
    *EXTRAS,
)
SCHOOL_DAY = ("class_id", "held_on")
NEVER_A_GROUP = frozenset({"subject_id", "teacher_id", "subgroup_id"})


def homework(
    lessons: Any, by: Sequence[str] = ("teacher_id",), *, tasks: Any, files: Any, today: date
) -> Any:
    """Return per group of ``by`` in how many filled lessons homework was set, declined, or left undecided.

    ``lessons``: the columns of ``by``, lesson_id, held_on, homework_state, recorded_at, is_held; ``tasks`` and
    ``files``: lesson_id, one row a task of single pupils, a file. with + none + without = filled; homework_set_share
    is percent of filled lessons.
    """
    filled = held_and_filled(read(lessons), today)
    for name, table in zip(EXTRAS, (tasks, files), strict=True):
        per_lesson = totals(read(table), ["lesson_id"], {name: nw.lit(1)})
        filled = filled.join(per_lesson, on="lesson_id", how="left")
    state = nw.col("homework_state")
    states = (HomeworkState.SET, HomeworkState.NONE, HomeworkState.UNSET)
    extras = (nw.col(name).fill_null(0) for name in EXTRAS)
    flags = (nw.lit(1), *(state == each.value for each in states), *extras)
    rates = {"homework_set_share": percent(nw.col("lessons_with_homework"), nw.col("lessons_filled"))}
    return totals(filled, by, dict(zip(COUNTS, flags, strict=True)), rates=rates).to_native()


def homework_hours(lessons: Any, by: Sequence[str] = ("teacher_id",), *, times: Any, today: date) -> Any:
    """Return per group of ``by`` in how many lessons with homework it was written late, of those whose hour is known (п. 4.5).

    ``lessons``: as of ``homework``; ``times``: lesson_id, is_late. homework_late_share is percent of homework_timed.
    """
    is_set = nw.col("homework_state") == HomeworkState.SET.value
    timed = (
        held_and_filled(read(lessons), today).filter(is_set).join(read(times), on="lesson_id", how="inner")
    )
    flags = {"homework_timed": nw.lit(1), "homework_late": nw.col("is_late")}
    rates = {"homework_late_share": percent(nw.col("homework_late"), nw.col("homework_timed"))}
    return totals(timed, by, flags, rates=rates).to_native()


def homework_load(lessons: Any, by: Sequence[str] = ("class_id",), *, today: date) -> Any:
    """Return per group of ``by`` how many subjects set homework on one day of a class.

    ``school_days`` are days of classes with a filled lesson; two subgroups of a subject set one ``assignment``.
    assignments_a_day is their mean, most_assignments_a_day the fullest day. Raises ValueError for a ``by`` of
    subjects, teachers or subgroups: a day is all the subjects of a class.
    """
    if unfit := NEVER_A_GROUP.intersection(by):
        raise ValueError(f"A day's homework is over all subjects; it cannot be grouped by {sorted(unfit)}.")
    keys = list(dict.fromkeys((*by, *SCHOOL_DAY)))
    is_set = nw.col("homework_state") == HomeworkState.SET.value
    subjects = totals(held_and_filled(read(lessons), today), [*keys, "subject_id"], {"lessons_set": is_set})
    days = totals(subjects, keys, {"assignments": nw.col("lessons_set") > 0})
    return _load(days, by).to_native()


def _load(days: Frame, by: Sequence[str]) -> Frame:
    assignments = nw.col("assignments")
    added = [
        nw.lit(1, nw.Int64).alias("school_days"),
        assignments,
        assignments.alias("most_assignments_a_day"),
    ]
    rows = days.select(*by, *added)
    sums = [nw.col("school_days", "assignments").sum(), nw.col("most_assignments_a_day").max()]
    grouped = rows.group_by(*by).agg(*sums) if by else rows.select(*sums)
    whole = nw.col("school_days", "assignments", "most_assignments_a_day").fill_null(0).cast(nw.Int64)
    rate = per(nw.col("assignments"), nw.col("school_days"))
    return grouped.select(*by, whole, assignments_a_day=rate)
