"""Who asks for a figure, and figures remembered for everybody of the same reach until the data change."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

import pandas as pd

from school.access.action import Action
from school.analytics.lookups.tables import (
    Choices,
    PeriodRow,
    Selection,
    Tables,
    choices,
    reach_of,
    readable_periods,
    state_of_periods,
    tables,
)
from school.records import User
from school.store.cache import Cache
from school.store.school import School

Figure = TypeVar("Figure")


@dataclass(frozen=True)
class Reader:
    """Who asks for a figure, of which store, by which right."""

    school: School
    user: User
    action: Action

    @property
    def tables(self) -> Tables:
        """The tables of this reader's reach."""
        return tables(self.school.store, self.user, self.action)


_figures, _large_figures, _queries = Cache(300), Cache(40), Cache(500)


def remembered(
    reader: Reader,
    name: str,
    arguments: tuple[object, ...],
    compute: Callable[[], Figure],
    data: tuple[object, ...] | None = None,
) -> Figure:
    """Return a figure computed once for a reach and a state of the data.

    ``arguments`` must hold everything else that the figure depends on; ``data`` names the state of the data where it does
    not change with all of them. The reach, not the user, is in the key: two who may see the same rows share a figure,
    two who may not never do.
    """
    return _figures.get(repr(_key(reader, name, arguments, data)), compute)


def remembered_large(
    reader: Reader,
    name: str,
    arguments: tuple[object, ...],
    compute: Callable[[], Figure],
    data: tuple[object, ...] | None = None,
) -> Figure:
    """As ``remembered``, for tables of a whole school: only the last few are kept."""
    return _large_figures.get(repr(_key(reader, name, arguments, data)), compute)


By = tuple[str, ...]


def measured(
    reader: Reader, name: str, arguments: tuple[object, ...], build: Callable[[], Any]
) -> pd.DataFrame:
    """Return a measure's answer, remembered for a reach until a table it reads changes; ``build`` gives its relation.

    Building a measure costs as much as asking it; the query that comes of it is the same until the ``arguments``
    change, which must hold everything that it depends on.
    """
    return measured_and(reader, name, arguments, build, lambda rows: rows)


def measured_and(
    reader: Reader,
    name: str,
    arguments: tuple[object, ...],
    build: Callable[[], Any],
    finish: Callable[[pd.DataFrame], Figure],
) -> Figure:
    """As ``measured``, with what is made of the answer remembered in its place."""
    store = reader.school.store
    query = _query_of(reader, name, arguments, build)
    data = (store.number, store.state_of_query(query))
    return remembered(reader, name, arguments, lambda: finish(store.ask(query).df()), data)


def asked_in_parts(
    reader: Reader,
    name: str,
    arguments: tuple[object, ...],
    build: Callable[[], Any],
    part: Literal["class_id", "lesson_id"],
    among: Callable[[], Collection[int]] | None = None,
) -> pd.DataFrame:
    """Return an answer as ``measured``, of which an entry renews one part: of its class or of its lesson.

    The rows of each class_id, or lesson_id, must depend on nothing entered in others. They come in the order of these, and
    callers leave them as they are. ``among`` tells the only parts that have rows, where something else knows them.
    """
    return reader.school.store.ask_in_parts(_query_of(reader, name, arguments, build), part, among)


def _query_of(reader: Reader, name: str, arguments: tuple[object, ...], build: Callable[[], Any]) -> str:
    key = (reader.school.store.number, name, _scope(reader), arguments)
    return _queries.get(repr(key), lambda: str(build().sql_query()))


def chosen(period: PeriodRow, selection: Selection) -> tuple[object, ...]:
    """Return what tells a period and a choice of rows from others, for ``measured`` and ``remembered``."""
    return (period.school_year, period.term_ids, period.is_whole_year, _frozen(selection))


def _scope(reader: Reader) -> tuple[object, ...]:
    reach = reach_of(reader.user, reader.action)
    return (reach.is_whole_school, tuple(sorted(reach.class_ids)), reach.teacher_id, str(reader.action))


def _key(
    reader: Reader, name: str, arguments: tuple[object, ...], data: tuple[object, ...] | None = None
) -> tuple[object, ...]:
    return (name, _scope(reader), data or data_key(reader), arguments)


def data_key(reader: Reader) -> tuple[object, ...]:
    """Return what changes with every change of the data."""
    return (reader.school.store.number, reader.school.store.version)


def marks_key(reader: Reader) -> tuple[object, ...]:
    """Return what changes with every change of current marks."""
    store = reader.school.store
    return (store.number, store.state_of_query("FROM mark_rows"))


def _frozen(selection: Selection) -> tuple[tuple[str, tuple[int, ...]], ...]:
    return tuple((name, tuple(ids)) for name, ids in sorted(selection.items()))


def periods_of(reader: Reader) -> list[PeriodRow]:
    """Return the reporting periods in the reader's reach, oldest first."""
    store = reader.school.store
    state = (store.number, *state_of_periods(store, reader.user, reader.action))
    return remembered(
        reader, "periods", (), lambda: readable_periods(store, reader.user, reader.action), state
    )


def choices_of(reader: Reader, term_ids: tuple[int, ...]) -> Choices:
    """Return the classes, subjects and teachers of these terms in the reader's reach."""
    store = reader.school.store
    return remembered(
        reader,
        "choices",
        (term_ids,),
        lambda: choices(store, reader.user, reader.action, term_ids),
        (store.number, store.state_but_entries()),
    )
