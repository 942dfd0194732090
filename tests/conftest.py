"""The small school that tests share, and its screens."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from small_school import NOW, People, build_small_school

from pages.shared import session
from school.store.connection import DATABASE_NAME, Store


@pytest.fixture
def empty_store(tmp_path: Path) -> Iterator[Store]:
    """A store as a new school finds it: no settings, no people."""
    store = Store(tmp_path / DATABASE_NAME, lambda: NOW)
    yield store
    store.close()


@pytest.fixture
def people(empty_store: Store) -> People:
    """Everybody who may sign in at the small school."""
    return build_small_school(empty_store)


@pytest.fixture
def school_store(empty_store: Store, people: People) -> Store:
    """The store of the small school."""
    return empty_store


@pytest.fixture
def school_screens(school_store: Store, monkeypatch: pytest.MonkeyPatch) -> session.School:
    """Make every screen show the small school at ``small_school.NOW``, in a browser without cookies."""
    here = session.School(school_store, lambda: NOW)
    monkeypatch.setattr(session, "open_school", lambda: here)
    monkeypatch.setattr(session, "browser_secret", lambda: None)
    return here
