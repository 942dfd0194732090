"""A year's rows as CSV files, one a table, with a file that says their types; and the same rows read back (п. 6.5).

A text stands in quotes and an empty one is «""»; where nothing is known there is nothing between the commas.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb

from school.archive.package.contents import ARCHIVED, EMPTIED, LEFT_OUT
from school.errors import Refusal

Cursor = duckdb.DuckDBPyConnection
SCHEMA = "schema.json"
FORMAT = 1
LONGEST_LINE_BYTES = 64 * 1024**2
_CSV = "HEADER, DELIM ',', QUOTE '\"', ESCAPE '\"'"
_READ = f"""header = true, auto_detect = false, delim = ',', quote = '"', escape = '"', nullstr = '', allow_quoted_nulls = false,
    new_line = '\\n', parallel = false, max_line_size = {LONGEST_LINE_BYTES}"""


@dataclass(frozen=True)
class TableFile:
    """A table in a package: its columns with their types as the database names them, and how many rows there are."""

    columns: dict[str, str]
    rows: int


@dataclass(frozen=True)
class Schema:
    """What the CSV files of a package hold: of which year, by which migrations, and up to which numbers records are given out."""

    school_year: int
    migrations: list[str]
    sequences: dict[str, int]
    tables: dict[str, TableFile]
    format: int = FORMAT


def write_tables(cursor: Cursor, folder: Path, school_year: int) -> Schema:
    """Write the year's rows of every archived table into a folder, with ``schema.json``; return what was written."""
    folder.mkdir(parents=True)
    tables = {
        name: _write(cursor, name, condition, folder / f"{name}.csv", school_year)
        for name, condition in ARCHIVED.items()
    }
    migrations = [name for (name,) in cursor.execute("SELECT name FROM migrations ORDER BY name").fetchall()]
    numbers = cursor.execute(
        "SELECT sequence_name, coalesce(last_value, 0) FROM duckdb_sequences()"
    ).fetchall()
    schema = Schema(school_year, migrations, dict(numbers), tables)
    words = asdict(schema) | {"left_out": LEFT_OUT}
    (folder / SCHEMA).write_text(json.dumps(words, ensure_ascii=False, indent=1), encoding="utf-8")
    return schema


def _write(cursor: Cursor, table: str, condition: str, file: Path, school_year: int) -> TableFile:
    columns = {name: kind for name, kind, *_ in cursor.execute(f"DESCRIBE {table}").fetchall()}
    emptied = ", ".join(f"{value} AS {name}" for name, value in EMPTIED.get(table, {}).items())
    chosen = f"* REPLACE ({emptied})" if emptied else "*"
    rows = f"SELECT {chosen} FROM {table} WHERE {condition or 'true'} ORDER BY ALL".replace(
        "$year", str(school_year)
    )
    copy_csv(cursor, rows, file, [name for name, kind in columns.items() if kind == "VARCHAR"])
    ((count,),) = cursor.execute(f"SELECT count(*) FROM ({rows})").fetchall()
    return TableFile(columns, count)


def copy_csv(cursor: Cursor, query: str, file: Path, quoted: list[str]) -> None:
    """Write the rows of a query as CSV; the ``quoted`` columns are texts. Raises OSError, duckdb.Error."""
    force = f", FORCE_QUOTE ({', '.join(quoted)})" if quoted else ""
    place = str(file).replace("'", "''")
    cursor.execute(f"COPY ({query}) TO '{place}' ({_CSV}{force})")


def read_schema(folder: Path) -> Schema:
    """Return what a package's CSV files hold. Raises Refusal where the file is not one of this program's."""
    try:
        plain: dict[str, Any] = json.loads((folder / SCHEMA).read_text(encoding="utf-8"))
        plain.pop("left_out", None)
        tables = {name: TableFile(**each) for name, each in plain.pop("tables").items()}
        return Schema(**plain, tables=tables)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as problem:
        raise Refusal(
            "В пакете нет описания таблиц, которое читается.",
            f"Файл {SCHEMA} пропал или он другого вида.",
            "Возьмите другой экземпляр пакета.",
        ) from problem


def load_tables(connection: Cursor, folder: Path, schema: Schema) -> dict[str, int]:
    """Load every CSV file into its table; return how many rows of each. Raises Refusal.

    The database stands at the package's migrations and is otherwise empty: what they put there of their own is replaced.
    """
    there = {name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    for name, table in schema.tables.items():
        if name not in there or not set(table.columns) <= set(_columns(connection, name)):
            raise Refusal(
                f"Таблицы «{name}» в журнале такой версии нет.", next_step="Обновите программу журнала."
            )
        kinds = ", ".join(f"'{column}': '{kind}'" for column, kind in table.columns.items())
        place = str(folder / f"{name}.csv").replace("'", "''")
        names = ", ".join(f'"{column}"' for column in table.columns)
        try:
            connection.execute(f'DELETE FROM "{name}"')
            connection.execute(
                f"INSERT INTO \"{name}\" ({names}) SELECT {names} FROM read_csv('{place}', columns = {{{kinds}}}, {_READ})"
            )
        except duckdb.Error as problem:
            raise Refusal(
                f"Таблица «{name}» из пакета не загружается ({type(problem).__name__}).",
                next_step="Возьмите другой экземпляр пакета.",
            ) from problem
        ((count,),) = connection.execute(f'SELECT count(*) FROM "{name}"').fetchall()
        if count != table.rows:
            raise Refusal(
                f"В таблице «{name}» не столько строк, сколько в описании.",
                next_step="Возьмите другой экземпляр пакета.",
            )
    for sequence, last in schema.sequences.items():
        _advance(connection, sequence, last)
    return {name: table.rows for name, table in schema.tables.items()}


def _columns(connection: Cursor, table: str) -> list[str]:
    return [row[0] for row in connection.execute(f'DESCRIBE "{table}"').fetchall()]


def _advance(connection: Cursor, sequence: str, last: int) -> None:
    """Let a sequence give out no number that the package knows."""
    connection.execute(f"SELECT max(nextval('{sequence}')) FROM range($last)", {"last": last}).fetchall()
