"""The journal as a folder of Parquet files, a file a table: how the register hands it to a process of its own."""

from dataclasses import fields
from pathlib import Path

import duckdb

from models.features.tables import JournalTables


def read_journal(folder: Path) -> JournalTables:
    """Return the tables of a folder; those in brackets in ``JournalTables`` may be missing."""
    files = {field.name: folder / f"{field.name}.parquet" for field in fields(JournalTables)}
    # The register's engine wrote them: it alone gives every type back as the register has it.
    with duckdb.connect() as engine:
        tables = {name: engine.read_parquet(str(file)).df() for name, file in files.items() if file.exists()}
    return JournalTables(**tables)
