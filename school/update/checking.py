"""``check``: the new program on a copy of the school, which itself is left alone, running or not."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from school.errors import RuleRefused
from school.processes import ROOT
from school.store.connection import DATABASE_NAME
from school.update.database import (
    bring_up,
    broken_views,
    check_is_there,
    copy_of_running,
    counts,
    fingerprints,
    migrations_of,
    opened,
)
from school.update.rules import check_not_newer, check_space, lost_rows, megabytes, space_needed

Say = Callable[[str], object]
TRIAL = ".update-trial-"
START_SECONDS = 300


@dataclass(frozen=True)
class Trial:
    """What a trial found: the migrations that it applied, how long they took."""

    pending: tuple[str, ...]
    seconds: float


def check(data: Path, *, now: datetime, say: Say, start: bool = True) -> Trial:
    """Try the update on a copy and say what it would do; ``start``: run the new program on the copy too.

    Raises RuleRefused: a newer or broken database, no room, a migration that fails or loses rows, a program that does not start.
    """
    database = data / DATABASE_NAME
    check_is_there(database)
    size, free = size_of(database), shutil.disk_usage(data).free
    check_space(free, size)
    for left in data.glob(f"{TRIAL}*"):
        shutil.rmtree(left, ignore_errors=True)
    with TemporaryDirectory(prefix=TRIAL, dir=data) as place:
        say(
            f"База: {megabytes(size)}. Свободно на диске: {megabytes(free)}, нужно {megabytes(space_needed(size))}."
        )
        copied = copy_of_running(database, Path(place))
        trial = _bring_up_copy(copied, now, say)
        if start:
            seconds = _start_on(Path(place))
            say(f"Новая программа на копии запустилась за {seconds:.0f} с.")
    say("Проверка прошла. Школа не тронута.")
    return trial


def size_of(database: Path) -> int:
    """Return how large a database is with its log, in bytes; 0 where there is none."""
    files = (database, database.with_name(f"{database.name}.wal"))
    return sum(each.stat().st_size for each in files if each.is_file())


def _bring_up_copy(copied: Path, now: datetime, say: Say) -> Trial:
    with opened(copied) as connection:
        migrations = migrations_of(connection)
        check_not_newer(migrations)
        before, began = counts(connection), time.perf_counter()
        bring_up(connection, now)
        seconds = time.perf_counter() - began
        check_brought_up(before, counts(connection), broken_views(connection))
        fingerprints(connection)
    if not migrations.pending:
        say(f"База уже той версии, которую знает программа ({migrations.newest}): менять в ней нечего.")
    else:
        say(f"Сейчас в базе: {migrations.newest}. Будет сделано: {', '.join(migrations.pending)}.")
        say(f"На копии это заняло {seconds:.1f} с; все записи на месте.")
    return Trial(migrations.pending, seconds)


def check_brought_up(before: dict[str, int], after: dict[str, int], broken: list[str]) -> None:
    """Raise RuleRefused where a table lost rows, or a view no longer answers."""
    lost = lost_rows(before, after)
    if not lost and not broken:
        return
    what = ", ".join([*(f"{name}: не хватает {count}" for name, count in lost.items()), *broken])
    raise RuleRefused(
        f"После обновления база не сошлась с прежней ({what}).",
        "Школа осталась такой, какой была.",
        "Работайте на прежней версии и сообщите это разработчикам.",
    )


def _start_on(folder: Path) -> float:
    """Start the program on a school of its own and return after how many seconds it answered. Raises RuleRefused."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    address = ["--server.address", "127.0.0.1", "--server.port", str(port), "--server.headless", "true"]
    began = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", "app.py", *address],
        cwd=ROOT,
        env=os.environ | {"SCHOOL_DATA": str(folder)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            while time.perf_counter() - began < START_SECONDS and process.poll() is None:
                if _answers(port):
                    return time.perf_counter() - began
                time.sleep(0.2)
        finally:
            process.kill()
    raise RuleRefused(
        "Новая программа на копии школы не запустилась.",
        "Школа не тронута.",
        "Проверьте, что её библиотеки установлены (шаг 2 установки), и сообщите это разработчикам.",
    )


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=2):
            return True
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False
