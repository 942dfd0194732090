"""What a forecast reads: a journal as pandas tables, and the same with ids turned into small whole numbers.

Column names are those of the journal extract. Ids may be whole numbers or strings; nothing is read from them.
"""

import datetime as dt
from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.metrics import Floats

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

Made = TypeVar("Made")
NO_DAY = np.iinfo(np.int64).min
MISSING = -1


@dataclass(frozen=True)
class JournalTables:
    """A school's journal. Columns in brackets may be missing or empty.

    marks: class_id, subject_id, (teacher_id), term_id, pupil_id, given_on, value 2..5, (weight, 1 if missing), (lesson_id)
    term_marks: class_id, subject_id, (teacher_id), term_id, pupil_id, value 2..5
    terms: term_id, (school_id), school_year, kind, number, starts_on, ends_on
    enrolments: class_id, pupil_id, (starts_on), (ends_on: the day of leaving)
    class_terms: class_id, term_id: the terms a class is marked in
    teaching_load: class_id, subject_id, (teacher_id): what is taught; seen marks add to it
    classes: class_id, (grade_level)
    year_marks: class_id, subject_id, school_year, pupil_id, value 2..5
    """

    marks: pd.DataFrame
    term_marks: pd.DataFrame
    terms: pd.DataFrame
    enrolments: pd.DataFrame
    class_terms: pd.DataFrame
    teaching_load: pd.DataFrame | None = None
    classes: pd.DataFrame | None = None
    year_marks: pd.DataFrame | None = None


class Arrays:
    """A dataclass whose fields are arrays of one length: an element a row."""

    def where(self, keep: Ints | Bools | slice) -> Self:
        """Return the rows at the places `keep`, or for which `keep` is true; those of a slice are not copied."""
        if isinstance(keep, np.ndarray) and keep.dtype == bool:
            # Counted once, not once a column.
            keep = np.flatnonzero(keep)
        return type(self)(**{name: column[keep] for name, column in vars(self).items()})

    @classmethod
    def stacked(cls, pieces: Sequence[Self]) -> Self:
        """Return the rows of the pieces one below another; at least one piece."""
        columns = [vars(piece) for piece in pieces]
        return cls(**{name: np.concatenate([each[name] for each in columns]) for name in columns[0]})


@dataclass(frozen=True)
class MarkRows(Arrays):
    """Current marks, ordered by day then value; ``lesson`` is the id itself, −1 where it is not known."""

    lesson: Ints
    pupil: Ints
    subject: Ints
    school_class: Ints
    term: Ints
    teacher: Ints
    day: Ints
    value: Floats
    weight: Floats

    def given_by(self, as_of: int) -> Self:
        """Return the marks given by this day, not copied."""
        return self.where(slice(int(np.searchsorted(self.day, as_of, side="right"))))


@dataclass(frozen=True)
class TermMarkRows(Arrays):
    """Term marks."""

    pupil: Ints
    subject: Ints
    school_class: Ints
    term: Ints
    teacher: Ints
    value: Floats


@dataclass(frozen=True)
class YearMarkRows(Arrays):
    """Year marks."""

    pupil: Ints
    subject: Ints
    school_class: Ints
    school_year: Ints
    value: Floats


@dataclass(frozen=True)
class TermRows:
    """Terms by code. `series` joins terms of one school and kind; `rank` orders them through the years (0, 1, …)."""

    series: Ints
    rank: Ints
    number: Ints
    school_year: Ints
    kind: NDArray[np.object_]
    first_day: Ints
    last_day: Ints


@dataclass(frozen=True)
class EnrolmentRows(Arrays):
    """A pupil in a class from `first_day` until the day before `left_day`."""

    pupil: Ints
    school_class: Ints
    first_day: Ints
    left_day: Ints


class Lasting:
    """What was made last of all that marks do not change, by name; shared by the journals that differ in marks alone."""

    def __init__(self) -> None:
        """Begin with nothing made."""
        self._made: dict[str, tuple[Hashable, Any]] = {}

    def get(self, name: str, of: Hashable, make: Callable[[], Made]) -> Made:
        """Return what was made ``of`` this, made now where it was of something else; nobody changes it."""
        # Read once: another thread may put its own there at any moment.
        known = self._made.get(name)
        if known is None or known[0] != of:
            known = self._made[name] = (of, make())
        made: Made = known[1]
        return made


@dataclass(frozen=True)
class Journal:
    """`JournalTables` with ids as codes, built once per version of the data by `prepare`."""

    pupils: pd.Index
    subjects: pd.Index
    classes: pd.Index
    term_ids: pd.Index
    teachers: pd.Index
    marks: MarkRows
    term_marks: TermMarkRows
    year_marks: YearMarkRows
    terms: TermRows
    enrolments: EnrolmentRows
    class_term_class: Ints
    class_term_term: Ints
    taught_class: Ints
    taught_subject: Ints
    taught_teacher: Ints
    grade_level: Floats
    lasting: Lasting = field(default_factory=Lasting, compare=False)


def day_number(day: dt.date) -> int:
    """Days since 1970-01-01."""
    return (dt.date(day.year, day.month, day.day) - dt.date(1970, 1, 1)).days


def prepare(tables: JournalTables) -> Journal:
    """Codes for every id and whole days for every date: the form that forecasts are computed from.

    Rows whose class, subject, term or pupil is empty, or whose value is empty, cannot be used and are left out.
    """
    loads = _or_empty(tables.teaching_load, ["class_id", "subject_id"])
    year_marks = _or_empty(tables.year_marks, ["class_id", "subject_id", "school_year", "pupil_id", "value"])
    with_subject = [tables.marks, tables.term_marks, year_marks, loads]
    with_class = [*with_subject, tables.enrolments, tables.class_terms]
    pupils = _index("pupil_id", [tables.enrolments, tables.marks, tables.term_marks, year_marks])
    subjects, classes = _index("subject_id", with_subject), _index("class_id", with_class)
    term_ids = _index("term_id", [tables.terms])
    teachers = _index("teacher_id", with_subject)
    indexes = {
        "pupil": pupils,
        "subject": subjects,
        "school_class": classes,
        "term": term_ids,
        "teacher": teachers,
    }
    return Journal(
        pupils=pupils,
        subjects=subjects,
        classes=classes,
        term_ids=term_ids,
        teachers=teachers,
        marks=_mark_rows(tables.marks, indexes),
        term_marks=_term_mark_rows(tables.term_marks, indexes),
        year_marks=_year_mark_rows(year_marks, indexes),
        terms=_term_rows(tables.terms, term_ids),
        enrolments=_enrolment_rows(tables.enrolments, indexes),
        class_term_class=_codes(tables.class_terms, "class_id", classes),
        class_term_term=_codes(tables.class_terms, "term_id", term_ids),
        taught_class=_codes(loads, "class_id", classes),
        taught_subject=_codes(loads, "subject_id", subjects),
        taught_teacher=_codes(loads, "teacher_id", teachers),
        grade_level=_grade_levels(tables.classes, classes),
    )


def with_marks_of(journal: Journal, lessons: Collection[int], marks: pd.DataFrame) -> Journal | None:
    """Return a journal with the marks of these lessons replaced by those given; None where they name anybody unknown to it.

    ``marks``: all of these lessons, as in `JournalTables`, with lesson_id.
    """
    indexes = {
        "pupil": journal.pupils,
        "subject": journal.subjects,
        "school_class": journal.classes,
        "term": journal.term_ids,
        "teacher": journal.teachers,
    }
    entered = _mark_rows(marks, indexes)
    is_unknown = (entered.teacher == MISSING).sum() != marks["teacher_id"].isna().sum()
    if is_unknown or len(entered.day) != len(marks):
        return None
    before = journal.marks
    is_replaced = np.isin(before.lesson, list(lessons))
    # Before the first place that changes all stays as it is, and marks are entered of late.
    changes = [*np.searchsorted(before.day, entered.day[:1]), *np.flatnonzero(is_replaced)[:1]]
    first = min(changes, default=len(is_replaced))
    others = before.where(np.flatnonzero(~is_replaced[first:]) + first)
    return replace(
        journal,
        marks=MarkRows.stacked([before.where(slice(first)), _in_order(MarkRows.stacked([others, entered]))]),
    )


def codes_of(index: pd.Index, ids: Iterable[object]) -> Ints:
    """Codes of ids; −1 for an id the journal does not know."""
    return np.asarray(index.get_indexer(pd.Index(list(ids))), dtype=np.int64)


def _or_empty(table: pd.DataFrame | None, columns: Sequence[str]) -> pd.DataFrame:
    return pd.DataFrame(columns=list(columns)) if table is None else table


def _index(column: str, tables: Sequence[pd.DataFrame]) -> pd.Index:
    found = [pd.Series(t[column].dropna().unique()) for t in tables if column in t and len(t)]
    found = [ids for ids in found if len(ids)]
    return pd.Index(pd.concat(found, ignore_index=True).unique()) if found else pd.Index([], dtype=object)


def _codes(table: pd.DataFrame, column: str, index: pd.Index) -> Ints:
    if column not in table or not len(index):
        return np.full(len(table), MISSING, dtype=np.int64)
    return np.asarray(index.get_indexer(pd.Index(table[column])), dtype=np.int64)


def _days(table: pd.DataFrame, column: str) -> Ints:
    if column not in table:
        return np.full(len(table), NO_DAY, dtype=np.int64)
    days = pd.to_datetime(table[column]).to_numpy().astype("datetime64[D]")
    return np.where(np.isnat(days), NO_DAY, days.astype(np.int64))


def _numbers(table: pd.DataFrame, column: str, default: float) -> Floats:
    if column not in table:
        return np.full(len(table), default)
    return np.asarray(pd.to_numeric(table[column]).astype(float).fillna(default), dtype=np.float64)


def _mark_rows(marks: pd.DataFrame, indexes: dict[str, pd.Index]) -> MarkRows:
    ids = _ids(marks, indexes)
    rows = MarkRows(
        **ids,
        lesson=_numbers(marks, "lesson_id", MISSING).astype(np.int64),
        day=_days(marks, "given_on"),
        value=_numbers(marks, "value", np.nan),
        weight=_numbers(marks, "weight", 1.0),
    )
    return _in_order(rows.where(_has_ids(ids) & (rows.day != NO_DAY) & np.isfinite(rows.value)))


def _in_order(marks: MarkRows) -> MarkRows:
    # One key of both: what is almost in order is sorted in one pass.
    return marks.where(np.argsort(marks.day * 16.0 + marks.value, kind="stable"))


def _term_mark_rows(term_marks: pd.DataFrame, indexes: dict[str, pd.Index]) -> TermMarkRows:
    ids = _ids(term_marks, indexes)
    rows = TermMarkRows(**ids, value=_numbers(term_marks, "value", np.nan))
    return rows.where(_has_ids(ids) & np.isfinite(rows.value))


def _year_mark_rows(year_marks: pd.DataFrame, indexes: dict[str, pd.Index]) -> YearMarkRows:
    ids = _ids(year_marks, {name: indexes[name] for name in ("pupil", "subject", "school_class")})
    year = _numbers(year_marks, "school_year", MISSING).astype(np.int64)
    rows = YearMarkRows(**ids, school_year=year, value=_numbers(year_marks, "value", np.nan))
    return rows.where(_has_ids(ids) & (year >= 0) & np.isfinite(rows.value))


_ID_COLUMNS = {
    "pupil": "pupil_id",
    "subject": "subject_id",
    "school_class": "class_id",
    "term": "term_id",
    "teacher": "teacher_id",
}


def _ids(table: pd.DataFrame, indexes: dict[str, pd.Index]) -> dict[str, Ints]:
    return {name: _codes(table, _ID_COLUMNS[name], index) for name, index in indexes.items()}


def _has_ids(ids: dict[str, Ints]) -> Bools:
    are_named: Bools = np.logical_and.reduce([codes >= 0 for name, codes in ids.items() if name != "teacher"])
    return are_named


def _term_rows(terms: pd.DataFrame, term_ids: pd.Index) -> TermRows:
    table = terms.drop_duplicates("term_id").set_index("term_id").reindex(term_ids).reset_index()
    school = table["school_id"] if "school_id" in table else pd.Series("", index=table.index)
    year, number = table["school_year"].astype(np.int64), table["number"].fillna(0).astype(np.int64)
    series = table.groupby([school, table["kind"]], dropna=False).ngroup()
    order = year * 1000 + number
    return TermRows(
        series=np.asarray(series, dtype=np.int64),
        rank=np.asarray(order.groupby(series).rank(method="dense"), dtype=np.int64) - 1,
        number=np.asarray(number, dtype=np.int64),
        school_year=np.asarray(year, dtype=np.int64),
        kind=table["kind"].astype(object).to_numpy(),
        first_day=_days(table, "starts_on"),
        last_day=_days(table, "ends_on"),
    )


def _enrolment_rows(enrolments: pd.DataFrame, indexes: dict[str, pd.Index]) -> EnrolmentRows:
    left = _days(enrolments, "ends_on")
    rows = EnrolmentRows(
        pupil=_codes(enrolments, "pupil_id", indexes["pupil"]),
        school_class=_codes(enrolments, "class_id", indexes["school_class"]),
        first_day=_days(enrolments, "starts_on"),
        left_day=np.where(left == NO_DAY, np.iinfo(np.int64).max, left),
    )
    return rows.where((rows.pupil >= 0) & (rows.school_class >= 0))


def _grade_levels(classes: pd.DataFrame | None, index: pd.Index) -> Floats:
    if classes is None or "grade_level" not in classes or not len(index):
        return np.full(len(index), np.nan)
    levels = pd.to_numeric(classes.drop_duplicates("class_id").set_index("class_id")["grade_level"])
    return np.asarray(levels.astype(float).reindex(index), dtype=np.float64)
