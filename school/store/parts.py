"""Answers kept between looks: after an entry only the rows of its class, or of its lesson, are asked again."""

import threading
from dataclasses import dataclass

import duckdb
import pandas as pd

from school.store.kept_tables import SEVERAL, Cursor, Part, ids_of_part
from school.store.memory import Memory
from school.store.queries import Query

MOST_ANSWERS = 24


@dataclass(frozen=True)
class _Known:
    """An answer, the state of the data that is in it, and what asks for the class or lesson that is its parameter."""

    state: int
    rows: pd.DataFrame
    of_one: duckdb.Statement


class AnswersInParts:
    """The newest answers of queries with a column class_id or lesson_id, by the text of the query."""

    def __init__(self, connection: Cursor, memory: Memory) -> None:
        """Ask a database; ``memory`` tells what has changed in it."""
        self._connection, self._memory = connection, memory
        self._known: dict[str, _Known] = {}
        self._lock = threading.Lock()

    def answer(self, query: Query, part: Part, state: int) -> pd.DataFrame:
        """Return the answer of a query at a state or a newer one, in no order; callers leave the rows as they are.

        The rows of each class, or lesson, must depend on nothing entered in others.
        """
        with self._lock:
            known = self._known.pop(query.sql, None)
            if known is None or known.state != state:
                known = self._newer(query, part, known, state)
            # The one asked for longest ago goes first.
            self._known[query.sql] = known
            if len(self._known) > MOST_ANSWERS:
                del self._known[next(iter(self._known))]
            return known.rows

    def _newer(self, query: Query, part: Part, known: _Known | None, state: int) -> _Known:
        cursor = self._connection.cursor()
        lessons = self._memory.lessons_entered(query.tables, known.state) if known else None
        ids = None if lessons is None else ids_of_part(cursor, lessons, part)
        if known is None or ids is None or len(ids) >= SEVERAL:
            (of_one,) = cursor.extract_statements(f"SELECT * FROM ({query.sql}) WHERE {part} = $1")
            return _Known(state, cursor.execute(query.statement).df(), of_one)
        if not ids:
            return _Known(state, known.rows, known.of_one)
        others = known.rows[~known.rows[part].isin(ids)]
        found = [others, *(cursor.execute(known.of_one, [each]).df() for each in ids)]
        told = [rows for rows in found if not rows.empty] or found[:1]
        return _Known(state, pd.concat(told, ignore_index=True), known.of_one)
