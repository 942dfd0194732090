"""A whole database as text: its schema, and every row of every table in a fixed order."""

from collections.abc import Mapping
from pathlib import Path

import duckdb

# What hangs on the machine, the clock or the text of the program, not on what it does: SQL of what stands in its place.
LEFT_OUT: Mapping[str, Mapping[str, str]] = {
    # A pickle holds the names of modules, and the digest is one of the sources: both change when a file moves.
    "forecast_models": {"sha256": "'<sha256 of a pickle>'", "program": "'<digest of sources>'"},
    # A file is kept under a random name, so that nobody guesses it; what it holds shows in sha256.
    "homework_files": {"stored_name": "'<random name>'"},
    "materials": {"stored_name": "if(stored_name = '', '', '<random name>')"},
    "occasion_files": {"stored_name": "'<random name>'"},
    "task_files": {"stored_name": "'<random name>'"},
    # A workbook holds the time at which it was written.
    "import_batches": {"fingerprint": "if(file_name LIKE '%.xlsx', '<hash of a workbook>', fingerprint)"},
    # The clock of a command line goes on from the moment of the snapshot; salts are random but for the demonstration's.
    "events": {"happened_at": "date_trunc('minute', happened_at)"},
    "migrations": {"applied_at": "date_trunc('minute', applied_at)"},
    "users": {"password_hash": "if(password_hash LIKE '%demodemo%', password_hash, '<hash>')"},
    "made_reports": {"stored_name": "'<random name>'"},
}


def dump_database(database: Path, out: Path) -> None:
    """Write the schema and a file for each table into a folder."""
    out.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(database), read_only=True) as connection:
        (out / "_schema.txt").write_text(_schema(connection), encoding="utf-8")
        tables = connection.execute(
            "SELECT table_name FROM duckdb_tables() WHERE NOT internal ORDER BY 1"
        ).fetchall()
        for (name,) in tables:
            replaced = ", ".join(f"{sql} AS {column}" for column, sql in LEFT_OUT.get(name, {}).items())
            columns = f"* REPLACE ({replaced})" if replaced else "*"
            # DuckDB writes floats with all their digits.
            connection.execute(
                f"""COPY (SELECT {columns} FROM "{name}" ORDER BY ALL)
                TO '{out / name}.csv' (FORMAT csv, HEADER, NULLSTR '∅')"""
            )


def _schema(connection: duckdb.DuckDBPyConnection) -> str:
    questions = (
        "SELECT sql FROM duckdb_tables() WHERE NOT internal ORDER BY table_name",
        "SELECT sql FROM duckdb_views() WHERE NOT internal ORDER BY view_name",
        "SELECT sql FROM duckdb_indexes() ORDER BY index_name",
        """SELECT sequence_name, start_value, min_value, max_value, increment_by, cycle, last_value
        FROM duckdb_sequences() ORDER BY 1""",
        """SELECT function_name, parameters, macro_definition FROM duckdb_functions()
        WHERE NOT internal ORDER BY ALL""",
    )
    lines = []
    for question in questions:
        lines.extend(" | ".join(map(str, row)) for row in connection.execute(question).fetchall())
    return "\n".join(lines) + "\n"
