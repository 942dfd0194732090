"""Who asks for a figure, and figures cached for everybody of the same scope until the data change."""

from collections.abc import Callable, Collection
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
from school.records import User
from school.store.cache import Cache
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


_figures, _large_figures, _queries = Cache(300), Cache(40), Cache(500)


def remembered(
    reader: FigureReader,
    name: str,
    arguments: tuple[object, ...],
    compute: Callable[[], Figure],
    data: tuple[object, ...] | None = None,
) -> Figure:
    """Return a figure computed once for a scope and a state of the data.

    ``arguments`` must hold everything else that the figure depends on; ``data`` names the state of the data where it does
    not change with all of them. The scope, not the user, is in the key: two who may see the same rows share a figure,
    two who may not never do.
    """
    return _figures.get(repr(_key(reader, name, arguments, data)), compute)


def remembered_large(
    reader: FigureReader,
    name: str,
    arguments: tuple[object, ...],
    compute: Callable[[], Figure],
    data: tuple[object, ...] | None = None,
) -> Figure:
    """As ``remembered``, for tables of a whole school: only the last few are kept."""
    return _large_figures.get(repr(_key(reader, name, arguments, data)), compute)


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

    def __init__(self, reader: FigureReader, name: str, *arguments: object) -> None:
        """Look the query up."""
        self._store, self._key = reader.school.store, (name, _scope(reader), arguments)
        with _queries.entry(repr((self._store.number, *self._key))) as entry:
            self._entry = entry

    @property
    def is_written(self) -> bool:
        """Whether somebody has asked for the same before."""
        return self._entry.is_ready

    def write(self, relation: Any) -> None:
        """Take the text of the query from a measure's relation, before anything is asked of it."""
        self._entry.answer = str(relation.sql_query())

    def answer(self, finish: Callable[[pd.DataFrame], pd.DataFrame] | None = None) -> pd.DataFrame:
        """Return the query's rows; with ``finish``, what it makes of them."""
        sql = self._entry.answer
        state = (self._store.number, self._store.state_of_query(sql))
        with _figures.entry(repr((state, *self._key))) as figure:
            if not figure.is_ready:
                rows = self._store.ask(sql).df()
                figure.answer = finish(rows) if finish else rows
        found: pd.DataFrame = figure.answer
        return found

    def answer_in_partitions(
        self, partition: Literal["class_id", "lesson_id"], among: Callable[[], Collection[int]] | None = None
    ) -> pd.DataFrame:
        """Return the rows, of which an entry refreshes one partition: its class or its lesson.

        The rows of each class_id, or lesson_id, must depend on nothing entered in others. They come in the order of these,
        and callers leave them as they are. ``among``: the only partitions that have rows, where something else knows them.
        """
        return self._store.ask_by_partition(self._entry.answer, partition, among)


def selection_key(selection: Selection) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """Return a selection as a key of the cache."""
    return tuple((name, tuple(ids)) for name, ids in sorted(selection.items()))


def period_key(period: PeriodRow, selection: Selection) -> tuple[object, ...]:
    """Return a period and a selection of its rows as a key of the cache."""
    return (period.school_year, period.term_ids, period.is_whole_year, selection_key(selection))


def _scope(reader: FigureReader) -> tuple[object, ...]:
    scope = scope_of(reader.user, reader.action)
    return (scope.is_whole_school, tuple(sorted(scope.class_ids)), scope.teacher_id, str(reader.action))


def _key(
    reader: FigureReader, name: str, arguments: tuple[object, ...], data: tuple[object, ...] | None = None
) -> tuple[object, ...]:
    return (name, _scope(reader), data or data_key(reader), arguments)


def data_key(reader: FigureReader) -> tuple[object, ...]:
    """Return what changes with every change of the data."""
    return (reader.school.store.number, reader.school.store.version)


def marks_key(reader: FigureReader) -> tuple[object, ...]:
    """Return what changes with every change of current marks."""
    store = reader.school.store
    return (store.number, store.state_of_query("FROM mark_rows"))


def periods_of(reader: FigureReader) -> list[PeriodRow]:
    """Return the reporting periods in the reader's scope, oldest first."""
    store = reader.school.store
    state = (store.number, *state_of_periods(store, reader.user, reader.action))
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
        (store.number, store.state_but_entries()),
    )
