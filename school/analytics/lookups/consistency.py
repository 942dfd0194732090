"""What fair comparison and the grading findings are made of, and which of them the signed-in user may see (п. 2.5, 6.3)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from school.access.action import Action
from school.access.checks import check_may_somewhere
from school.analytics.lookups.tables import ScopedTables, scope_of
from school.analytics.store import frames
from school.analytics.store.frames import PeriodRow, ReadScope, Selection
from school.external_tests.store import compared_results
from school.records import User
from school.register.store.work_types import school_rounding, subject_roundings
from school.store.connection import Relation, Store
from school.term_marks.rules.term_marks import Rounding

WHOLE_SCHOOL = ReadScope(is_whole_school=True)
# What was given longer ago says little of a pupil today.
EARLIER_YEARS = 2
A_YEAR = timedelta(days=364)
# Results of the spring before a school year speak in it until there are newer ones.
SPRING_BEFORE = timedelta(days=160)


@dataclass(frozen=True)
class TermSpan:
    """A span of terms, the terms that ended before it, and the first day of its school year."""

    term_ids: tuple[int, ...]
    earlier_term_ids: tuple[int, ...]
    year_begins: date


def term_span_of(periods: Collection[PeriodRow], period: PeriodRow, *, is_whole_year: bool) -> TermSpan:
    """Return a reporting period, or its school year up to its end, as a span of terms.

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
    return TermSpan(_terms(now), _terms(earlier), year_begins)


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
    """Tables of the whole school for a span of terms, all from one cursor.

    ``scoped`` reads the whole school's; ``now`` and ``earlier`` select the terms of the span and those before it.
    """

    scoped: ScopedTables
    span: TermSpan

    @property
    def now(self) -> Selection:
        """The terms of the span."""
        return {"term_id": self.span.term_ids}

    @property
    def earlier(self) -> Selection:
        """The terms before it."""
        return {"term_id": self.span.earlier_term_ids}

    def earlier_classes(self) -> frozenset[int]:
        """Return the classes of the terms before."""
        return frames.class_ids_of_terms(self.scoped.cursor, self.span.earlier_term_ids)

    def terms(self) -> Relation:
        """Return all terms."""
        return frames.term_table(self.scoped.cursor)

    def test_results(self) -> Relation:
        """Return the results of external tests that speak in the school year."""
        begins = self.span.year_begins
        return compared_results(self.scoped.cursor, begins - SPRING_BEFORE, begins + A_YEAR)

    def roundings(self) -> tuple[dict[int, Rounding], Rounding]:
        """Return how marks are rounded: of the subjects that have their own way, and usually."""
        store = self.scoped.store
        own = {key: Rounding(name) for key, name in subject_roundings(store).items()}
        return own, Rounding(school_rounding(store) or Rounding.HALF_UP)


def school_tables(store: Store, user: User, span: TermSpan) -> SchoolTables:
    """Return what comparisons of a span are made of, for whoever may see any.

    What is expected of a pupil and what is usual rest on all that the school knows, whoever asks; what a reader gets to
    see of the answer is narrowed by ``keep_readable``. Never show these rows. Raises AccessRefused.
    """
    check_may_somewhere(user, Action.READ_CONSISTENCY)
    return SchoolTables(ScopedTables(store, store.cursor(), WHOLE_SCHOOL), span)


def keep_readable(user: User, rows: pd.DataFrame) -> pd.DataFrame:
    """Return those rows of a comparison that the user may see; raises AccessRefused.

    Of a teacher's figures (``teacher_id``) the teacher's own, of a class's (``class_id``) those of the class that the user
    leads; a row about a teacher in a class is either's.
    """
    scope = scope_of(user, Action.READ_CONSISTENCY)
    if scope.is_whole_school:
        return rows
    is_own = pd.Series(False, index=rows.index)
    if "teacher_id" in rows and scope.teacher_id is not None:
        is_own |= rows["teacher_id"] == scope.teacher_id
    if "class_id" in rows:
        is_own |= rows["class_id"].isin(scope.class_ids)
    return rows[is_own]
