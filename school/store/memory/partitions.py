"""Answers of queries by class or lesson: after an entry only the rows of its class, or of its lesson, are asked again."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Literal

import duckdb
import numpy as np
import pandas as pd

from school.store.memory.cache import Caches
from school.store.memory.states import States
from school.store.memory.tables import SEVERAL, Cursor, registers_of
from school.store.queries import Query

# Given a class, its rows, and the lessons in which something was entered: its rows anew, None where it takes the database.
RowsOfClass = Callable[[int, pd.DataFrame, Collection[int]], pd.DataFrame | None]
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
        self,
        query: Query,
        partition: Partition,
        state: int,
        prepare: Callable[[], None],
        among: Callable[[], Collection[int]] | None = None,
        rows_of_class: RowsOfClass | None = None,
    ) -> pd.DataFrame:
        """Return the answer of a query at a state or a newer one; callers leave the rows as they are.

        In the order of the partitions, and in each of the columns. The rows of each class, or lesson, must depend on nothing
        entered in others. ``prepare`` comes before anything is asked. ``among``: the only partitions that may have rows by
        now, where somebody knows them; ``rows_of_class``: what knows the rows of a class without asking.
        """

        def refresh(before: _Partitioned, since: int) -> _Partitioned:
            lessons = self.states.lessons_entered(query.tables, since)
            if lessons is None:
                return compute()
            ids, rows = self._ids(lessons, partition), before.rows
            if rows_of_class is not None:
                counted = _counted(rows, ids, lessons, rows_of_class)
                if counted is not None:
                    return _Partitioned(counted, before.of_one)
            if len(ids) >= SEVERAL:
                return compute()
            prepare()
            expected, cursor = among() if among else None, self.connection.cursor()
            for each in ids:
                may_have_rows = expected is None or each in expected
                new = cursor.execute(before.of_one, [each]).df() if may_have_rows else rows[:0]
                rows = _replaced(rows, partition, each, new)
            return _Partitioned(rows, before.of_one)

        def compute() -> _Partitioned:
            prepare()
            return self._computed(query, partition)

        return self.caches["partitions"].get((query.sql,), state, compute, refresh).rows

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


def _counted(
    rows: pd.DataFrame, class_ids: Collection[int], lessons: Collection[int], rows_of_class: RowsOfClass
) -> pd.DataFrame | None:
    """Return rows with those of these classes, in ascending order, counted again; None where one takes the database."""
    pieces: list[pd.DataFrame] = []
    done = 0
    for each in class_ids:
        start, end = map(int, np.searchsorted(rows["class_id"], [each, each + 1]))
        new = rows_of_class(each, rows[start:end], lessons)
        if new is None:
            return None
        pieces += [rows[done:start], new]
        done = end
    return _joined([*pieces, rows[done:]], rows)


def _replaced(rows: pd.DataFrame, partition: Partition, key: int, new: pd.DataFrame) -> pd.DataFrame:
    """Return rows in the order of their partitions with those of one partition replaced."""
    start, end = np.searchsorted(rows[partition], [key, key + 1])
    if start == end and new.empty:
        return rows
    return _joined([rows[:start], new, rows[end:]], rows)


def _joined(pieces: Iterable[pd.DataFrame], rows: pd.DataFrame) -> pd.DataFrame:
    """Return pieces of an answer, with its columns, one after another."""
    filled = [piece for piece in pieces if len(piece)]
    return pd.concat(filled, ignore_index=True) if filled else rows[:0]
