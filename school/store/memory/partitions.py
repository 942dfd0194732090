"""Answers of queries by class or lesson: after an entry only the rows of its class, or of its lesson, are asked again."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

import duckdb
import numpy as np
import pandas as pd

from school.store.memory.cache import Caches
from school.store.memory.states import States
from school.store.memory.tables import SEVERAL, Cursor, registers_of
from school.store.queries import Query

# The column by which an answer is refreshed.
Partition = Literal["class_id", "lesson_id"]


@dataclass(frozen=True)
class _Partitioned:
    """An answer, and what asks for the class or lesson that is its parameter."""

    rows: pd.DataFrame
    of_one: duckdb.Statement


@dataclass(frozen=True)
class PartitionedAnswers:
    """The newest answers of queries with a column class_id or lesson_id."""

    connection: Cursor
    states: States
    caches: Caches

    def answer(
        self, query: Query, partition: Partition, state: int, among: Collection[int] | None = None
    ) -> pd.DataFrame:
        """Return the answer of a query at a state or a newer one; callers leave the rows as they are.

        In the order of the partitions, and in each of the columns. The rows of each class, or lesson, must depend on nothing
        entered in others. ``among``: the only partitions that may have rows by now, where somebody knows them.
        """

        def refresh(before: _Partitioned, since: int) -> _Partitioned:
            lessons = self.states.lessons_entered(query.tables, since)
            ids = None if lessons is None else self._ids(lessons, partition)
            if ids is None or len(ids) >= SEVERAL:
                return self._computed(query, partition)
            rows, cursor = before.rows, self.connection.cursor()
            for each in ids:
                may_have_rows = among is None or each in among
                new = cursor.execute(before.of_one, [each]).df() if may_have_rows else rows[:0]
                rows = _replaced(rows, partition, each, new)
            return _Partitioned(rows, before.of_one)

        answers = self.caches["partitions"]
        return answers.get((query.sql,), state, lambda: self._computed(query, partition), refresh).rows

    def _computed(self, query: Query, partition: Partition) -> _Partitioned:
        cursor = self.connection.cursor()
        one = f"SELECT * FROM ({query.sql}) WHERE {partition} = $1 ORDER BY ALL"
        rows = cursor.execute(f"SELECT * FROM ({query.sql}) ORDER BY ALL").df()
        ordered = rows.sort_values(partition, kind="stable", ignore_index=True)
        return _Partitioned(ordered, *cursor.extract_statements(one))

    def _ids(self, lessons: Collection[int], partition: Partition) -> list[int]:
        if partition == "lesson_id":
            return sorted(lessons)
        registers = registers_of(self.connection.cursor(), self.caches, self.states, lessons)
        return sorted({class_id for class_id, _ in registers})


def _replaced(rows: pd.DataFrame, partition: Partition, key: int, new: pd.DataFrame) -> pd.DataFrame:
    """Return rows in the order of their partitions with those of one partition replaced."""
    start, end = np.searchsorted(rows[partition], [key, key + 1])
    if start == end and new.empty:
        return rows
    pieces = [piece for piece in (rows[:start], new, rows[end:]) if not piece.empty]
    return pd.concat(pieces, ignore_index=True) if pieces else rows[:0]
