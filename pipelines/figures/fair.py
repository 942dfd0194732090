"""Fair comparison for every page: worked out once for the school, narrowed to each reader (п. 2.5, 4.2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from pipelines.fair import grading_consistency as consistency
from pipelines.fair.comparison import (
    FEW_PUPILS,
    FairComparison,
    Layout,
    fair_comparison_of_means,
    layout_of,
    subject_means,
)
from pipelines.fair.grading_consistency import Control, Judged, judged
from pipelines.figures.figures import sums_of_marks, sums_of_pupils
from pipelines.figures.finding_words import CONTROL_WORDS, cases_text, usual_text
from pipelines.measures.mark_sums import register_sums
from pipelines.measures.tables import records
from school.access.action import Action
from school.access.checks import may_somewhere
from school.analytics.lookups.consistency import (
    SchoolTables,
    TermSpan,
    all_periods,
    keep_readable,
    school_tables,
    term_span_of,
)
from school.analytics.lookups.readers import (
    FigureReader,
    MeasureQuery,
    choices_of,
    marks_state,
    periods_of,
    remembered,
)
from school.analytics.lookups.tables import (
    NO_SELECTION,
    Choices,
    PeriodRow,
    Selection,
    scope_of,
    state_of_periods,
)
from school.records import User
from school.store.memory.cache import Cache
from school.store.school import School

SPANS = {"year": "С начала года", "term": "За период"}


def fair_reader(school: School, user: User) -> FigureReader | None:
    """Return the reader of comparisons that a user is; None where no role shows any."""
    if not may_somewhere(user, Action.READ_CONSISTENCY):
        return None
    return FigureReader(school, user, Action.READ_CONSISTENCY)


def fair_by_teacher(
    reader: FigureReader, period: PeriodRow, selection: Selection = NO_SELECTION, *, span: str = "year"
) -> pd.DataFrame:
    """Return a row for each teacher × subject that the user may see, in the order of names.

    Columns: teacher_id, subject_id, title, teacher_name, subject_name, is_small and the COLUMNS of
    ``pipelines.fair.comparison``. ``span``: «year» from the year's beginning to the period's end, «term» the period alone.
    Selected by teacher_id and subject_id.
    """
    rows = _readable(reader, _comparison(reader, term_span(reader, period, span)).teachers, selection)
    names = _names(reader, period, span)
    return _in_order(
        with_names(rows, names), [*names.teachers], "teacher_id", [*names.subjects], "subject_id"
    )


def with_names(rows: pd.DataFrame, names: Choices) -> pd.DataFrame:
    """Add the names of the teachers and subjects of rows, apart and together as ``title``."""
    teachers = [names.teachers.get(int(key), "—") for key in rows["teacher_id"]]
    subjects = [names.subjects.get(int(key), "—") for key in rows["subject_id"]]
    titles = [f"{teacher} · {subject}" for teacher, subject in zip(teachers, subjects, strict=True)]
    return rows.assign(teacher_name=teachers, subject_name=subjects, title=titles)


def fair_by_class(
    reader: FigureReader, period: PeriodRow, selection: Selection = NO_SELECTION, *, span: str = "year"
) -> pd.DataFrame:
    """Return a row for each class that the user may see, in the order of a school's lists; columns as by teacher.

    Selected by class_id.
    """
    rows = _readable(reader, _comparison(reader, term_span(reader, period, span)).classes, selection)
    classes = {row.class_id: row for row in _names(reader, period, span).classes}
    grades = selection.get("grade_level")
    offered = [key for key, row in classes.items() if not grades or row.grade_level in grades]
    rows = rows[rows["class_id"].isin(offered)]
    named = rows.assign(title=[classes[int(key)].name for key in rows["class_id"]])
    return _in_order(named, [*classes], "class_id")


def usual_spreads(
    reader: FigureReader, period: PeriodRow, *, span: str = "year"
) -> Mapping[str, float | None]:
    """Return the standard deviations between the school's teachers («teacher») and classes («class»), in marks."""
    found = _comparison(reader, term_span(reader, period, span))
    return {"teacher": found.teacher_spread, "class": found.class_spread}


def _readable(reader: FigureReader, rows: pd.DataFrame, selection: Selection) -> pd.DataFrame:
    kept = _selected(reader, rows, selection)
    return kept.assign(is_small=kept["pupils_compared"] < FEW_PUPILS)


def _in_order(rows: pd.DataFrame, *listed: object) -> pd.DataFrame:
    """Sort rows by the places of their ids: ``listed`` goes ids, column, ids, column."""
    places = []
    for ids, column in zip(listed[::2], listed[1::2], strict=True):
        order = {key: place for place, key in enumerate(ids)}  # type: ignore[var-annotated, arg-type]
        places.append([order.get(key, len(order)) for key in rows[str(column)]])
    return rows.take(np.lexsort(places[::-1])).reset_index(drop=True)


def term_span(reader: FigureReader, period: PeriodRow, span: str) -> TermSpan:
    """Return the terms of a period and a span; of the whole school's periods, whoever asks."""
    store, user = reader.school.store, reader.user
    if scope_of(user, reader.action).is_whole_school:
        periods = periods_of(reader)
    else:
        state = state_of_periods(store, user, reader.action)
        periods = remembered(reader, "all periods", (), lambda: all_periods(store, user), state)
    return term_span_of(periods, period, is_whole_year=span == "year")


def _names(reader: FigureReader, period: PeriodRow, span: str) -> Choices:
    return choices_of(reader, term_span(reader, period, span).term_ids)


def _comparison(reader: FigureReader, terms: TermSpan) -> FairComparison:
    def compute(before: Layout | None = None) -> tuple[FairComparison, Layout]:
        tables = school_tables(reader.school.store, reader.user, terms)
        now = subject_means(_sums(reader, terms, tables))
        earlier = _earlier_means(reader, terms, tables)
        layout = layout_of(now, earlier, before)
        return fair_comparison_of_means(now, earlier, layout), layout

    # How the rows lay when they were compared last serves again while only marks have changed.
    found, _ = _of_school(reader).get(
        ("comparison", terms), marks_state(reader), compute, lambda before, _: compute(before[1])
    )
    return found


def _of_school(reader: FigureReader) -> Cache:
    """Return the cache of what the whole school's rows add up to, whoever asks."""
    return reader.school.store.cache("school")


def _sums(reader: FigureReader, terms: TermSpan, tables: SchoolTables) -> pd.DataFrame:
    """Return ``pipelines.register_sums`` of the whole school's marks of a span."""
    query = MeasureQuery(reader, "register sums", terms)
    if not query.is_written:
        query.write(register_sums(sums_of_marks(tables.scoped, tables.now)))
    return query.answer_in_partitions("class_id")


def _earlier_means(reader: FigureReader, terms: TermSpan, tables: SchoolTables) -> pd.DataFrame:
    """Return the means of the terms before: today's entries leave them as they are."""

    def compute() -> pd.DataFrame:
        return subject_means(register_sums(sums_of_marks(tables.scoped, tables.earlier)).df())

    store = reader.school.store
    lasting = store.state_but_entries()
    class_ids = remembered(reader, "earlier classes", (terms,), tables.earlier_classes, lasting)
    state = store.state_of_classes("mark_sums", class_ids)
    return _of_school(reader).get(("earlier means", terms), state, compute)


Answers = dict[Control, Judged]


@dataclass(frozen=True)
class ConsistencyFinding:
    """Something that differs from what is usual, as evidence for a talk: whose, in what, of how many cases."""

    control: Control
    title: str
    teacher_id: int
    subject_id: int
    class_id: int | None
    teacher_name: str
    subject_name: str
    class_name: str
    text: str
    cases: str
    is_few: bool


def findings(
    reader: FigureReader,
    period: PeriodRow,
    selection: Selection = NO_SELECTION,
    *,
    staff_id: int | None = None,
    span: str = "year",
) -> list[ConsistencyFinding]:
    """Return the findings that the user may see, by control and then by name; ``staff_id``: of one teacher."""
    wanted = selection if staff_id is None else {**selection, "teacher_id": (staff_id,)}
    return findings_among(controls(reader, period, wanted, span=span), _names(reader, period, span))


def findings_among(answers: Answers, names: Choices) -> list[ConsistencyFinding]:
    """Return the findings of controls, by control and then by name."""
    classes = {row.class_id: row.name for row in names.classes}
    found = []
    for control, answer in answers.items():
        for row in records(answer.rows[answer.rows["is_unusual"]]):
            found.append(_finding(control, answer, row, names, classes))
    return found


def _finding(
    control: Control, answer: Judged, row: dict[str, Any], names: Choices, classes: Mapping[int, str]
) -> ConsistencyFinding:
    class_id = int(row["class_id"]) if "class_id" in row else None
    usual = usual_text(control, answer.usual)
    return ConsistencyFinding(
        control,
        CONTROL_WORDS[control].title,
        int(row["teacher_id"]),
        int(row["subject_id"]),
        class_id,
        names.teachers.get(int(row["teacher_id"]), "—"),
        names.subjects.get(int(row["subject_id"]), "—"),
        "" if class_id is None else classes.get(class_id, ""),
        CONTROL_WORDS[control].text(row) + (f" ({usual})" if usual else ""),
        cases_text(control, int(row["cases"])),
        bool(row["is_few"]),
    )


def controls(
    reader: FigureReader, period: PeriodRow, selection: Selection = NO_SELECTION, *, span: str = "year"
) -> Answers:
    """Return each control with the rows that the user may see, in the order of names; judged among the whole school's."""
    terms, today = term_span(reader, period, span), reader.school.clock().date()
    names = choices_of(reader, terms.term_ids)
    answers = _of_school(reader).get(
        ("controls", terms, today),
        reader.school.store.version,
        lambda: _school_controls(reader, terms, today),
    )
    listed = [[*names.teachers], "teacher_id", [*names.subjects], "subject_id"]
    found = {}
    for control, answer in answers.items():
        rows = _selected(reader, answer.rows, selection)
        # Of last spring's tests a teacher may be meant who is no longer here.
        rows = rows[rows["teacher_id"].isin(names.teachers)]
        found[control] = Judged(control, _in_order(rows, *listed), answer.usual)
    return found


def _selected(reader: FigureReader, rows: pd.DataFrame, selection: Selection) -> pd.DataFrame:
    kept = keep_readable(reader.user, rows)
    for name, ids in selection.items():
        if name in kept:
            kept = kept[kept[name].isin(list(ids))]
    return kept


def _school_controls(reader: FigureReader, terms: TermSpan, today: date) -> Answers:
    fair = _comparison(reader, terms)
    tables = school_tables(reader.school.store, reader.user, terms)
    rows, sums = _ControlRows(reader, terms, today, tables), _sums(reader, terms, tables)
    found = {
        Control.OTHER_SUBJECTS: consistency.other_subjects(fair.teachers),
        Control.CONTROL_WORKS: consistency.control_works(sums),
        Control.TERM_MARKS: consistency.term_marks(rows.of_term_marks()),
        Control.LAST_WEEK: consistency.last_week(rows.of_lesson_weeks(), rows.of_lessons()),
        Control.EXTERNAL_TESTS: rows.of_external_tests(),
    }
    answers = {control: judged(control, answer) for control, answer in found.items()}
    same = rows.of_same_marks(sums).assign(is_unusual=True, is_few=False)
    return {**answers, Control.SAME_MARKS: Judged(Control.SAME_MARKS, same, None)}


@dataclass(frozen=True)
class _ControlRows:
    """What the school's tables of a span add up to for each control, remembered until one of them changes."""

    reader: FigureReader
    terms: TermSpan
    today: date
    tables: SchoolTables

    def of_term_marks(self) -> pd.DataFrame:
        scoped, now, (own, usual) = self.tables.scoped, self.tables.now, self.tables.roundings()
        query = MeasureQuery(self.reader, "term marks", self.terms, tuple(own.items()), usual)
        if not query.is_written:
            marks = sums_of_pupils(scoped, now)
            query.write(consistency.term_mark_sums(scoped.term_marks(now), marks, own, usual))
        return query.answer_in_partitions("class_id")

    def of_lessons(self) -> pd.DataFrame:
        query = MeasureQuery(self.reader, "lesson sums", self.terms)
        if not query.is_written:
            query.write(consistency.lesson_sums(self.tables.scoped.marks(self.tables.now)))
        return query.answer_in_partitions("lesson_id")

    def of_lesson_weeks(self) -> consistency.LessonWeeks:
        def compute() -> consistency.LessonWeeks:
            lessons = self.tables.scoped.lessons(self.tables.now)
            weeks = consistency.lesson_weeks(lessons, self.tables.terms(), today=self.today)
            return consistency.weeks_of_units(weeks.df())

        # An entry moves no lesson.
        state = self.reader.school.store.state_but_entries()
        return _of_school(self.reader).get(("lesson weeks", self.terms, self.today), state, compute)

    def of_external_tests(self) -> pd.DataFrame:
        query = MeasureQuery(self.reader, "external tests", self.terms)
        if not query.is_written:
            query.write(self.tables.test_results())
        return query.answer(consistency.external_tests)

    def of_same_marks(self, sums: pd.DataFrame) -> pd.DataFrame:
        def among() -> frozenset[int]:
            return consistency.lessons_alike(self.of_lessons())

        query = MeasureQuery(self.reader, "alike", self.terms)
        if not query.is_written:
            query.write(consistency.alike_marks(self.tables.scoped.marks(self.tables.now)))
        alike = query.answer_in_partitions("lesson_id", among)
        return consistency.same_marks(alike, sums, consistency.whole_class_lessons(self.of_lessons()))
