"""Figures of curriculum, attendance and the work with the register, remembered as all figures are.

Building a measure's query costs as much as answering it, and the query of one reach and choice is always the same: its
text is remembered, and only the answer is asked for again when the data change.
"""

from datetime import date, datetime
from typing import Any

import pandas as pd

from pipelines.figures.compositions import curriculum_of
from pipelines.figures.figures import coverage_by, last_deadline
from pipelines.measures.attendance import attendance, pupil_attendance
from pipelines.measures.homework import homework, homework_load
from pipelines.measures.running_absences import running_absences
from pipelines.measures.teacher_activity import lessons_filled, teacher_activity
from pipelines.measures.user_activity import user_activity
from school.analytics.lookups.curriculum import curriculum_tables
from school.analytics.lookups.readers import By, Reader, chosen, measured, remembered
from school.analytics.lookups.register_work import (
    CALENDAR,
    homework_tables,
    lessons_unfilled,
    pupils_in_classes,
    work_tables,
)
from school.analytics.lookups.tables import PeriodRow, Selection, Tables, UnfilledLesson


def curriculum_by(
    reader: Reader, period: PeriodRow, selection: Selection, today: date, by: By
) -> pd.DataFrame:
    """Return ``pipelines.curriculum_coverage`` by ``by`` at the end of a period, or today where it is not over."""

    def build() -> Any:
        read = curriculum_tables(
            reader.school.store, reader.user, period.school_year, period.term_ids, selection, today=today
        )
        return curriculum_of(read, today, by)

    return measured(reader, "curriculum", (*chosen(period, selection), today, by), build)


def attendance_of(
    reader: Reader, period: PeriodRow, selection: Selection, today: date, by: By
) -> pd.DataFrame:
    """Return ``pipelines.measures.attendance`` by ``by``, which may name a lesson's week_starts_on, weekday and number too."""

    def build() -> Any:
        reached = reader.tables
        return attendance(*_attended(reached, period, selection), by, **_rosters(reached, today))

    return measured(reader, "attendance of", (*chosen(period, selection), today, by), build)


def pupils_missing(reader: Reader, period: PeriodRow, selection: Selection, today: date) -> pd.DataFrame:
    """Return ``pipelines.pupil_attendance`` by class, grade level and school: what each pupil missed."""

    def build() -> Any:
        reached = reader.tables
        by = ("class_id", "grade_level", "school_id")
        return pupil_attendance(*_attended(reached, period, selection), by, **_rosters(reached, today))

    return measured(reader, "pupils missing", (*chosen(period, selection), today), build)


def names_of_pupils(reader: Reader, class_ids: tuple[int, ...], period: PeriodRow) -> dict[int, str]:
    """Return the names of who was in these classes in a period."""

    def compute() -> dict[int, str]:
        listed = pupils_in_classes(
            reader.school.store, reader.user, class_ids, period.starts_on, period.ends_on
        )
        return {row.pupil_id: row.name for row in listed}

    return remembered(reader, "names of pupils", (class_ids, period.starts_on, period.ends_on), compute)


def runs_of(reader: Reader, period: PeriodRow, selection: Selection, today: date) -> pd.DataFrame:
    """Return ``pipelines.measures.running_absences``: pupils who were missing on their last school day of a period."""

    def build() -> Any:
        reached = reader.tables
        return running_absences(*_attended(reached, period, selection), **_rosters(reached, today))

    return measured(reader, "runs", (*chosen(period, selection), today), build)


def _attended(reached: Tables, period: PeriodRow, selection: Selection) -> tuple[Any, Any]:
    picked: Selection = {**selection, "term_id": period.term_ids}
    return reached.lessons(picked).project(CALENDAR), reached.absences(picked)


def _rosters(reached: Tables, today: date) -> dict[str, Any]:
    rosters = {"enrolments": reached.enrolments(), "subgroup_members": reached.subgroup_members()}
    return {**rosters, "today": today}


def filling_by(
    reader: Reader, period: PeriodRow, selection: Selection, now: datetime, by: By
) -> pd.DataFrame:
    """Return ``pipelines.measures.teacher_activity`` by ``by``: whether lessons are filled, and in time (п. 5.5)."""
    moment = last_deadline(now)

    def build() -> Any:
        reached, picked = reader.tables, {**selection, "term_id": period.term_ids}
        return teacher_activity(reached.lessons(picked), reached.marks(picked), by, now=moment)

    return measured(reader, "filling", (*chosen(period, selection), moment, by), build)


def lessons_filled_by(
    reader: Reader, period: PeriodRow, selection: Selection, now: datetime, by: By
) -> pd.DataFrame:
    """Return ``pipelines.lessons_filled`` by ``by``: whether lessons are filled, and in time (п. 5.5).

    Marks do not change it once their lesson is filled.
    """
    moment = last_deadline(now)

    def build() -> Any:
        return lessons_filled(
            reader.tables.lessons({**selection, "term_id": period.term_ids}), by, now=moment
        )

    return measured(reader, "lessons filled", (*chosen(period, selection), moment, by), build)


def activity_by(
    reader: Reader, period: PeriodRow, selection: Selection, now: datetime, by: By = ("teacher_id",)
) -> pd.DataFrame:
    """Return a row a group of ``by``: how lessons are filled and whether pupils have the marks of п. 5.2."""
    filled = filling_by(reader, period, selection, now, by)
    covered = coverage_by(reader, period, selection, last_deadline(now).date(), by)
    return filled.merge(covered, on=list(by), how="left")


def homework_by(reader: Reader, period: PeriodRow, selection: Selection, today: date, by: By) -> pd.DataFrame:
    """Return ``pipelines.measures.homework`` by ``by``: set, declined or left undecided."""

    def build() -> Any:
        read = homework_tables(reader.school.store, reader.user, {**selection, "term_id": period.term_ids})
        return homework(read.lessons, by, tasks=read.tasks, files=read.files, today=today)

    return measured(reader, "homework", (*chosen(period, selection), today, by), build)


def homework_load_by(
    reader: Reader, period: PeriodRow, selection: Selection, today: date, by: By
) -> pd.DataFrame:
    """Return ``pipelines.homework_load`` by ``by``: subjects that set homework on one day of a class."""

    def build() -> Any:
        read = homework_tables(reader.school.store, reader.user, {**selection, "term_id": period.term_ids})
        return homework_load(read.lessons, by, today=today)

    return measured(reader, "homework load", (*chosen(period, selection), today, by), build)


def unfilled_in(
    reader: Reader, period: PeriodRow, selection: Selection, last_day: date
) -> list[UnfilledLesson]:
    """Return the lessons without an entry of the chosen classes, subjects and teachers, newest first."""
    picked = {**selection, "term_id": period.term_ids}
    return remembered(
        reader,
        "unfilled in",
        (*chosen(period, selection), last_day),
        lambda: lessons_unfilled(reader.school.store, reader.user, picked, last_day),
    )


def work_of_users(reader: Reader, period: PeriodRow, today: date, by: By) -> pd.DataFrame:
    """Return ``pipelines.measures.user_activity`` by ``by``, in the days of a period."""

    def build() -> Any:
        return user_activity(_work(reader, period, today).events, by)

    return measured(reader, "users' work", (period.starts_on, period.ends_on, today, by), build)


def _work(reader: Reader, period: PeriodRow, today: date) -> Any:
    last_day = min(period.ends_on, today)
    return work_tables(reader.school.store, reader.user, period.starts_on, last_day)


def users_of(reader: Reader, period: PeriodRow, today: date) -> pd.DataFrame:
    """Return the accounts open at the end of a period: user_id, role, class_id, name."""

    arguments = (period.starts_on, period.ends_on, today)
    return measured(reader, "users", arguments, lambda: _work(reader, period, today).users)
