"""The app in a process of its own on the benchmark school, with sessions ready and its processor time readable."""

import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import httpx

from school.reports.rules import SCHEDULE_SETTING
from school.sign_in.rules.sessions import secret_hash
from school.sign_in.store.sessions import save_session
from school.store.connection import DATABASE_NAME, Store, Transaction
from school.store.events import Event
from school.store.school import School
from school.store.settings import save_setting
from server.forecast_job import ForecastKeeper

ROOT = Path(__file__).resolve().parent.parent
BENCH = ROOT / "data" / "bench"
SEED = 1
START_SECONDS = 60
# Processor time is read in such steps.
STEP_SECONDS = 1 / os.sysconf("SC_CLK_TCK")
# The last of them begins so long after the start; then the server uses less than this share of a core.
SECONDS_TO_FIRST_JOBS, IDLE_SHARE = 21, 0.05


@dataclass(frozen=True)
class BenchSchool:
    """A school to measure on: made once under ``data/bench``, measured in a fresh copy, living at one moment."""

    name: str
    years: int
    now: datetime
    pupils: int = 1000

    @property
    def made(self) -> Path:
        """The folder of the school as it was made."""
        return BENCH / f"made{self.name}"

    @property
    def folder(self) -> Path:
        """The folder of the copy that is measured."""
        return BENCH / f"run{self.name}"

    @property
    def last_year(self) -> int:
        """The school year that is over, or the running one where there is no other."""
        return self.school_year - (self.years > 1)

    @property
    def school_year(self) -> int:
        """The running school year, by the year of its September."""
        return self.now.year if self.now.month >= 8 else self.now.year - 1

    def environment(self) -> dict[str, str]:
        """Return the environment of the app and the generator."""
        return os.environ | {"SCHOOL_DATA": str(self.folder), "SCHOOL_NOW": self.now.isoformat()}

    def store(self) -> Store:
        """Open the copy; the app must not be running."""
        return Store(self.folder / DATABASE_NAME, lambda: self.now)


# A Monday of the second quarter, before lessons are over.
WORKING_DAY = BenchSchool("", 2, datetime(2026, 11, 23, 10, 0))
# The end of the fifth year: 1.5 million marks.
FIVE_YEARS = BenchSchool("_five_years", 5, datetime(2027, 5, 26, 18, 0))
FOLDER, NOW = WORKING_DAY.folder, WORKING_DAY.now


def prepare_school(place: BenchSchool = WORKING_DAY) -> None:
    """Make the benchmark school where there is none, and a fresh copy of it for this run."""
    make_school(place)
    remove_copy(place)
    shutil.copytree(place.made, place.folder)


def remove_copy(place: BenchSchool) -> None:
    """Remove the copy that was measured: a big school's fills the disk."""
    shutil.rmtree(place.folder, ignore_errors=True)


def make_school(place: BenchSchool) -> None:
    """Make the benchmark school where there is none: minutes for a big one. It stands in its place once it is complete."""
    if place.made.exists():
        return
    unfinished = place.made.with_name(f"{place.made.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    command = [sys.executable, "-m", "demo", "--data", str(unfinished)]
    size = ["--pupils", str(place.pupils), "--years", str(place.years), "--seed", str(SEED)]
    subprocess.run([*command, *size], cwd=ROOT, env=place.environment(), check=True)
    _fit_forecasts(unfinished, place.now)
    unfinished.rename(place.made)


def _fit_forecasts(folder: Path, now: datetime) -> None:
    """Do what the app would else do beside whoever is measured: fit a model, remember the week's forecasts."""
    store = Store(folder / DATABASE_NAME, lambda: now)
    try:
        ForecastKeeper(School(store, lambda: now)).look()
    finally:
        store.close()


def open_sessions(user_ids: Iterable[int], place: BenchSchool = WORKING_DAY) -> list[str]:
    """Open a session for each of these users in the store and return the secrets; the app must not be running.

    A user who is named twice gets two. The reports of the terms that ended are made once, in the days after: they are no part of an
    ordinary day.
    """
    opened = [(user_id, secrets.token_urlsafe(32)) for user_id in user_ids]

    def save_all(transaction: Transaction) -> None:
        _stop_schedule(transaction, place.now)
        for user_id, secret in opened:
            _save(transaction, user_id, secret, place.now)

    store = place.store()
    try:
        store.write(save_all)
    finally:
        store.close()
    return [secret for _, secret in opened]


def _stop_schedule(transaction: Transaction, now: datetime) -> None:
    save_setting(transaction, SCHEDULE_SETTING, "off")
    transaction.record(Event(now, None, "report_schedule", new_value="off", reason="измерение"))


def _save(transaction: Transaction, user_id: int, secret: str, now: datetime) -> None:
    expires_at = now + timedelta(hours=12)
    save_session(transaction, secret_hash(secret), user_id, created_at=now, expires_at=expires_at)
    transaction.record(Event(now, user_id, "sign_in", reason="измерение"))


@dataclass(frozen=True)
class Server:
    """The running app."""

    port: int
    process_id: int

    def processor_seconds(self) -> float:
        """Return the processor time that the app and its child processes have used so far, system time included.

        Of a child that ended its parent keeps the account.
        """
        ticks = 0
        for process_id in self.process_ids():
            with suppress(FileNotFoundError, ProcessLookupError):
                fields = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()
                ticks += sum(int(field) for field in fields[11:15])
        return ticks * STEP_SECONDS

    def memory_mb(self) -> float:
        """Return the resident memory of the app and its child processes in megabytes; what they share counts in each."""
        kilobytes = 0
        for process_id in self.process_ids():
            with suppress(FileNotFoundError, ProcessLookupError):
                status = Path(f"/proc/{process_id}/status").read_text()
                kilobytes += int(status.partition("VmRSS:")[2].split()[0])
        return kilobytes / 1024

    def process_ids(self) -> list[int]:
        """Return the app's process and those that descend from it."""
        children: dict[int, list[int]] = {}
        for status in Path("/proc").glob("[0-9]*/stat"):
            with suppress(FileNotFoundError, ProcessLookupError):
                parent = int(status.read_text().rpartition(")")[2].split()[1])
                children.setdefault(parent, []).append(int(status.parent.name))
        found = [self.process_id]
        for process_id in found:
            found += children.get(process_id, [])
        return found


@contextmanager
def running_server(place: BenchSchool = WORKING_DAY) -> Iterator[Server]:
    """Run the app on a free port of this machine until the block ends."""
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "server", "--server.headless", "true"]
    address = ["--server.port", str(port), "--server.address", "localhost"]
    process = subprocess.Popen(
        [*command, *address],
        cwd=ROOT,
        env=place.environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_until_healthy(port)
        server = Server(port, process.pid)
        _wait_until_idle(server)
        yield server
    finally:
        process.terminate()
        process.wait()


def _wait_until_idle(server: Server) -> None:
    """Wait until the jobs after a start are done: registers read ahead, the model of the forecasts looked at."""
    time.sleep(SECONDS_TO_FIRST_JOBS)
    deadline = time.monotonic() + START_SECONDS
    used = server.processor_seconds()
    while time.monotonic() < deadline:
        time.sleep(1)
        before, used = used, server.processor_seconds()
        if used - before < IDLE_SHARE:
            return


def _wait_until_healthy(port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"http://localhost:{port}/_stcore/health").is_success:
                return
        except httpx.TransportError:
            time.sleep(0.2)
    raise TimeoutError("The app did not start.")
