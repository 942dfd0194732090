"""Opens the school's database: ordered migrations, cursors for reading, one writer thread for every change."""

import os
import queue
import threading
import time
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial, wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import duckdb
import pandas as pd

from school.errors import CannotOpen, StoreUnavailable
from school.store.file.opening import leave_as_it_is, newest_event, open_database, store_mark
from school.store.file.outage import Outage, log
from school.store.file.space import CHECKPOINT_AT, NEVER_CHECKPOINT, has_room
from school.store.file.witness import Witness
from school.store.memory.cache import Cache, Caches, asking
from school.store.memory.entered import EnteredRows, Kind, Remembered
from school.store.memory.partitions import Partition, PartitionedAnswers, RowsOfClass
from school.store.memory.sharing import shared, sharing_values
from school.store.memory.states import Changes, States
from school.store.memory.tables import CachedTables
from school.store.queries import Query, understood, views_of
from school.store.transaction import Transaction

__all__ = ["Transaction"]

Cursor = duckdb.DuckDBPyConnection
Relation = duckdb.DuckDBPyRelation
Result = TypeVar("Result")
Parameters = ParamSpec("Parameters")
MIGRATIONS = Path(__file__).parent / "migrations"
DATABASE_NAME = "school.duckdb"
JOBS_IN_A_TRANSACTION = 64
# How often a database that stopped is tried again, and after how long a rest the witness is brought to the disk.
REOPEN_SECONDS, REST_SECONDS = 1.0, 2.0


def data_directory(environment: dict[str, str] | None = None) -> Path:
    """Return the folder of the live school: ``SCHOOL_DATA``, by default ``data/live``."""
    return Path((os.environ if environment is None else environment).get("SCHOOL_DATA", "data/live"))


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
        """Open or create the database at ``path`` and bring it to the newest migration; raises CannotOpen in words.

        ``before_migrations`` is called with the path and a cursor where a school that is there already is about to change.
        """
        self.path, self._now, self._before_migrations = path, now, before_migrations
        self.version = 0
        self._outage, self._tried_at = Outage(), 0.0
        self._jobs: queue.Queue[_Job | None] = queue.Queue()
        self._begin()
        self._writer = threading.Thread(target=self._write_all, name="store-writer", daemon=True)
        self._writer.start()

    def _begin(self) -> None:
        """Open the database and begin with nothing in memory: what was there may have come from what was never committed."""
        connection = open_database(self.path, self._migrate, self._now)
        mark = store_mark(connection)
        assert mark is not None
        self.connection, self._writing = connection, connection.cursor()
        self._takes_log_in: bool | None = None
        self._newest_event: int | None = mark.newest_event
        self._witness = Witness(self.path, mark.store_id)
        self._witness.note(mark.newest_event)
        self._local = threading.local()
        self._states, self._caches = States(), Caches()
        self._entered = EnteredRows(self._states)
        self._kept = CachedTables(connection, self._states, self._caches)
        self._partitions = PartitionedAnswers(connection, self._states, self._caches)
        self._views: dict[str, str] | None = None
        # Each change must record an event, so the newest event's number is never behind an earlier version.
        self.version = max(self.version, mark.newest_event)
        self._mind_room()

    def _migrate(self, connection: Cursor, now: datetime) -> list[str]:
        before = self._before_migrations and partial(self._before_migrations, self.path, connection)
        return migrate(connection, MIGRATIONS, now, before)

    def cursor(self) -> Cursor:
        """Return a cursor for reading; a cursor serves one thread at a time. Raises StoreUnavailable."""
        if self._outage.is_dead:
            raise self._outage.refusal()
        return self.connection.cursor()

    def execute(self, sql: str, parameters: Any = None) -> Cursor:
        """Run a query over committed data; the cursor holds its answer until this thread's next one.

        Raises StoreUnavailable while the database is opened again.
        """
        local = self._local
        try:
            if not hasattr(local, "cursor"):
                local.cursor = self.cursor()
            cursor: Cursor = local.cursor
            return cursor.execute(self.statement(sql), parameters)
        except (duckdb.FatalException, duckdb.ConnectionException) as problem:
            self._note_outage(problem)
            raise self._outage.refusal() from problem

    def failure(self) -> str | None:
        """Return in Russian why nothing can be saved now; None where all is well. Asks the database: for health checks."""
        if not self._outage.is_dead:
            with suppress(StoreUnavailable):
                self.read("SELECT 1")
        return self._outage.sentence

    @property
    def waiting_jobs(self) -> int:
        """How many writes wait for the writer now."""
        return self._jobs.qsize()

    def statement(self, sql: str) -> str | duckdb.Statement:
        """Return a statement whose text the engine has read already; several in one text stay as they are."""

        def compute() -> str | duckdb.Statement:
            statements = self.cursor().extract_statements(sql)
            return statements[0] if len(statements) == 1 else sql

        return self._caches["statements"].get((sql,), 0, compute)

    def read(self, sql: str, parameters: Any = None) -> list[tuple[Any, ...]]:
        """Return all rows of a query over committed data."""
        return shared(self.execute(sql, parameters).fetchall())

    # For reading ahead much that stays in memory.
    sharing_values = staticmethod(sharing_values)

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

    def state_of_pupil(self, pupil_id: int, lesson_ids: frozenset[int] = frozenset()) -> int:
        """Return what changes with everything entered of a pupil or of these lessons, not with what is of other pupils alone."""
        return self._states.state_of_pupil(pupil_id, lesson_ids)

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

    def _query(self, sql: str) -> Query:
        def compute() -> Query:
            if self._views is None:
                self._views = views_of(self.cursor())
            return understood(self.cursor(), sql, self._views, self._kept.queries(), self._query)

        return self._caches["queries"].get((sql,), 0, compute)

    def write(self, work: Callable[[Transaction], Result]) -> Result:
        """Run ``work`` in a durable transaction and return its result once it is committed.

        Waiting jobs share a transaction. ``work`` may run twice when a neighbour fails, so it must depend on
        nothing but the transaction. Its exception reaches the caller and leaves nothing behind; StoreUnavailable where the
        disk takes nothing or the database is opened again.
        """
        if self._outage.is_dead:
            raise self._outage.refusal()
        result: Future[Result] = Future()
        self._jobs.put(_Job(work, result))
        found = result.result()
        asking.note_own_change(self.version)
        return found

    def asked_at(self, version: int) -> AbstractContextManager[None]:
        """Answer, until the block ends, what this thread's reader asked at a version: see ``memory.cache.Asking``."""
        return asking.at(version)

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
        """Finish the waiting writes and let go of the file; without room on the disk the log stays beside it."""
        self._jobs.put(None)
        self._writer.join()
        self._witness.close()
        if self._takes_log_in and has_room(self.path.parent):
            self.connection.close()
        else:
            leave_as_it_is(self.connection)

    def _write_all(self) -> None:
        while (job := self._next_job()) is not None:
            group, has_ended = [job], False
            while len(group) < JOBS_IN_A_TRANSACTION and not self._jobs.empty():
                follower = self._jobs.get()
                if follower is None:
                    has_ended = True
                    break
                group.append(follower)
            self._mind_room()
            self._write_group(group)
            if has_ended:
                return

    def _next_job(self) -> _Job | None:
        """Wait for a job; meanwhile open again a database that stopped, and bring the witness to the disk."""
        while True:
            if self._outage.is_dead:
                self._reopen()
            wait = (
                REOPEN_SECONDS if self._outage.is_dead else None if self._witness.is_on_disk else REST_SECONDS
            )
            try:
                return self._jobs.get(timeout=wait)
            except queue.Empty:
                with suppress(OSError):
                    self._witness.sync()

    def _reopen(self) -> None:
        """Open the database again once nobody is at a query of the stopped one: closing refuses while somebody is."""
        if time.monotonic() - self._tried_at < REOPEN_SECONDS:
            return
        self._tried_at = time.monotonic()
        try:
            self.connection.close()
            self._begin()
        except duckdb.ResourceInUseException:
            return
        except (CannotOpen, duckdb.Error, OSError) as problem:
            log.error("The store does not open again: %s", type(problem).__name__)
            return
        self._outage.is_dead = False
        log.error("The store is open again.")

    def _mind_room(self) -> None:
        """Let the engine take the log into the database only where that cannot fill the disk: it would stop for good."""
        may = self._outage.lets_checkpoint and has_room(self.path.parent)
        if may is not self._takes_log_in and not self._outage.is_dead:
            size = CHECKPOINT_AT if may else NEVER_CHECKPOINT
            with suppress(duckdb.Error):
                self._writing.execute(f"SET GLOBAL checkpoint_threshold = '{size}'")
                self._takes_log_in = may

    def _note_outage(self, problem: BaseException) -> StoreUnavailable | None:
        """Note what stopped the store, if that is what a failure says; the writer opens it again."""
        was_dead = self._outage.is_dead
        refusal = self._outage.noted(problem)
        if self._outage.is_dead and not was_dead:
            self._jobs.put(_Job(lambda _transaction: None, Future()))
        return refusal

    def _write_group(self, group: Sequence[_Job]) -> None:
        if self._outage.is_dead:
            for job in group:
                job.result.set_exception(self._outage.refusal())
            return
        changes, remembered = Changes(), Remembered()
        try:
            done = _run_together(self, self._writing, [job.work for job in group], changes, remembered)
        except BaseException as problem:
            # Numbers of events may have been used for nothing.
            self._newest_event = None
            refusal = self._note_outage(problem)
            if len(group) == 1:
                group[0].result.set_exception(problem if refusal is None else refusal)
                return
            for job in group:
                self._write_group([job])
            return
        newest = self.version + done.has_changed
        self._states.note_changes(changes, newest)
        for (kind, key), value in remembered.values.items():
            self._entered.put(kind, {key: value}, newest)
        # Last: what is computed at a version must have met all that it changed.
        self.version = newest
        self._note_written(done)
        for job, result in zip(group, done.results, strict=True):
            job.result.set_result(result)

    def _note_written(self, done: "_Done") -> None:
        """Note the newest event where only the writer has counted them; what is not counted is asked."""
        self._outage.has_saved()
        if self._newest_event is None or done.events is None:
            with suppress(duckdb.Error):
                self._newest_event = newest_event(self._writing)
        else:
            self._newest_event += done.events
        if self._newest_event is not None:
            self._witness.note(self._newest_event)


@dataclass(frozen=True)
class _Done:
    """What the jobs of a transaction returned, whether they changed anything, how many events they recorded (None: not counted)."""

    results: list[Any]
    has_changed: bool
    events: int | None


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
) -> _Done:
    cursor.execute("BEGIN")
    try:
        results, transactions = [], []
        for work in works:
            transaction = Transaction(cursor, store=store, changes=changes, remembered=remembered)
            transactions.append(transaction)
            results.append(work(transaction))
            transaction.seal()
        cursor.execute("COMMIT")
    except BaseException:
        with suppress(duckdb.TransactionException, duckdb.FatalException):
            cursor.execute("ROLLBACK")
        raise
    has_rows = any(each.has_recorded_rows for each in transactions)
    return _Done(
        results,
        any(each.has_changed for each in transactions),
        None if has_rows else sum(len(each.events) for each in transactions),
    )


def _hashable(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


def migrate(
    connection: Cursor, directory: Path, now: datetime, before: Callable[[], object] | None = None
) -> list[str]:
    """Apply the migrations of ``directory`` that are not yet recorded, each in a transaction with its record.

    ``before`` is called once where some are to be applied to a school that has others already. Returns the names
    applied. Raises CannotOpen when the database is newer than the program.
    """
    connection.execute(
        "CREATE TABLE IF NOT EXISTS migrations (name VARCHAR PRIMARY KEY, applied_at TIMESTAMP NOT NULL)"
    )
    known = {path.stem: path for path in sorted(directory.glob("*.sql"))}
    done = {row[0] for row in connection.execute("SELECT name FROM migrations").fetchall()}
    if newer := sorted(done - known.keys()):
        raise CannotOpen(
            f"База данных новее программы (миграция {newer[-1]}): её открывала более новая версия. Ничего не изменено. "
            "Обновите программу."
        )
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
            with suppress(duckdb.TransactionException, duckdb.FatalException):
                connection.execute("ROLLBACK")
            raise
    return fresh
