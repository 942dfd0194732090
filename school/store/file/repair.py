"""A log that was torn or lost, put right by hand: what is whole is kept, what was there is set aside, and it is said what remains."""

import os
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from school.errors import CannotOpen
from school.store.file.opening import (
    CORRUPT_LOG,
    check_school_is_there,
    leave_as_it_is,
    log_path,
    newest_event,
)
from school.store.file.space import NEVER_CHECKPOINT
from school.store.file.witness import drop_witness, read_witness

_TORN_AT = re.compile(r"byte position (\d+)")


@dataclass(frozen=True)
class Repaired:
    """What remains: the newest event and its moment, how many are known to be lost, where the old log was set aside."""

    newest_event: int
    newest_at: datetime | None
    lost: int
    set_aside: Path | None


def repair(database: Path, now: Callable[[], datetime]) -> Repaired:
    """Cut the log of a database at its last whole record, and accept what is there then; nothing else runs meanwhile.

    The old log is set aside beside it. Raises CannotOpen where the database itself cannot be read or is in use.
    """
    if not database.exists():
        check_school_is_there(database)
    log = log_path(database)
    whole = _whole_bytes(database) if log.exists() else None
    aside = None
    if whole is not None and whole < log.stat().st_size:
        aside = _set_aside(log, whole, now())
    newest, at = _newest(database)
    witnessed = read_witness(database)
    drop_witness(database)
    return Repaired(newest, at, max(0, witnessed.newest_event - newest) if witnessed else 0, aside)


def repaired_words(repaired: Repaired) -> str:
    """Return in Russian what a repair left."""
    at = f" от {repaired.newest_at:%d.%m.%Y %H:%M}" if repaired.newest_at else ""
    kept = f"Сохранилось записей о действиях: {repaired.newest_event}, последняя{at}."
    if not repaired.newest_event:
        kept = "Записей о действиях в базе нет."
    lost = (
        f" Не хватает не меньше {repaired.lost} последних: их нужно ввести заново." if repaired.lost else ""
    )
    aside = f" Прежний журнал изменений отложен: {repaired.set_aside.name}." if repaired.set_aside else ""
    return f"{kept}{lost}{aside} Теперь журнал можно запустить."


def _whole_bytes(database: Path) -> int:
    """Return how much of the log is whole, found on a copy: the engine names the place of a record that is not."""
    with TemporaryDirectory(dir=database.parent) as place:
        copy = Path(place) / database.name
        shutil.copy2(database, copy)
        log = log_path(copy)
        shutil.copy2(log_path(database), log)
        while (size := log.stat().st_size) > 0:
            try:
                leave_as_it_is(_opened(copy))
            except duckdb.Error as problem:
                torn = _TORN_AT.search(str(problem)) if CORRUPT_LOG in str(problem) else None
                if torn is None or int(torn[1]) >= size:
                    raise _beyond_repair(database) from problem
                os.truncate(log, int(torn[1]))
            else:
                return size
    return 0


def _set_aside(log: Path, whole: int, now: datetime) -> Path:
    aside = log.with_name(f"{log.name}.torn-{now:%Y%m%d-%H%M%S}")
    shutil.copy2(log, aside)
    with aside.open("rb+") as file:
        os.fsync(file.fileno())
    with log.open("rb+") as file:
        file.truncate(whole)
        os.fsync(file.fileno())
    return aside


def _newest(database: Path) -> tuple[int, datetime | None]:
    try:
        connection = _opened(database)
    except duckdb.Error as problem:
        raise _beyond_repair(database) from problem
    try:
        newest = newest_event(connection)
        rows = connection.execute(
            "SELECT happened_at FROM events WHERE event_id = $newest", {"newest": newest}
        ).fetchall()
    finally:
        leave_as_it_is(connection)
    return newest, rows[0][0] if rows else None


def _opened(database: Path) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(database), config={"checkpoint_threshold": NEVER_CHECKPOINT})


def _beyond_repair(database: Path) -> CannotOpen:
    return CannotOpen(
        f"База в папке {database.parent} занята или повреждена так, что починить её нельзя. Ничего не изменено. "
        "Если журнал ещё работает, остановите его и повторите; если нет, восстановите резервную копию в новую папку."
    )
