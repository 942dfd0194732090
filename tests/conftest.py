"""The small school that tests share, and its screens."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from class_week import add_class_week
from end_of_term import add_marks
from screens import show_school
from small_school import NOW, People, build_small_school, people_of

from school.store.connection import DATABASE_NAME, Store, Transaction
from school.store.events import Event
from school.store.school import School


@pytest.fixture
def empty_store(tmp_path: Path) -> Iterator[Store]:
    """A store as a new school finds it: no settings, no people."""
    store = Store(tmp_path / DATABASE_NAME, lambda: NOW)
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


@pytest.fixture
def school_store(small_school_file: Path, tmp_path: Path) -> Iterator[Store]:
    """The store of the small school."""
    store = Store(Path(shutil.copy(small_school_file, tmp_path)), lambda: NOW)
    yield store
    store.close()


@pytest.fixture
def people(school_store: Store) -> People:
    """Everybody who may sign in at the small school."""
    return people_of(school_store)


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
