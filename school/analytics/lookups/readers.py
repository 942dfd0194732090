"""Who asks for a figure, and figures cached for everybody of the same scope until the data change."""

from collections.abc import Callable, Collection, Hashable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

import pandas as pd

from school.access.action import Action
from school.analytics.lookups.tables import (
    Choices,
    PeriodRow,
    ScopedTables,
    Selection,
    choices,
    readable_periods,
    scope_of,
    state_of_periods,
    tables,
)
from school.analytics.store.taught import Taught, facts_of_class, facts_of_term, taught, terms_taught
from school.errors import AccessRefused
from school.records import User
from school.register.store.pupil_marks import has_moves
from school.store.connection import Store
from school.store.memory.cache import Entry
from school.store.memory.partitions import Partition, RowsOfClass
from school.store.school import School

Figure = TypeVar("Figure")


@dataclass(frozen=True)
class FigureReader:
    """Who asks for a figure, of which store, by which right."""

    school: School
    user: User
    action: Action

    @property
    def tables(self) -> ScopedTables:
        """The tables of this reader's scope."""
        return tables(self.school.store, self.user, self.action)

    @property
    def sees_whole_school(self) -> bool:
        """Whether every row of the school is in this reader's scope."""
        return scope_of(self.user, self.action).is_whole_school

    def taught_at(
        self,
        lesson_ids: Collection[int],
        class_id: int,
        term_ids: Collection[int],
        *,
        in_their_terms: bool = False,
    ) -> list[Taught]:
        """Return what is taught in these terms to a class in the subjects of these lessons; for those who see the whole school.

        ``in_their_terms``: of each subject only in the terms of its lessons.
        """
        store = self._whole_school()
        found = sorted(terms_taught(store, lesson_ids).items())
        return [
            taught(store, *each, terms.intersection(term_ids) if in_their_terms else term_ids)
            for each, terms in found
            if each[0] == class_id
        ]

    def has_moves(self, class_id: int, term_ids: Collection[int]) -> bool:
        """Whether pupils came to a class from another, or left it for one, in any of these terms."""
        return has_moves(self._whole_school(), class_id, term_ids)

    def facts_of_class(self, class_id: int) -> dict[str, int | None]:
        """Return school_id and grade_level of a class beside its class_id; for those who see the whole school."""
        return facts_of_class(self._whole_school(), class_id)

    def facts_of_term(self, term_id: int) -> dict[str, int | str]:
        """Return school_year, term_kind and term_number of a term."""
        return facts_of_term(self.school.store, term_id)

    def _whole_school(self) -> Store:
        if not self.sees_whole_school:
            raise AccessRefused("Показатели всей школы видит только администрация.")
        return self.school.store


def remembered(
    reader: FigureReader,
    name: str,
    arguments: tuple[Hashable, ...],
    compute: Callable[[], Figure],
    state: Hashable = None,
    *,
    cache: Literal["figures", "tables"] = "figures",
) -> Figure:
    """Return a figure computed once for a scope and a state of the data.

    ``arguments`` must hold everything else that the figure depends on; ``state`` names the state of the data where it does
    not change with all of them; ``cache``: «tables» holds those of a whole school, fewer. The scope, not the user, is in the
    key: two who may see the same rows share a figure, two who may not never do.
    """
    store = reader.school.store
    state = store.version if state is None else state
    return store.cache(cache).get((name, _scope(reader), arguments), state, compute)


By = tuple[str, ...]


class MeasureQuery:
    """The query of a measure for a reader's scope, and its answers, cached until a table it reads changes.

    Writing a measure's query costs as much as asking it; the query that comes of it is the same until the ``arguments``
    change, which must hold everything that it depends on. Whoever finds it unwritten writes it:

        query = MeasureQuery(reader, "name", arguments)
        if not query.is_written:
            query.write(measure(reader.tables.marks()))
        return query.answer()
    """

    def __init__(self, reader: FigureReader, name: str, *arguments: Hashable) -> None:
        """Look the query up."""
        self._store, self._key = reader.school.store, (name, _scope(reader), arguments)
        self._entry = self._store.cache("measure queries").entry(self._key)

    @property
    def is_written(self) -> bool:
        """Whether somebody has asked for the same before."""
        return self._entry.state is not None

    def write(self, relation: Any) -> None:
        """Take the text of the query from a measure's relation, before anything is asked of it."""
        self._entry.set(str(relation.sql_query()), True)

    @property
    def state(self) -> int:
        """What changes with every change of the tables that the query reads."""
        return self._store.state_of_query(self._entry.answer)

    def answer(self, finish: Callable[[pd.DataFrame], pd.DataFrame] | None = None) -> pd.DataFrame:
        """Return the query's rows; with ``finish``, what it makes of them."""
        sql = self._entry.answer
        state, figure = self._store.state_of_query(sql), self._store.cache("figures").entry(self._key)
        with figure.lock:
            if not figure.holds(state):
                rows = self._store.ask(sql).df()
                figure.set(finish(rows) if finish else rows, state)
            found: pd.DataFrame = figure.answer
        return found

    def answer_in_partitions(
        self,
        partition: Partition,
        among: Callable[[], Collection[int]] | None = None,
        rows_of_class: RowsOfClass | None = None,
    ) -> pd.DataFrame:
        """Return the rows, of which an entry refreshes one partition: its class or its lesson.

        The rows of each class_id, or lesson_id, must depend on nothing entered in others. They come in the order of these,
        and callers leave them as they are. ``among``: the only partitions that have rows, where something else knows them;
        ``rows_of_class``: what knows the rows of a class without the database.
        """
        return self._store.ask_by_partition(self._entry.answer, partition, among, rows_of_class)

    def figure(self, name: Hashable, state: int) -> pd.DataFrame | None:
        """Return what was made of the answer under a name at this state; None where it has to be made."""
        entry = self._figure(name)
        with entry.lock:
            return entry.answer if entry.holds(state) else None

    def keep_figure(self, name: Hashable, state: int, figure: pd.DataFrame) -> pd.DataFrame:
        """Keep what was made of the answer. ``state`` was read before: a commit in between is taken in at the next look."""
        entry = self._figure(name)
        with entry.lock:
            entry.set(figure, state)
            found: pd.DataFrame = entry.answer
        return found

    def _figure(self, name: Hashable) -> Entry:
        return self._store.cache("figures").entry((*self._key, "made of it", name))


def selection_key(selection: Selection) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """Return a selection as a key of the cache."""
    return tuple((name, tuple(ids)) for name, ids in sorted(selection.items()))


def period_key(period: PeriodRow, selection: Selection) -> tuple[Hashable, ...]:
    """Return a period and a selection of its rows as a key of the cache."""
    return (period.school_year, period.term_ids, period.is_whole_year, selection_key(selection))


def _scope(reader: FigureReader) -> tuple[Hashable, ...]:
    scope = scope_of(reader.user, reader.action)
    return (scope.is_whole_school, tuple(sorted(scope.class_ids)), scope.teacher_id, str(reader.action))


def marks_state(reader: FigureReader) -> int:
    """Return what changes with every change of current marks."""
    return reader.school.store.state_of_query("FROM mark_rows")


def periods_of(reader: FigureReader) -> list[PeriodRow]:
    """Return the reporting periods in the reader's scope, oldest first."""
    store = reader.school.store
    state = state_of_periods(store, reader.user, reader.action)
    return remembered(
        reader, "periods", (), lambda: readable_periods(store, reader.user, reader.action), state
    )


def choices_of(reader: FigureReader, term_ids: tuple[int, ...]) -> Choices:
    """Return the classes, subjects and teachers of these terms in the reader's scope."""
    store = reader.school.store
    return remembered(
        reader,
        "choices",
        (term_ids,),
        lambda: choices(store, reader.user, reader.action, term_ids),
        store.state_but_entries(),
    )
