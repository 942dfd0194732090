"""Answers about all classes kept as tables in memory: an entry in a lesson refreshes the rows of its class and subject alone.

The marks of five years are a million and a half, and a figure that adds them up again after every entry costs most of
its time on what has not changed. A kept table holds the answer of a query that has rows for each class_id and
subject_id; it is refreshed when somebody asks for it, never on the way of an entry.
"""

import threading
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import date

import duckdb

from school.store.memory.cache import Caches
from school.store.memory.states import States
from school.store.queries import inlined

Cursor = duckdb.DuckDBPyConnection
# Ids of a class and a subject.
ClassSubject = tuple[int, int]
# What removes some rows from a kept table, and what adds them again.
Statements = tuple[duckdb.Statement, duckdb.Statement]
CATALOG = "kept"
NEVER = -1
LESSONS = frozenset({"lessons"})
# What the view former_places is made of.
PLACES = frozenset({"enrolments", "classes", "class_terms", "terms"})
# Ids of a class and a subject, and the day of the lesson.
DatedRegister = tuple[int, int, date]
# After so many rows the engine lets go of the old ones and packs the new.
ROWS_TO_PACK = 10_000
# From so many on they are refreshed by one query, read again.
SEVERAL = 4


@dataclass
class _Kept:
    """A kept table: its name, its query, the tables that this reads, and the state of these that is in it.

    ``of_one`` refreshes the class and the subject that are its parameters: to read the query again takes as long as to answer it
    for one. ``made_at`` is the state at which it was made as a whole, ``refreshed`` that of each class refreshed since. ``rows_added``
    counts the rows written since it was packed: the ones that they replaced stay in memory until then.
    """

    table: str
    query: str
    tables: frozenset[str]
    of_one: Statements
    state: int = NEVER
    made_at: int = NEVER
    refreshed: dict[int, int] = field(default_factory=dict)
    rows_added: int = 0


class CachedTables:
    """The kept tables of a store, in a catalog of their own that is gone with the process."""

    def __init__(self, connection: Cursor, states: States, caches: Caches) -> None:
        """Keep tables beside a database; ``states`` says what has changed in it."""
        self._connection, self._states, self._caches = connection, states, caches
        self._kept: dict[str, _Kept] = {}
        self._lock = threading.Lock()

    def queries(self) -> dict[str, str]:
        """Return the query of each kept table by its name."""
        return {name: kept.query for name, kept in self._kept.items()}

    def has(self, name: str) -> bool:
        """Whether a query's answer is kept under a name."""
        return name in self._kept

    def keep(self, name: str, query: str, tables_of: Callable[[str], frozenset[str]]) -> None:
        """Keep the answer of a query under ``kept.<name>``, unless it is kept already.

        The query must have the columns class_id and subject_id, and the rows of a class and a subject must depend on nothing
        entered in others. ``tables_of`` says which tables a query reads.
        """
        if name in self._kept:
            return
        sql = inlined(query)
        with self._lock:
            if name in self._kept:
                return
            if not self._kept:
                self._connection.execute(f"ATTACH ':memory:' AS {CATALOG} (COMPRESS)")
            table = f"{CATALOG}.{name}"
            self._connection.execute(f"CREATE TABLE {table} AS SELECT * FROM ({sql}) LIMIT 0")
            of_one = _statements(self._connection, table, sql, "class_id = $1 AND subject_id = $2")
            self._kept[name] = _Kept(table, sql, tables_of(sql), of_one)

    def refresh(self, names: Collection[str]) -> None:
        """Bring kept tables up to the newest commit; those first that others are made of."""
        for name in [name for name in self._kept if name in names]:
            kept = self._kept[name]
            if kept.state != self._states.state_of(kept.tables):
                with self._lock:
                    self._refresh(kept)

    def state_of_classes(self, name: str, class_ids: Collection[int]) -> int:
        """Return what changes when the rows of these classes in a kept table may have, as of its last refresh."""
        kept = self._kept[name]
        return max((kept.refreshed.get(key, kept.made_at) for key in class_ids), default=kept.made_at)

    def _refresh(self, kept: _Kept) -> None:
        # Read before the query: a commit in between is taken in now and once more at the next look.
        state = self._states.state_of(kept.tables)
        if kept.state == state:
            return
        lessons = None if kept.state == NEVER else self._states.lessons_entered(kept.tables, kept.state)
        cursor = self._connection.cursor()
        if lessons is None:
            cursor.execute(f"CREATE OR REPLACE TABLE {kept.table} AS {kept.query}")
            kept.rows_added, kept.made_at, kept.refreshed = 0, state, {}
            cursor.execute(f"CHECKPOINT {CATALOG}")
        elif entered := registers_of(cursor, self._caches, self._states, lessons):
            kept.rows_added += _refresh_registers(cursor, kept, entered)
            kept.refreshed |= dict.fromkeys((class_id for class_id, _ in entered), state)
            if kept.rows_added > ROWS_TO_PACK:
                kept.rows_added = 0
                cursor.execute(f"CHECKPOINT {CATALOG}")
        kept.state = state


def registers_of(
    cursor: Cursor, caches: Caches, states: States, lessons: Collection[int]
) -> set[ClassSubject]:
    """Return the classes and subjects of lessons, also those in which their marks count since pupils moved to another class.

    No entry moves a lesson to another.
    """

    def refresh(before: dict[int, DatedRegister], since: int) -> dict[int, DatedRegister]:
        return {} if states.lessons_entered(LESSONS, since) is None else before

    known: dict[int, DatedRegister] = caches["derived"].get(
        ("registers of lessons",), states.state_of(LESSONS), dict, refresh
    )
    if unknown := [key for key in lessons if key not in known]:
        sql = f"SELECT lesson_id, class_id, subject_id, held_on FROM lessons WHERE lesson_id IN ({_listed(unknown)})"
        known |= {lesson: (*register,) for lesson, *register in cursor.execute(sql).fetchall()}
    found = [known[key] for key in lessons if key in known]
    places = _places_by_former_class(cursor, caches, states)
    moved = (
        (class_id, subject_id)
        for former, subject_id, held_on in found
        for class_id, first_day, last_day in places.get(former, ())
        if first_day <= held_on <= last_day
    )
    return {(class_id, subject_id) for class_id, subject_id, _ in found}.union(moved)


def _places_by_former_class(
    cursor: Cursor, caches: Caches, states: States
) -> dict[int, list[tuple[int, date, date]]]:
    """Return by class where else its days count, of the pupils who moved on: class, first and last day."""

    def compute() -> dict[int, list[tuple[int, date, date]]]:
        sql = "SELECT DISTINCT from_class_id, class_id, first_day, last_day FROM former_places"
        found: dict[int, list[tuple[int, date, date]]] = {}
        for former, *place in cursor.execute(sql).fetchall():
            found.setdefault(former, []).append((place[0], place[1], place[2]))
        return found

    return caches["derived"].get(("places by former class",), states.state_of(PLACES), compute)


def _listed(ids: Collection[int]) -> str:
    return ", ".join(str(int(key)) for key in ids)


def _refresh_registers(cursor: Cursor, kept: _Kept, entered: Collection[ClassSubject]) -> int:
    """Refresh the rows of classes and subjects, of several the whole classes; return how many there are now."""
    cursor.execute("BEGIN")
    try:
        if len(entered) < SEVERAL:
            added = sum(_refreshed(cursor, kept.of_one, each) for each in entered)
        else:
            which = f"class_id IN ({_listed({class_id for class_id, _ in entered})})"
            added = _refreshed(cursor, _statements(cursor, kept.table, kept.query, which), [])
        cursor.execute("COMMIT")
    except BaseException:
        cursor.execute("ROLLBACK")
        raise
    return added


def _statements(cursor: Cursor, table: str, query: str, which: str) -> Statements:
    removing, adding = cursor.extract_statements(
        f"DELETE FROM {table} WHERE {which}; INSERT INTO {table} SELECT * FROM ({query}) WHERE {which}"
    )
    return removing, adding


def _refreshed(cursor: Cursor, statements: Statements, parameters: Sequence[int]) -> int:
    removing, adding = statements
    cursor.execute(removing, parameters)
    return _first(cursor, adding, parameters)


def _first(cursor: Cursor, sql: str | duckdb.Statement, parameters: Sequence[int] = ()) -> int:
    rows: list[tuple[int]] = cursor.execute(sql, parameters or None).fetchall()
    return rows[0][0]
