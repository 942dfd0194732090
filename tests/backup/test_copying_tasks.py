"""What the process of a backup does and says, asked for here: a result, or one Russian sentence, and never a traceback (п. 8.6)."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from school_with_files import CONTENT, backed_up, fill, quiet
from small_school import NOW

from school.backup import encryption, shelf, taking, tasks
from school.backup.restoring import verify
from school.store.connection import Store


@pytest.fixture
def backup(school_store: Store, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A backup whose process is this one: the task goes through JSON as it would go to another."""

    def here(_process: object, kind: str, task: dict[str, Any], _file: Path, say: tasks.Say) -> Any:
        return tasks.KINDS[kind](json.loads(json.dumps(task, default=str)), say)

    fill(school_store)
    monkeypatch.setattr(taking, "run_apart", here)
    made = backed_up(school_store)
    return shelf.folder_of(school_store.path.parent) / made.name


@pytest.fixture(autouse=True)
def umask() -> Iterator[None]:
    """The process takes the rights of others away for good; this one goes on."""
    before = os.umask(0o022)
    os.umask(before)
    yield
    os.umask(before)


def said(capsys: pytest.CaptureFixture[str], kind: str, file: Path, **task: object) -> list[str]:
    """The lines that a task writes."""
    capsys.readouterr()
    file.write_text(json.dumps(task, default=str), encoding="utf-8")
    assert tasks.main(kind, str(file)) == 0
    return capsys.readouterr().out.splitlines()


def test_a_copy_sent_elsewhere_opens_with_its_key(
    backup: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    public, secret = encryption.new_key()
    place = tmp_path / "usb"
    place.mkdir()
    lines = said(capsys, "send", tmp_path / "task", backup=backup, place=place, recipient=public)
    assert lines[-1].startswith(tasks.RESULT)
    (file,) = place.glob(f"*{encryption.ENDING}")
    opened = tmp_path / "opened"
    encryption.open_copy(file, secret, opened)
    verify(opened, quiet)
    assert CONTENT in [each.read_bytes() for each in (opened / "files").rglob("*") if each.is_file()]


def test_a_drill_opens_what_it_restores(
    backup: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = said(
        capsys, "drill", tmp_path / "task", backup=backup, folder=tmp_path / "drill", now=NOW.isoformat()
    )
    assert lines[-1] == f"{tasks.RESULT}null"


@pytest.mark.parametrize("part", ["school.duckdb", "manifest.json", "models/forecast.joblib"])
def test_a_spoiled_backup_is_one_russian_sentence(
    backup: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], part: str
) -> None:
    (backup / part).chmod(0o600)
    (backup / part).write_bytes(b"spoiled")
    lines = said(capsys, "verify", tmp_path / "task", backup=backup)
    assert lines[-1].startswith(tasks.PROBLEM)
    assert not any(line.startswith(tasks.RESULT) for line in lines)


def test_an_unknown_folder_is_a_sentence_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = said(capsys, "verify", tmp_path / "task", backup=tmp_path / "nowhere")
    assert lines[-1].startswith(tasks.PROBLEM)
