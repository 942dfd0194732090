"""What a query needs of whoever asks it: a store or a transaction to read, a transaction to write."""

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Mapping
from dataclasses import is_dataclass
from enum import Enum
from inspect import signature
from operator import itemgetter
from types import NoneType, UnionType
from typing import Any, Protocol, TypeVar, get_args, get_origin, get_type_hints

import duckdb

from school.errors import StoreFault
from school.store.memory.entered import Kind

Record = TypeVar("Record")
Row = tuple[Any, ...]
MOST_QUERIES = 2000
# How a row becomes a record, by record and text of the query: asking the engine for column names costs half a query.
_makers: dict[tuple[type, str], Callable[[Row], Any]] = {}


class Asked(Protocol):
    """What runs a query: a store, a transaction, a cursor."""

    def execute(self, sql: str, parameters: Any = None, /) -> duckdb.DuckDBPyConnection:
        """Run a query and return the cursor that holds its answer until this thread's next one."""


class Reader(Asked, Protocol):
    """A store or a transaction: both answer a query with rows."""

    def read(self, sql: str, parameters: Any = None) -> list[tuple[Any, ...]]:
        """Return all rows of the query."""

    def steady(
        self, tables: tuple[str, ...], sql: str, parameters: dict[str, Any], *, but_entries: bool = False
    ) -> list[tuple[Any, ...]]:
        """Return the rows of a query over tables that seldom change; ``but_entries``: or only by entries in lessons."""

    def entered(
        self, kind: Kind, keys: Collection[Hashable], read: Callable[[list[Any]], Mapping[Any, Record]]
    ) -> dict[Any, Record]:
        """Return what is entered in lessons by lesson, asked for with ``read`` where it is not in memory."""


class Writer(Reader, Protocol):
    """A transaction that may change the current state."""

    def change(
        self,
        sql: str,
        parameters: Any = None,
        *,
        entered_in: Collection[Hashable] | None = None,
        of_pupils: Collection[int] | None = None,
    ) -> None:
        """Change the current state; ``entered_in``: only what is entered in these lessons, ``of_pupils``: only what is of these."""

    def keep(self, sql: str, parameters: Any = None) -> None:
        """Keep the writer's own books."""

    def remember(self, kind: Kind, values: Mapping[Any, Any]) -> None:
        """Say what is entered in lessons now, after the statements that changed it."""


def read_as(reader: Asked, record: type[Record], query: str, parameters: Any = None) -> list[Record]:
    """Return the rows of a query as records: named tuples or dataclasses, whose fields are the columns by name.

    Columns may come in any order, and the last fields have none where they have a default. A field that is itself a
    dataclass is made of the columns of its fields; a list becomes the field's tuple or frozenset, a word its enum.
    Raises StoreFault that names the fields and columns without a counterpart.
    """
    cursor, key = reader.execute(query, parameters), (record, query)
    # Read once: another thread may clear the table at any moment.
    maker = _makers.get(key)
    if maker is None:
        columns = [column[0] for column in cursor.description or ()]
        left, missing = Counter(columns), list[str]()
        maker = _maker(record, columns, left, missing)
        left_over = [*left.elements()]
        if missing or left_over:
            raise StoreFault(f"{record.__name__}: no column for {missing}, no field for {left_over}.")
        if len(_makers) >= MOST_QUERIES:
            _makers.clear()
        _makers[key] = maker
    return list(map(maker, cursor.fetchall()))


def steady_as(
    reader: Reader,
    record: type[Record],
    tables: tuple[str, ...],
    query: str,
    parameters: dict[str, Any],
    *,
    but_entries: bool = False,
) -> list[Record]:
    """Return the rows of a query over tables that seldom change as records: see ``read_as`` and ``Reader.steady``."""
    maker = _makers.get((record, query))
    if maker is None:
        return read_as(reader, record, query, parameters)
    return list(map(maker, reader.steady(tables, query, parameters, but_entries=but_entries)))


def read_one(reader: Asked, record: type[Record], query: str, parameters: Any = None) -> Record | None:
    """Return the first row of a query as a record (see ``read_as``), or None where there is no row."""
    return next(iter(read_as(reader, record, query, parameters)), None)


def read_column(reader: Asked, query: str, parameters: Any = None) -> list[Any]:
    """Return the first column of a query."""
    return [row[0] for row in reader.execute(query, parameters).fetchall()]


def read_value(reader: Asked, query: str, parameters: Any = None) -> Any | None:
    """Return the first column of the first row of a query, or None where there is no row."""
    return next(iter(read_column(reader, query, parameters)), None)


def _maker(record: Any, columns: list[str], left: Counter[str], missing: list[str]) -> Callable[[Row], Any]:
    """Return what makes a record of a row; columns used go from ``left``, fields without one come to ``missing``."""
    kinds, fields = get_type_hints(record), signature(record).parameters
    parts: list[Callable[[Row], Any]] = []
    for name, field in fields.items():
        if name in columns:
            left[name] -= 1
            parts.append(_part(columns.index(name), kinds[name]))
        elif is_dataclass(kinds[name]):
            parts.append(_maker(kinds[name], columns, left, missing))
        elif field.default is field.empty:
            missing.append(name)
        else:
            break
    if columns == list(fields)[: len(columns)] and all(isinstance(part, itemgetter) for part in parts):
        return lambda row: record(*row)
    return lambda row: record(*[part(row) for part in parts])


def _part(place: int, kind: Any) -> Callable[[Row], Any]:
    """Return what reads a field of this type from the place of its column."""
    if get_origin(kind) is UnionType:
        inner = [each for each in get_args(kind) if each is not NoneType]
        part = _part(place, inner[0])
        return part if isinstance(part, itemgetter) else lambda row: None if row[place] is None else part(row)
    if (make := get_origin(kind)) in {tuple, frozenset}:
        item = get_args(kind)[0]
        return lambda row: make(map(item, row[place] or ()) if _is_enum(item) else row[place] or ())
    return (lambda row: kind(row[place])) if _is_enum(kind) else itemgetter(place)


def _is_enum(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Enum)
