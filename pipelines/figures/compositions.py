"""Figures as screens and documents take them: one way from a reader's tables to each measure."""

from collections.abc import Callable, Collection, Sequence
from datetime import date
from typing import Any

import narwhals as nw
import pandas as pd

from pipelines.measures.curriculum import curriculum_coverage
from pipelines.measures.mark_coverage import mark_coverage
from pipelines.measures.mark_sums import mark_sums
from pipelines.measures.quality import change_against_previous_term, quality, standing_so_far
from school.analytics.lookups.curriculum import CurriculumTables
from school.analytics.lookups.tables import NO_SELECTION, PeriodRow, Selection, Tables
from school.records import YEAR, TermKind

TERM = ("school_year", "term_kind", "term_number")
# The columns of a term made those of its year.
AS_YEAR = f"* REPLACE ('{TermKind.YEAR}' AS term_kind, 1 AS term_number, {YEAR} AS term_id)"
OF_CLASSES = frozenset({"term_id", "grade_level", "school_id"})
OF_LOAD = frozenset({"subject_id", "class_id", "teacher_id"})


def previous_period(periods: Collection[PeriodRow], period: PeriodRow) -> PeriodRow | None:
    """Return the period of the same kind before this one: of the year, or the last of the year before."""
    same = [row for row in periods if row.kind == period.kind]
    wanted = (period.school_year, period.number - 1)
    within = next((row for row in same if (row.school_year, row.number) == wanted), None)
    last = [row for row in same if row.school_year == period.school_year - 1 and period.number == 1]
    return within or max(last, key=lambda row: row.number, default=None)


def basis_rows(reached: Tables, basis: str, periods: Sequence[PeriodRow], selection: Selection) -> Any:
    """Return the rows that a basis counts; ``periods`` are terms, or all of them whole years.

    ``basis``: "term" for final marks, "marks" for current ones added up (``pipelines.measures.mark_sums``), "today" for what these would give as a term mark.
    """
    term_ids = [term for period in periods for term in period.term_ids]
    if any(period.is_whole_year for period in periods):
        if basis == "term":
            return reached.year_marks({**selection, "school_year": [row.school_year for row in periods]})
        return sums_of_marks(reached, {**selection, "term_id": term_ids}).project(AS_YEAR)
    if basis == "term":
        return reached.term_marks({**selection, "term_id": term_ids})
    if basis == "marks":
        return sums_of_marks(reached, {**selection, "term_id": term_ids})
    return _standing_today(reached, {**selection, "term_id": term_ids})


def _standing_today(reached: Tables, selection: Selection) -> Any:
    if reached.reach.is_whole_school:
        return standings_of_all(reached, selection)
    # A pupil's standing is of all the marks; only then is it asked whose pupil it is.
    others = {name: ids for name, ids in selection.items() if name != "teacher_id"}
    standing = nw.from_native(standing_so_far(sums_of_marks(reached, others)))
    if "teacher_id" in selection:
        standing = standing.filter(nw.col("teacher_id").is_in(list(selection["teacher_id"])))
    return standing.to_native()


def standings_of_all(reached: Tables, selection: Selection) -> Any:
    """Return ``pipelines.standing_so_far`` of the selected rows, for a reader of the whole school.

    Only classes with new entries are reckoned anew.
    """
    return reached.kept(
        "standings",
        lambda: str(standing_so_far(sums_of_marks(reached, NO_SELECTION)).sql_query()),
        selection,
    )


def sums_of_marks(reached: Tables, selection: Selection) -> Any:
    """Return ``pipelines.measures.mark_sums`` of the selected marks; only classes with new entries are added up anew."""
    return reached.kept("mark_sums", lambda: str(mark_sums(reached.marks_of_all()).sql_query()), selection)


def rows_of_standings(reached: Tables, basis: str, period: PeriodRow, selection: Selection) -> Any:
    """Return the rows that pupils' standings are told by: of a whole year only its year marks say how it was finished."""
    counted = "term" if basis == "term" or period.is_whole_year else "today"
    return basis_rows(reached, counted, [period], selection)


def quality_by_term(
    reached: Tables, basis: str, periods: Sequence[PeriodRow], selection: Selection, by: Sequence[str]
) -> Any:
    """Return ``pipelines.measures.quality`` by term and ``by`` over these periods, with each change to the term before."""
    rows = basis_rows(reached, basis, periods, selection)
    measured = quality(rows, [*by, *(name for name in TERM if name not in by)])
    return change_against_previous_term(measured, by)


def coverage(reached: Tables, selection: Selection, today: date, by: Sequence[str]) -> Any:
    """Return ``pipelines.measures.mark_coverage`` by ``by`` of the selected terms: whether pupils have the marks of п. 5.2."""
    marks = {name: ids for name, ids in selection.items() if name != "teacher_id"}
    return coverage_of(reached, sums_of_marks(reached, marks), selection, today, by)


def without_final_marks(
    reached: Tables, basis: str, period: PeriodRow, selection: Selection, today: date, by: Sequence[str]
) -> Any:
    """Return ``pipelines.measures.mark_coverage`` by ``by`` over final marks: pairs_without_marks is who is owed one and has none.

    On the basis "today" they are the pupils without a standing. Reckoned on the period's last day or today.
    """
    terms = term_of_year(reached, period) if period.is_whole_year else None
    picked = {**selection, "term_id": period.term_ids}
    rows = rows_of_standings(reached, basis, period, selection)
    return coverage_of(reached, rows, picked, today, by, class_terms=terms)


def coverage_of(
    reached: Tables,
    marks: Any,
    selection: Selection,
    today: date,
    by: Sequence[str],
    *,
    class_terms: Any = None,
) -> Any:
    """Return ``pipelines.measures.mark_coverage`` of these marks against the pupils, subjects and terms of the selection."""
    classes = {name: ids for name, ids in selection.items() if name in OF_CLASSES}
    load = {name: ids for name, ids in selection.items() if name in OF_LOAD}
    return mark_coverage(
        marks,
        by,
        teaching_load=reached.teaching_load(load),
        enrolments=reached.enrolments(),
        class_terms=reached.class_terms(classes) if class_terms is None else class_terms,
        subgroup_members=reached.subgroup_members(),
        today=today,
    )


def attended(
    measure: Callable[..., Any],
    reached: Tables,
    selection: Selection,
    pupils: Selection,
    today: date,
    by: Sequence[str],
) -> Any:
    """Return a measure of ``pipelines.measures.attendance`` by ``by`` over the selected lessons and pupils."""
    return measure(
        reached.lessons(selection),
        reached.absences(selection),
        by,
        enrolments=reached.enrolments(pupils),
        subgroup_members=reached.subgroup_members(),
        today=today,
    )


def curriculum_of(read: CurriculumTables, today: date, by: Sequence[str]) -> Any:
    """Return ``pipelines.curriculum_coverage`` by ``by``: lessons held against the lesson plans."""
    return curriculum_coverage(
        read.lessons,
        by,
        registers=read.registers,
        plan_topics=read.plan_topics,
        class_terms=read.class_terms,
        today=today,
    )


def of_period(rows: pd.DataFrame, period: PeriodRow) -> pd.DataFrame:
    """Return those rows of a measure by term that are of the period itself."""
    here = (rows["school_year"] == period.school_year) & (rows["term_number"] == period.number)
    return rows[here & (rows["term_kind"] == period.kind)]


def term_of_year(reached: Tables, period: PeriodRow) -> Any:
    """Return each class of a whole year as if the year were its one term, in the columns of class terms."""
    terms = reached.class_terms({"term_id": period.term_ids})
    keys = "class_id, school_year, grade_level, school_id"
    return terms.aggregate(
        f"{keys}, {YEAR} AS term_id, '{TermKind.YEAR}' AS term_kind, 1 AS term_number, "
        "min(starts_on) AS starts_on, max(ends_on) AS ends_on",
        keys,
    )
