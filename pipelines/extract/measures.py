"""The measures that can be computed from journal extracts, by the same functions as in the school: from which tables, and
whose pupils stand behind a group."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import narwhals as nw

from pipelines.catalogue.measures import ACTIVITY as TEACHER_ACTIVITY
from pipelines.catalogue.measures import ATTENDANCE, COVERAGE, QUALITY, STANDINGS
from pipelines.extract.lake_tables import (
    CELL,
    FORMER_SUMS,
    LAKE_TABLES,
    LEFT_PLACES,
    MARK_SUMS,
    MARKS,
    NUMBERS,
    REALS,
    TERM_MARKS,
)
from pipelines.extract.places import distinct
from pipelines.extract.tables import DIMENSIONS, ExtractTables, OwnedTables, with_dimensions
from pipelines.extract.withholding import PUPIL, Pupils
from pipelines.measures.attendance import of_pupils, pupil_attendance
from pipelines.measures.homework import homework, homework_load
from pipelines.measures.mark_coverage import mark_coverage
from pipelines.measures.measure import Measure
from pipelines.measures.quality import quality, standing_so_far
from pipelines.measures.standings import NEVER_A_GROUP, standings
from pipelines.measures.tables import Frame, columns_among, moment, read
from pipelines.measures.teacher_activity import teacher_activity
from school.errors import Refusal
from school.records import AbsenceReason, HomeworkState

# Rows a pupil are no measure of a group.
_OF_ONE_PUPIL = frozenset({"term_marks_given", "standing", "is_chronic"})
# An extract names work types, and does not say which are written control works.
_NOT_IN_AN_EXTRACT = frozenset({"control_marks"})
SO_FAR = "so_far"
_OF_STANDING = ("class_id", "subject_id", "term_id")
_PLACE = ("school_id", "class_id", "subject_id", "teacher_id", "term_id", "held_on")
_COURSE = ("school_id", "class_id", "subject_id")
_OF_LOAD = ("class_id", "subject_id", "teacher_id")


@dataclass(frozen=True)
class Question:
    """What is asked: a measure by columns, of one of its bases, at a moment of school time."""

    measure: str
    by: tuple[str, ...]
    basis: str
    now: datetime


Measured = tuple[Any, Pupils]


@dataclass(frozen=True)
class MeasureFamily:
    """Measures that one function gives.

    ``bases``: what may be measured, the first that the source has by default, and the tables that each needs. ``measured``
    returns the answer by ``by``, and who stands behind each group. The answer has the school before its ids, except of the
    ``plain_bases``. ``takes_sums``: of marks the sums are enough, and of other tables only those of the columns of ``by``. ``places``: what each basis needs to count pupils who moved.
    """

    measures: tuple[str, ...]
    bases: dict[str, tuple[str, ...]]
    measured: Callable[[ExtractTables, Question], Measured]
    plain_bases: frozenset[str] = frozenset()
    takes_sums: bool = False
    places: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def rows_for(tables: ExtractTables | OwnedTables, name: str, by: Sequence[str]) -> Frame:
    """Return a table's rows with the dimensions of ``by``. Raises Refusal for a column that it cannot have."""
    return _with(tables, tables.table(name), by, name)


def _with(tables: ExtractTables | OwnedTables, rows: Frame, by: Sequence[str], name: str) -> Frame:
    rows = with_dimensions(tables, rows, by)
    present = rows.collect_schema().names()
    if unknown := [column for column in by if column not in present]:
        own = [column for column in LAKE_TABLES[name].names if column.endswith("_id")]
        raise Refusal(
            f"По столбцу {', '.join(unknown)} этот показатель не группируется.",
            f"Он считается по таблице {name}.",
            f"Можно взять: {', '.join([*own, *DIMENSIONS])}.",
        )
    return rows


def _quality(tables: ExtractTables, question: Question) -> Measured:
    if question.basis == SO_FAR:
        own = OwnedTables(tables)
        standing = own.without_left(read(standing_so_far(own.sums_of_pupils().to_native())))
        graded = _with(own, standing, question.by, MARKS)
        pupils = _behind(graded, question, _OF_STANDING, is_once=True)
    else:
        table = MARK_SUMS if question.basis == MARKS else question.basis
        # Of two classes that gave a pupil a mark for one term the class of the term's end counts.
        rows = tables.counted(table) if table == TERM_MARKS else tables.table(table)
        graded = _with(tables, rows, question.by, question.basis)
        pupils = _behind_marks(tables, table, graded, question)
    figures = columns_among(graded, ("value", *NUMBERS, *REALS))
    return quality(graded.select(*question.by, *figures).to_native(), question.by), pupils


def _behind_marks(tables: ExtractTables, table: str, graded: Frame, question: Question) -> Pupils:
    """Return who has the marks, by cells that need no pupil told from another where the lake vouches for that."""
    once = tables.counted_once(table)
    rows = graded if once is None else _with(tables, once, question.by, question.basis)
    cell = columns_among(rows, ("school_id", *CELL) if once is None else ("school_id", "school_year", *CELL))
    return _behind(rows, question, cell, is_once=once is not None)


def _behind(rows: Frame, question: Question, cell: Sequence[str] = (), *, is_once: bool = False) -> Pupils:
    """Return who stands behind the groups."""
    has_school = "school_id" not in question.by and columns_among(rows, ["school_id"])
    pupil = nw.concat_str("school_id", "pupil_id", separator="/") if has_school else nw.col("pupil_id")
    columns = dict.fromkeys((*question.by, *cell))
    return Pupils(rows.select(*columns, pupil.alias(PUPIL)), tuple(cell), is_once)


def _check_all_subjects(question: Question, why: str) -> None:
    """Raise Refusal for columns of a part of the subjects."""
    if unfit := NEVER_A_GROUP.intersection(question.by):
        raise Refusal(
            f"По столбцу {', '.join(sorted(unfit))} этот показатель не группируется.",
            why,
            "Возьмите class_id, term_id, school_id или параллель (grade_level).",
        )


def _standings(tables: ExtractTables, question: Question) -> Measured:
    _check_all_subjects(question, "Группа успеваемости — это все предметы ученика.")
    own = OwnedTables(tables)
    marks = _with(own, own.counted(TERM_MARKS), question.by, TERM_MARKS)
    return standings(marks.to_native(), question.by), _behind(marks, question)


def _no_subgroups(rows: Frame) -> Any:
    """Return no members of no subgroup: an extract does not know subgroups."""
    pupil = nw.col("pupil_id")
    nobody = rows.filter(pupil.is_null() & ~pupil.is_null()).select(
        subgroup_id=nw.lit(None, nw.String), pupil_id=nw.lit(None, nw.String)
    )
    return nobody.to_native()


def _entered(lessons: Frame) -> Frame:
    """Add how a lesson was entered: is_held, has_topic, homework_state, and recorded_at.

    Where a school gives no time of entry at all, a lesson that stands in its extract was entered on its day.
    """
    times = lessons.group_by("school_id").agg(last_entry=nw.col("recorded_at").max())
    rows = lessons.join(times, on="school_id", how="left")
    on_its_day = nw.when(nw.col("last_entry").is_null()).then(moment("held_on"))
    is_set, is_none = nw.col("homework_set"), ~nw.col("homework_set")
    state = (
        nw.when(is_none).then(nw.lit(HomeworkState.NONE.value)).otherwise(nw.lit(HomeworkState.UNSET.value))
    )
    return rows.with_columns(
        is_held=nw.lit(True),
        has_topic=~nw.col("topic").is_null(),
        homework_state=nw.when(is_set).then(nw.lit(HomeworkState.SET.value)).otherwise(state),
        recorded_at=nw.coalesce(nw.col("recorded_at"), on_its_day),
    )


def _attendance_tables(tables: ExtractTables, question: Question) -> tuple[Any, Any, dict[str, Any]]:
    own = OwnedTables(tables)
    lessons, absences = _numbered_lessons(_entered(own.table("lessons")), question.by), own.table("absences")
    place = [name for name in _PLACE if name != "teacher_id" or "teacher_id" in question.by]
    missed = _with_number(
        absences.with_columns(held_on=nw.col("missed_on")), [*place, "pupil_id"], ["reason"]
    )
    reasons = {reason.value for reason in AbsenceReason}
    reason = nw.when(nw.col("reason").is_in(reasons)).then(nw.col("reason"))
    noted = missed.select(
        "pupil_id",
        lesson_id=_lesson_id(place),
        reason=nw.coalesce(reason, nw.lit(AbsenceReason.UNKNOWN.value)),
    )
    held = _with(own, lessons.with_columns(lesson_id=_lesson_id(place)), question.by, "lessons")
    rosters = {"enrolments": own.table("enrolments").to_native(), "subgroup_members": _no_subgroups(absences)}
    return held.to_native(), noted.to_native(), rosters


def _numbered_lessons(lessons: Frame, by: Sequence[str]) -> Frame:
    """Return the lessons of classes: groups of a class taught at once by several teachers are one lesson."""
    place = [name for name in _PLACE if name != "teacher_id" or "teacher_id" in by]
    numbered = lessons.filter(~nw.col("number").is_null())
    others = lessons.filter(nw.col("number").is_null())
    once = numbered.group_by(*place, "number").agg(nw.col("recorded_at").max())
    rows = nw.concat([once, others.select(*place, "number", "recorded_at")])
    placed = _with_number(rows, place, ["number"])
    return placed.with_columns(subgroup_id=nw.lit(None, nw.String), is_held=nw.lit(True))


def _with_number(rows: Frame, place: Sequence[str], order: Sequence[str]) -> Frame:
    """Number the rows of one place from 1: an extract names a lesson by its day, and a day may have several."""
    ones = rows.with_columns(one=nw.lit(1))
    return ones.with_columns(number_there=nw.col("one").cum_sum().over(*place, order_by=order))


def _lesson_id(place: Sequence[str]) -> nw.Expr:
    words = [nw.coalesce(nw.col(name).cast(nw.String), nw.lit("")) for name in place]
    return nw.concat_str(*words, nw.col("number_there").cast(nw.Int64).cast(nw.String), separator="|")


def _attendance(tables: ExtractTables, question: Question) -> Measured:
    lessons, absences, rosters = _attendance_tables(tables, question)
    pupils = pupil_attendance(lessons, absences, question.by, **rosters, today=question.now.date())
    return of_pupils(pupils, question.by), _behind(read(pupils), question)


def _load(own: OwnedTables) -> Frame:
    """Return the teaching load with the hours of a class × subject shared among its teachers.

    Several teachers of one class and subject teach groups of it at the same hours: a pupil has the greatest number.
    """
    load = own.table("teaching_load").with_columns(one=nw.lit(1))
    hours, teachers = (
        expression.over(*_COURSE) for expression in (nw.col("hours_a_week").max(), nw.col("one").sum())
    )
    return load.with_columns(hours_a_week=hours / teachers, subgroup_id=nw.lit(None, nw.String))


def _coverage(tables: ExtractTables, question: Question) -> Measured:
    own = OwnedTables(tables)
    load, enrolments = _load(own), own.table("enrolments")
    # The terms have the columns of ``by`` that are not the load's own, and, since first-formers have no marks to be short
    # of, the grade level.
    of_terms = {name for name in question.by if name not in _OF_LOAD} | {"grade_level"}
    terms = _with(own, own.class_terms(), sorted(of_terms), "terms").drop("school_id")
    if "school_id" in question.by:
        terms = terms.join(distinct(own.table("classes"), ("class_id", "school_id")), on="class_id")
    measured = mark_coverage(
        own.sums_of_pupils().to_native(),
        question.by,
        teaching_load=load.to_native(),
        enrolments=enrolments.to_native(),
        class_terms=terms.to_native(),
        subgroup_members=_no_subgroups(enrolments),
        today=question.now.date(),
    )
    taught = load.select(*_OF_LOAD).join(terms, on="class_id")
    return measured, _of_classes(own, taught, question)


def _of_classes(tables: ExtractTables | OwnedTables, rows: Frame, question: Question) -> Pupils:
    """Return the pupils of the classes in each group."""
    places = distinct(rows, list(dict.fromkeys((*question.by, "class_id"))))
    pupils = distinct(tables.table("enrolments"), ("class_id", "pupil_id"))
    return _behind(places.join(pupils, on="class_id"), question)


def _activity(tables: ExtractTables, question: Question) -> Measured:
    own = OwnedTables(tables)
    lessons = _entered(rows_for(own, "lessons", question.by))
    marks = rows_for(own, "marks", question.by).with_columns(is_written_control=nw.lit(False))
    measured = teacher_activity(lessons.to_native(), marks.to_native(), question.by, now=question.now)
    columns = list(dict.fromkeys((*question.by, "class_id")))
    taught = nw.concat([lessons.select(*columns), marks.select(*columns)])
    return measured, _of_classes(own, taught, question)


def _homework(tables: ExtractTables, question: Question) -> Measured:
    own = OwnedTables(tables)
    lessons = _entered(rows_for(own, "lessons", question.by))
    named = lessons.with_columns(lesson_id=nw.lit(""))
    # An extract has neither the tasks of single pupils nor files.
    none = named.filter(nw.col("held_on").is_null()).select("lesson_id").to_native()
    measured = homework(named.to_native(), question.by, tasks=none, files=none, today=question.now.date())
    return measured, _of_classes(own, lessons, question)


def _homework_load(tables: ExtractTables, question: Question) -> Measured:
    _check_all_subjects(question, "Нагрузка за день — это все предметы класса.")
    own = OwnedTables(tables)
    lessons = _entered(rows_for(own, "lessons", question.by))
    measured = homework_load(lessons.to_native(), question.by, today=question.now.date())
    return measured, _of_classes(own, lessons, question)


def _names(measures: Sequence[Measure], without: frozenset[str] = frozenset()) -> tuple[str, ...]:
    return tuple(measure.name for measure in measures if measure.name not in without)


FAMILIES = (
    MeasureFamily(
        _names(QUALITY, frozenset({"weighted_mean"})),
        {
            "term_marks": ("term_marks",),
            "marks": ("marks",),
            "year_marks": ("year_marks",),
            SO_FAR: ("marks",),
        },
        _quality,
        frozenset({"term_marks", "marks", "year_marks"}),
        takes_sums=True,
        places={TERM_MARKS: (LEFT_PLACES,), SO_FAR: (FORMER_SUMS, LEFT_PLACES)},
    ),
    MeasureFamily(("weighted_mean",), {"marks": ("marks",)}, _quality, frozenset({"marks"}), takes_sums=True),
    MeasureFamily(
        _names(STANDINGS, _OF_ONE_PUPIL),
        {TERM_MARKS: (TERM_MARKS,)},
        _standings,
        places={TERM_MARKS: (LEFT_PLACES,)},
    ),
    MeasureFamily(
        _names(ATTENDANCE, _OF_ONE_PUPIL), {"lessons": ("lessons", "absences", "enrolments")}, _attendance
    ),
    MeasureFamily(
        _names(COVERAGE),
        {MARKS: (MARKS, "teaching_load", "enrolments")},
        _coverage,
        places={MARKS: (MARK_SUMS, FORMER_SUMS)},
    ),
    MeasureFamily(
        _names(TEACHER_ACTIVITY, _NOT_IN_AN_EXTRACT),
        {"lessons": ("lessons", "marks", "enrolments")},
        _activity,
    ),
    MeasureFamily(
        ("lessons_with_homework", "lessons_homework_none", "homework_set_share"),
        {"lessons": ("lessons", "enrolments")},
        _homework,
    ),
    MeasureFamily(
        ("school_days", "assignments", "most_assignments_a_day", "assignments_a_day"),
        {"lessons": ("lessons", "enrolments")},
        _homework_load,
    ),
)
BY_MEASURE = {name: family for family in FAMILIES for name in family.measures}
