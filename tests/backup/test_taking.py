"""A backup is exact, verified, whole or not there, and holds up nobody (п. 6.1, 8.6)."""

import os
import shutil
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest
from school_with_files import A_DAY, CONTENT, KEY, MODEL, backed_up, fill, quiet
from small_school import NOW

from school.backup import shelf, taking
from school.backup.lookups import source_of
from school.backup.records import Cause, Deed, Manifest
from school.backup.restoring import verify
from school.backup.taking import COPIED, back_up_before_migrations
from school.errors import Refusal
from school.processes import OwnProcess
from school.store import connection
from school.store.connection import DATABASE_NAME, MIGRATIONS, Store, Transaction
from school.store.events import Event


@pytest.fixture(scope="module")
def store(small_school_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = Store(Path(shutil.copy(small_school_file, tmp_path_factory.mktemp("school"))), lambda: NOW)
    fill(opened)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def manifest(store: Store) -> Manifest:
    return backed_up(store)


def folder_of(store: Store) -> Path:
    return shelf.folder_of(store.path.parent)


def type_one(store: Store, number: int) -> None:
    """Enter something as a page does; returns when it is acknowledged."""

    def work(transaction: Transaction) -> None:
        name = f"typed.{number}"
        transaction.change("INSERT INTO settings VALUES ($name, 'x')", {"name": name})
        transaction.record(Event(NOW, None, "cell", new_value=str(number)))

    store.write(work)


def test_a_backup_holds_the_database_the_files_the_keys_and_the_models(
    store: Store, manifest: Manifest
) -> None:
    backup = folder_of(store) / manifest.name
    verify(backup, quiet)
    assert (manifest.school, manifest.cause) == ("Школа у реки", Cause.NIGHT)
    assert manifest.schema == max(each.stem for each in MIGRATIONS.glob("*.sql"))
    assert manifest.tables["marks"].rows == store.read("SELECT count(*) FROM marks")[0][0]
    kinds = [each.path.split("/")[0] for each in manifest.files]
    assert kinds == ["files", "keys", "models", DATABASE_NAME]
    assert (backup / manifest.files[0].path).read_bytes() == CONTENT
    assert (backup / "keys" / "second-factor.key").read_bytes() == KEY
    assert (backup / "models" / "forecast.joblib").read_bytes() == MODEL


def test_nobody_but_the_program_reads_backups(store: Store, manifest: Manifest) -> None:
    places = [
        folder_of(store),
        *(folder_of(store) / manifest.name).rglob("*"),
        folder_of(store) / shelf.JOURNAL,
    ]
    assert {
        each.name: oct(each.stat().st_mode & 0o077) for each in places if each.stat().st_mode & 0o077
    } == {}


def test_what_is_typed_meanwhile_is_in_it_up_to_one_moment(store: Store) -> None:
    acknowledged: list[float] = []
    is_over = threading.Event()

    def type_on() -> None:
        while not is_over.is_set():
            type_one(store, len(acknowledged))
            acknowledged.append(time.monotonic())

    typist = threading.Thread(target=type_on)
    typist.start()
    while len(acknowledged) < 20:
        time.sleep(0.01)
    before = len(acknowledged)
    made = backed_up(store, NOW + A_DAY)
    after = len(acknowledged)
    is_over.set()
    typist.join()
    assert after > before + 20
    verify(folder_of(store) / made.name, quiet)
    with duckdb.connect(str(folder_of(store) / made.name / DATABASE_NAME), read_only=True) as copy:
        (typed,) = copy.execute("SELECT count(*) FROM settings WHERE starts_with(name, 'typed.')").fetchall()[
            0
        ]
        query = (
            "SELECT new_value::INT FROM events WHERE kind = 'cell' AND lesson_id IS NULL ORDER BY event_id"
        )
        numbers = [number for (number,) in copy.execute(query).fetchall()]
    assert numbers == list(range(typed))
    assert before <= typed <= after


def test_a_writer_waits_for_the_snapshot_only(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    held: list[float] = []
    source = source_of(store)

    def between(call: object) -> int:
        def timed() -> int:
            began = time.perf_counter()
            length: int = call()  # type: ignore[operator]
            held.append(time.perf_counter() - began)
            return length

        return store.write(lambda _transaction: timed())

    timed_source = taking.Source(source.database, source.cursor, between)
    taking.take(timed_source, Cause.BUTTON, NOW + 2 * A_DAY, OwnProcess(steps_back=0), quiet)
    assert max(held) < 0.05


def test_the_engine_checkpoints_again_afterwards(store: Store, manifest: Manifest) -> None:
    ((threshold,),) = store.read("SELECT current_setting('checkpoint_threshold')")
    assert "TiB" not in threshold
    assert "TB" not in threshold


def test_equal_files_take_their_room_once_and_never_share_it_with_the_school(
    store: Store, manifest: Manifest
) -> None:
    second = backed_up(store, NOW + 3 * A_DAY)
    file = next(each.path for each in second.files if each.path.startswith("files/"))
    places = [each / file for each in (folder_of(store) / manifest.name, folder_of(store) / second.name)]
    assert places[0].samefile(places[1])
    assert not places[0].samefile(store.path.parent / file)


@pytest.mark.parametrize("part", ["start", "middle", "file"])
def test_a_flipped_byte_is_found(store: Store, manifest: Manifest, tmp_path: Path, part: str) -> None:
    spoiled = Path(shutil.copytree(folder_of(store) / manifest.name, tmp_path / manifest.name))
    path = spoiled / (manifest.files[0].path if part == "file" else DATABASE_NAME)
    content = bytearray(path.read_bytes())
    place = 100 if part == "start" else len(content) // 2
    content[place] ^= 1
    path.write_bytes(content)
    with pytest.raises(Refusal, match="испорчена"):
        verify(spoiled, quiet)


def test_a_backup_without_a_file_or_with_one_too_many_is_none(
    store: Store, manifest: Manifest, tmp_path: Path
) -> None:
    short = Path(shutil.copytree(folder_of(store) / manifest.name, tmp_path / "short"))
    (short / manifest.files[0].path).unlink()
    with pytest.raises(Refusal, match="неполна"):
        verify(short, quiet)
    long = Path(shutil.copytree(folder_of(store) / manifest.name, tmp_path / "long"))
    (long / "files" / "stray").touch()
    with pytest.raises(Refusal, match="лишний"):
        verify(long, quiet)


def test_a_killed_backup_is_never_one(own_store: Store) -> None:
    process, folder = OwnProcess(steps_back=0), folder_of(own_store)

    def kill(stage: str) -> None:
        if stage == COPIED:
            with suppress(ProcessLookupError):
                os.kill(process.pid or 0, signal.SIGKILL)

    with pytest.raises(Refusal, match="не закончено"):
        taking.back_up(source_of(own_store), Cause.NIGHT, "", lambda: NOW, process, kill)
    assert shelf.names(folder) == []
    assert shelf.last_taken(folder) is None
    last = shelf.last_outcome(shelf.outcomes(folder), Deed.BACKUP)
    assert last is not None
    assert "не закончено" in last.problem


def test_what_a_killed_server_left_is_cleared_and_not_listed(tmp_path: Path) -> None:
    folder = shelf.folder_of(tmp_path)
    for name in ("2026-11-19T023000.tmp", "drill-2026-11-18T023000"):
        (folder / name).mkdir()
        (folder / name / shelf.MANIFEST).write_text("{}")
    (folder / "2026-11-17T023000").mkdir()
    assert shelf.names(folder) == []
    shelf.clear_leftovers(folder)
    assert [each.name for each in folder.iterdir()] == ["2026-11-17T023000"]


def test_without_room_no_backup_is_begun(own_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil._ntuple_diskusage(10**9, 10**9, own_store.path.stat().st_size)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)
    with pytest.raises(Refusal, match="мало места"):
        backed_up(own_store)
    assert shelf.names(folder_of(own_store)) == []


def test_a_clock_set_back_takes_no_backup_away(own_store: Store) -> None:
    source = source_of(own_store)
    later = taking.take(source, Cause.BUTTON, NOW, OwnProcess(steps_back=0), quiet)
    made = taking.take(source, Cause.BUTTON, NOW - timedelta(hours=1), OwnProcess(steps_back=0), quiet)
    assert {later.name, made.name} <= set(shelf.names(folder_of(own_store)))


def test_before_an_import_the_newest_backup_does_where_nothing_changed(own_store: Store) -> None:
    first = backed_up(own_store)
    assert backed_up(own_store, NOW + A_DAY, Cause.IMPORT) == first
    type_one(own_store, 1)
    assert backed_up(own_store, NOW + A_DAY, Cause.IMPORT) != first


def test_a_school_is_backed_up_before_its_tables_change(
    small_school_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = Path(shutil.copy(small_school_file, tmp_path))
    calls: list[str] = []

    def before(database: Path, cursor: duckdb.DuckDBPyConnection) -> None:
        calls.append(str(database))
        back_up_before_migrations(database, cursor, lambda: NOW)

    Store(path, lambda: NOW, before_migrations=before).close()
    assert calls == []
    newest = max(each.stem for each in MIGRATIONS.glob("*.sql"))
    renewed = shutil.copytree(MIGRATIONS, tmp_path / "migrations")
    (renewed / "9999_next.sql").write_text("CREATE TABLE next_things (thing_id BIGINT);", encoding="utf-8")
    monkeypatch.setattr(connection, "MIGRATIONS", renewed)
    Store(path, lambda: NOW, before_migrations=before).close()
    (made,) = shelf.manifests(shelf.folder_of(tmp_path))
    assert (made.cause, made.schema) == (Cause.MIGRATION, newest)
