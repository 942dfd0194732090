"""Taking a backup of an open school: a snapshot between two commits, copied by a process of its own (п. 6.1, 8.6).

The engine appends every commit to its log and touches the database's file at checkpoints only. So a pause between two commits
that only notes the log's length, and no checkpoint until the file is copied, make an exact copy; nobody who types waits for it.
``COPY FROM DATABASE`` gives the same, but builds every index again, in the server's own process.
"""

import shutil
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from school import __version__
from school.backup import shelf
from school.backup.encryption import check_may_send
from school.backup.files import all_files, hold
from school.backup.records import BEFORE_CHANGES, Cause, Deed, Manifest, Outcome
from school.backup.rules.keeping import SPACE_FACTOR, Taken, has_space, kept_names
from school.backup.store import Cursor, Facts, begin_snapshot, checkpoints_held, digests, end_snapshot, facts
from school.backup.tasks import COPIED, run_apart
from school.errors import Refusal
from school.processes import OwnProcess

# What is kept beside the database, and where models are fitted at this moment.
PARTS, UNFINISHED = ("files", "models", "keys", "archives"), ("journal-",)
Say = Callable[[str], object]


@dataclass(frozen=True)
class Source:
    """An open school: its database, a cursor of its own on it, and what runs a call between two commits."""

    database: Path
    cursor: Cursor
    between_commits: Callable[[Callable[[], int]], int]

    @property
    def data(self) -> Path:
        """The folder of the school."""
        return self.database.parent


def alone(call: Callable[[], int]) -> int:
    """Run a call where nobody else can commit."""
    return call()


def size_of(database: Path) -> int:
    """Return how many bytes a backup of a school takes at the most."""
    parts = [database, _log(database)]
    parts += [each for folder in PARTS for each in all_files(database.parent / folder)]
    return sum(each.stat().st_size for each in parts if each.exists())


def _log(database: Path) -> Path:
    return database.with_name(f"{database.name}.wal")


def check_space(database: Path) -> None:
    """Raise Refusal where a backup could fill the disk on which people's entries are saved (п. 8.6)."""
    size, free = size_of(database), shutil.disk_usage(database.parent).free
    if not has_space(free, size):
        raise Refusal(
            "Резервная копия не начата: мало места на диске.",
            f"Нужно {SPACE_FACTOR * size // 1024**2 + 1} МБ, свободно {free // 1024**2} МБ.",
            "Освободите место на диске и сделайте копию снова.",
        )


def take(source: Source, cause: Cause, now: datetime, process: OwnProcess, say: Say) -> Manifest:
    """Take a verified backup and return its manifest; afterwards older ones are rotated. Raises Refusal."""
    folder = shelf.folder_of(source.data)
    check_space(source.database)
    try:
        name = shelf.free_name(folder, now)
    except FileExistsError as problem:
        raise Refusal("Копия этой секунды уже есть.", next_step="Повторите через секунду.") from problem
    work = folder / f"{name}{shelf.LEFT_OVER}"
    try:
        work.mkdir(mode=0o700)
        _copy(source, Manifest(name, now, cause, "", __version__, "", duckdb.__version__, 0), process, say)
    except OSError as problem:
        raise Refusal(
            "Копия не записана: диск отказал.", problem.strerror or "", "Проверьте место на диске."
        ) from problem
    except duckdb.Error as problem:
        raise Refusal(
            "Копия не снята: база данных не отвечает.", next_step="Перезапустите программу журнала."
        ) from problem
    finally:
        shutil.rmtree(work, ignore_errors=True)
    rotate(folder, name)
    made = shelf.manifest_of(folder / name)
    assert made is not None
    return made


def _copy(source: Source, plan: Manifest, process: OwnProcess, say: Say) -> None:
    began, folder = time.monotonic(), shelf.folder_of(source.data)
    before = next(iter(shelf.names(folder)), None)
    work = folder / f"{plan.name}{shelf.LEFT_OVER}"
    with ExitStack() as held:
        held.enter_context(checkpoints_held(source.cursor))
        say("Снимаем копию")
        log_bytes = source.between_commits(lambda: _snapshot(source))
        try:
            for part in PARTS:
                hold(source.data / part, work / part, UNFINISHED)
            known: Facts = facts(source.cursor)
            tables = digests(source.cursor)
        finally:
            end_snapshot(source.cursor)
        plain = plan.as_plain() | {"school": known.school, "schema": known.schema, "version": known.version}
        plain["tables"] = {name: vars(each) for name, each in tables.items()}
        task = {
            "work": work,
            "final": folder / plan.name,
            "database": source.database,
            "log_bytes": log_bytes,
            "before": folder / before if before else None,
            "seconds": time.monotonic() - began,
            "manifest": plain,
        }

        def note(stage: str) -> None:
            if stage == COPIED:
                held.close()
            say(stage)

        run_apart(process, "take", task, folder / f"{plan.name}.task{shelf.LEFT_OVER}", note)


def _snapshot(source: Source) -> int:
    """Begin the snapshot and return the length of the engine's log: nobody commits meanwhile."""
    begin_snapshot(source.cursor)
    log = _log(source.database)
    return log.stat().st_size if log.exists() else 0


def rotate(folder: Path, just_taken: str) -> None:
    """Remove backups that the rules keep no longer (п. 6.1); the one just taken stays, though a clock set back makes it no newest."""
    found = {each.name: Taken(each.name, each.taken_at, each.cause) for each in shelf.manifests(folder)}
    for name in found.keys() - kept_names(found.values()) - {just_taken}:
        shelf.drop(folder, name)


def newest_unchanged(source: Source) -> Manifest | None:
    """Return the newest backup where nothing was changed in the school since it was taken."""
    folder = shelf.folder_of(source.data)
    newest = next(iter(shelf.manifests(folder)), None)
    return newest if newest is not None and newest.version == facts(source.cursor).version else None


def back_up(
    source: Source, cause: Cause, who: str, clock: Callable[[], datetime], process: OwnProcess, say: Say
) -> Manifest:
    """Take a backup and remember how it went. Raises Refusal.

    Before an import, a migration or the opening of a year the newest backup does where nothing was changed since.
    """
    folder, began = shelf.folder_of(source.data), time.monotonic()
    now = clock()
    if cause in BEFORE_CHANGES and (same := newest_unchanged(source)) is not None:
        return same
    try:
        made = take(source, cause, now, process, say)
    except Refusal as refusal:
        _remember(folder, Deed.BACKUP, now, "", began, who, str(refusal))
        raise
    _remember(folder, Deed.BACKUP, now, made.name, began, who)
    return made


def send_away(
    data: Path, name: str, place: Path, recipient: str, now: datetime, process: OwnProcess, say: Say
) -> Outcome:
    """Write an encrypted copy of a backup into another folder; a failure is remembered and told, and harms nothing here."""
    folder, began = shelf.folder_of(data), time.monotonic()
    was_used = any(
        each.deed == Deed.COPY and not each.problem and each.place == str(place)
        for each in shelf.outcomes(folder)
    )
    problem = ""
    try:
        check_may_send(place, data, recipient, was_used=was_used)
        task = {"backup": folder / name, "place": place, "recipient": recipient}
        run_apart(process, "send", task, folder / f"{name}.task{shelf.LEFT_OVER}", say)
    except Refusal as refusal:
        problem = str(refusal)
    except OSError as fault:
        problem = f"Папка для копий не отвечает: {fault.strerror}."
    return _remember(folder, Deed.COPY, now, name, began, "", problem, str(place))


def try_restoring(
    data: Path, name: str, who: str, clock: Callable[[], datetime], process: OwnProcess, say: Say
) -> Outcome:
    """Restore a backup for trial beside the school, open it, remove it again, and remember how it went."""
    folder, began, now = shelf.folder_of(data), time.monotonic(), clock()
    place = folder / f"{shelf.DRILL}{name}"
    problem = ""
    try:
        _check_room(folder / name)
        task = {"backup": folder / name, "folder": place, "now": now.isoformat()}
        run_apart(process, "drill", task, folder / f"{name}.task{shelf.LEFT_OVER}", say)
    except Refusal as refusal:
        problem = str(refusal)
    finally:
        shutil.rmtree(place, ignore_errors=True)
    return _remember(folder, Deed.DRILL, now, name, began, who, problem)


def _check_room(backup: Path) -> None:
    manifest = shelf.manifest_of(backup)
    if manifest is None:
        raise Refusal("Такой резервной копии нет.", next_step="Сначала сделайте копию.")
    if not has_space(shutil.disk_usage(backup).free, manifest.size):
        raise Refusal("Для пробы мало места на диске.", next_step="Освободите место и повторите.")


def _remember(
    folder: Path,
    deed: Deed,
    at: datetime,
    name: str,
    began: float,
    who: str,
    problem: str = "",
    place: str = "",
) -> Outcome:
    outcome = Outcome(deed, at, name, round(time.monotonic() - began, 1), who, problem, place)
    shelf.remember(folder, outcome)
    return outcome


def back_up_before_migrations(database: Path, cursor: Cursor, clock: Callable[[], datetime]) -> None:
    """Take a backup of a school that nobody uses yet, before its tables change. Raises Refusal."""
    source = Source(database, cursor, alone)
    shelf.clear_leftovers(shelf.folder_of(source.data))
    back_up(source, Cause.MIGRATION, "", clock, OwnProcess(steps_back=0), lambda _stage: None)
