"""The app in a process of its own on the benchmark school, with sessions ready and its processor time readable."""

import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import httpx

from school.rules.sessions import secret_hash
from school.store.connection import DATABASE_NAME, Store, Transaction
from school.store.events import Event
from school.store.sessions import save_session

ROOT = Path(__file__).resolve().parent.parent
MADE = ROOT / "data" / "bench" / "made"
FOLDER = ROOT / "data" / "bench" / "run"
PUPILS, YEARS, SEED = 1000, 2, 1
# A Monday of the second quarter, before lessons are over: the day that the benchmark school lives in.
NOW = datetime(2026, 11, 23, 10, 0)
START_SECONDS = 60


def environment() -> dict[str, str]:
    """Return the environment of the benchmark school."""
    return os.environ | {"SCHOOL_DATA": str(FOLDER), "SCHOOL_NOW": NOW.isoformat()}


def make_school() -> None:
    """Make the benchmark school where there is none, and a fresh copy of it for this run."""
    if not (MADE / DATABASE_NAME).exists():
        command = [sys.executable, "-m", "school.demo", "--data", str(MADE)]
        size = ["--pupils", str(PUPILS), "--years", str(YEARS), "--seed", str(SEED)]
        subprocess.run([*command, *size], cwd=ROOT, env=environment(), check=True)
    shutil.rmtree(FOLDER, ignore_errors=True)
    shutil.copytree(MADE, FOLDER)


def open_sessions(user_ids: Iterable[int]) -> dict[int, str]:
    """Open a session for each user in the store and return their secrets; the app must not be running."""
    store = Store(FOLDER / DATABASE_NAME, lambda: NOW)
    opened = {user_id: secrets.token_urlsafe(32) for user_id in user_ids}
    try:
        for user_id, secret in opened.items():
            store.write(partial(_save, user_id=user_id, secret=secret))
    finally:
        store.close()
    return opened


def _save(transaction: Transaction, user_id: int, secret: str) -> None:
    expires_at = NOW + timedelta(hours=12)
    save_session(transaction, secret_hash(secret), user_id, created_at=NOW, expires_at=expires_at)
    transaction.record(Event(NOW, user_id, "sign_in", reason="измерение"))


@dataclass(frozen=True)
class Server:
    """The running app."""

    port: int
    process_id: int

    def processor_seconds(self) -> float:
        """Return the processor time that the app has used so far, system time included."""
        fields = Path(f"/proc/{self.process_id}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def running_server() -> Iterator[Server]:
    """Run the app on a free port of this machine until the block ends."""
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless", "true"]
    place = ["--server.port", str(port), "--server.address", "localhost"]
    process = subprocess.Popen(
        [*command, *place], cwd=ROOT, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait_until_healthy(port)
        yield Server(port, process.pid)
    finally:
        process.terminate()
        process.wait()


def _wait_until_healthy(port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"http://localhost:{port}/_stcore/health").is_success:
                return
        except httpx.TransportError:
            time.sleep(0.2)
    raise TimeoutError("The app did not start.")
