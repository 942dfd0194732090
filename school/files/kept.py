"""Contents of files in a folder beside the database, under random names that say nothing."""

import hashlib
import os
import secrets
from pathlib import Path

from school.errors import KeptFileLost
from school.store.connection import Store

FOLDER = "files"
NAME_BYTES = 16


def _path(store: Store, stored_name: str) -> Path:
    return store.path.parent / FOLDER / stored_name[:2] / stored_name


def keep_content(store: Store, content: bytes) -> tuple[str, str]:
    """Write a content durably; return the name it is stored under and its SHA-256."""
    stored_name = secrets.token_hex(NAME_BYTES)
    path = _path(store, stored_name)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
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


def drop_content(store: Store, stored_name: str) -> None:
    """Remove a content that no row names any more."""
    _path(store, stored_name).unlink(missing_ok=True)
