"""A backup brings the school back: into an empty folder, with nobody signed in, with the same figures (п. 8.6)."""

import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from school_with_files import A_DAY, CONTENT, backed_up, fill, quiet
from screens import session_of
from small_school import NOW, People

from school.backup import __main__ as command
from school.backup import encryption, shelf
from school.backup.lookups import PLACE_VARIABLE
from school.backup.records import Cause, Deed, Manifest
from school.backup.restoring import restore
from school.backup.taking import send_away, try_restoring
from school.errors import Refusal
from school.processes import OwnProcess
from school.store.connection import DATABASE_NAME, Store
from school.store.school import School
from server import session
from server.state.backups import BackupKeeper

FIGURES = "SELECT class_id, count(*), avg(value) FROM mark_rows GROUP BY class_id ORDER BY class_id"
PUBLIC, SECRET = encryption.new_key()


@pytest.fixture(scope="module")
def store(
    small_school_file: Path, people: People, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    opened = Store(Path(shutil.copy(small_school_file, tmp_path_factory.mktemp("school"))), lambda: NOW)
    fill(opened)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(session, "open_school", lambda: School(opened, lambda: NOW))
        session_of(people.head)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def manifest(store: Store) -> Manifest:
    return backed_up(store)


@pytest.fixture(scope="module")
def backup(store: Store, manifest: Manifest) -> Path:
    return shelf.folder_of(store.path.parent) / manifest.name


@pytest.fixture(scope="module")
def encrypted(store: Store, manifest: Manifest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("usb")
    sent = send_away(store.path.parent, manifest.name, place, PUBLIC, NOW, OwnProcess(steps_back=0), quiet)
    assert sent.problem == ""
    (file,) = place.glob(f"*{encryption.ENDING}")
    return file


def test_the_restored_school_opens_with_the_same_figures_and_nobody_signed_in(
    store: Store, backup: Path, tmp_path: Path
) -> None:
    target = tmp_path / "new"
    restored = restore(backup, target, NOW + A_DAY, quiet)
    assert restored.taken_at == NOW
    assert store.read("SELECT count(*) FROM sessions") == [(1,)]
    opened = Store(target / DATABASE_NAME, lambda: NOW + A_DAY)
    assert opened.read("SELECT count(*) FROM sessions") == [(0,)]
    assert opened.read(FIGURES) == store.read(FIGURES)
    (last,) = opened.read("SELECT kind, new_value FROM events ORDER BY event_id DESC LIMIT 1")
    assert last == ("restore", "19.11.2026 12:00")
    opened.close()
    assert [each.read_bytes() for each in (target / "files").rglob("*") if each.is_file()] == [CONTENT]
    made_by_opening = {f"{DATABASE_NAME}.witness"}
    assert {each.name for each in target.iterdir()} - made_by_opening == {
        "files",
        "keys",
        "models",
        DATABASE_NAME,
    }


def test_nothing_is_ever_restored_over_a_school(backup: Path, tmp_path: Path) -> None:
    (tmp_path / "school.duckdb").write_text("a school")
    with pytest.raises(Refusal, match="не пуста"):
        restore(backup, tmp_path, NOW, quiet)
    assert [each.name for each in tmp_path.iterdir()] == ["school.duckdb"]


def test_a_spoiled_backup_restores_nothing(backup: Path, tmp_path: Path) -> None:
    spoiled = Path(shutil.copytree(backup, tmp_path / "spoiled"))
    (spoiled / "models" / "forecast.joblib").write_bytes(b"another model")
    target = tmp_path / "new"
    with pytest.raises(Refusal, match="испорчена"):
        restore(spoiled, target, NOW, quiet)
    assert list(target.iterdir()) == []


def test_a_copy_in_another_place_opens_with_the_key_only(encrypted: Path, tmp_path: Path) -> None:
    assert CONTENT not in encrypted.read_bytes()
    restored = restore(encrypted, tmp_path / "new", NOW, quiet, secret=SECRET)
    assert restored.school == "Школа у реки"
    assert (tmp_path / "new" / DATABASE_NAME).is_file()
    for secret, why in ((encryption.new_key()[1], "не открылась"), ("", "зашифрована")):
        with pytest.raises(Refusal, match=why):
            restore(encrypted, tmp_path / "other", NOW, quiet, secret=secret)


def test_a_cut_copy_restores_nothing(encrypted: Path, tmp_path: Path) -> None:
    cut = tmp_path / f"cut{encryption.ENDING}"
    content = encrypted.read_bytes()
    cut.write_bytes(content[: len(content) // 2])
    with pytest.raises(Refusal, match="не открылась"):
        restore(cut, tmp_path / "new", NOW, quiet, secret=SECRET)
    assert list((tmp_path / "new").iterdir()) == []


@pytest.mark.skipif(shutil.which("age") is None, reason="the command age is not installed")
def test_the_age_command_opens_it_without_this_program(encrypted: Path, tmp_path: Path) -> None:
    key = tmp_path / "key.txt"
    key.write_text(f"{SECRET}\n")
    opened = subprocess.run(
        ["age", "-d", "-i", str(key), str(encrypted)], capture_output=True, check=True
    ).stdout
    subprocess.run(["tar", "-x", "-C", str(tmp_path)], input=opened, check=True)
    assert {"manifest.json", DATABASE_NAME, "files", "keys", "models"} < {
        each.name for each in tmp_path.iterdir()
    }


def test_who_finds_the_copies_reads_how_to_open_them(encrypted: Path) -> None:
    words = (encrypted.parent / encryption.READ_ME).read_text(encoding="utf-8")
    assert "age -d -i" in words
    assert "python -m school.backup restore" in words


@pytest.mark.parametrize("case", ["gone", "unmounted", "no key"])
def test_a_failed_copy_is_told_and_harms_nothing(
    store: Store, manifest: Manifest, encrypted: Path, tmp_path: Path, case: str
) -> None:
    place = tmp_path / "usb" if case == "gone" else encrypted.parent
    read_me = encrypted.parent / encryption.READ_ME
    words = read_me.read_text(encoding="utf-8")
    if case == "unmounted":
        read_me.unlink()
    key = "" if case == "no key" else PUBLIC
    sent = send_away(store.path.parent, manifest.name, place, key, NOW, OwnProcess(), quiet)
    read_me.write_text(words, encoding="utf-8")
    assert {"gone": "не найдена", "unmounted": "не подключён", "no key": "нет ключа"}[case] in sent.problem
    folder = shelf.folder_of(store.path.parent)
    assert shelf.last_outcome(shelf.outcomes(folder), Deed.COPY) == sent
    assert manifest.name in shelf.names(folder)


def test_a_drill_restores_beside_the_school_and_is_remembered(store: Store, manifest: Manifest) -> None:
    data, process = store.path.parent, OwnProcess(steps_back=0)
    done = try_restoring(data, manifest.name, "Адамов Л.", lambda: NOW, process, quiet)
    assert (done.problem, done.who, done.at) == ("", "Адамов Л.", NOW)
    folder = shelf.folder_of(data)
    assert shelf.last_outcome(shelf.outcomes(folder), Deed.DRILL) == done
    assert not list(folder.glob(f"{shelf.DRILL}*"))


def run(store: Store, *arguments: str) -> int:
    return command.main(["--data", str(store.path.parent), *arguments])


def test_the_command_lists_verifies_and_restores(
    store: Store, manifest: Manifest, encrypted: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key = tmp_path / "key.txt"
    key.write_text(f"# сейф\n{SECRET.lower()}\n")
    assert run(store, "list") == 0
    assert run(store, "verify") == 0
    assert run(store, "restore", str(encrypted), str(tmp_path / "new"), "--key", str(key)) == 0
    said = capsys.readouterr().out
    assert f"{manifest.name} " in said
    assert f"Копия {manifest.name} цела" in said
    assert "восстановлен" in said
    assert "19.11.2026 12:00" in said
    assert run(store, "restore", manifest.name, str(tmp_path)) == 1
    assert "не пуста" in capsys.readouterr().err
    with pytest.raises(SystemExit) as ended:
        run(store, "erase")
    assert ended.value.code == 2


def test_the_command_takes_a_backup_of_a_school_that_nobody_has_open(
    small_school_file: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    data = tmp_path / "school"
    data.mkdir()
    shutil.copy(small_school_file, data)
    monkeypatch.setenv(PLACE_VARIABLE, str(tmp_path / "usb"))
    assert command.main(["--data", str(data), "now"]) == 1
    said = capsys.readouterr()
    assert "сделана и проверена" in said.out
    assert "нет ключа" in said.err
    assert [each.cause for each in shelf.manifests(shelf.folder_of(data))] == [Cause.COMMAND]


def test_beside_a_running_server_the_command_lets_the_server_take_it(store: Store) -> None:
    began = time.monotonic()
    keeper = BackupKeeper(
        School(store, lambda: NOW + 2 * A_DAY + timedelta(seconds=time.monotonic() - began))
    )
    keeper.look()  # the night's own; a copy a second is all that has a name
    began -= 2
    process = subprocess.Popen(
        [sys.executable, "-m", "school.backup", "--data", str(store.path.parent), "now"],
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    is_over = threading.Event()

    def serve() -> None:
        while not is_over.wait(0.1):
            keeper.look()

    server = threading.Thread(target=serve)
    server.start()
    said, _ = process.communicate(timeout=60)
    is_over.set()
    server.join()
    assert process.returncode == 0
    assert "сервером" in said
    assert "сделана и проверена" in said
    assert list(keeper.folder.glob(f"{shelf.ASKED}*")) == []
