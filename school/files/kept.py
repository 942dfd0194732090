"""Contents of files in a folder beside the database, under random names that say nothing."""

import hashlib
import os
import secrets
from pathlib import Path

from school.errors import KeptFileLost
from school.store.connection import Store
from school.store.file.outage import file_refusal
from school.store.reading import read_column

FOLDER = "files"
NAME_BYTES = 16
# In each table whose rows name contents the column is called so: what none names is dropped.
NAME_COLUMN = "stored_name"


def _path(store: Store, stored_name: str) -> Path:
    return store.path.parent / FOLDER / stored_name[:2] / stored_name


def keep_content(store: Store, content: bytes) -> tuple[str, str]:
    """Write a content durably; return the name it is stored under, which a row names in ``stored_name``, and its SHA-256.

    Raises StoreUnavailable where the disk takes nothing.
    """
    stored_name = secrets.token_hex(NAME_BYTES)
    path = _path(store, stored_name)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        _sync_folder(path.parent)
    except OSError as problem:
        path.unlink(missing_ok=True)
        raise file_refusal(problem) from problem
    return stored_name, hashlib.sha256(content).hexdigest()


def content_of(store: Store, stored_name: str, sha256: str) -> bytes:
    """Return a stored content; raises KeptFileLost where it is gone or no longer what was stored."""
    try:
        content = _path(store, stored_name).read_bytes()
    except OSError as problem:
        raise KeptFileLost("A kept file is gone.") from problem
    if hashlib.sha256(content).hexdigest() != sha256:
        raise KeptFileLost("A kept file has changed.")
    return content


def drop_orphans(store: Store) -> int:
    """Remove contents that no row names, and return how many: a process killed between the file and its row leaves such a file.

    At the start alone: whoever uploads writes the file first.
    """
    tables = read_column(
        store,
        f"""SELECT table_name FROM duckdb_columns() WHERE column_name = '{NAME_COLUMN}' AND NOT internal
            AND database_name = current_database()""",
    )
    named = {name for table in tables for name in read_column(store, f"SELECT {NAME_COLUMN} FROM {table}")}
    orphans = [path for path in (store.path.parent / FOLDER).glob("??/*") if path.name not in named]
    for path in orphans:
        path.unlink(missing_ok=True)
    return len(orphans)


def _sync_folder(folder: Path) -> None:
    """Bring to the disk that a file is in its folder."""
    place = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(place)
    finally:
        os.close(place)


def drop_content(store: Store, stored_name: str) -> None:
    """Remove a content that no row names any more."""
    _path(store, stored_name).unlink(missing_ok=True)
