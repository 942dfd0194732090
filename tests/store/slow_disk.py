"""A process whose disk takes a second for each flush. Run by ``test_slow_disk.py`` and by the faults' benchmark.

``python slow_disk.py FOLDER``: people save at the same time under strace, which holds up the flushes, in a process that ends without
closing the school. Prints as JSON what was acknowledged, what «Состояние» says of saving, and what is stored.
"""

import json
import os
import shutil
import subprocess
import sys
import time
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
STRACE, HELD_UP = shutil.which("strace"), "held-up"


def seen_slowly(folder: Path) -> dict[str, Any]:
    """Make a school, run this script in it on a slow disk and return what it printed."""
    Store(folder / DATABASE_NAME, lambda: NOW).close()
    flushes = "fsync,fdatasync"
    inject = f"inject={flushes}:delay_enter={HOLD_UP_MICROSECONDS}"
    tracing = [str(STRACE), "-f", "-qq", "-o", os.devnull, "-e", f"trace={flushes}", "-e", inject]
    done = subprocess.run(
        [*tracing, sys.executable, __file__, str(folder), HELD_UP],
        env=os.environ | {"PYTHONPATH": str(Path(__file__).resolve().parents[2])},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    store = Store(folder / DATABASE_NAME, lambda: NOW)
    names = store.read("SELECT name FROM settings WHERE name LIKE 'k%'")
    store.close()
    return found | {"stored": sorted(int(name[1:]) for (name,) in names)}


def save_together(folder: Path) -> dict[str, Any]:
    """Let people save at the same time; return what was acknowledged and what is said of it."""
    store, times = Store(folder / DATABASE_NAME, lambda: NOW), SaveTimes()

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
    return {
        "acknowledged": acknowledged,
        "p95": percentile_95(took),
        "light": sign.light,
        "words": sign.words,
        "advice": sign.advice,
        "queue": queue_sign(store.waiting_jobs).light,
    }


def main(folder: str, mode: str = "") -> None:
    found = save_together(Path(folder)) if mode == HELD_UP else seen_slowly(Path(folder))
    sys.stdout.write(json.dumps(found, ensure_ascii=False))
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
