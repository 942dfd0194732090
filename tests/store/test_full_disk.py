"""A full disk (п. 6.1, 8.6): nothing acknowledged is lost, reading goes on, saving is refused in words and goes on with the room."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from small_school import NOW

from school.errors import StoreUnavailable
from school.store import connection
from school.store.connection import Store, Transaction
from school.store.events import Event
from school.store.file import space

SCRIPT = Path(__file__).with_name("full_disk.py")
ROOT = SCRIPT.parents[2]


def run(folder: Path, mode: str) -> dict[str, Any]:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, str(SCRIPT), str(folder), mode]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=True)
    said: dict[str, Any] = json.loads(done.stdout)
    return said | {"log": done.stderr}


@pytest.mark.parametrize("mode", ["log", "checkpoint"])
def test_the_register_outlives_a_full_disk(tmp_path: Path, mode: str) -> None:
    found = run(tmp_path, mode)
    assert found["stored"] == found["acknowledged"]
    assert found["is_full"]
    assert "на диске сервера не осталось места" in found["refusal"]
    assert found["failure"] in found["refusal"]
    # Before there is room again everything can be read, and afterwards saved; what was kept in memory is made anew.
    assert found["read_while_full"] == len(found["acknowledged"]) - 1
    assert found["failure_after"] is None
    assert "EFBIG" in found["log"]
    if mode == "log":
        assert found["kept"] == [[len(found["acknowledged"])]]


def save(store: Store, text: str) -> None:
    def work(transaction: Transaction) -> None:
        transaction.change("INSERT INTO settings VALUES ($name, $name)", {"name": text})
        transaction.record(Event(NOW, None, "school"))

    store.write(work)


def log_limit(store: Store) -> str:
    return str(store.read("SELECT current_setting('checkpoint_threshold')")[0][0])


def test_the_log_stays_apart_while_there_is_little_room(
    own_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(own_store, "with room")
    assert log_limit(own_store).startswith("15")  # MiB
    monkeypatch.setattr(space, "RESERVED_BYTES", 1 << 60)
    save(own_store, "without room")
    assert log_limit(own_store).startswith("931")  # GiB
    monkeypatch.undo()
    save(own_store, "with room again")
    assert log_limit(own_store).startswith("15")


def test_a_stopped_database_answers_in_words_until_it_is_open_again(
    own_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "REOPEN_SECONDS", 0.05)
    save(own_store, "before")
    held = own_store._outage
    held.is_dead = True
    with pytest.raises(StoreUnavailable, match="открывается заново"):
        save(own_store, "lost on nobody")
    with pytest.raises(StoreUnavailable):
        own_store.cursor()
    held.is_dead = False
    assert own_store.failure() is None
