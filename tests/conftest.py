"""The small school that tests share, and its screens."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from screens import show_school
from small_school import NOW, People, build_small_school, people_of

from school.store.connection import DATABASE_NAME, Store
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
