"""The small school that tests share, and its screens."""

import atexit
import gc
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from class_week import add_class_week
from end_of_term import add_marks
from hypothesis import HealthCheck, settings
from lines_run import count_scripts, lines_of_workers
from measure_texts import share_measure_texts
from screens import show_school
from small_school import NOW, People, build_small_school, people_of
from streamlit.components.v2 import manifest_scanner

from school.store.connection import DATABASE_NAME, Store, Transaction
from school.store.events import Event
from school.store.school import School

LINES = pytest.StashKey[str]()
# How long an example takes says how busy the machine is, not whether the product is right.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")


def pytest_sessionstart(session: pytest.Session) -> None:
    """End with the verdict: after it DuckDB 2.0 would list some forty of its own functions as leaked, from C++ as Python ends."""

    def leave() -> None:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(int(session.exitstatus))

    # Registered before other libraries' last words, so it runs after them.
    atexit.register(leave)
    # Every screen of a test would read the metadata of all installed packages again: 0.4 s of processor.
    manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)
    count_scripts()
    share_measure_texts()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hold the lines that were run to their floor, where they are counted."""
    session.config.stash[LINES] = lines_of_workers(session)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say which lines no test ran."""
    if lines := config.stash.get(LINES, ""):
        terminalreporter.write_line(f"\n{lines}")


def pytest_collection_finish() -> None:
    """Look for garbage seldom, and never in what is loaded by now: 3 to 8 % of a run went to it."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database of a school that has just been opened: all migrations, no settings, no people."""
    path = tmp_path_factory.mktemp("empty") / DATABASE_NAME
    Store(path, lambda: NOW).close()
    return path


@pytest.fixture
def empty_store(empty_file: Path, tmp_path: Path) -> Iterator[Store]:
    """A store as a new school finds it."""
    store = Store(Path(shutil.copy(empty_file, tmp_path / "empty.duckdb")), lambda: NOW)
    yield store
    store.close()


@pytest.fixture(scope="session")
def small_school_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small school's database, built once and closed; every test gets a copy."""
    path = tmp_path_factory.mktemp("small_school") / DATABASE_NAME
    store = Store(path, lambda: NOW)
    build_small_school(store)
    store.close()
    return path


@pytest.fixture(scope="session")
def untouched() -> Iterator[list[Store]]:
    """Copies of the small school that a test has looked at and left as they were: opening one costs more than most tests."""
    stores: list[Store] = []
    yield stores
    for store in stores:
        store.close()


@pytest.fixture
def own_store(
    small_school_file: Path, tmp_path_factory: pytest.TempPathFactory, untouched: list[Store]
) -> Iterator[Store]:
    """The small school for one test alone, as it was built."""
    store = untouched.pop() if untouched else _copy_of(small_school_file, tmp_path_factory.mktemp("own"))
    before = _traces(store)
    yield store
    if _traces(store) == before:
        untouched.append(store)
    else:
        store.close()
        # A copy is 12 MB and a run makes some two thousand: kept to its end they would fill a disk.
        shutil.rmtree(store.path.parent, ignore_errors=True)


def _copy_of(file: Path, folder: Path) -> Store:
    store = Store(Path(shutil.copy(file, folder)), lambda: NOW)
    # Tidying the file up at closing would take longer than most tests.
    store.connection.execute("PRAGMA disable_checkpoint_on_shutdown")
    return store


def _traces(store: Store) -> object:
    """Return what differs after any test that has written a row or a file, closed the store or had it opened again."""
    files = {path: (path.stat().st_size, path.stat().st_mtime_ns) for path in store.path.parent.rglob("*")}
    return store.version, store._writer.is_alive(), id(store.connection), files


@pytest.fixture(scope="module")
def common_store(small_school_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The small school for those tests of a module that only look at it: what one has asked the next finds in memory."""
    store = Store(Path(shutil.copy(small_school_file, tmp_path_factory.mktemp("common"))), lambda: NOW)
    yield store
    store.close()


@pytest.fixture
def school_store(own_store: Store) -> Store:
    """The store of the small school."""
    return own_store


@pytest.fixture(scope="session")
def people(small_school_file: Path) -> People:
    """Everybody who may sign in at the small school as it is built."""
    store = Store(small_school_file, lambda: NOW)
    found = people_of(store)
    store.close()
    return found


@pytest.fixture
def school_screens(school_store: Store, monkeypatch: pytest.MonkeyPatch) -> School:
    """Make every screen show the small school at ``small_school.NOW``, in a browser without cookies."""
    return show_school(school_store, NOW, monkeypatch)


@pytest.fixture
def change(school_store: Store) -> Callable[[str], None]:
    """Return ``change(sql)``: a change of the small school, as if it had always been so."""

    def changed(sql: str) -> None:
        def work(transaction: Transaction) -> None:
            transaction.change(sql)
            transaction.record(Event(NOW, None, "school"))

        school_store.write(work)

    return changed


@pytest.fixture
def class_week(school_store: Store) -> Store:
    """The small school with a week of 7А: maths every day, history in two subgroups at the same hour; one pupil away since Monday."""
    school_store.write(add_class_week)
    return school_store


@pytest.fixture
def end_store(school_store: Store) -> Store:
    """The small school with marks: the child's mean is 4.14 of six marks, the absentee has two of them."""
    school_store.write(add_marks)
    return school_store
