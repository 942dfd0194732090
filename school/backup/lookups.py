"""How a school's backups stand, for who keeps them and for the server's own jobs (п. 6.1, 8.6)."""

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from school.access.action import Action
from school.access.checks import check_may, may
from school.backup import shelf
from school.backup.records import RECIPIENT, Deed, Manifest, Outcome
from school.backup.rules import signs
from school.backup.rules.signs import Sign
from school.backup.store import school_began
from school.backup.taking import Source, size_of
from school.records import User
from school.store.connection import Store
from school.store.names import surname_and_initials
from school.store.settings import setting

PLACE_VARIABLE = "SCHOOL_BACKUP_COPIES"
OUTCOMES_SHOWN = 30


@dataclass(frozen=True)
class BackupState:
    """A school's backups, newest first, what was done with them, their lights, the public key of copies."""

    backups: list[Manifest]
    outcomes: list[Outcome]
    signs: list[Sign]
    public_key: str
    may_keep: bool


def backup_state(store: Store, user: User, *, now: datetime, server_began: datetime) -> BackupState:
    """Return how the school's backups stand. Raises AccessRefused."""
    check_may(user, Action.READ_STATE)
    folder = _folder(store)
    done, backups = shelf.outcomes(folder), shelf.manifests(folder)
    began, key, place = school_began(store.cursor()), copies_key(store), copies_place()
    last = backups[0].taken_at if backups else None
    lights = [
        signs.backup_sign(now, last, _failed_since(done), began, server_began),
        signs.drill_sign(now, shelf.last_outcome(done, Deed.DRILL), began),
        signs.copy_sign(str(place or ""), bool(key), shelf.last_outcome(done, Deed.COPY), now, last),
        disk_sign(store),
    ]
    return BackupState(backups, done[:OUTCOMES_SHOWN], lights, key, may(user, Action.KEEP_BACKUPS))


def disk_sign(store: Store) -> Sign:
    """Return whether there is room on the school's disk."""
    database = store.path.stat().st_size if store.path.exists() else 0
    return signs.disk_sign(shutil.disk_usage(store.path.parent).free, database, size_of(store.path))


def health_problem(store: Store, *, now: datetime, server_began: datetime, began: datetime) -> str:
    """Return why the school cannot be worked with safely, in words without data; empty where it can (п. 8.2).

    ``began``: ``school_began_at``, asked once, since a dead store answers nothing.
    """
    folder = _folder(store)
    failed = _failed_since(shelf.outcomes(folder))
    free, database = shutil.disk_usage(store.path.parent).free, store.path.stat().st_size
    return signs.health_problem(
        [
            signs.store_sign(store.failure()),
            signs.disk_sign(free, database, 0),
            signs.backup_sign(now, shelf.last_taken(folder), failed, began, server_began),
        ]
    )


def drill_days(store: Store) -> list[date]:
    """Return the days on which a restore drill came off, oldest first (п. 6.1, 8.6)."""
    done = shelf.outcomes(_folder(store))
    return sorted({each.at.date() for each in done if each.deed == Deed.DRILL and not each.problem})


def drills_state(store: Store) -> int:
    """Return what changes when ``drill_days`` may have; opens no file."""
    return shelf.journal_state(_folder(store))


def school_began_at(store: Store) -> datetime:
    """Return when the school's database was made."""
    return school_began(store.cursor())


def _failed_since(done: list[Outcome]) -> Outcome | None:
    """Return the last backup's outcome where it failed."""
    last = shelf.last_outcome(done, Deed.BACKUP)
    return last if last is not None and last.problem else None


def _folder(store: Store) -> Path:
    return store.path.parent / shelf.FOLDER


def copies_place(environment: Mapping[str, str] | None = None) -> Path | None:
    """Return the folder that encrypted copies go to: ``SCHOOL_BACKUP_COPIES`` of the environment; None: to none."""
    place = (os.environ if environment is None else environment).get(PLACE_VARIABLE, "").strip()
    return Path(place) if place else None


def copies_key(store: Store) -> str:
    """Return the public key that copies are encrypted to; empty while there is none."""
    return setting(store, RECIPIENT) or ""


def source_of(store: Store) -> Source:
    """Return an open school as backups copy it, between two groups of its writer."""
    return Source(store.path, store.cursor(), lambda call: store.write(lambda _transaction: call()))


def name_of(store: Store, user: User) -> str:
    """Return by what name somebody's deed is remembered."""
    query = f"""SELECT {surname_and_initials("s")} FROM users u JOIN staff s USING (staff_id) WHERE u.user_id = $user"""
    rows = store.read(query, {"user": user.user_id})
    return str(rows[0][0]) if rows else ""
