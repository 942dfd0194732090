"""Figures of curriculum, attendance and the work with the register, cached as all figures are."""

from datetime import date, datetime
from functools import partial
from typing import Any

import pandas as pd

from pipelines.figures.entered import Count, counted_in_memory, lessons_filled, marks_given
from pipelines.figures.figures import attended, coverage_by, grain_of, last_deadline
from pipelines.measures.answers import beside
from pipelines.measures.attendance import attendance, of_pupils, pupil_attendance
from pipelines.measures.curriculum import curriculum_coverage
from pipelines.measures.homework import homework, homework_hours, homework_load
from pipelines.measures.running_absences import running_absences
from pipelines.measures.teacher_activity import (
    activity_of_counts,
    lesson_counts,
    lessons_of_counts,
    mark_counts,
)
from pipelines.measures.user_activity import user_activity
from school.analytics.lookups.curriculum import curriculum_tables
from school.analytics.lookups.readers import By, FigureReader, MeasureQuery, period_key, remembered
from school.analytics.lookups.register_work import (
    CALENDAR,
    homework_tables,
    lessons_unfilled,
    pupils_in_classes,
    work_tables,
)
from school.analytics.lookups.tables import PeriodRow, Selection, UnfilledLesson

# What a pupil's class says of the pupil.
OF_PUPILS = ("class_id", "grade_level", "school_id")


def curriculum_by(
    reader: FigureReader, period: PeriodRow, selection: Selection, today: date, by: By
) -> pd.DataFrame:
    """Return ``pipelines.curriculum_coverage`` by ``by`` at the end of a period, or today where it is not over."""
    query = MeasureQuery(reader, "curriculum", period_key(period, selection), today, by)
    if not query.is_written:
        read = curriculum_tables(
            reader.school.store, reader.user, period.school_year, period.term_ids, selection, today=today
        )
        query.write(
            curriculum_coverage(
                read.lessons,
                by,
                registers=read.registers,
                plan_topics=read.plan_topics,
                class_terms=read.class_terms,
                today=today,
            )
        )
    return query.answer()


def attendance_of(
    reader: FigureReader, period: PeriodRow, selection: Selection, today: date, by: By
) -> pd.DataFrame:
    """Return ``pipelines.measures.attendance`` by ``by``, which may name a lesson's week_starts_on, weekday and number too."""
    if by == ("class_id",):
        return attendance_of_pupils(reader, period, selection, today, by)
    query = MeasureQuery(reader, "attendance of", period_key(period, selection), today, by)
    if not query.is_written:
        query.write(attendance(**_attended(reader, period, selection, today), by=by))
    return query.answer()


def attendance_of_pupils(
    reader: FigureReader, period: PeriodRow, selection: Selection, today: date, by: By
) -> pd.DataFrame:
    """Return ``pipelines.of_pupils`` by ``by``, columns of OF_PUPILS, of who is in ``pupils_missing``."""
    query = _pupils_missing(reader, period, selection, today)
    state = query.state
    found = query.figure(by, state)
    if found is None:
        found = query.keep_figure(by, state, of_pupils(query.answer_in_partitions("class_id"), by))
    return found


def pupils_missing(
    reader: FigureReader, period: PeriodRow, selection: Selection, today: date
) -> pd.DataFrame:
    """Return ``pipelines.pupil_attendance`` by class, grade level and school: what each pupil missed."""
    return _pupils_missing(reader, period, selection, today).answer_in_partitions("class_id")


def _pupils_missing(
    reader: FigureReader, period: PeriodRow, selection: Selection, today: date
) -> MeasureQuery:
    query = MeasureQuery(reader, "pupils missing", period_key(period, selection), today)
    if not query.is_written:
        query.write(pupil_attendance(**_attended(reader, period, selection, today), by=OF_PUPILS))
    return query


def names_of_pupils(reader: FigureReader, class_ids: tuple[int, ...], period: PeriodRow) -> dict[int, str]:
    """Return the names of who was in these classes in a period."""

    def compute() -> dict[int, str]:
        listed = pupils_in_classes(
            reader.school.store, reader.user, class_ids, period.starts_on, period.ends_on
        )
        return {row.pupil_id: row.name for row in listed}

    return remembered(reader, "names of pupils", (class_ids, period.starts_on, period.ends_on), compute)


def runs_of(reader: FigureReader, period: PeriodRow, selection: Selection, today: date) -> pd.DataFrame:
    """Return ``pipelines.measures.running_absences``: pupils who were missing on their last school day of a period."""
    query = MeasureQuery(reader, "runs", period_key(period, selection), today)
    if not query.is_written:
        query.write(running_absences(**_attended(reader, period, selection, today)))
    return query.answer_in_partitions("class_id")


def _attended(reader: FigureReader, period: PeriodRow, selection: Selection, today: date) -> dict[str, Any]:
    read = attended(reader.tables, {**selection, "term_id": period.term_ids}, today)
    return {**read, "lessons": read["lessons"].project(CALENDAR)}


def filling_by(
    reader: FigureReader, period: PeriodRow, selection: Selection, now: datetime, by: By
) -> pd.DataFrame:
    """Return ``pipelines.measures.teacher_activity`` by ``by``: whether lessons are filled, and in time (п. 5.5)."""
    moment = last_deadline(now)
    lessons = _lesson_counts(reader, period, selection, moment, grain_of(by))
    marks = MeasureQuery(reader, "marks given", period_key(period, selection), moment, grain_of(by))
    if not marks.is_written:
        given = reader.tables.marks({**selection, "term_id": period.term_ids})
        marks.write(mark_counts(given, grain_of(by), now=moment))

    def compute() -> pd.DataFrame:
        def counted(query: MeasureQuery, count: Count) -> pd.DataFrame:
            in_memory = counted_in_memory(reader, period.term_ids, selection, grain_of(by), count)
            return query.answer_in_partitions("class_id", rows_of_class=in_memory)

        filled = counted(lessons, partial(lessons_filled, now=moment))
        return activity_of_counts(filled, counted(marks, partial(marks_given, now=moment)), by)

    arguments = (period_key(period, selection), moment, by)
    return remembered(reader, "filling", arguments, compute, (lessons.state, marks.state))


def _lesson_counts(
    reader: FigureReader, period: PeriodRow, selection: Selection, moment: datetime, grain: By
) -> MeasureQuery:
    query = MeasureQuery(reader, "lessons filled", period_key(period, selection), moment, grain)
    if not query.is_written:
        lessons = reader.tables.lessons({**selection, "term_id": period.term_ids})
        query.write(lesson_counts(lessons, grain, now=moment))
    return query


def lessons_filled_by(
    reader: FigureReader, period: PeriodRow, selection: Selection, now: datetime, by: By
) -> pd.DataFrame:
    """Return ``pipelines.lessons_of_counts`` by ``by``: whether lessons are filled, and in time (п. 5.5).

    Marks do not change it once their lesson is filled.
    """
    query = _lesson_counts(reader, period, selection, last_deadline(now), grain_of(by))
    state = query.state
    found = query.figure(by, state)
    if found is None:
        count = partial(lessons_filled, now=last_deadline(now))
        in_memory = counted_in_memory(reader, period.term_ids, selection, grain_of(by), count)
        counted = query.answer_in_partitions("class_id", rows_of_class=in_memory)
        found = query.keep_figure(by, state, lessons_of_counts(counted, by))
    return found


def activity_by(
    reader: FigureReader, period: PeriodRow, selection: Selection, now: datetime, by: By = ("teacher_id",)
) -> pd.DataFrame:
    """Return a row a group of ``by``: how lessons are filled and whether pupils have the marks of п. 5.2."""
    filled = filling_by(reader, period, selection, now, by)
    covered = coverage_by(reader, period, selection, last_deadline(now).date(), by)
    if len(by) == 1:
        return beside(filled, covered, *by)
    return filled.merge(covered, on=list(by), how="left")


def homework_by(
    reader: FigureReader, period: PeriodRow, selection: Selection, today: date, by: By
) -> pd.DataFrame:
    """Return ``pipelines.measures.homework`` by ``by``: set, declined or left undecided."""
    query = MeasureQuery(reader, "homework", period_key(period, selection), today, by)
    if not query.is_written:
        read = homework_tables(reader.school.store, reader.user, {**selection, "term_id": period.term_ids})
        query.write(homework(read.lessons, by, tasks=read.tasks, files=read.files, today=today))
    return query.answer()


def homework_hours_by(
    reader: FigureReader, period: PeriodRow, selection: Selection, today: date, by: By
) -> pd.DataFrame:
    """Return ``pipelines.measures.homework_hours`` by ``by``: how much homework was written late (п. 4.5)."""
    query = MeasureQuery(reader, "homework hours", period_key(period, selection), today, by)
    if not query.is_written:
        read = homework_tables(reader.school.store, reader.user, {**selection, "term_id": period.term_ids})
        query.write(homework_hours(read.lessons, by, times=read.times, today=today))
    return query.answer()


def homework_load_by(
    reader: FigureReader, period: PeriodRow, selection: Selection, today: date, by: By
) -> pd.DataFrame:
    """Return ``pipelines.homework_load`` by ``by``: subjects that set homework on one day of a class."""
    query = MeasureQuery(reader, "homework load", period_key(period, selection), today, by)
    if not query.is_written:
        read = homework_tables(reader.school.store, reader.user, {**selection, "term_id": period.term_ids})
        query.write(homework_load(read.lessons, by, today=today))
    return query.answer()


def unfilled_in(
    reader: FigureReader,
    term_ids: tuple[int, ...],
    selection: Selection,
    last_day: date,
    first_day: date = date.min,
) -> list[UnfilledLesson]:
    """Return the lessons without an entry of some terms, of the chosen classes, subjects and teachers, newest first."""
    picked = {**selection, "term_id": term_ids}
    return remembered(
        reader,
        "unfilled in",
        (tuple(sorted(picked.items())), first_day, last_day),
        lambda: lessons_unfilled(reader.school.store, reader.user, picked, last_day, first_day),
    )


def work_of_users(reader: FigureReader, period: PeriodRow, today: date, by: By) -> pd.DataFrame:
    """Return ``pipelines.measures.user_activity`` by ``by``, in the days of a period."""
    query = MeasureQuery(reader, "users' work", period.starts_on, period.ends_on, today, by)
    if not query.is_written:
        query.write(user_activity(_work(reader, period, today).events, by))
    return query.answer()


def _work(reader: FigureReader, period: PeriodRow, today: date) -> Any:
    last_day = min(period.ends_on, today)
    return work_tables(reader.school.store, reader.user, period.starts_on, last_day)


def users_of(reader: FigureReader, period: PeriodRow, today: date) -> pd.DataFrame:
    """Return the accounts open at the end of a period: user_id, role, class_id, name."""
    query = MeasureQuery(reader, "users", period.starts_on, period.ends_on, today)
    if not query.is_written:
        query.write(_work(reader, period, today).users)
    return query.answer()
