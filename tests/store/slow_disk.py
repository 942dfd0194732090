"""A process whose disk takes a second for each flush. Run by ``test_slow_disk.py`` and by the faults' benchmark.

``python slow_disk.py FOLDER``: people save at the same time, and the process ends without closing the school. Prints as JSON what
was acknowledged and what «Состояние» says of saving. ``seen_slowly`` runs it under strace, which holds up the flushes.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

from school.backup.rules.signs import queue_sign, saves_sign
from school.store.connection import DATABASE_NAME, Store, Transaction
from school.store.events import Event
from server.state.saves import SaveTimes, percentile_95

NOW = datetime(2026, 11, 19, 12, 0)
PEOPLE, SAVES_EACH = 6, 2
HOLD_UP_MICROSECONDS = 1_200_000
STRACE = shutil.which("strace")


def seen_slowly(folder: Path) -> dict[str, Any]:
    """Make a school, run this script in it on a slow disk and return what it printed."""
    Store(folder / DATABASE_NAME, lambda: NOW).close()
    flushes = "fsync,fdatasync"
    inject = f"inject={flushes}:delay_enter={HOLD_UP_MICROSECONDS}"
    tracing = [str(STRACE), "-f", "-qq", "-o", os.devnull, "-e", f"trace={flushes}", "-e", inject]
    done = subprocess.run(
        [*tracing, sys.executable, __file__, str(folder)],
        env=os.environ | {"PYTHONPATH": str(Path(__file__).resolve().parents[2])},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def stored_in(folder: Path) -> Iterator[int]:
    """Yield the numbers that a school opened again holds."""
    store = Store(folder / DATABASE_NAME, lambda: NOW)
    yield from (int(name[1:]) for (name,) in store.read("SELECT name FROM settings WHERE name LIKE 'k%'"))
    store.close()


def main(folder: str) -> None:
    store, times = Store(Path(folder) / DATABASE_NAME, lambda: NOW), SaveTimes()

    def save(number: int) -> int:
        def work(transaction: Transaction) -> None:
            transaction.change("INSERT INTO settings VALUES ($name, '')", {"name": f"k{number}"})
            transaction.record(Event(NOW, None, "school", new_value=str(number)))

        began = time.monotonic()
        store.write(work)
        times.note(began)
        return number

    with ThreadPoolExecutor(PEOPLE) as people:
        acknowledged = list(people.map(save, range(PEOPLE * SAVES_EACH)))
    took = times.since(3600)
    sign = saves_sign(len(took), percentile_95(took))
    found = {
        "acknowledged": acknowledged,
        "p95": percentile_95(took),
        "light": sign.light,
        "words": sign.words,
        "advice": sign.advice,
        "queue": queue_sign(store.waiting_jobs).light,
    }
    sys.stdout.write(json.dumps(found, ensure_ascii=False))
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
