"""Answers about all classes kept as tables in memory: an entry in a lesson renews the rows of its class alone.

The marks of five years are a million and a half, and a figure that adds them up anew after every entry costs most of
its time on what has not changed. A kept table holds the answer of a query that has a row or more for each class_id; it
is renewed when somebody asks for it, never on the way of an entry.
"""

import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

import duckdb

from school.store.memory import Memory

Cursor = duckdb.DuckDBPyConnection
CATALOG = "kept"
NEVER = -1


@dataclass
class _Kept:
    """A kept table: its query, the tables that this reads, the state of these that is in it, and its size.

    ``made_at`` is the state at which it was made as a whole, ``renewed`` that of each class renewed since. ``rows_added``
    counts the rows written since it was made: the old ones stay in memory until it is made anew.
    """

    query: str
    tables: frozenset[str]
    state: int = NEVER
    made_at: int = NEVER
    renewed: dict[int, int] = field(default_factory=dict)
    rows: int = 0
    rows_added: int = 0


class KeptTables:
    """The kept tables of a store, in a catalog of their own that is gone with the process."""

    def __init__(self, connection: Cursor, memory: Memory) -> None:
        """Keep tables beside a database; ``memory`` tells what has changed in it."""
        self._connection, self._memory = connection, memory
        self._kept: dict[str, _Kept] = {}
        self._lock = threading.Lock()

    def queries(self) -> dict[str, str]:
        """Return the query of each kept table by its name."""
        return {name: kept.query for name, kept in self._kept.items()}

    def keep(self, name: str, query: Callable[[], str], tables_of: Callable[[str], frozenset[str]]) -> None:
        """Keep the answer of a query under ``kept.<name>``, unless it is kept already.

        The query must have a column class_id, and each class's rows must depend on nothing entered in the lessons of
        other classes. ``tables_of`` tells which tables a query reads.
        """
        if name in self._kept:
            return
        sql = query()
        with self._lock:
            if name in self._kept:
                return
            if not self._kept:
                self._connection.execute(f"ATTACH ':memory:' AS {CATALOG}")
            self._connection.execute(f"CREATE TABLE {CATALOG}.{name} AS SELECT * FROM ({sql}) LIMIT 0")
            self._kept[name] = _Kept(sql, tables_of(sql))

    def renew(self, names: Collection[str]) -> None:
        """Bring kept tables up to the newest commit; those first that others are made of."""
        for name in [name for name in self._kept if name in names]:
            kept = self._kept[name]
            if kept.state != self._memory.state_of(kept.tables):
                with self._lock:
                    self._renew(name, kept)

    def state_of_classes(self, name: str, class_ids: Collection[int]) -> int:
        """Return what changes when the rows of these classes in a kept table may have, as of its last renewal."""
        kept = self._kept[name]
        return max((kept.renewed.get(key, kept.made_at) for key in class_ids), default=kept.made_at)

    def _renew(self, name: str, kept: _Kept) -> None:
        # Read before the query: a commit in between is taken in now and once more at the next look.
        state = self._memory.state_of(kept.tables)
        if kept.state == state:
            return
        lessons = None if kept.state == NEVER else self._memory.lessons_entered(kept.tables, kept.state)
        cursor, table = self._connection.cursor(), f"{CATALOG}.{name}"
        if lessons is None or kept.rows_added > 2 * kept.rows:
            cursor.execute(f"CREATE OR REPLACE TABLE {table} AS {kept.query}")
            kept.rows = kept.rows_added = _first(cursor, f"SELECT count(*) FROM {table}")
            kept.made_at, kept.renewed = state, {}
        elif class_ids := _classes_of(cursor, lessons):
            kept.rows_added += _renew_classes(cursor, table, kept.query, class_ids)
            kept.renewed |= dict.fromkeys(class_ids, state)
        kept.state = state


def _classes_of(cursor: Cursor, lessons: Collection[int]) -> list[int]:
    if not lessons:
        return []
    sql = f"SELECT DISTINCT class_id FROM lessons WHERE lesson_id IN ({_listed(lessons)})"
    return [key for (key,) in cursor.execute(sql).fetchall()]


def _listed(ids: Collection[int]) -> str:
    return ", ".join(str(int(key)) for key in ids)


def _renew_classes(cursor: Cursor, table: str, query: str, class_ids: Collection[int]) -> int:
    """Renew the rows of classes; return how many there are now."""
    of_classes = f"WHERE class_id IN ({_listed(class_ids)})"
    cursor.execute("BEGIN")
    try:
        cursor.execute(f"DELETE FROM {table} {of_classes}")
        added = _first(cursor, f"INSERT INTO {table} SELECT * FROM ({query}) {of_classes}")
        cursor.execute("COMMIT")
    except BaseException:
        cursor.execute("ROLLBACK")
        raise
    return added


def _first(cursor: Cursor, sql: str) -> int:
    rows: list[tuple[int]] = cursor.execute(sql).fetchall()
    return rows[0][0]
