"""Figures as screens, documents and exports take them: one function a figure, from a reader's tables to a measure's rows."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import narwhals as nw
import pandas as pd

from pipelines.figures.entered import counted_in_memory, marks_by_term, marks_of_pairs, standings_by_term
from pipelines.measures.attendance import pupil_attendance
from pipelines.measures.mark_coverage import coverage_of_pairs, mark_coverage, pairs_to_mark
from pipelines.measures.mark_sums import mark_sums
from pipelines.measures.quality import (
    ATTAINMENT_OF_MARK,
    change_against_previous_term,
    quality_counts,
    quality_of_counts,
    standing_so_far,
)
from pipelines.measures.same_pupils import change_of_same_pupils
from pipelines.measures.standings import pupil_standings, standings
from pipelines.measures.tables import read
from school.access.action import Action
from school.access.checks import may_somewhere
from school.analytics.lookups.pupil_history import PupilHistory, pupil_tables
from school.analytics.lookups.readers import (
    By,
    FigureReader,
    MeasureQuery,
    period_key,
    remembered,
    selection_key,
)
from school.analytics.lookups.tables import (
    NO_SELECTION,
    PeriodRow,
    PupilInSubject,
    ScopedTables,
    Selection,
    UnfilledLesson,
    class_pupils,
    lessons_not_filled,
    pupils_in_subjects,
)
from school.forecasts.lookups import ClassTerm
from school.records import YEAR, RegisterKey, TermKind
from school.register.lookups.registers import readable_registers
from school.register.rules.deadlines import entry_deadline
from school.store.memory.partitions import RowsOfClass

BASES = {"term": "Итоговые отметки", "today": "Итоги на сегодня", "marks": "Текущие отметки"}
# What the current marks would give for a year nobody computes: a year mark stands on term marks.
YEAR_BASES = {name: BASES[name] for name in ("term", "marks")}
TERM = ("school_year", "term_kind", "term_number")
# The columns of a term made those of its year.
AS_YEAR = f"* REPLACE ('{TermKind.YEAR}' AS term_kind, 1 AS term_number, {YEAR} AS term_id)"
# What pages compare marks by; anything finer is counted on its own.
COMPARED = ("class_id", "subject_id", "teacher_id", "grade_level", "school_id")
OF_CLASSES = frozenset({"term_id", "grade_level", "school_id"})
OF_LOAD = frozenset({"subject_id", "class_id", "teacher_id"})


def previous_period(periods: Collection[PeriodRow], period: PeriodRow) -> PeriodRow | None:
    """Return the period of the same kind before this one: of the year, or the last of the year before."""
    same = [row for row in periods if row.kind == period.kind]
    wanted = (period.school_year, period.number - 1)
    within = next((row for row in same if (row.school_year, row.number) == wanted), None)
    last = [row for row in same if row.school_year == period.school_year - 1 and period.number == 1]
    return within or max(last, key=lambda row: row.number, default=None)


def sums_of_marks(scoped: ScopedTables, selection: Selection) -> Any:
    """Return ``pipelines.measures.mark_sums`` of the selected marks; only classes with new entries are added up again."""
    if not scoped.store.has_kept("mark_sums"):
        scoped.store.keep("mark_sums", str(mark_sums(scoped.marks_of_all()).sql_query()))
    return scoped.kept("mark_sums", selection)


def sums_of_pupils(scoped: ScopedTables, selection: Selection) -> Any:
    """Return ``sums_of_marks`` of pupils: marks that a former class gave stand with the class and term in which they count (п. 5.2)."""
    return sums_of_marks(scoped, selection).union(mark_sums(scoped.former_marks(selection)))


def standings_today(scoped: ScopedTables, selection: Selection) -> Any:
    """Return ``pipelines.standing_so_far`` of the selected rows: what the current marks would give as a term mark.

    A pupil counts once, in the class in which the term ends for them.
    """
    if scoped.scope.is_whole_school:
        if not scoped.store.has_kept("standings"):
            every = _standings(scoped, NO_SELECTION).to_native()
            scoped.store.keep("standings", str(every.sql_query()))
        return scoped.kept("standings", selection)
    # A pupil's standing is of all the marks; only then is it asked whose pupil it is.
    others = {name: ids for name, ids in selection.items() if name != "teacher_id"}
    standing = _standings(scoped, others)
    if "teacher_id" in selection:
        standing = standing.filter(nw.col("teacher_id").is_in(list(selection["teacher_id"])))
    return standing.to_native()


def _standings(scoped: ScopedTables, selection: Selection) -> nw.LazyFrame[Any]:
    return read(scoped.counted_once(standing_so_far(sums_of_pupils(scoped, selection))))


def basis_rows(scoped: ScopedTables, basis: str, periods: Sequence[PeriodRow], selection: Selection) -> Any:
    """Return the rows that a basis counts; ``periods`` are terms, or all of them whole years.

    ``basis``: "term" for final marks, "marks" for current ones added up (``pipelines.measures.mark_sums``), "today" for what these would give as a term mark.
    """
    of_terms = {**selection, "term_id": [term for period in periods for term in period.term_ids]}
    if any(period.is_whole_year for period in periods):
        if basis == "term":
            return scoped.year_marks({**selection, "school_year": [row.school_year for row in periods]})
        return sums_of_marks(scoped, of_terms).project(AS_YEAR)
    if basis == "term":
        # Of two classes that gave a pupil a mark for one term the class of the term's end counts.
        return scoped.counted_once(scoped.term_marks(of_terms))
    return sums_of_marks(scoped, of_terms) if basis == "marks" else standings_today(scoped, of_terms)


def rows_of_standings(scoped: ScopedTables, basis: str, period: PeriodRow, selection: Selection) -> Any:
    """Return the rows that pupils' standings follow from: of a whole year only its year marks say how it was finished."""
    counted = "term" if basis == "term" or period.is_whole_year else "today"
    return basis_rows(scoped, counted, [period], selection)


def of_period(rows: pd.DataFrame, period: PeriodRow) -> pd.DataFrame:
    """Return those rows of a measure by term that are of the period itself."""
    year, kind, number = (rows[name].to_numpy() for name in TERM)
    is_here = (year == period.school_year) & (number == period.number) & (kind == period.kind)
    found: pd.DataFrame = rows[is_here]
    return found


def grain_of(by: Sequence[str]) -> tuple[str, ...]:
    """Return the columns by which rows are counted once, so that they can be added up by any of them."""
    return tuple(dict.fromkeys((*COMPARED, *by)))


def quality_by(
    reader: FigureReader,
    basis: str,
    periods: Sequence[PeriodRow],
    selection: Selection,
    by: Sequence[str] = (),
) -> pd.DataFrame:
    """Return ``pipelines.measures.quality`` by term and ``by`` over these periods, with each change to the term before.

    Marks are counted once for all that a page compares; after an entry only its class is counted again.
    """
    keys = tuple(period_key(period, selection) for period in periods)
    grain = tuple(dict.fromkeys((*grain_of(by), *TERM)))
    query = MeasureQuery(reader, "quality", basis, keys, grain)
    if not query.is_written:
        query.write(quality_counts(basis_rows(reader.tables, basis, periods, selection), grain))

    state = query.state
    found = query.figure(tuple(by), state)
    if found is None:
        by_term = [*by, *(name for name in TERM if name not in by)]
        counted = query.answer_in_partitions(
            "class_id", rows_of_class=_quality_in_memory(reader, basis, periods, selection, grain)
        )
        measured = quality_of_counts(counted, by_term)
        found = query.keep_figure(tuple(by), state, change_against_previous_term(measured, by))
    return found


def _quality_in_memory(
    reader: FigureReader, basis: str, periods: Sequence[PeriodRow], selection: Selection, grain: Sequence[str]
) -> RowsOfClass | None:
    """Return what counts a class's marks, or what they would give, without the database; None where it cannot."""
    count = {"marks": marks_by_term, "today": standings_by_term}.get(basis)
    if count is None or any(period.is_whole_year for period in periods):
        return None
    terms = [term for period in periods for term in period.term_ids]
    return counted_in_memory(reader, terms, selection, grain, count, of_pupils=basis == "today")


def pupils_behind(reader: FigureReader, period: PeriodRow, selection: Selection) -> list[PupilInSubject]:
    """Return the pupils of the selected classes and subjects with their marks."""
    return remembered(
        reader,
        "pupils",
        (period.term_ids, selection_key(selection)),
        lambda: pupils_in_subjects(reader.school.store, reader.user, reader.action, period, selection),
    )


def registers_of(
    reader: FigureReader, school_year: int, class_id: int, subject_id: int
) -> list[tuple[RegisterKey, str]]:
    """Return the registers of a class in a subject that the user may open, with the subgroups' names."""
    if not may_somewhere(reader.user, Action.READ_REGISTER):
        return []
    opener = FigureReader(reader.school, reader.user, Action.READ_REGISTER)
    found = remembered(
        opener,
        "registers",
        (school_year, reader.user.user_id),
        lambda: readable_registers(reader.school.store, reader.user, school_year),
    )
    return [
        (row.key, row.subgroup_name)
        for row in found
        if (row.key.class_id, row.key.subject_id) == (class_id, subject_id)
    ]


def last_deadline(now: datetime) -> datetime:
    """Return a moment that stays the same all day but for passing the deadline (п. 5.5): figures change only then."""
    deadline = entry_deadline(now.date())
    return deadline + timedelta(minutes=1) if now > deadline else datetime.combine(now.date(), time())


def coverage_by(
    reader: FigureReader, period: PeriodRow, selection: Selection, today: date, by: By
) -> pd.DataFrame:
    """Return ``pipelines.measures.mark_coverage`` by ``by``: whether pupils have the marks of п. 5.2."""
    query = MeasureQuery(reader, "pairs to mark", period_key(period, selection), today, by)
    if not query.is_written:
        scoped, of_terms = reader.tables, {**selection, "term_id": period.term_ids}
        marks = {name: ids for name, ids in of_terms.items() if name != "teacher_id"}
        terms = scoped.class_terms({name: ids for name, ids in of_terms.items() if name in OF_CLASSES})
        tables = _marked_tables(scoped, terms, selection)
        query.write(pairs_to_mark(sums_of_pupils(scoped, marks), by, **tables, today=today))
    state = query.state
    found = query.figure(by, state)
    if found is None:
        in_memory = marks_of_pairs(reader, period.term_ids)
        pairs = query.answer_in_partitions("class_id", rows_of_class=in_memory)
        found = query.keep_figure(by, state, coverage_of_pairs(pairs, by))
    return found


def without_final_marks(
    reader: FigureReader, basis: str, period: PeriodRow, selection: Selection, today: date, by: By
) -> pd.DataFrame:
    """Return ``pipelines.measures.mark_coverage`` by ``by`` over final marks: pairs_without_marks is who should have one and has none.

    On the basis "today" they are the pupils without a standing. Computed on the period's last day or today.
    """
    query = MeasureQuery(reader, "without final marks", basis, period_key(period, selection), today, by)
    if not query.is_written:
        scoped, of_terms = reader.tables, {**selection, "term_id": period.term_ids}
        terms = scoped.class_terms({name: ids for name, ids in of_terms.items() if name in OF_CLASSES})
        if period.is_whole_year:
            terms = term_of_year(scoped, period)
        rows = rows_of_standings(scoped, basis, period, selection)
        tables = _marked_tables(scoped, terms, selection)
        query.write(mark_coverage(rows, by, **tables, today=today))
    return query.answer()


def _marked_tables(scoped: ScopedTables, class_terms: Any, selection: Selection) -> dict[str, Any]:
    """Return the tables that ``pipelines.measures.mark_coverage`` reads beside marks, by the names of its arguments."""
    return {
        "teaching_load": scoped.teaching_load(
            {name: ids for name, ids in selection.items() if name in OF_LOAD}
        ),
        "enrolments": scoped.enrolments(),
        "class_terms": class_terms,
        "subgroup_members": scoped.subgroup_members(),
    }


def term_of_year(scoped: ScopedTables, period: PeriodRow) -> Any:
    """Return each class of a whole year as if the year were its one term, in the columns of class terms."""
    terms = scoped.class_terms({"term_id": period.term_ids})
    keys = "class_id, school_year, grade_level, school_id"
    return terms.aggregate(
        f"{keys}, {YEAR} AS term_id, '{TermKind.YEAR}' AS term_kind, 1 AS term_number, "
        "min(starts_on) AS starts_on, max(ends_on) AS ends_on",
        keys,
    )


def standings_by(
    reader: FigureReader, basis: str, period: PeriodRow, selection: Selection, by: By
) -> pd.DataFrame:
    """Return ``pipelines.measures.standings`` by ``by``: of final marks, otherwise of what the current marks give today.

    A pupil's standing is over all subjects: only classes are counted that the reader sees wholly, and ``selection``
    names neither subject nor teacher.
    """
    query = MeasureQuery(reader, "standings", basis, period_key(period, selection), by)
    if not query.is_written:
        rows = rows_of_standings(reader.tables, basis, period, wholly_seen(reader, selection))
        query.write(standings(rows, by))
    return query.answer()


def pupil_standings_of(
    reader: FigureReader, basis: str, period: PeriodRow, selection: Selection
) -> pd.DataFrame:
    """Return ``pipelines.pupil_standings``: how each pupil finished a period, or would today."""
    query = MeasureQuery(reader, "pupil standings", basis, period_key(period, selection))
    if not query.is_written:
        rows = rows_of_standings(reader.tables, basis, period, wholly_seen(reader, selection))
        query.write(pupil_standings(rows))
    return query.answer()


def wholly_seen(reader: FigureReader, selection: Selection) -> Selection:
    """Narrow a selection to the classes of which the reader sees every subject: what is said of a pupil needs them all."""
    scope = reader.tables.scope
    if scope.is_whole_school:
        return selection
    asked = selection.get("class_id")
    return {
        **selection,
        "class_id": scope.class_ids if asked is None else scope.class_ids.intersection(asked),
    }


def same_pupils_by(
    reader: FigureReader, basis: str, before: PeriodRow, period: PeriodRow, selection: Selection, by: By
) -> pd.DataFrame:
    """Return ``pipelines.measures.same_pupils`` by ``by``: how the quality of the same pupils changed since a period.

    The pupils are those of the selection; before, they may have been in other classes of other teachers.
    """
    whatever_class = {name: ids for name, ids in selection.items() if name in {"school_id", "subject_id"}}
    keys = (period_key(before, whatever_class), period_key(period, selection))
    query = MeasureQuery(reader, "same pupils", basis, keys, by)
    if not query.is_written:
        scoped = reader.tables
        earlier = basis_rows(scoped, basis, [before], whatever_class)
        query.write(change_of_same_pupils(basis_rows(scoped, basis, [period], selection), earlier, by))
    return query.answer()


def attended(
    scoped: ScopedTables, selection: Selection, today: date, pupils: Selection = NO_SELECTION
) -> dict[str, Any]:
    """Return what the measures of attendance read of the selected lessons and pupils, by the names of their arguments."""
    return {
        "lessons": scoped.lessons(selection),
        "absences": scoped.absences(selection),
        "enrolments": scoped.enrolments(pupils),
        "subgroup_members": scoped.subgroup_members(),
        "today": today,
    }


def pupil_attendance_of(
    reader: FigureReader, period: PeriodRow, selection: Selection, today: date
) -> pd.DataFrame:
    """Return ``pipelines.pupil_attendance`` by class: what each pupil missed."""
    query = MeasureQuery(reader, "pupil attendance", period_key(period, selection), today)
    if not query.is_written:
        read = attended(reader.tables, {**selection, "term_id": period.term_ids}, today)
        query.write(pupil_attendance(**read, by=("class_id",)))
    return query.answer()


def one_pupils_attendance(reader: FigureReader, history: PupilHistory, today: date) -> pd.DataFrame:
    """Return ``pipelines.pupil_attendance`` of a pupil by term over all years, in the order of the terms."""
    whose = (history.places, history.sees_all, history.pupil_id)
    query = MeasureQuery(reader, "a pupil's attendance", *whose, today)
    if not query.is_written:
        scoped = pupil_tables(reader.school.store, reader.user, history.pupil_id, today=today)
        classes = {"class_id": sorted({place.class_id for place in history.places})}
        read = attended(scoped, classes, today, {"pupil_id": (history.pupil_id,)})
        query.write(pupil_attendance(**read, by=TERM))
    return query.answer().sort_values(list(TERM), ignore_index=True)


def one_pupils_standings(reader: FigureReader, history: PupilHistory, today: date) -> pd.DataFrame:
    """Return ``pipelines.pupil_standings`` of a pupil by term over all years, in the order of the terms."""
    query = MeasureQuery(reader, "a pupil's standings", history.sees_all, history.pupil_id, today)
    if not query.is_written:
        scoped = pupil_tables(reader.school.store, reader.user, history.pupil_id, today=today)
        query.write(pupil_standings(scoped.term_marks({"pupil_id": (history.pupil_id,)}), TERM))
    return query.answer().sort_values(list(TERM), ignore_index=True)


def unfilled_of(
    reader: FigureReader, teacher_id: int, period: PeriodRow, last_day: date
) -> list[UnfilledLesson]:
    """Return a teacher's lessons without an entry, held in a period by ``last_day``, newest first."""
    return remembered(
        reader,
        "unfilled",
        (teacher_id, period.term_ids, last_day),
        lambda: lessons_not_filled(reader.school.store, reader.user, teacher_id, period, last_day),
    )


def class_list(reader: FigureReader, class_id: int, period: PeriodRow | ClassTerm) -> dict[int, str]:
    """Return the pupils who were in a class in a period, by name."""

    def compute() -> dict[int, str]:
        listed = class_pupils(
            reader.school.store, reader.user, reader.action, class_id, period.starts_on, period.ends_on
        )
        return {row.pupil_id: row.name for row in listed}

    return remembered(reader, "class list", (class_id, period.starts_on, period.ends_on), compute)


def quality_of_forecast_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """Return ``pipelines.measures.quality`` by class of the rounded means that stand beside forecasts."""
    counts = {f"n{mark}": rows["rounded_mean"].to_numpy() == mark for mark in ATTAINMENT_OF_MARK}
    return quality_of_counts(rows[["class_id"]].assign(**counts), ["class_id"])
