"""What is wrong with a school's files is said in one sentence with what to do, and nothing is changed (п. 6.1, 8.6)."""

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from small_school import NOW

from demo.__main__ import main as make_demo
from school.errors import CannotOpen
from school.store.__main__ import main
from school.store.connection import DATABASE_NAME, Store, Transaction
from school.store.events import Event
from school.store.file.opening import check_school_is_there, log_path
from school.store.file.witness import read_witness, witness_path

ROOT = Path(__file__).resolve().parents[2]
EVENTS = 30
WRITER = """
import os, sys
from datetime import datetime
from pathlib import Path
from school.store.connection import Store
from school.store.events import Event
now = datetime(2026, 11, 19, 12)
store = Store(Path(sys.argv[1]), lambda: now)
for number in range(int(sys.argv[2])):
    def work(transaction):
        transaction.change("INSERT INTO settings VALUES ($n, $n)", {"n": f"k{number}"})
        transaction.record(Event(now, None, "school", new_value=str(number)))
    store.write(work)
os._exit(0)
"""


@pytest.fixture(scope="module")
def killed_folder(empty_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a school that was killed after thirty events: a database, its log, its witness."""
    folder = tmp_path_factory.mktemp("killed")
    database = Path(shutil.copy(empty_file, folder))
    python(WRITER, str(database), str(EVENTS), check=True)
    return folder


@pytest.fixture
def database(killed_folder: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(killed_folder, tmp_path / "live")) / DATABASE_NAME


def python(
    code: str, *arguments: str, check: bool = False, **options: object
) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", code, *arguments]
    done: subprocess.CompletedProcess[str] = subprocess.run(  # type: ignore[call-overload]
        command, env=environment, capture_output=True, text=True, check=check, timeout=60, **options
    )
    return done


def events(database: Path) -> int:
    store = Store(database, lambda: NOW)
    count: int = store.read("SELECT count(*) FROM events")[0][0]
    store.close()
    return count


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_all_events_are_there_after_a_kill_and_are_witnessed(database: Path) -> None:
    witnessed = read_witness(database)
    assert witnessed is not None
    assert witnessed.newest_event == EVENTS == events(database)


def cut(database: Path, to: Callable[[int], int]) -> None:
    log = log_path(database)
    os.truncate(log, to(log.stat().st_size))


LOSSES: dict[str, tuple[Callable[[Path], object], str]] = {
    "the log is missing": (lambda path: log_path(path).unlink(), "не хватает последних записей"),
    "the log is empty": (lambda path: cut(path, lambda _size: 0), "не хватает последних записей"),
    "the log is cut": (lambda path: cut(path, lambda size: size // 2), "не хватает последних записей"),
    "the database is missing": (lambda path: path.unlink(), "Файла базы school.duckdb в папке .* нет"),
    "the database is of another school": (
        lambda path: (
            log_path(path).unlink(),
            path.unlink(),
            Store(path.parent / "x.duckdb", lambda: NOW).close(),
            (path.parent / "x.duckdb").rename(path),
        ),
        "база другой школы",
    ),
    "the database is no database": (lambda path: path.write_bytes(b"x" * 20_000), "повреждён"),
    "the log is damaged": (lambda path: damage(log_path(path), -30), "Журнал изменений .* повреждён"),
}


def damage(file: Path, place: int) -> None:
    data = bytearray(file.read_bytes())
    data[place] ^= 255
    file.write_bytes(data)


@pytest.mark.parametrize("loss", LOSSES)
def test_what_is_lost_is_said_and_nothing_is_changed(database: Path, loss: str) -> None:
    spoil, words = LOSSES[loss]
    spoil(database)
    before = content(database.parent)
    for _ in range(2):
        with pytest.raises(CannotOpen, match=words):
            Store(database, lambda: NOW)
    after = content(database.parent)
    # The engine removes a log in which there is nothing.
    assert {name: data for name, data in after.items() if data} == {
        name: data for name, data in before.items() if data
    }


def test_a_school_is_made_only_by_who_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    database = tmp_path / "mistyped" / DATABASE_NAME
    with pytest.raises(CannotOpen, match=r"нет школы.*python -m school.store create"):
        check_school_is_there(database)
    assert not database.parent.exists()
    assert main(["create", str(database.parent)]) == 0
    check_school_is_there(database)
    assert main(["create", str(database.parent), "--if-missing"]) == 0
    assert main(["create", str(database.parent)]) == 1
    assert "школа уже есть" in capsys.readouterr().err


@pytest.mark.parametrize("command", [["create", "--if-missing"], ["demo"]])
def test_none_is_made_where_a_database_is_gone(
    database: Path, command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    database.unlink()
    folder = str(database.parent)
    is_demo = command == ["demo"]
    code = make_demo(["--if-missing", "--data", folder]) if is_demo else main([*command, folder])
    assert code == 1
    assert "школа здесь была" in capsys.readouterr().err
    assert not database.exists()


def test_a_torn_log_is_set_aside_and_what_remains_is_said(
    database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    damage(log_path(database), -30)
    torn = log_path(database).read_bytes()
    assert main(["repair", str(database.parent)]) == 0
    said = capsys.readouterr().out
    assert f"Сохранилось записей о действиях: {EVENTS - 1}, последняя от 19.11.2026 12:00." in said
    assert "Не хватает не меньше 1 последних" in said
    (aside,) = database.parent.glob("*.torn-*")
    assert aside.name in said
    assert aside.read_bytes() == torn
    assert events(database) == EVENTS - 1


def test_a_lost_log_is_accepted_by_repair(database: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log_path(database).unlink()
    assert main(["repair", str(database.parent)]) == 0
    assert f"Не хватает не меньше {EVENTS} последних" in capsys.readouterr().out
    assert events(database) == 0


def test_a_damaged_database_is_left_to_the_backup(database: Path, capsys: pytest.CaptureFixture[str]) -> None:
    database.write_bytes(b"x" * 20_000)
    assert main(["repair", str(database.parent)]) == 1
    assert "восстановите резервную копию" in capsys.readouterr().err


def test_a_newer_database_and_a_half_made_migration_are_said(database: Path) -> None:
    def spoil(*statements: str) -> None:
        store = Store(database, lambda: NOW)
        for sql in statements:
            store.connection.execute(sql)
        store.close()

    spoil("INSERT INTO migrations VALUES ('9999_future', now()::TIMESTAMP)")
    with pytest.raises(CannotOpen, match="новее программы"):
        Store(database, lambda: NOW)
    spoiled = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); c.execute(sys.argv[2])"
    sql = "DELETE FROM migrations WHERE name = '9999_future' OR name LIKE '0016%'"
    python(spoiled, str(database), sql, check=True)
    with pytest.raises(CannotOpen, match=r"Обновление базы .* не прошло"):
        Store(database, lambda: NOW)


def test_a_server_that_cannot_start_says_one_sentence(database: Path) -> None:
    """A second server, a wrong clock, no school, no place for a log: no traceback, an exit code, nothing about viewing."""
    store = Store(database, lambda: NOW)
    code = (
        "import os, sys\nfrom server.session import open_or_leave\n"
        "leave = os._exit\n"
        "def left(code): raise SystemExit(code)\nos._exit = left\n"
        "usual = {'SCHOOL_DATA': sys.argv[1], 'SCHOOL_NOW': '', 'SCHOOL_LOG': '', 'SCHOOL_LOG_FILES': ''}\n"
        "log = sys.argv[1] + '/school.log'\n"
        "for wrong in ({}, {'SCHOOL_NOW': 'вчера'}, {'SCHOOL_DATA': sys.argv[1] + '/no'},\n"
        "        {'SCHOOL_LOG': sys.argv[1] + '/no/school.log'}, {'SCHOOL_LOG': log, 'SCHOOL_LOG_FILES': 'десять'}):\n"
        "    os.environ.update(usual | wrong)\n"
        "    try: open_or_leave(); print('started')\n"
        "    except SystemExit as end: print(end.code)\n"
    )
    done = python(code, str(database.parent))
    store.close()
    second, clock, nowhere, log, files = done.stderr.strip().splitlines()
    assert "уже работает другая программа (процесс" in second
    assert "SCHOOL_NOW" in clock
    assert "нет школы" in nowhere
    assert "/no/school.log" in log
    assert "«десять»" in files
    assert done.stdout.split() == ["78"] * 5
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(os.getuid() != 0, reason="only root may become somebody without rights to the folder")
def test_a_folder_that_cannot_be_written_is_said(database: Path) -> None:
    for path in (database, *database.parent.iterdir()):
        path.chmod(0o444)
    for place in (database.parent, *database.parent.parents):
        if place.stat().st_uid == os.getuid() and place != Path("/") and place != Path("/tmp"):
            place.chmod(0o755)
    code = (
        "import os, sys\nfrom pathlib import Path\nfrom school.store.connection import Store\n"
        "from school.errors import CannotOpen\nos.setuid(65534)\n"
        "try: Store(Path(sys.argv[1]), lambda: None)\nexcept CannotOpen as problem: print(problem)\n"
    )
    done = python(code, str(database))
    assert "не открывается для записи" in done.stdout, done.stderr


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_schools_files_are_for_the_server_alone(database: Path) -> None:
    folder = database.parent
    kept = folder / "files" / "ab" / "abcd"
    kept.parent.mkdir(parents=True)
    kept.write_bytes(b"x")
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    Store(database, lambda: NOW).close()
    assert {mode(path) for path in (folder, *folder.rglob("*")) if path.is_dir()} == {0o700}
    assert {mode(path) for path in folder.rglob("*") if path.is_file()} == {0o600}


def test_a_folder_with_other_things_in_it_stays_as_it_is(database: Path) -> None:
    folder = database.parent
    (folder / "letter.txt").write_text("x")
    folder.chmod(0o755)
    (folder / "letter.txt").chmod(0o644)
    Store(database, lambda: NOW).close()
    assert [mode(folder), mode(folder / "letter.txt"), mode(database)] == [0o755, 0o644, 0o600]


def test_the_witness_counts_what_only_the_database_counts(own_store: Store) -> None:
    """Events written by a query, and numbers that a failed neighbour used, are asked of the database."""

    def by_query(transaction: Transaction) -> None:
        transaction.change("INSERT INTO settings VALUES ('a', 'b')")
        transaction.record_rows(
            "SELECT $now, NULL, 'school', NULL, NULL, NULL, NULL, 'x', '', NULL, NULL FROM range(7)",
            {"now": NOW},
        )

    def fails(transaction: Transaction) -> None:
        transaction.record(Event(NOW, None, "school"))
        transaction.seal()
        raise ValueError("a failed neighbour")

    own_store.write(by_query)
    with pytest.raises(ValueError, match="neighbour"):
        own_store.write(fails)
    own_store.write(lambda transaction: transaction.record(Event(NOW, None, "school")))
    witnessed = read_witness(own_store.path)
    assert witnessed is not None
    assert witnessed.newest_event == own_store.read("SELECT max(event_id) FROM events")[0][0]
    assert witness_path(own_store.path).stat().st_size == 128
