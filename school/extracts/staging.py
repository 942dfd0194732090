"""A database in memory beside the store's: extracts are read and checked there before the register changes."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from school.extracts.format import Table
from school.store.connection import Cursor, Store

_numbers = itertools.count(1)


@dataclass(frozen=True)
class RefusedExtractRow:
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

    def make_raw_table(self, table: Table) -> None:
        """Make the empty table ``raw_NAME`` of texts with file and line."""
        columns = ", ".join(f"{name} VARCHAR" for name in table.names)
        self.run(f"CREATE TABLE {self.catalog}.raw_{table.name} (file VARCHAR, line BIGINT, {columns})")

    def put_raw_rows(self, table: Table, columns: Mapping[str, Sequence[object]]) -> None:
        """Add rows, given by column, to ``raw_NAME``."""
        types = {name: pa.int64() if name == "line" else pa.string() for name in columns}
        arrays = {name: pa.array(values, types[name]) for name, values in columns.items()}
        self.cursor.register("raw_rows", pa.table(arrays))
        self.run(f"INSERT INTO {self.catalog}.raw_{table.name} BY NAME SELECT * FROM raw_rows")
        self.cursor.unregister("raw_rows")

    def count(self, table: str) -> int:
        """Return how many rows a table of the catalog has."""
        return int(self.rows(f"SELECT count(*) FROM {self.catalog}.{table}")[0][0])

    def rows_of_files(self, table: str) -> int:
        """Return how many rows of a checked table stand in a file of the set."""
        return int(self.rows(f"SELECT count(*) FROM {self.catalog}.{table} WHERE file <> ''")[0][0])

    def refused(self) -> list[RefusedExtractRow]:
        """Return the refused rows in the order of tables, files and lines."""
        rows = self.rows(
            f"SELECT table_name, file, line, reason FROM {self.catalog}.refused ORDER BY position, file, line"
        )
        return [RefusedExtractRow(*row) for row in rows]


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
