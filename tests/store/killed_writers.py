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
from dataclasses import asdict, dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).resolve().parents[2]), str(Path(__file__).resolve().parents[1])]

from end_of_term import END, REGISTER_7A, add_marks  # noqa: E402
from small_school import (  # noqa: E402
    ABSENTEE,
    CHILD,
    CLASSMATE,
    NOW,
    OWNERS_LESSON_TODAY,
    OWNERS_LESSON_YESTERDAY,
    QUARTER_2,
    People,
    build_small_school,
    people_of,
)

from school.attendance.actions import enter_absences  # noqa: E402
from school.files.kept import drop_orphans  # noqa: E402
from school.homework.actions import add_file, remove_file  # noqa: E402
from school.homework.store import files_of_lessons  # noqa: E402
from school.register.actions.batch import CellEdit, EntryStatus  # noqa: E402
from school.register.actions.entries import confirm_attendance, enter_cells  # noqa: E402
from school.store.connection import DATABASE_NAME, MIGRATIONS, Store, Transaction, migrate  # noqa: E402
from school.store.events import Event  # noqa: E402
from school.store.rows import SettingRow  # noqa: E402
from school.store.structure import insert_rows  # noqa: E402
from school.term_marks.actions.entries import TermMarkEdit, enter_term_marks  # noqa: E402

ROWS_OF_A_LOAD = 400
MOST_LINES, LONGEST_SECONDS = 12, 0.05
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


def _loads(store: Store, people: People, say: Say, client: str) -> None:
    for number in count(1):
        name = f"{client}:{number}"

        def load(transaction: Transaction, name: str = name) -> None:
            insert_rows(transaction, [SettingRow(f"{name}:{row}", name) for row in range(ROWS_OF_A_LOAD)])
            transaction.record(Event(NOW, people.admin.user_id, LOAD_EVENT, new_value=name))

        store.write(load)
        say({"load": name})


def _copies(store: Store, people: People, say: Say, client: str) -> None:
    """Write while copies are made: put the call of the backup here that is to stand it."""
    for number in count(1):
        writer = threading.Thread(target=_one_load, args=(store, people, say, f"{client}:{number}"))
        writer.start()
        copy = store.path.parent / "backups" / f"{number}.duckdb"
        copy.parent.mkdir(exist_ok=True)
        store.copy_to(copy)
        copy.unlink()
        writer.join()


def _one_load(store: Store, people: People, say: Say, name: str) -> None:
    def load(transaction: Transaction) -> None:
        insert_rows(transaction, [SettingRow(f"{name}:{row}", name) for row in range(ROWS_OF_A_LOAD)])
        transaction.record(Event(NOW, people.admin.user_id, LOAD_EVENT, new_value=name))

    store.write(load)
    say({"load": name})


KINDS: dict[str, Callable[[Store, People, Say, str], None]] = {
    "marks": _marks,
    "absences": _absences,
    "term marks": _term_marks,
    "attendance": _attendance,
    "uploads": _uploads,
    "imports": _loads,
    "copies": _copies,
}


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
    found.acknowledged += len(acknowledged)
    events = Counter(
        seq for (seq,) in store.read("SELECT client_seq FROM events WHERE client_id = $c", {"c": client})
    )
    loads = dict(
        store.read(
            "SELECT value, count(*) FROM settings WHERE name LIKE $c || ':%' GROUP BY ALL", {"c": client}
        )
    )
    told = Counter(
        name
        for (name,) in store.read(f"SELECT new_value FROM events WHERE kind = '{LOAD_EVENT}'")
        if str(name).startswith(client)
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
    found.torn += sum(number != ROWS_OF_A_LOAD for number in loads.values())
    found.without_event += len(loads.keys() - told.keys()) + sum(_cells_without_event(store))
    found.orphans += drop_orphans(store)


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


def _moment(dice: random.Random) -> dict[str, Any]:
    """Return when a writer is killed: after so many acknowledgements, and somewhere in the work after them."""
    return {"lines": dice.randrange(MOST_LINES), "seconds": dice.uniform(0.0, LONGEST_SECONDS)}


def made_school(folder: Path) -> Path:
    """Return the database of a small school at the end of a term."""
    database = folder / DATABASE_NAME
    store = Store(database, lambda: NOW)
    build_small_school(store)
    store.write(add_marks)
    store.close()
    return database


def kill_writers(kind: str, kills: int, school: Path, seed: int) -> Found:
    """Kill so many writers of a kind, one after another on one school, and compare after each."""
    found, dice = Found(kind), random.Random(f"{seed} {kind}")
    with tempfile.TemporaryDirectory() as place:
        database = Path(shutil.copy(school, place))
        for number in range(kills):
            client = f"{kind} {number}"
            acknowledged = killed(run_writer, kind, database, client, **_moment(dice))
            found.kills += 1
            try:
                store = Store(database, lambda: NOW)
            except Exception as problem:
                found.not_opened += 1
                found.notes.append(str(problem))
                break
            judge(found, store, client, acknowledged)
            # Sooner closed; the next one reads the longer log.
            store.connection.execute("PRAGMA disable_checkpoint_on_shutdown")
            store.close()
    return found


def kill_migrations(kills: int, seed: int) -> Found:
    """Kill so many times whoever brings an old school to the newest migration."""
    found, dice = Found("migrations"), random.Random(seed)
    for _ in range(kills):
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            _old_school(folder)
            found.acknowledged += len(killed(run_migrations, folder, **_moment(dice)))
            found.kills += 1
            for path in folder.glob("*.duckdb"):
                try:
                    store = Store(path, lambda: NOW)
                except Exception as problem:
                    found.not_opened += 1
                    found.notes.append(str(problem))
                    continue
                rows = store.read("SELECT count(*) FROM settings")
                found.lost += rows != [(3,)]
                found.torn += len(store.read("SELECT name FROM migrations")) != len(
                    list(MIGRATIONS.glob("*.sql"))
                )
                store.close()
    return found


def _old_school(folder: Path) -> None:
    import duckdb

    with tempfile.TemporaryDirectory() as place:
        for path in sorted(MIGRATIONS.glob("*.sql"))[:6]:
            shutil.copy(path, place)
        connection = duckdb.connect(str(folder / "old.db"))
        migrate(connection, Path(place), NOW)
    connection.execute("INSERT INTO settings SELECT 'old ' || range, '' FROM range(3)")
    connection.close()


def kinds_of(kills: int, seed: int, only: tuple[str, ...] = ()) -> Iterator[Found]:
    """Yield what was found of each kind, the kills spread over them."""
    kinds = only or (*KINDS, "migrations")
    # The process that writers are born of looks for modules only there.
    os.environ["PYTHONPATH"] = os.pathsep.join([str(Path(__file__).parent), *sys.path[:2]])
    multiprocessing.get_context("forkserver").set_forkserver_preload(["killed_writers"])
    with tempfile.TemporaryDirectory() as place:
        school = made_school(Path(place))
        for number, kind in enumerate(kinds):
            share = kills // len(kinds) + (number < kills % len(kinds))
            yield (
                kill_migrations(share, seed)
                if kind == "migrations"
                else kill_writers(kind, share, school, seed)
            )


def main(kills: str, seed: str = "1", *only: str) -> None:
    for found in kinds_of(int(kills), int(seed), only):
        sys.stdout.write(json.dumps(asdict(found), ensure_ascii=False) + "\n")
        sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
