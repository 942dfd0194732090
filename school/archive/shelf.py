"""The folder of whole packages beside the database, and what lies in them."""

import hashlib
import zipfile
from collections.abc import Collection
from pathlib import Path

from school.archive.package.bag import ENDING, member_of
from school.archive.records import FOLDER, Archive, ArchivedDocument
from school.errors import KeptFileLost
from school.store.connection import Store

# Certificates that the school trusts lie here, if anybody has put them.
ROOTS = "trusted_roots"


def folder_of(data: Path) -> Path:
    """Return the folder of a school's packages, made where there is none: nobody but the program reads it (п. 8.5)."""
    folder = data / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def file_name(archive: Archive) -> str:
    """Return the name that a package lies under."""
    return f"archive-{archive.school_year}-{archive.archive_id}{ENDING}"


def package_path(store: Store, archive: Archive) -> Path:
    """Return where a whole package lies. Raises KeptFileLost where it is gone."""
    path = store.path.parent / FOLDER / archive.file_name
    if not archive.file_name or not path.is_file():
        raise KeptFileLost("A package of the archive is gone.")
    return path


def document_content(store: Store, archive: Archive, document: ArchivedDocument) -> bytes:
    """Return a document of a package. Raises KeptFileLost where it is gone or no longer what was packed."""
    try:
        content = member_of(package_path(store, archive), document.packed.path)
    except (OSError, KeyError, zipfile.BadZipFile) as problem:
        raise KeptFileLost("A package of the archive cannot be read.") from problem
    if hashlib.sha256(content).hexdigest() != document.packed.sha256:
        raise KeptFileLost("A document of the archive has changed.")
    return content


def drop_unknown(data: Path, known: Collection[str]) -> None:
    """Remove files that no row names: a server killed between the file and its row has left them, and makes them again."""
    for each in folder_of(data).iterdir():
        if each.name not in known:
            each.unlink(missing_ok=True)


def trusted_roots(store: Store) -> Path:
    """Return the folder of certificates that the school trusts; it may not be there."""
    return store.path.parent / ROOTS
