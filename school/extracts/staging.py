"""A database in memory beside the store's: extracts are read and checked there before the register changes."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from school.store.connection import Cursor, Store

_numbers = itertools.count(1)


@dataclass(frozen=True)
class RefusedRow:
    """A row that was not loaded: its table, file and line, and why. Rows of CSV count from the header."""

    table: str
    file: str
    line: int
    reason: str


@dataclass(frozen=True)
class Staging:
    """Tables of an extract in a catalog of their own, seen by every cursor of the store."""

    cursor: Cursor
    catalog: str

    def run(self, sql: str, parameters: Any = None) -> None:
        """Execute a statement."""
        self.cursor.execute(sql, parameters)

    def rows(self, sql: str, parameters: Any = None) -> list[tuple[Any, ...]]:
        """Return all rows of a query."""
        return self.cursor.execute(sql, parameters).fetchall()

    def count(self, table: str) -> int:
        """Return how many rows a table of the catalog has."""
        return int(self.rows(f"SELECT count(*) FROM {self.catalog}.{table}")[0][0])

    def refused(self) -> list[RefusedRow]:
        """Return the refused rows in the order of tables, files and lines."""
        rows = self.rows(
            f"SELECT table_name, file, line, reason FROM {self.catalog}.refused ORDER BY position, file, line"
        )
        return [RefusedRow(*row) for row in rows]


@contextmanager
def staging(store: Store) -> Iterator[Staging]:
    """Open an empty staging database and drop it at the end."""
    cursor, catalog = store.cursor(), f"extract_{next(_numbers)}"
    cursor.execute(f"ATTACH ':memory:' AS {catalog}")
    try:
        cursor.execute(
            f"""CREATE TABLE {catalog}.refused
                (position INTEGER, table_name VARCHAR, file VARCHAR, line BIGINT, reason VARCHAR)"""
        )
        yield Staging(cursor, catalog)
    finally:
        cursor.execute(f"DETACH {catalog}")
        cursor.close()
