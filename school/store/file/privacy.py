"""The school's files are for the account of the server alone (п. 8.5): nobody else on the machine reads them."""

import os
import stat
from pathlib import Path

FOLDER_MODE, FILE_MODE, UMASK = 0o700, 0o600, 0o077
OWN_FOLDERS = frozenset({"files", "models", "keys", "backups", "archives", "trusted_roots"})


def keep_to_ourselves() -> None:
    """Let this process make no file that others may read."""
    os.umask(UMASK)


def make_private(folder: Path) -> None:
    """Make the school's folder where there is none, and put right what others may read of the school in it.

    A folder in which anything else lies (``/tmp``, a home) stays as it is; the school's own files in it do not.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=FOLDER_MODE)
    is_own = True
    for entry in folder.iterdir():
        if entry.name in OWN_FOLDERS:
            _restrict_all(entry)
        elif ".duckdb" in entry.name or entry.suffix == ".key":
            _restrict(entry, FILE_MODE)
        elif entry.lstat().st_mode & UMASK:
            is_own = False
    if is_own:
        _restrict(folder, FOLDER_MODE)


def _restrict_all(folder: Path) -> None:
    """Restrict a folder and what is in it; one that is closed already hides the rest."""
    if not folder.lstat().st_mode & UMASK:
        return
    for place, _folders, files in os.walk(folder):
        for name in files:
            _restrict(Path(place, name), FILE_MODE)
        _restrict(Path(place), FOLDER_MODE)


def make_files_private(database: Path) -> None:
    """Put right the database and what lies beside it under its name."""
    for path in (database, *database.parent.glob(f"{database.name}.*")):
        _restrict(path, FILE_MODE)


def _restrict(path: Path, mode: int) -> None:
    try:
        found = path.lstat().st_mode
        if not stat.S_ISLNK(found) and stat.S_IMODE(found) & UMASK:
            path.chmod(mode)
    except OSError:
        return
