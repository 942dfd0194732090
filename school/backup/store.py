"""What a backup asks the database: its tables' digests, its versions, and a snapshot of it (п. 8.6)."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime

import duckdb

from school.backup.records import Digest

Cursor = duckdb.DuckDBPyConnection
# A restored school has none: whoever took the backup home must not come in by it.
SESSION_TABLES = ("sessions", "trusted_devices")


@dataclass(frozen=True)
class Facts:
    """A database's name, the school's, its newest migration, the number of its newest event."""

    school: str
    schema: str
    version: int


def begin_snapshot(cursor: Cursor) -> None:
    """Begin a transaction that sees what is committed now, and nothing later; a snapshot begun before is let go."""
    end_snapshot(cursor)
    cursor.execute("BEGIN")
    cursor.execute("SELECT count(*) FROM settings").fetchall()


def end_snapshot(cursor: Cursor) -> None:
    """Let a snapshot go, if there is one."""
    with suppress(duckdb.TransactionException):
        cursor.execute("ROLLBACK")


def digests(cursor: Cursor) -> dict[str, Digest]:
    """Return the digest of every stored table."""
    query = """SELECT table_name FROM duckdb_tables() WHERE database_name = current_database()
        AND schema_name = 'main' AND NOT internal AND NOT temporary ORDER BY table_name"""
    names = [name for (name,) in cursor.execute(query).fetchall()]
    return {name: _digest(cursor, name) for name in names}


def _digest(cursor: Cursor, table: str) -> Digest:
    ((rows, xor),) = cursor.execute(f'SELECT count(*), bit_xor(hash(t)) FROM "{table}" t').fetchall()
    return Digest(rows, int(xor or 0))


def facts(cursor: Cursor) -> Facts:
    """Return what a manifest says of a database; raises duckdb.CatalogException where it is no school's."""
    query = """SELECT coalesce((SELECT value FROM settings WHERE name = 'school.name'), ''),
        (SELECT max(name) FROM migrations), (SELECT coalesce(max(event_id), 0) FROM events)"""
    return Facts(*cursor.execute(query).fetchall()[0])


def school_began(cursor: Cursor) -> datetime:
    """Return when the school's database was made."""
    began: datetime = cursor.execute("SELECT min(applied_at) FROM migrations").fetchall()[0][0]
    return began


@contextmanager
def checkpoints_held(cursor: Cursor) -> Iterator[None]:
    """Let the engine write its log only, and leave the database's file as it is, until the block ends."""
    ((threshold,),) = cursor.execute("SELECT current_setting('checkpoint_threshold')").fetchall()
    cursor.execute("SET GLOBAL checkpoint_threshold = '1TB'")
    try:
        yield
    finally:
        cursor.execute(f"SET GLOBAL checkpoint_threshold = '{threshold}'")


def drop_sessions(cursor: Cursor) -> None:
    """End everybody's sessions in a copy for good."""
    for table in SESSION_TABLES:
        cursor.execute(f"DELETE FROM {table}")


def note_restoring(cursor: Cursor, of: str, now: datetime) -> None:
    """Record in a restored school that it was restored, and as of when."""
    cursor.execute(
        "INSERT INTO events (happened_at, kind, new_value) VALUES ($now, 'restore', $of)",
        {"now": now, "of": of},
    )
