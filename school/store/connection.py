"""Opens the school's database: ordered migrations, cursors for reading, one writer thread for every change."""

import os
import queue
import threading
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, partial, wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import duckdb
import pandas as pd

from school.errors import StoreFault
from school.store.events import COLUMNS, Event, insert_events
from school.store.memory.cache import Cache, Caches, asking
from school.store.memory.entered import EnteredRows, Kind, Remembered
from school.store.memory.partitions import Partition, PartitionedAnswers, RowsOfClass
from school.store.memory.states import Changes, States
from school.store.memory.tables import CachedTables
from school.store.queries import Query, understood, views_of

Cursor = duckdb.DuckDBPyConnection
Relation = duckdb.DuckDBPyRelation
Result = TypeVar("Result")
Parameters = ParamSpec("Parameters")
MIGRATIONS = Path(__file__).parent / "migrations"
DATABASE_NAME = "school.duckdb"
JOBS_IN_A_TRANSACTION = 64


def data_directory(environment: dict[str, str] | None = None) -> Path:
    """Return the folder of the live school: ``SCHOOL_DATA``, by default ``data/live``."""
    return Path((os.environ if environment is None else environment).get("SCHOOL_DATA", "data/live"))


@dataclass
class Transaction:
    """What a job of the writer may do: read, change, and record the events of its changes."""

    cursor: Cursor
    events: list[Event] = field(default_factory=list)
    has_changed: bool = False
    has_recorded_rows: bool = False
    store: "Store | None" = None
    # Shared by the jobs of one database transaction: none may take from memory what another has just changed.
    changes: Changes = field(default_factory=Changes)
    remembered: Remembered = field(default_factory=Remembered)

    def execute(self, sql: str, parameters: Any = None) -> Cursor:
        """Run a query and return the cursor that holds its answer until the next one."""
        return self.cursor.execute(self._statement(sql), parameters)

    def read(self, sql: str, parameters: Any = None) -> list[tuple[Any, ...]]:
        """Return all rows of a query as the transaction sees them."""
        return self.execute(sql, parameters).fetchall()

    def steady(
        self, tables: tuple[str, ...], sql: str, parameters: dict[str, Any], *, but_entries: bool = False
    ) -> list[tuple[Any, ...]]:
        """Return the rows of a query over tables that seldom change, from memory where they have not changed.

        ``but_entries``: the rows depend on nothing that is entered in lessons.
        """
        changed = self.changes.at_large if but_entries else self.changes.tables
        if self.store is None or not changed.isdisjoint(tables):
            return self.read(sql, parameters)
        return self.store.steady(tables, sql, parameters, but_entries=but_entries)

    def entered(
        self, kind: Kind, keys: Collection[Hashable], read: Callable[[list[Any]], Mapping[Any, Result]]
    ) -> dict[Any, Result]:
        """Return what is entered in lessons, from memory where the transaction has not changed it: see ``EnteredRows``."""
        found = {
            key: self.remembered.values[kind, key] for key in keys if (kind, key) in self.remembered.values
        }
        left = [key for key in keys if key not in found]
        if self.store is None:
            found |= read(left) if left else {}
            return {key: found[key] for key in keys if key in found}
        changed = [key for key in left if self.changes.may_have_changed(kind.tables, key)]
        found |= read(changed) if changed else {}
        found |= self.store.entered(kind, [key for key in left if key not in changed], read)
        return {key: found[key] for key in keys if key in found}

    def remember(self, kind: Kind, values: Mapping[Any, Any]) -> None:
        """Say what is entered in lessons now, after the statements that changed it."""
        self.remembered.values |= {(kind, key): value for key, value in values.items()}

    def change(self, sql: str, parameters: Any = None, *, entered_in: Collection[int] | None = None) -> None:
        """Change the current state; the job must record an event for it.

        ``entered_in``: the change is of what is entered in these lessons only; whose lessons they are, and when, stays.
        """
        self.has_changed = True
        self.remembered.forget(self.changes.note(sql, entered_in), entered_in)
        self.execute(sql, parameters)

    def keep(self, sql: str, parameters: Any = None) -> None:
        """Keep the writer's own books (sign-in attempts, fittings): nothing that a person would ask about later."""
        self.execute(sql, parameters)

    def record(self, *events: Event) -> None:
        """Add events, stored in this same transaction."""
        self.events.extend(events)

    def record_rows(self, sql: str, parameters: Any = None) -> None:
        """Record one event for each row of a query: its columns are ``events.COLUMNS``."""
        columns = ", ".join(COLUMNS)
        self.cursor.execute(f"INSERT INTO events ({columns}) {sql}", parameters)
        self.has_recorded_rows = True

    def new_ids(self, count: int) -> list[int]:
        """Return fresh record identifiers in rising order."""
        rows = self.read("SELECT nextval('record_ids') FROM range($count)", {"count": count})
        return [row[0] for row in rows]

    def _statement(self, sql: str) -> str | duckdb.Statement:
        return self.store.statement(sql) if self.store else sql

    def seal(self) -> None:
        """Write the recorded events. Raises StoreFault when something changed and no event says so."""
        if self.has_changed and not self.events and not self.has_recorded_rows:
            raise StoreFault("A change without an event.")
        insert_events(self, self.events)


@dataclass
class _Job:
    work: Callable[[Transaction], Any]
    result: Future[Any]


class Store:
    """One process, one connection: reads on cursors of their own, writes through one thread in groups.

    ``version`` rises with every change, over restarts too; a figure cached at an older version is stale.
    """

    def __init__(
        self,
        path: Path,
        now: Callable[[], datetime],
        *,
        before_migrations: Callable[[Path, Cursor], object] | None = None,
    ) -> None:
        """Open or create the database at ``path`` and bring it to the newest migration.

        ``before_migrations`` is called with the path and a cursor where a school that is there already is about to change.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self.connection = duckdb.connect(str(path))
        # One thread a question: a school asks many small ones at once, and a shared one costs a third more processor.
        # For every cursor, not for this one alone: what has a zone reads alike on a machine of any zone.
        self.connection.execute(
            "SET GLOBAL TimeZone = 'UTC'; SET preserve_insertion_order = true; SET threads = 1"
        )
        before = before_migrations and partial(before_migrations, path, self.connection)
        migrate(self.connection, MIGRATIONS, now(), before)
        # Each change must record an event, so the newest event's number is never behind an earlier version.
        self.version: int = self.connection.execute(
            "SELECT coalesce(max(event_id), 0) FROM events"
        ).fetchall()[0][0]
        self._jobs: queue.Queue[_Job | None] = queue.Queue()
        self._local = threading.local()
        self._states, self._caches = States(), Caches()
        self._entered = EnteredRows(self._states)
        self._kept = CachedTables(self.connection, self._states, self._caches)
        self._partitions = PartitionedAnswers(self.connection, self._states, self._caches)
        self._writer = threading.Thread(target=self._write_all, name="store-writer", daemon=True)
        self._writer.start()

    def cursor(self) -> Cursor:
        """Return a cursor for reading; a cursor serves one thread at a time."""
        return self.connection.cursor()

    def execute(self, sql: str, parameters: Any = None) -> Cursor:
        """Run a query over committed data; the cursor holds its answer until this thread's next one."""
        if not hasattr(self._local, "cursor"):
            self._local.cursor = self.cursor()
        cursor: Cursor = self._local.cursor
        return cursor.execute(self.statement(sql), parameters)

    def statement(self, sql: str) -> str | duckdb.Statement:
        """Return a statement whose text the engine has read already; several in one text stay as they are."""

        def compute() -> str | duckdb.Statement:
            statements = self.cursor().extract_statements(sql)
            return statements[0] if len(statements) == 1 else sql

        return self._caches["statements"].get((sql,), 0, compute)

    def read(self, sql: str, parameters: Any = None) -> list[tuple[Any, ...]]:
        """Return all rows of a query over committed data."""
        return self.execute(sql, parameters).fetchall()

    def steady(
        self, tables: tuple[str, ...], sql: str, parameters: dict[str, Any], *, but_entries: bool = False
    ) -> list[tuple[Any, ...]]:
        """Return the rows of a query over tables that seldom change, from memory where they have not changed.

        ``but_entries``: the rows depend on nothing that is entered in lessons.
        """
        key = (sql, *((name, _hashable(value)) for name, value in parameters.items()))
        state = (
            self._states.state_of_tables_at_large(tables) if but_entries else self._states.state_of(tables)
        )
        return self._caches["rows"].get(key, state, lambda: self.read(sql, parameters))

    def entered(
        self, kind: Kind, keys: Collection[Hashable], read: Callable[[list[Any]], Mapping[Any, Result]]
    ) -> dict[Any, Result]:
        """Return what is entered in lessons, from memory where it has not changed: see ``EnteredRows``."""
        # Read before the rows are: a commit in between makes them look older than they are, and they are read once more.
        return self._entered.get(kind, keys, self.version, read)

    def cache(self, name: str) -> Cache:
        """Return one of the caches of ``school.store.memory.cache.SIZES``, which live as long as the store is open."""
        return self._caches[name]

    def derived(
        self,
        name: str,
        tables: frozenset[str],
        compute: Callable[[], Result],
        refresh: Callable[[Result, frozenset[int]], Result],
    ) -> Result:
        """Return what is known of these tables under a name, computed where anything may have changed.

        ``refresh`` makes it of what was known before, and the lessons in which something was entered since.
        """

        def refreshed(before: Result, since: int) -> Result:
            lessons = self._states.lessons_entered(tables, since)
            return compute() if lessons is None else refresh(before, lessons)

        return self._caches["derived"].get((name,), self._states.state_of(tables), compute, refreshed)

    def state_of_query(self, sql: str) -> int:
        """Return what changes with every change of the tables that a query reads, through views and kept tables too."""
        tables = self._query(sql).tables
        return self.version if "events" in tables else self._states.state_of(tables)

    def state_of(self, tables: Collection[str]) -> int:
        """Return what changes with every change of these tables."""
        return self._states.state_of(tables)

    def state_but_entries(self) -> int:
        """Return what changes with every change but those of what is entered in lessons, and of who is signed in."""
        return self._states.state_at_large()

    def state_of_lessons(self, lesson_ids: Collection[int]) -> int:
        """Return what changes with every entry in these lessons, and with all that ``state_but_entries`` knows."""
        return max(self._states.state_at_large(), self._states.newest_entry(lesson_ids))

    def has_kept(self, name: str) -> bool:
        """Whether a query's answer is kept as the table ``kept.<name>``."""
        return self._kept.has(name)

    def keep(self, name: str, query: str) -> None:
        """Keep the answer of a query about all classes as the table ``kept.<name>``: see ``school.store.memory.tables``."""
        self._kept.keep(name, query, lambda sql: self._query(sql).tables)

    def ask(self, sql: str) -> Cursor:
        """Return a cursor with the answer of a query, in which kept tables hold the newest commit."""
        self.refresh(sql)
        return self.cursor().execute(self._query(sql).statement)

    def ask_by_partition(
        self,
        sql: str,
        partition: Partition,
        among: Callable[[], Collection[int]] | None = None,
        rows_of_class: RowsOfClass | None = None,
    ) -> pd.DataFrame:
        """Return the answer of a query with a column class_id or lesson_id, in the order of these: see ``partitions``.

        Only partitions with new entries are asked again; callers leave the rows as they are. ``among`` gives the only ones
        that have rows by now, where something else knows them; ``rows_of_class`` knows a class's rows without asking.
        """
        query = self._query(sql)
        # Read before the kept tables are refreshed: a commit in between is taken in now and once more at the next look.
        state = self._states.state_of(query.tables)
        return self._partitions.answer(
            query, partition, state, lambda: self.refresh(sql), among, rows_of_class
        )

    def refresh(self, sql: str) -> None:
        """Bring the kept tables that a query reads up to the newest commit."""
        self._kept.refresh(self._query(sql).kept)

    def state_of_classes(self, kept: str, class_ids: Collection[int]) -> int:
        """Return what changes when the rows of these classes in a kept table, up to the newest commit, may have."""
        self._kept.refresh([kept])
        return self._kept.state_of_classes(kept, class_ids)

    @cached_property
    def _views(self) -> dict[str, str]:
        return views_of(self.cursor())

    def _query(self, sql: str) -> Query:
        def compute() -> Query:
            return understood(self.cursor(), sql, self._views, self._kept.queries(), self._query)

        return self._caches["queries"].get((sql,), 0, compute)

    def write(self, work: Callable[[Transaction], Result]) -> Result:
        """Run ``work`` in a durable transaction and return its result once it is committed.

        Waiting jobs share a transaction. ``work`` may run twice when a neighbour fails, so it must depend on
        nothing but the transaction. Its exception reaches the caller and leaves nothing behind.
        """
        result: Future[Result] = Future()
        self._jobs.put(_Job(work, result))
        found = result.result()
        asking.note_own_change(self.version)
        return found

    def asked_at(self, version: int) -> AbstractContextManager[None]:
        """Answer, until the block ends, what this thread's reader asked at a version: see ``memory.cache.Asking``."""
        return asking.at(version)

    def failure(self) -> str | None:
        """Return in Russian why nothing can be saved any more; None while the store works."""
        return None

    def waiting(self) -> int:
        """Return how many writes wait for their turn."""
        return self._jobs.qsize()

    def copy_to(self, path: Path) -> None:
        """Copy the committed database into a new file, for a process of its own; the engine does it beside the interpreter."""
        cursor = self.cursor()
        ((name,),) = cursor.execute("SELECT current_database()").fetchall()
        place = str(path).replace("'", "''")
        cursor.execute(f"ATTACH '{place}' AS copied")
        try:
            cursor.execute(f'COPY FROM DATABASE "{name}" TO copied')
        finally:
            cursor.execute("DETACH copied")

    def close(self) -> None:
        """Finish the waiting writes and let go of the file."""
        self._jobs.put(None)
        self._writer.join()
        self.connection.close()

    def _write_all(self) -> None:
        cursor = self.connection.cursor()
        while (job := self._jobs.get()) is not None:
            group, has_ended = [job], False
            while len(group) < JOBS_IN_A_TRANSACTION and not self._jobs.empty():
                follower = self._jobs.get()
                if follower is None:
                    has_ended = True
                    break
                group.append(follower)
            self._write_group(cursor, group)
            if has_ended:
                return

    def _write_group(self, cursor: Cursor, group: Sequence[_Job]) -> None:
        changes, remembered = Changes(), Remembered()
        try:
            results, has_changed = _run_together(
                self, cursor, [job.work for job in group], changes, remembered
            )
        except BaseException as problem:
            if len(group) == 1:
                group[0].result.set_exception(problem)
                return
            for job in group:
                self._write_group(cursor, [job])
            return
        newest = self.version + has_changed
        self._states.note_changes(changes, newest)
        for (kind, key), value in remembered.values.items():
            self._entered.put(kind, {key: value}, newest)
        # Last: what is computed at a version must have met all that it changed.
        self.version = newest
        for job, result in zip(group, results, strict=True):
            job.result.set_result(result)


def in_transaction(
    action: Callable[Concatenate[Transaction, Parameters], Result],
) -> Callable[Concatenate[Store | Transaction, Parameters], Result]:
    """Let an action be called with a store, in a durable transaction of its own, or with a transaction, which it joins.

    Everything in the action holds up the one writer: hash passwords and write files before. See ``Store.write``.
    """

    @wraps(action)
    def run(place: Store | Transaction, /, *args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        if isinstance(place, Transaction):
            return action(place, *args, **kwargs)
        return place.write(lambda transaction: action(transaction, *args, **kwargs))

    return run


def _run_together(
    store: Store,
    cursor: Cursor,
    works: Sequence[Callable[[Transaction], Any]],
    changes: Changes,
    remembered: Remembered,
) -> tuple[list[Any], bool]:
    cursor.execute("BEGIN")
    try:
        results, has_changed = [], False
        for work in works:
            transaction = Transaction(cursor, store=store, changes=changes, remembered=remembered)
            results.append(work(transaction))
            transaction.seal()
            has_changed |= transaction.has_changed
        cursor.execute("COMMIT")
    except BaseException:
        with _ignore_finished_transaction():
            cursor.execute("ROLLBACK")
        raise
    return results, has_changed


def _hashable(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


@contextmanager
def _ignore_finished_transaction() -> Iterator[None]:
    try:
        yield
    except duckdb.TransactionException:
        return


def migrate(
    connection: Cursor, directory: Path, now: datetime, before: Callable[[], object] | None = None
) -> list[str]:
    """Apply the migrations of ``directory`` that are not yet recorded, each in a transaction with its record.

    ``before`` is called once where some are to be applied to a school that has others already. Returns the names applied. Raises StoreFault when the database is newer than the program.
    """
    connection.execute(
        "CREATE TABLE IF NOT EXISTS migrations (name VARCHAR PRIMARY KEY, applied_at TIMESTAMP NOT NULL)"
    )
    known = {path.stem: path for path in sorted(directory.glob("*.sql"))}
    done = {row[0] for row in connection.execute("SELECT name FROM migrations").fetchall()}
    if newer := sorted(done - known.keys()):
        raise StoreFault(f"База данных новее программы (миграция {newer[-1]}). Обновите программу.")
    fresh = [name for name in known if name not in done]
    if before and done and fresh:
        before()
    for name in fresh:
        connection.execute("BEGIN")
        try:
            connection.execute(known[name].read_text(encoding="utf-8"))
            connection.execute("INSERT INTO migrations VALUES ($name, $now)", {"name": name, "now": now})
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise
    return fresh
