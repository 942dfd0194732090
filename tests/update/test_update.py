"""An update of a real school's file: tried on a copy, applied in one step, or nothing has happened."""

import multiprocessing
import os
import shutil
import signal
from collections.abc import Callable
from multiprocessing.synchronize import Event
from pathlib import Path

import duckdb
import pytest
from small_school import NOW

from school.backup import shelf
from school.backup.store import SESSION_TABLES
from school.errors import RuleRefused
from school.store.connection import DATABASE_NAME, MIGRATIONS, Store
from school.update import __main__ as command
from school.update import applying, checking, database
from school.update.applying import apply
from school.update.checking import check
from school.update.database import fingerprints, opened

GOOD = "ALTER TABLE remarks ADD COLUMN reply_by DATE; UPDATE remarks SET reply_by = DATE '2026-12-01';"
FAILING = "ALTER TABLE remarks ADD COLUMN reply_by DATE; INSERT INTO no_such_table VALUES ('Алёшин');"
LOSING = "DELETE FROM marks WHERE pupil_id = (SELECT min(pupil_id) FROM marks);"
BREAKING = "ALTER TABLE lessons RENAME COLUMN topic TO theme;"
NEXT = "9999_next"
Program = Callable[[str], None]


def _check(data: Path, say: Callable[[str], object]) -> None:
    check(data, now=NOW, say=say, start=False)


def _apply(data: Path, say: Callable[[str], object]) -> None:
    apply(data, now=NOW, say=say)


@pytest.fixture
def data(small_school_file: Path, tmp_path: Path) -> Path:
    """The folder of a school that is stopped."""
    folder = tmp_path / "live"
    folder.mkdir()
    shutil.copy(small_school_file, folder)
    return folder


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Program:
    """Return ``program(sql)``: from now on the program has one migration more."""

    def renewed(sql: str) -> None:
        folder = shutil.copytree(MIGRATIONS, tmp_path / "migrations")
        (folder / f"{NEXT}.sql").write_text(sql, encoding="utf-8")
        monkeypatch.setattr(database, "MIGRATIONS", folder)

    return renewed


@pytest.fixture
def said() -> list[str]:
    """What the command has printed."""
    return []


def state_of(data: Path) -> dict[str, tuple[int, int]]:
    with opened(data / DATABASE_NAME) as connection:
        return fingerprints(connection)


def nothing_is_left(data: Path) -> bool:
    return not [each.name for each in data.iterdir() if "updat" in each.name]


def test_a_check_says_what_would_be_done_and_leaves_the_school_alone(
    data: Path, program: Program, said: list[str]
) -> None:
    before = (data / DATABASE_NAME).read_bytes()
    program(GOOD)
    trial = check(data, now=NOW, say=said.append, start=False)
    words = "\n".join(said)
    assert trial.pending == (NEXT,)
    assert "Свободно на диске:" in words
    assert f"Будет сделано: {NEXT}" in words
    assert "На копии это заняло" in words
    assert said[-1] == "Проверка прошла. Школа не тронута."
    assert (data / DATABASE_NAME).read_bytes() == before
    assert nothing_is_left(data)


@pytest.mark.parametrize(
    ("sql", "why", "act"),
    [
        (FAILING, "не удалось", _check),
        (BREAKING, "lesson_rows", _check),
        (LOSING, "marks: не хватает", _check),
        (LOSING, "marks: не хватает", _apply),
    ],
)
def test_a_bad_update_leaves_the_old_school_whole_and_says_so(
    data: Path, program: Program, said: list[str], sql: str, why: str, act: Callable[..., object]
) -> None:
    before = state_of(data)
    program(sql)
    with pytest.raises(RuleRefused, match=why) as refused:
        act(data, said.append)
    assert "осталась такой, какой была" in str(refused.value)
    assert "Алёшин" not in str(refused.value)
    assert state_of(data) == before
    assert nothing_is_left(data)
    Store(data / DATABASE_NAME, lambda: NOW).close()


def test_an_update_is_applied_with_a_copy_of_what_was(data: Path, program: Program, said: list[str]) -> None:
    before = state_of(data)
    program(GOOD)
    apply(data, now=NOW, say=said.append)
    with opened(data / DATABASE_NAME) as connection:
        assert connection.execute(
            "SELECT count(*) FROM migrations WHERE name = $name", {"name": NEXT}
        ).fetchall() == [(1,)]
        assert connection.execute("SELECT reply_by FROM remarks").fetchall() == []
        # The next record gets the number that it would have had.
        assert connection.execute("SELECT nextval('record_ids') > 0").fetchall() == [(True,)]
    (name,) = shelf.names(data / "backups")
    copy = data / "backups" / name
    assert str(copy) in said[0]
    assert copy.stat().st_mode & 0o077 == 0
    with opened(copy / DATABASE_NAME) as connection:
        now = fingerprints(connection)
    but_sessions = before.keys() - set(SESSION_TABLES)
    assert {table: now[table] for table in but_sessions} == {table: before[table] for table in but_sessions}
    again: list[str] = []
    apply(data, now=NOW, say=again.append)
    assert "менять в ней нечего" in again[0]


@pytest.mark.parametrize("act", [check, apply])
def test_a_newer_database_is_refused_in_words(
    data: Path, said: list[str], act: Callable[..., object]
) -> None:
    with opened(data / DATABASE_NAME) as connection:
        connection.execute("INSERT INTO migrations VALUES ('9999_later', now()::TIMESTAMP)")
    with pytest.raises(RuleRefused, match=r"База новее этой программы: в ней есть «9999_later»"):
        act(data, now=NOW, say=said.append)


def test_a_running_register_is_checked_but_not_updated(data: Path, program: Program, said: list[str]) -> None:
    program(GOOD)
    births = multiprocessing.get_context("fork")
    ready = births.Event()
    running = births.Process(target=_hold, args=(data / DATABASE_NAME, ready), daemon=True)
    running.start()
    assert ready.wait(20)
    try:
        assert check(data, now=NOW, say=said.append, start=False).pending == (NEXT,)
        with pytest.raises(RuleRefused, match="Журнал сейчас работает"):
            apply(data, now=NOW, say=said.append)
    finally:
        running.kill()
        running.join()


def _hold(path: Path, ready: Event) -> None:
    connection = duckdb.connect(str(path))
    ready.set()
    signal.pause()
    connection.close()


def _killed_at(step: str, data: Path) -> None:
    def die(*_given: object, **_named: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(applying, step, die)
    apply(data, now=NOW, say=lambda _: None, take_backup=lambda folder, _: folder)


# The last one is what comes right before the new database takes the old one's place.
@pytest.mark.parametrize("step", ["copy_beside", "bring_up", "fsync"])
def test_a_killed_update_leaves_the_old_school_and_the_next_one_says_so(
    data: Path, program: Program, said: list[str], step: str
) -> None:
    before = state_of(data)
    program(GOOD)
    killed = multiprocessing.get_context("fork").Process(target=_killed_at, args=(step, data))
    killed.start()
    killed.join()
    assert killed.exitcode == -signal.SIGKILL
    assert state_of(data) == before
    apply(data, now=NOW, say=said.append)
    assert ("Прошлое обновление было прервано" in said[0]) == (step != "copy_beside")
    assert "Обновлено" in said[-1]
    assert nothing_is_left(data)


@pytest.mark.parametrize("name", ["check", "apply"])
def test_a_mistyped_folder_makes_no_school(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    assert command.main([name, str(tmp_path / "nowhere")]) == command.REFUSED
    assert "нет базы школы" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_broken_database_is_named_in_words(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (data / DATABASE_NAME).write_bytes(b"nothing of a database" * 1000)
    for name in ("check", "apply"):
        assert command.main([name, str(data)]) == command.REFUSED
        assert "не открывается" in capsys.readouterr().err


def test_a_full_disk_is_refused_before_anything_is_copied(
    data: Path, program: Program, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    program(GOOD)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: shutil._ntuple_diskusage(100, 100, 0))  # type: ignore[attr-defined]
    for act in (check, apply):
        with pytest.raises(RuleRefused, match="На диске мало места"):
            act(data, now=NOW, say=said.append)
    assert nothing_is_left(data)
    assert not (data / "backups").exists()


def test_the_new_program_is_started_on_the_copy(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["check", str(data)]) == 0
    assert "на копии запустилась" in capsys.readouterr().out
    assert nothing_is_left(data)


def test_a_program_that_does_not_start_is_said(
    data: Path, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking.sys, "executable", "/bin/false")
    with pytest.raises(RuleRefused, match="не запустилась"):
        check(data, now=NOW, say=said.append)
