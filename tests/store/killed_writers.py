"""Writers killed at random moments of their work; afterwards nothing acknowledged is missing, doubled, torn or without its event.

``python tests/store/killed_writers.py KILLS [SEED [KIND …]]`` prints a line a kind of work as JSON. The writers are born of one process that
has read everything already, so a kill costs a quarter of a second.
"""

import json
import multiprocessing
import os
import random
import shutil
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).resolve().parents[2]), str(Path(__file__).resolve().parents[1])]

import duckdb  # noqa: E402
from end_of_term import END, REGISTER_7A, add_marks  # noqa: E402
from small_school import (  # noqa: E402
    ABSENTEE,
    CHILD,
    CLASSMATE,
    NOW,
    OWNERS_LESSON_TODAY,
    OWNERS_LESSON_YESTERDAY,
    QUARTER_2,
    SCHOOL,
    People,
    build_small_school,
    people_of,
)

from school.attendance.actions import enter_absences  # noqa: E402
from school.backup import shelf  # noqa: E402
from school.backup.lookups import source_of  # noqa: E402
from school.backup.records import Cause  # noqa: E402
from school.backup.restoring import verify  # noqa: E402
from school.backup.taking import back_up  # noqa: E402
from school.errors import Refusal  # noqa: E402
from school.files.kept import drop_orphans  # noqa: E402
from school.files.plan import ImportKind, SourceRow  # noqa: E402
from school.homework.actions import add_file, remove_file  # noqa: E402
from school.homework.store import files_of_lessons  # noqa: E402
from school.imports.actions.file_kinds import LoadChoices  # noqa: E402
from school.imports.actions.loads import SourceFile, load, preview  # noqa: E402
from school.processes import OwnProcess  # noqa: E402
from school.register.actions.batch import CellEdit, EntryStatus  # noqa: E402
from school.register.actions.entries import confirm_attendance, enter_cells  # noqa: E402
from school.store.connection import DATABASE_NAME, MIGRATIONS, Store, Transaction, migrate  # noqa: E402
from school.store.events import Event  # noqa: E402
from school.store.rows import SettingRow  # noqa: E402
from school.store.structure import insert_rows  # noqa: E402
from school.term_marks.actions.entries import TermMarkEdit, enter_term_marks  # noqa: E402

ROWS_OF_A_FILE = 30
# When a writer is killed: after fewer acknowledgements than these, and within so many seconds after that: as long as one
# piece of its work takes, so that no part of it is spared.
MOST_LINES, LONGEST_SECONDS = 6, 0.05
LONG_WORK = {"imports": (3, 1.0), "migrations": (2, 0.7), "backups": (6, 1.5)}
# A backup's own process ends by itself soon after its starter.
SECONDS_TO_END = 0.5
# So many writers are killed on one school, each on what the one before left: then a fresh one, since newcomers' names are
# looked for among all who are there, and each load would be dearer than the one before.
KILLS_OF_A_SCHOOL = 10
# Kinds tried side by side: half of a kill is waiting, for a birth, a disk, an end.
AT_ONCE = 2
LOAD_EVENT = "file_load"
Say = Callable[[dict[str, Any]], None]


def _say_saved(say: Say, seq: int, saved: list[int]) -> None:
    """Acknowledge edits; the first may repeat what stands there, which changes nothing and has no event."""
    say({"seqs": saved if seq > 1 else []})


def _marks(store: Store, people: People, say: Say, client: str) -> None:
    for seq in count(1):
        pupils = (CHILD, CLASSMATE)
        text = "2345"[seq % 4]
        edits = [
            CellEdit(OWNERS_LESSON_TODAY, pupil, text, None, 2 * seq + n) for n, pupil in enumerate(pupils)
        ]
        results = enter_cells(store, people.owner, edits, now=NOW, client_id=client)
        _say_saved(say, seq, [each.edit.seq for each in results if each.status is EntryStatus.SAVED])


def _absences(store: Store, people: People, say: Say, client: str) -> None:
    for seq in count(1):
        edit = CellEdit(OWNERS_LESSON_YESTERDAY, ABSENTEE, "ну"[seq % 2], None, seq)
        (result,) = enter_absences(store, people.homeroom, [edit], now=NOW, client_id=client)
        _say_saved(say, seq, [seq] if result.status is EntryStatus.SAVED else [])


def _term_marks(store: Store, people: People, say: Say, client: str) -> None:
    for seq in count(1):
        edit = TermMarkEdit(REGISTER_7A, QUARTER_2, CHILD, "2345"[seq % 4], None, seq, "по решению совета")
        (result,) = enter_term_marks(store, people.owner, [edit], now=END, client_id=client)
        _say_saved(say, seq, [seq] if result.status is EntryStatus.SAVED else [])


def _attendance(store: Store, people: People, say: Say, _client: str) -> None:
    while True:
        confirm_attendance(store, people.owner, [OWNERS_LESSON_TODAY], now=NOW)
        say({"attendance": OWNERS_LESSON_TODAY})


def _uploads(store: Store, people: People, say: Say, _client: str) -> None:
    while True:
        for file in files_of_lessons(store, [OWNERS_LESSON_TODAY]):
            remove_file(store, people.owner, file.file_id, now=NOW)
            say({"removed": file.stored_name})
        content = b"%PDF-1.4 " + os.urandom(20_000)
        add_file(store, people.owner, OWNERS_LESSON_TODAY, "Задание.pdf", content, now=NOW)
        (file,) = files_of_lessons(store, [OWNERS_LESSON_TODAY])
        say({"added": file.stored_name})


def _letters(number: int) -> str:
    """Return a number in letters: names hold no digits."""
    return "".join("абвгдежзик"[int(digit)] for digit in str(number))


def _imports(store: Store, people: People, say: Say, client: str) -> None:
    """Load files of newcomers, each with its preview, as the page does."""
    choices = LoadChoices(SCHOOL, 2026, first_day=NOW.date())
    for number in count(1):
        surname = f"Новиков{_letters(int(client.rsplit(maxsplit=1)[-1]))}ов{_letters(number)}"
        lines = [
            SourceRow(
                row,
                {"full_name": f"{surname} Лев{_letters(row)}", "school_class": "7А", "born_on": "03.05.2013"},
            )
            for row in range(2, 2 + ROWS_OF_A_FILE)
        ]
        file = SourceFile(f"{client}:{number}", "0" * 64)
        plan = preview(store, people.admin, ImportKind.PUPILS, lines, choices, now=NOW)
        load(store, people.admin, ImportKind.PUPILS, lines, choices, plan, file, now=NOW)
        say({"load": file.name})


def _backups(store: Store, people: People, say: Say, client: str) -> None:
    """Take backups as the server does, while others write."""
    writer = threading.Thread(target=_write_on, args=(store, people, say, client), daemon=True)
    writer.start()
    first = int(client.rsplit(maxsplit=1)[-1]) * 100
    for number in count(first):
        moment = NOW + timedelta(seconds=number)
        say({"begun": moment.strftime(shelf.NAME_FORMAT)})
        made = back_up(
            source_of(store), Cause.COMMAND, "", lambda at=moment: at, OwnProcess(), lambda _stage: None
        )
        say({"backup": made.name})


def _write_on(store: Store, people: People, say: Say, client: str) -> None:
    for number in count(1):
        name = f"{client}:{number}"

        def work(transaction: Transaction, name: str = name) -> None:
            insert_rows(transaction, [SettingRow(f"{name}:{row}", name) for row in range(ROWS_OF_A_FILE)])
            transaction.record(Event(NOW, people.admin.user_id, LOAD_EVENT, reason=name))

        store.write(work)
        say({"load": name})
        time.sleep(0.05)


KINDS: dict[str, Callable[[Store, People, Say, str], None]] = {
    "marks": _marks,
    "absences": _absences,
    "term marks": _term_marks,
    "attendance": _attendance,
    "uploads": _uploads,
    "imports": _imports,
    "backups": _backups,
}


# By name what was loaded in one go, and how many rows of it are there.
_LOADED = """SELECT b.file_name, count(p.pupil_id) FROM import_batches b JOIN import_batch_rows r USING (batch_id)
        LEFT JOIN pupils p ON p.pupil_id = (r.new_row->>'pupil_id')::BIGINT
    WHERE r.table_name = 'pupils' AND starts_with(b.file_name, $c) GROUP BY ALL
    UNION ALL SELECT value, count(*) FROM settings WHERE starts_with(name, $c) GROUP BY ALL"""


@dataclass
class Found:
    """What became of the writers of a kind: each number but the first two must be nought."""

    kind: str
    kills: int = 0
    acknowledged: int = 0
    lost: int = 0
    doubled: int = 0
    torn: int = 0
    without_event: int = 0
    not_opened: int = 0
    orphans: int = 0
    notes: list[str] = field(default_factory=list)


def run_writer(kind: str, database: Path, channel: int, client: str) -> None:
    """Do one kind of work until killed; what is acknowledged goes into the channel, a line each."""
    store = Store(database, lambda: NOW)

    def say(what: dict[str, Any]) -> None:
        os.write(channel, json.dumps(what).encode() + b"\n")

    people = people_of(store)
    say({"ready": True})
    KINDS[kind](store, people, say, client)


def run_migrations(folder: Path, channel: int) -> None:
    """Bring an old school to the newest migration again and again."""
    os.write(channel, b'{"ready": true}\n')
    for number in count(1):
        path = folder / f"{number}.duckdb"
        # Whole at once: what is tried here is the migration, not the copy.
        shutil.copy(folder / "old.db", folder / "copied.db")
        (folder / "copied.db").rename(path)
        Store(path, lambda: NOW).close()
        os.write(channel, json.dumps({"migrated": path.name}).encode() + b"\n")


def killed(work: Callable[..., None], *arguments: Any, lines: int, seconds: float) -> list[dict[str, Any]]:
    """Run work in a process of its own, kill it so long after so many acknowledgements; return what it had acknowledged."""
    births = multiprocessing.get_context("forkserver")
    reading, writing = os.pipe()
    process = births.Process(target=_call, args=(work, births_channel(writing), arguments))
    process.start()
    os.close(writing)
    said = b""
    while said.count(b"\n") <= lines:
        got = os.read(reading, 1)
        if not got:
            raise AssertionError(f"The writer ended by itself: {work.__name__} {arguments}")
        said += got
    time.sleep(seconds)
    process.kill()
    process.join()
    while part := os.read(reading, 1 << 16):
        said += part
    os.close(reading)
    return [json.loads(line) for line in said.split(b"\n")[1:-1]]


def births_channel(descriptor: int) -> Any:
    """Return a file descriptor in a form that another process may be given."""
    return multiprocessing.reduction.DupFd(descriptor)


def _call(work: Callable[..., None], channel: Any, arguments: tuple[Any, ...]) -> None:
    sys.stderr = open(os.devnull, "w")  # noqa: SIM115
    work(*arguments[:2], channel.detach(), *arguments[2:]) if work is run_writer else work(
        arguments[0], channel.detach()
    )


def judge(found: Found, store: Store, client: str, acknowledged: list[dict[str, Any]]) -> None:
    """Compare what is stored with what was acknowledged."""
    found.acknowledged += sum("begun" not in each for each in acknowledged)
    events = Counter(
        seq for (seq,) in store.read("SELECT client_seq FROM events WHERE client_id = $c", {"c": client})
    )
    loads = dict(store.read(_LOADED, {"c": f"{client}:"}))
    told = Counter(
        name
        for (name,) in store.read(f"SELECT reason FROM events WHERE kind = '{LOAD_EVENT}'")
        if str(name).startswith(f"{client}:")
    )
    kept = {name for (name,) in store.read("SELECT stored_name FROM homework_files")}
    for each in acknowledged:
        found.lost += sum(seq not in events for seq in each.get("seqs", ()))
        found.lost += "load" in each and each["load"] not in loads
        found.lost += "attendance" in each and not store.read(
            "SELECT 1 FROM lessons WHERE lesson_id = $l AND attendance_taken_at IS NOT NULL",
            {"l": each["attendance"]},
        )
        found.torn += "removed" in each and each["removed"] in kept
    added = [each["added"] for each in acknowledged if "added" in each]
    removed = {each["removed"] for each in acknowledged if "removed" in each}
    # The last one may have been removed by what was not acknowledged any more.
    found.lost += sum(name not in kept and name not in removed for name in added[:-1])
    found.torn += sum(not (store.path.parent / "files" / name[:2] / name).exists() for name in kept)
    found.doubled += sum(number > 1 for number in (*events.values(), *told.values()))
    found.torn += sum(number != ROWS_OF_A_FILE for number in loads.values())
    found.without_event += len(loads.keys() - told.keys()) + sum(_cells_without_event(store))
    found.orphans += drop_orphans(store)
    _judge_backups(found, shelf.folder_of(store.path.parent), acknowledged)


def _judge_backups(found: Found, folder: Path, acknowledged: list[dict[str, Any]]) -> None:
    """Every backup that is there is whole; the last acknowledged is there, with all that was acknowledged before it began."""
    said = [each["backup"] for each in acknowledged if "backup" in each]
    there = shelf.names(folder)
    found.lost += bool(said) and (not there or there[0] < said[-1])
    for name in there[:1]:
        try:
            verify(folder / name, lambda _stage: None)
        except Refusal as problem:
            found.torn += 1
            found.notes.append(str(problem))
    if not said or said[-1] not in there:
        return
    before = acknowledged[: next(n for n, each in enumerate(acknowledged) if each.get("begun") == said[-1])]
    with duckdb.connect(str(folder / said[-1] / DATABASE_NAME), read_only=True) as copy:
        held = {name for (name,) in copy.execute("SELECT DISTINCT value FROM settings").fetchall()}
    found.lost += len({each["load"] for each in before if "load" in each} - held)


def _cells_without_event(store: Store) -> Iterator[bool]:
    """Yield of each cell that was typed whether its last event says something else than stands there."""
    last = store.read(
        """SELECT lesson_id, pupil_id, arg_max(new_value, event_id) FROM events WHERE kind = 'cell' AND client_id IS NOT NULL
        GROUP BY ALL"""
    )
    for lesson, pupil, text in last:
        marks = store.read(
            "SELECT value::VARCHAR FROM marks WHERE lesson_id = $l AND pupil_id = $p ORDER BY slot",
            {"l": lesson, "p": pupil},
        )
        if text is not None and text.isdigit():
            yield marks != [(text,)]


def _moment(dice: random.Random, kind: str) -> dict[str, Any]:
    """Return when a writer is killed: after so many acknowledgements, and somewhere in the work after them."""
    lines, seconds = LONG_WORK.get(kind, (MOST_LINES, LONGEST_SECONDS))
    return {"lines": dice.randrange(lines), "seconds": dice.uniform(0.0, seconds)}


def made_school(folder: Path) -> Path:
    """Return the database of a small school at the end of a term."""
    database = folder / DATABASE_NAME
    store = Store(database, lambda: NOW)
    build_small_school(store)
    store.write(add_marks)
    store.close()
    return database


def kill_writers(kind: str, kills: int, school: Path, seed: int) -> Found:
    """Kill so many writers of a kind, some one after another on one school, and compare after each."""
    found, dice = Found(kind), random.Random(f"{seed} {kind}")
    for first in range(0, kills, KILLS_OF_A_SCHOOL):
        with tempfile.TemporaryDirectory() as place:
            database = Path(shutil.copy(school, place))
            for number in range(first, min(first + KILLS_OF_A_SCHOOL, kills)):
                if not _kill_writer(found, database, f"{kind} {number}", _moment(dice, kind)):
                    break
    return found


def _kill_writer(found: Found, database: Path, client: str, moment: dict[str, Any]) -> bool:
    """Kill one writer and compare; return whether its school opened."""
    acknowledged = killed(run_writer, found.kind, database, client, **moment)
    found.kills += 1
    if found.kind == "backups":
        time.sleep(SECONDS_TO_END)
        shelf.clear_leftovers(shelf.folder_of(database.parent))
    try:
        store = Store(database, lambda: NOW)
    except Exception as problem:
        found.not_opened += 1
        found.notes.append(str(problem))
        return False
    judge(found, store, client, acknowledged)
    # Sooner closed; the next one reads the longer log.
    store.connection.execute("PRAGMA disable_checkpoint_on_shutdown")
    store.close()
    return True


def kill_migrations(kills: int, seed: int) -> Found:
    """Kill so many times whoever brings an old school to the newest migration."""
    found, dice = Found("migrations"), random.Random(seed)
    with tempfile.TemporaryDirectory() as kept:
        old = _old_school(Path(kept))
        for _ in range(kills):
            with tempfile.TemporaryDirectory() as place:
                folder = Path(place)
                shutil.copy(old, folder)
                found.acknowledged += len(killed(run_migrations, folder, **_moment(dice, "migrations")))
                found.kills += 1
                for path in folder.glob("*.duckdb"):
                    _judge_migrated(found, path)
    return found


def _judge_migrated(found: Found, path: Path) -> None:
    try:
        store = Store(path, lambda: NOW)
    except Exception as problem:
        found.not_opened += 1
        found.notes.append(str(problem))
        return
    found.lost += store.read("SELECT count(*) FROM settings") != [(3,)]
    found.torn += len(store.read("SELECT name FROM migrations")) != len(list(MIGRATIONS.glob("*.sql")))
    store.close()


def _old_school(folder: Path) -> Path:
    with tempfile.TemporaryDirectory() as place:
        for path in sorted(MIGRATIONS.glob("*.sql"))[:6]:
            shutil.copy(path, place)
        connection = duckdb.connect(str(folder / "old.db"))
        migrate(connection, Path(place), NOW)
    connection.execute("INSERT INTO settings SELECT 'old ' || range, '' FROM range(3)")
    connection.close()
    return folder / "old.db"


def kinds_of(kills: int, seed: int, only: tuple[str, ...] = ()) -> Iterator[Found]:
    """Yield what was found of each kind, the kills spread over them."""
    kinds = only or (*KINDS, "migrations")
    # The process that writers are born of looks for modules only there.
    os.environ["PYTHONPATH"] = os.pathsep.join([str(Path(__file__).parent), *sys.path[:2]])
    multiprocessing.get_context("forkserver").set_forkserver_preload(["killed_writers"])
    shares = {kind: kills // len(kinds) + (number < kills % len(kinds)) for number, kind in enumerate(kinds)}

    def found_of(kind: str) -> Found:
        share = shares[kind]
        return (
            kill_migrations(share, seed) if kind == "migrations" else kill_writers(kind, share, school, seed)
        )

    with tempfile.TemporaryDirectory() as place, ThreadPoolExecutor(AT_ONCE) as pool:
        school = made_school(Path(place))
        yield from pool.map(found_of, kinds)


def main(kills: str, seed: str = "1", *only: str) -> None:
    for found in kinds_of(int(kills), int(seed), only):
        sys.stdout.write(json.dumps(asdict(found), ensure_ascii=False) + "\n")
        sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
