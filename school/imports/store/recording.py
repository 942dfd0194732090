"""A transaction that remembers what it did to the rows of every table, so that all of it can be taken back.

Tables are compared as a whole before and after, by their primary key, or by all their columns where they have none:
whatever wrote the rows, and however, the difference is complete.
"""

from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from school.store.connection import Transaction
from school.store.memory.states import tables_changed_by
from school.store.reading import Reader, Writer

# Tables of events, which say what happened, not how things are.
_BOOKS = frozenset({"events", "import_batches", "import_batch_rows"})


@dataclass(frozen=True)
class TableShape:
    """A table's columns with their types, and those that identify a row."""

    name: str
    types: Mapping[str, str]
    key: tuple[str, ...]

    @property
    def struct(self) -> str:
        """The SQL type of a whole row."""
        return f"STRUCT({', '.join(f'{name} {kind}' for name, kind in self.types.items())})"

    @property
    def others(self) -> tuple[str, ...]:
        """The columns outside the key."""
        return tuple(name for name in self.types if name not in self.key)

    def same_key(self, left: str, right: str) -> str:
        """Return SQL that is true for two spellings of one row."""
        return " AND ".join(f"{left}.{name} IS NOT DISTINCT FROM {right}.{name}" for name in self.key)


def shape_of(reader: Reader, table: str) -> TableShape:
    """Return the shape of a table of the store."""
    columns = reader.read(
        """SELECT column_name, data_type FROM duckdb_columns()
           WHERE table_name = $table AND database_name = current_database() AND NOT internal ORDER BY column_index""",
        {"table": table},
    )
    keys = reader.read(
        """SELECT constraint_column_names FROM duckdb_constraints() WHERE table_name = $table
           AND constraint_type = 'PRIMARY KEY' AND database_name = current_database()""",
        {"table": table},
    )
    types = dict(columns)
    return TableShape(table, types, tuple(keys[0][0]) if keys else tuple(types))


@dataclass
class RecordingTransaction(Transaction):
    """A transaction inside another one; each table is copied before its first change."""

    around: Transaction | None = None
    copied: dict[str, TableShape] = field(default_factory=dict)

    @classmethod
    def inside(cls, around: Transaction) -> "RecordingTransaction":
        """Return a recording transaction that shares everything with the one around it."""
        return cls(around.cursor, around.events, store=around.store, changes=around.changes, around=around)

    def change(
        self,
        sql: str,
        parameters: Any = None,
        *,
        entered_in: Collection[Hashable] | None = None,
        of_pupils: Collection[int] | None = None,
    ) -> None:
        """Change the current state and remember what it was."""
        for table in tables_changed_by(sql) - self.copied.keys() - _BOOKS:
            self.copied[table] = shape_of(self, table)
            self.cursor.execute(f"CREATE OR REPLACE TEMP TABLE {_copy(table)} AS FROM {table}")
        super().change(sql, parameters, entered_in=entered_in, of_pupils=of_pupils)
        if self.around is not None:
            self.around.has_changed = True

    def record_rows(self, sql: str, parameters: Any = None) -> None:
        """Record one event for each row of a query."""
        super().record_rows(sql, parameters)
        if self.around is not None:
            self.around.has_recorded_rows = True

    @cached_property
    def differences(self) -> str:
        """SQL of what became of the rows: table_name, old_row, new_row."""
        return " UNION ALL ".join(map(_difference, self.copied.values()))

    def keep_differences(self, batch_id: int) -> int:
        """Store what was done under a batch, drop the copies, and return how many rows were touched."""
        if not self.copied:
            return 0
        self.cursor.execute(
            f"INSERT INTO import_batch_rows SELECT $batch, * FROM ({self.differences})", {"batch": batch_id}
        )
        for table in self.copied:
            self.cursor.execute(f"DROP TABLE {_copy(table)}")
        return int(
            self.read("SELECT count(*) FROM import_batch_rows WHERE batch_id = $batch", {"batch": batch_id})[
                0
            ][0]
        )


def _copy(table: str) -> str:
    return f"temp.main.before_{table}"


def _difference(shape: TableShape) -> str:
    old, new = (
        f"CASE WHEN {row}.rowid IS NOT NULL THEN to_json({row})::VARCHAR END AS {name}"
        for row, name in (("b", "old_row"), ("a", "new_row"))
    )
    return f"""SELECT '{shape.name}' AS table_name, {old}, {new}
        FROM {_copy(shape.name)} b FULL JOIN main.{shape.name} a ON {shape.same_key("a", "b")}
        WHERE a IS DISTINCT FROM b"""


def touched_tables(reader: Reader, batch_id: int) -> list[TableShape]:
    """Return the shapes of the tables that a batch touched."""
    names = reader.read(
        "SELECT DISTINCT table_name FROM import_batch_rows WHERE batch_id = $batch ORDER BY table_name",
        {"batch": batch_id},
    )
    return [shape_of(reader, name) for (name,) in names]


def _kept(shape: TableShape) -> str:
    """Return SQL of a batch's rows of a table as typed rows ``o`` (before) and ``n`` (after)."""
    return f"""(SELECT CAST(CAST(old_row AS JSON) AS {shape.struct}) AS o, CAST(CAST(new_row AS JSON) AS {shape.struct}) AS n
        FROM import_batch_rows WHERE batch_id = $batch AND table_name = '{shape.name}')"""


def changed_since(reader: Reader, batch_id: int, shape: TableShape) -> int:
    """Return how many rows of a table are no longer as the batch left them, in what the batch wrote of them."""
    moved = " OR ".join(
        f"((k.o IS NULL OR k.o.{name} IS DISTINCT FROM k.n.{name}) AND t.{name} IS DISTINCT FROM k.n.{name})"
        for name in shape.types
    )
    is_back = " OR ".join(f"t.{name} IS NOT NULL" for name in shape.key)
    rows = reader.read(
        f"""SELECT count(*) FROM {_kept(shape)} k
            LEFT JOIN main.{shape.name} t ON {shape.same_key("t", "coalesce(k.n, k.o)")}
            WHERE CASE WHEN k.n IS NULL THEN {is_back} ELSE {moved} END""",
        {"batch": batch_id},
    )
    return int(rows[0][0])


def restore(writer: Writer, batch_id: int, shape: TableShape) -> None:
    """Bring the rows of a table back to what they were before the batch; columns changed by others since stay."""
    batch = {"batch": batch_id}
    writer.change(
        f"""DELETE FROM {shape.name} USING {_kept(shape)} k
            WHERE k.o IS NULL AND {shape.same_key(shape.name, "k.n")}""",
        batch,
    )
    if shape.others:
        settings = ", ".join(
            f"{name} = CASE WHEN k.o.{name} IS DISTINCT FROM k.n.{name} THEN k.o.{name} ELSE {shape.name}.{name} END"
            for name in shape.others
        )
        writer.change(
            f"""UPDATE {shape.name} SET {settings} FROM {_kept(shape)} k
                WHERE k.o IS NOT NULL AND k.n IS NOT NULL AND {shape.same_key(shape.name, "k.n")}""",
            batch,
        )
    columns = ", ".join(shape.types)
    values = ", ".join(f"k.o.{name}" for name in shape.types)
    writer.change(
        f"INSERT INTO {shape.name} ({columns}) SELECT {values} FROM {_kept(shape)} k WHERE k.n IS NULL", batch
    )


def columns_named(reader: Reader, names: Collection[str]) -> list[tuple[str, str]]:
    """Return (table, column) of every column of the store with one of these names, but of the books."""
    rows = reader.read(
        """SELECT c.table_name, c.column_name FROM duckdb_columns() c JOIN duckdb_tables() t USING (database_name, table_oid)
           WHERE database_name = current_database() AND NOT c.internal AND list_contains($names, c.column_name)
           ORDER BY ALL""",
        {"names": sorted(names)},
    )
    return [(table, column) for table, column in rows if table not in _BOOKS]
