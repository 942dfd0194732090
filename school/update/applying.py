"""``apply``: the database is brought up beside the old one, which gives way in one step or stays as it was."""

import os
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from school.backup import shelf
from school.backup.records import Cause
from school.backup.taking import Source, alone, back_up
from school.errors import RuleRefused
from school.processes import OwnProcess
from school.store.connection import DATABASE_NAME
from school.update.checking import Say, check_brought_up, size_of
from school.update.database import (
    bring_up,
    broken_views,
    copy_beside,
    counts,
    fingerprints,
    fsync,
    migrations_of,
    opened,
)
from school.update.rules import check_not_newer, check_space

DRAFT = f"{DATABASE_NAME}.updating"
BackUp = Callable[[Path, datetime], Path]


def backed_up(data: Path, now: datetime) -> Path:
    """Take a verified backup of a school that nobody has open (п. 8.6); return its folder. Raises Refusal."""
    folder = shelf.folder_of(data)
    shelf.clear_leftovers(folder)
    with opened(data / DATABASE_NAME) as connection:
        source = Source(data / DATABASE_NAME, connection, alone)
        made = back_up(source, Cause.MIGRATION, "", lambda: now, OwnProcess(), lambda _stage: None)
    return folder / made.name


def apply(data: Path, *, now: datetime, say: Say, take_backup: BackUp = backed_up) -> None:
    """Bring the school up to this program; ``take_backup`` makes a verified copy before and returns where it lies.

    The register must be stopped. Raises RuleRefused, after which the school is what it was.
    """
    database, draft = data / DATABASE_NAME, data / DRAFT
    if _remove(draft):
        say("Прошлое обновление было прервано. Школа осталась прежней; незаконченная база убрана.")
    with opened(database) as connection:
        migrations = migrations_of(connection)
        check_not_newer(migrations)
    if not migrations.pending:
        say(f"База уже той версии, которую знает программа ({migrations.newest}): менять в ней нечего.")
        return
    check_space(shutil.disk_usage(data).free, size_of(database))
    say(f"Копия до обновления: {take_backup(data, now)}")
    try:
        _replace(database, draft, now)
    finally:
        _remove(draft)
    say(f"Обновлено: {', '.join(migrations.pending)}. Все записи на месте. Запустите журнал.")


def _replace(database: Path, draft: Path, now: datetime) -> None:
    # Held to the end: nobody starts the register on what is about to give way.
    with opened(database) as old:
        copy_beside(old, draft)
        before = fingerprints(old)
        with opened(draft) as new:
            if fingerprints(new) != before:
                raise RuleRefused(
                    "Новая база не сошлась с прежней ещё до обновления.",
                    "Школа осталась такой, какой была.",
                    "Проверьте диск и повторите.",
                )
            bring_up(new, now)
            check_brought_up(
                {name: rows for name, (rows, _) in before.items()}, counts(new), broken_views(new)
            )
            new.execute("CHECKPOINT")
        draft.chmod(database.stat().st_mode & 0o777)
        fsync(draft)
        os.replace(draft, database)
        fsync(database.parent)


def _remove(draft: Path) -> bool:
    found = [each for each in (draft, draft.with_name(f"{draft.name}.wal")) if each.exists()]
    for each in found:
        each.unlink()
    return bool(found)
