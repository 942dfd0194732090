"""How the register is kept: lessons filled in time, topics, homework, marks a lesson (п. 4.2, 5.5)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipelines.measures.answers import added_answers
from pipelines.measures.tables import (
    Column,
    Frame,
    columns,
    midnight,
    moment,
    per,
    percent,
    read,
    stacked,
    totals,
)
from school.records import HomeworkState
from school.register.rules.deadlines import ENTRY_DEADLINE

DEADLINE_FROM_MIDNIGHT = timedelta(hours=ENTRY_DEADLINE.hour, minutes=ENTRY_DEADLINE.minute)
LESSON_COUNTS = (
    "lessons_held",
    "lessons_filled_in_time",
    "lessons_filled_late",
    "lessons_not_filled",
    "lessons_filled",
    "lessons_without_topic",
    "lessons_without_homework",
)
MARK_COUNTS = ("marks_given", "control_marks", "marks_with_time", "late_marks")
COUNTS = (*LESSON_COUNTS, *MARK_COUNTS)


def teacher_activity(lessons: Any, marks: Any, by: Sequence[str] = ("teacher_id",), *, now: datetime) -> Any:
    """Return per group of ``by`` how lessons are filled and how often marks are given.

    ``lessons``: the columns of ``by``, held_on, has_topic, homework_state, recorded_at, is_held; ``marks``:
    the columns of ``by``, given_on, is_written_control, recorded_at. ``now`` is school time. Counts are
    LESSON_COUNTS and MARK_COUNTS; in time + late + not filled = held. Shares are percent 0..100: of lessons
    held (filled_in_time_share), of lessons filled (without_topic_share, without_homework_share), of marks
    whose time of entry is known (late_marks_share). A group without lessons or without marks has zeros and
    null shares.
    """
    taught = _count_lessons(_lessons_due(read(lessons), now), by)
    graded = read(mark_counts(marks, by, now=now))
    both = stacked([taught, graded], by, COUNTS)
    return totals(both, by, columns(COUNTS), rates=_rates()).to_native()


def lesson_counts(lessons: Any, by: Sequence[str], *, now: datetime) -> Any:
    """Return the LESSON_COUNTS of ``teacher_activity`` alone."""
    return _count_lessons(_lessons_due(read(lessons), now), by).to_native()


def mark_counts(marks: Any, by: Sequence[str], *, now: datetime) -> Any:
    """Return the MARK_COUNTS of ``teacher_activity`` alone."""
    given = read(marks).filter(moment("given_on") <= midnight(now.date()))
    return _count_marks(given, by).to_native()


def activity_of_counts(lessons: pd.DataFrame, marks: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Return ``teacher_activity`` per group of ``by`` from answers of ``lesson_counts`` and ``mark_counts`` with these columns."""
    # By columns: frames taken apart and put together would cost more than the sums.
    keys = {name: pd.concat([lessons[name], marks[name]], ignore_index=True) for name in by}
    of_lessons = {name: _padded(lessons[name], 0, len(marks)) for name in LESSON_COUNTS}
    of_marks = {name: _padded(marks[name], len(lessons), 0) for name in MARK_COUNTS}
    counted = pd.DataFrame(keys | of_lessons | of_marks, copy=False)
    return added_answers(counted, by, COUNTS, rates=_rates)


def _padded(counts: pd.Series, before: int, after: int) -> NDArray[np.int64]:
    return np.pad(counts.to_numpy(np.int64), (before, after))


def lessons_of_counts(lessons: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Return what ``teacher_activity`` says of lessons alone from an answer of ``lesson_counts`` with these columns.

    LESSON_COUNTS and the shares of lessons, per group of ``by``.
    """
    return added_answers(lessons, by, LESSON_COUNTS, rates=_rates_of_lessons)


def added_up(measured: Any, by: Sequence[str] = ()) -> Any:
    """Return an answer of ``teacher_activity`` added up to coarser groups, with their rates."""
    return totals(read(measured), by, columns(COUNTS), rates=_rates()).to_native()


def deadline(day: str) -> nw.Expr:
    """Return the moment up to which an entry for a lesson of that day is in time (п. 5.5)."""
    return moment(day) + DEADLINE_FROM_MIDNIGHT


def _lessons_due(lessons: Frame, now: datetime) -> Frame:
    """Return lessons held by today, without those that are still to be filled in time."""
    is_past = moment("held_on") <= midnight(now.date())
    is_settled = (~nw.col("recorded_at").is_null()) | (deadline("held_on") < now)
    return lessons.filter(nw.col("is_held"), is_past, is_settled)


def _count_lessons(lessons: Frame, by: Sequence[str]) -> Frame:
    is_filled = ~nw.col("recorded_at").is_null()
    is_in_time = is_filled & (nw.col("recorded_at") <= deadline("held_on"))
    is_late = is_filled & (nw.col("recorded_at") > deadline("held_on"))
    lacks_homework = is_filled & (nw.col("homework_state") == HomeworkState.UNSET.value)
    lacks_topic = is_filled & ~nw.col("has_topic")
    flags = (nw.lit(1), is_in_time, is_late, ~is_filled, is_filled, lacks_topic, lacks_homework)
    return totals(lessons, by, dict(zip(LESSON_COUNTS, flags, strict=True)))


def _count_marks(marks: Frame, by: Sequence[str]) -> Frame:
    has_time = ~nw.col("recorded_at").is_null()
    is_late = has_time & (nw.col("recorded_at") > deadline("given_on"))
    flags = (nw.lit(1), nw.col("is_written_control"), has_time, is_late)
    return totals(marks, by, dict(zip(MARK_COUNTS, flags, strict=True)))


def _rates(column: Column = nw.col) -> dict[str, Any]:
    return {
        **_rates_of_lessons(column),
        "marks_per_lesson": per(column("marks_given"), column("lessons_held")),
        "late_marks_share": percent(column("late_marks"), column("marks_with_time")),
    }


def _rates_of_lessons(column: Column = nw.col) -> dict[str, Any]:
    held, filled = column("lessons_held"), column("lessons_filled")
    return {
        "filled_in_time_share": percent(column("lessons_filled_in_time"), held),
        "without_topic_share": percent(column("lessons_without_topic"), filled),
        "without_homework_share": percent(column("lessons_without_homework"), filled),
    }
