"""The folder of backups beside the database: which are whole, what was done with them, what is left of killed ones."""

import json
import os
import re
import shutil
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from school.backup.records import Deed, Manifest, Outcome

FOLDER, MANIFEST, LEFT_OVER, JOURNAL = "backups", "manifest.json", ".tmp", "journal.jsonl"
DRILL, ASKED = "drill-", "ask-"
NAME_FORMAT, NAME = "%Y-%m-%dT%H%M%S", re.compile(r"\d{4}-\d\d-\d\dT\d{6}")


def folder_of(data: Path) -> Path:
    """Return the folder of a school's backups, made where there is none: nobody but the program reads it (п. 8.6)."""
    folder = data / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_mode & 0o077:
        folder.chmod(0o700)
    return folder


def names(folder: Path) -> list[str]:
    """Return the names of whole backups, newest first: what has a manifest was renamed after everything was on the disk."""
    if not folder.is_dir():
        return []
    found = [
        each.name for each in folder.iterdir() if NAME.fullmatch(each.name) and (each / MANIFEST).is_file()
    ]
    return sorted(found, reverse=True)


def moment_of(name: str) -> datetime:
    """Return when a backup was taken."""
    return datetime.strptime(name, NAME_FORMAT)


def last_taken(folder: Path) -> datetime | None:
    """Return when the newest whole backup was taken; opens no file."""
    return next((moment_of(name) for name in names(folder)), None)


def manifests(folder: Path) -> list[Manifest]:
    """Return the manifests of whole backups, newest first; one that cannot be read is no backup."""
    found = (manifest_of(folder / name) for name in names(folder))
    return [each for each in found if each is not None]


def manifest_of(backup: Path) -> Manifest | None:
    """Return a backup's manifest, or None where there is none that can be read."""
    try:
        return _read(backup, (backup / MANIFEST).stat().st_mtime_ns)
    except (OSError, ValueError, KeyError, TypeError):
        return None


@lru_cache(maxsize=64)
def _read(backup: Path, _changed: int) -> Manifest:
    return Manifest.from_plain(json.loads((backup / MANIFEST).read_text(encoding="utf-8")))


def free_name(folder: Path, now: datetime) -> str:
    """Return the name of a backup taken at a moment. Raises FileExistsError where one of this very second is there."""
    name = now.strftime(NAME_FORMAT)
    if (folder / name).exists():
        raise FileExistsError(name)
    return name


def drop(folder: Path, name: str) -> None:
    """Remove a backup: at no moment is half of one taken for a whole."""
    condemned = folder / f"{name}{LEFT_OVER}"
    (folder / name).rename(condemned)
    shutil.rmtree(condemned, ignore_errors=True)


def clear_leftovers(folder: Path) -> None:
    """Remove what killed backups and drills have left; only who has the school open may call it."""
    if folder.is_dir():
        for each in folder.iterdir():
            if each.name.endswith(LEFT_OVER) or each.name.startswith((DRILL, ASKED)):
                shutil.rmtree(each) if each.is_dir() else each.unlink(missing_ok=True)


def remember(folder: Path, outcome: Outcome) -> None:
    """Add an outcome to the journal of backups, durably: it stays readable while the database does not."""
    line = json.dumps(asdict(outcome) | {"at": outcome.at.isoformat()}, ensure_ascii=False)
    descriptor = os.open(folder / JOURNAL, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "a", encoding="utf-8") as file:
        file.write(f"{line}\n")
        file.flush()
        os.fsync(file.fileno())


def outcomes(folder: Path) -> list[Outcome]:
    """Return what was done with backups, newest first; a line torn by a kill is left out."""
    try:
        lines = (folder / JOURNAL).read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    return [outcome for line in reversed(lines) if (outcome := _outcome(line)) is not None]


def journal_state(folder: Path) -> int:
    """Return what changes when something is remembered: the size of the journal in bytes, 0 where there is none."""
    try:
        return (folder / JOURNAL).stat().st_size
    except OSError:
        return 0


def _outcome(line: str) -> Outcome | None:
    try:
        plain = json.loads(line)
        return Outcome(**plain | {"at": datetime.fromisoformat(plain["at"])})
    except (ValueError, KeyError, TypeError):
        return None


def last_outcome(found: Iterable[Outcome], deed: Deed, *, succeeded: bool | None = None) -> Outcome | None:
    """Return the newest outcome of a deed: of all, or of those that came off, or of those that did not."""
    return next(
        (
            each
            for each in found
            if each.deed == deed and (succeeded is None or succeeded == (not each.problem))
        ),
        None,
    )
