"""A process whose files may not grow: the disk is full to it, for a while. Run by ``test_full_disk.py`` and by the faults' benchmark.

``python full_disk.py FOLDER MODE``: MODE «log» (the log cannot grow) or «checkpoint» (the database cannot). Prints as JSON what
became of the writes.
"""

import json
import os
import resource
import signal
import sys
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from time import monotonic, sleep

from school.errors import StoreUnavailable
from school.store import connection
from school.store.connection import DATABASE_NAME, Store, Transaction
from school.store.events import Event

NOW = datetime(2026, 11, 19, 12, 0)
MOST = 2_000_000
UNLIMITED = resource.RLIM_INFINITY


def write(store: Store, number: int) -> None:
    def work(transaction: Transaction) -> None:
        row = {"name": f"k{number}", "value": os.urandom(4000).hex()}
        transaction.change("INSERT INTO settings VALUES ($name, $value)", row)
        transaction.record(Event(NOW, None, "school", new_value=str(number)))

    store.write(work)


def numbers(store: Store) -> list[int]:
    return [int(name[1:]) for (name,) in store.read("SELECT name FROM settings WHERE name LIKE 'k%'")]


def main(folder: str, mode: str) -> None:
    connection.REOPEN_SECONDS = 0.05
    if mode == "checkpoint":
        connection.CHECKPOINT_AT = "400KB"
    store = Store(Path(folder) / DATABASE_NAME, lambda: NOW)
    store.keep("counts", "SELECT 1 AS class_id, 2 AS subject_id, count(*) AS n FROM settings")
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (MOST, UNLIMITED))
    acknowledged, refusal = [], None
    for number in range(2000):
        try:
            write(store, number)
            acknowledged.append(number)
        except StoreUnavailable as problem:
            refusal = problem
            break
    said = store.failure()
    read_while_full = []
    deadline = monotonic() + 10
    while not read_while_full and monotonic() < deadline:
        with suppress(StoreUnavailable):
            read_while_full = numbers(store)
        sleep(0.02)
    resource.setrlimit(resource.RLIMIT_FSIZE, (UNLIMITED, UNLIMITED))
    write(store, 5000)
    after = store.failure()
    acknowledged.append(5000)
    kept = store.ask("SELECT n FROM kept.counts").fetchall() if store.has_kept("counts") else None
    stored = numbers(store)
    sys.stdout.write(
        json.dumps(
            {
                "acknowledged": acknowledged,
                "refusal": str(refusal),
                "is_full": bool(refusal and refusal.is_full),
                "failure": said,
                "failure_after": after,
                "read_while_full": len(read_while_full),
                "stored": stored,
                "kept": kept,
            }
        )
    )
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
