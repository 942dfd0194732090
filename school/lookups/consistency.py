"""What fair comparison and the grading findings are made of, and which of them the signed-in user may see (п. 2.5, 6.3)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from school.access.actions import Action
from school.access.checks import check_may_somewhere
from school.lookups.analytics import Tables, reach_of
from school.records import User
from school.rules.term_marks import Rounding
from school.store import frames
from school.store.connection import Store
from school.store.external_tests import compared_results
from school.store.frames import PeriodRow, Reach, Relation, Selection
from school.store.marking import school_rounding, subject_roundings

WHOLE_SCHOOL = Reach(is_whole_school=True)
# What was given longer ago says little of a pupil today.
EARLIER_YEARS = 2
A_YEAR = timedelta(days=364)
# Results of the spring before a school year speak in it until there are newer ones.
SPRING_BEFORE = timedelta(days=160)


@dataclass(frozen=True)
class Stretch:
    """A stretch of time in terms, the terms that ended before it, and the first day of its school year."""

    term_ids: tuple[int, ...]
    earlier_term_ids: tuple[int, ...]
    year_begins: date


def stretch_of(periods: Collection[PeriodRow], period: PeriodRow, *, is_whole_year: bool) -> Stretch:
    """Return a reporting period, or its school year up to its end, as a stretch of time.

    A year takes in the terms of every kind: of classes with quarters and of classes with half-years.
    """
    terms = [row for row in periods if not row.is_whole_year]
    whole_year = [row for row in terms if row.school_year == period.school_year]
    of_year = [row for row in whole_year if row.starts_on <= period.ends_on]
    is_year = is_whole_year or period.is_whole_year
    now = of_year if is_year else [row for row in of_year if _code(row) == _code(period)]
    begins = min((row.starts_on for row in now), default=period.starts_on)
    earlier = [
        row for row in terms if row.ends_on < begins and row.school_year >= period.school_year - EARLIER_YEARS
    ]
    year_begins = min((row.starts_on for row in whole_year), default=period.starts_on)
    return Stretch(_terms(now), _terms(earlier), year_begins)


def _code(period: PeriodRow) -> tuple[str, int]:
    return period.kind, period.number


def _terms(periods: Collection[PeriodRow]) -> tuple[int, ...]:
    return tuple(sorted(term for row in periods for term in row.term_ids))


def all_periods(store: Store, user: User) -> list[PeriodRow]:
    """Return the reporting periods of the whole school, for whoever may see any comparison; raises AccessRefused."""
    check_may_somewhere(user, Action.READ_CONSISTENCY)
    return frames.periods(store, WHOLE_SCHOOL)


@dataclass(frozen=True)
class SchoolTables:
    """Tables of the whole school for a stretch of time, all from one cursor, and how its marks are rounded.

    ``reached`` reads the whole school's; ``now`` and ``earlier`` select its terms; ``earlier_classes``: of the earlier ones.
    """

    reached: Tables
    now: Selection
    earlier: Selection
    earlier_classes: frozenset[int]
    terms: Relation
    test_results: Relation
    rounding: Rounding
    subject_roundings: dict[int, Rounding]


def school_tables(store: Store, user: User, stretch: Stretch) -> SchoolTables:
    """Return what comparisons of a stretch are made of, for whoever may see any.

    What is expected of a pupil and what is usual rest on all that the school knows, whoever asks; what a reader gets to
    see of the answer is narrowed by ``keep_readable``. Never show these rows. Raises AccessRefused.
    """
    check_may_somewhere(user, Action.READ_CONSISTENCY)
    cursor = store.cursor()
    first_day, last_day = stretch.year_begins - SPRING_BEFORE, stretch.year_begins + A_YEAR
    return SchoolTables(
        reached=Tables(store, cursor, WHOLE_SCHOOL),
        now={"term_id": stretch.term_ids},
        earlier={"term_id": stretch.earlier_term_ids},
        earlier_classes=frames.class_ids_of_terms(cursor, stretch.earlier_term_ids),
        terms=frames.term_table(cursor),
        test_results=compared_results(cursor, first_day, last_day),
        rounding=Rounding(school_rounding(store) or Rounding.HALF_UP),
        subject_roundings={key: Rounding(name) for key, name in subject_roundings(store).items()},
    )


def keep_readable(user: User, rows: pd.DataFrame) -> pd.DataFrame:
    """Return those rows of a comparison that the user may see; raises AccessRefused.

    Of a teacher's figures (``teacher_id``) the teacher's own, of a class's (``class_id``) those of the class that the user
    leads; a row about a teacher in a class is either's.
    """
    reach = reach_of(user, Action.READ_CONSISTENCY)
    if reach.is_whole_school:
        return rows
    is_own = pd.Series(False, index=rows.index)
    if "teacher_id" in rows and reach.teacher_id is not None:
        is_own |= rows["teacher_id"] == reach.teacher_id
    if "class_id" in rows:
        is_own |= rows["class_id"].isin(reach.class_ids)
    return rows[is_own]
