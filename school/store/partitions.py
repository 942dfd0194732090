"""Answers kept between looks: after an entry only the rows of its class, or of its lesson, are asked again."""

import threading
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

import duckdb
import numpy as np
import pandas as pd

from school.store.cached_tables import SEVERAL, Cursor, registers_of
from school.store.memory import Memory
from school.store.queries import Query

# The column by which an answer is refreshed.
Part = Literal["class_id", "lesson_id"]
MOST_ANSWERS = 24


@dataclass(frozen=True)
class _Known:
    """An answer, the state of the data that is in it, and what asks for the class or lesson that is its parameter."""

    state: int
    rows: pd.DataFrame
    of_one: duckdb.Statement


class PartitionedAnswers:
    """The newest answers of queries with a column class_id or lesson_id, by the text of the query."""

    def __init__(self, connection: Cursor, memory: Memory) -> None:
        """Ask a database; ``memory`` says what has changed in it."""
        self._connection, self._memory = connection, memory
        self._known: dict[str, _Known] = {}
        self._lock = threading.Lock()

    def answer(
        self, query: Query, part: Part, state: int, among: Collection[int] | None = None
    ) -> pd.DataFrame:
        """Return the answer of a query at a state or a newer one; callers leave the rows as they are.

        In the order of the parts, and in each of the columns. The rows of each class, or lesson, must depend on nothing entered
        in others. ``among``: the only parts that may have rows by now, where somebody knows them.
        """
        with self._lock:
            known = self._known.pop(query.sql, None)
            if known is None or known.state != state:
                known = self._newer(query, part, known, state, among)
            # The one asked for longest ago goes first.
            self._known[query.sql] = known
            if len(self._known) > MOST_ANSWERS:
                del self._known[next(iter(self._known))]
            return known.rows

    def _newer(
        self, query: Query, part: Part, known: _Known | None, state: int, among: Collection[int] | None
    ) -> _Known:
        cursor = self._connection.cursor()
        lessons = self._memory.lessons_entered(query.tables, known.state) if known else None
        ids = None if lessons is None else self._ids(cursor, lessons, part)
        if known is None or ids is None or len(ids) >= SEVERAL:
            one = f"SELECT * FROM ({query.sql}) WHERE {part} = $1 ORDER BY ALL"
            rows = cursor.execute(f"SELECT * FROM ({query.sql}) ORDER BY ALL").df()
            in_parts = rows.sort_values(part, kind="stable", ignore_index=True)
            return _Known(state, in_parts, *cursor.extract_statements(one))
        rows = known.rows
        for each in ids:
            may_have_rows = among is None or each in among
            new = cursor.execute(known.of_one, [each]).df() if may_have_rows else rows[:0]
            rows = _replaced(rows, part, each, new)
        return _Known(state, rows, known.of_one)

    def _ids(self, cursor: Cursor, lessons: Collection[int], part: Part) -> list[int]:
        if part == "lesson_id":
            return sorted(lessons)
        return sorted({class_id for class_id, _ in registers_of(cursor, self._memory, lessons)})


def _replaced(rows: pd.DataFrame, part: Part, key: int, new: pd.DataFrame) -> pd.DataFrame:
    """Return rows in the order of their parts with those of one part replaced."""
    start, end = np.searchsorted(rows[part], [key, key + 1])
    if start == end and new.empty:
        return rows
    told = [each for each in (rows[:start], new, rows[end:]) if not each.empty]
    return pd.concat(told, ignore_index=True) if told else rows[:0]
