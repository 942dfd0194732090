"""The small school with kept files and a model, and how tests take its backups."""

from collections.abc import Callable
from datetime import datetime, timedelta

from small_school import NOW

from school.backup.lookups import source_of
from school.backup.records import Cause, Manifest
from school.backup.taking import back_up
from school.files.kept import keep_content
from school.processes import OwnProcess
from school.store.connection import Store

CONTENT = "Задание на дом".encode() * 1000
MODEL, KEY = b"a fitted model", b"the key of the second factors"


def quiet(_stage: str) -> None:
    """Say nothing."""


def fill(store: Store) -> None:
    """Give a school a kept file, a key and a model, and one that is being fitted."""
    keep_content(store, CONTENT)
    keys, models = store.path.parent / "keys", store.path.parent / "models"
    keys.mkdir()
    (keys / "second-factor.key").write_bytes(KEY)
    (models / "journal-x").mkdir(parents=True)
    (models / "forecast.joblib").write_bytes(MODEL)
    (models / "journal-x" / "half").write_bytes(b"half")


def backed_up(
    store: Store, now: datetime = NOW, cause: Cause = Cause.NIGHT, say: Callable[[str], object] = quiet
) -> Manifest:
    """Take a backup of an open school."""
    return back_up(source_of(store), cause, "Адамов Л.", lambda: now, OwnProcess(steps_back=0), say)


A_DAY = timedelta(days=1)
