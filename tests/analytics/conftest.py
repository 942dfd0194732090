"""Insight pages opened by people of the small school."""

from collections.abc import Callable
from datetime import datetime
from inspect import signature

import pytest
import screens
from streamlit.testing.v1 import AppTest

from school.records import User
from school.store.connection import Store
from server import session

OpenPage = Callable[..., AppTest]
Change = Callable[[str], None]
CHANGES = "change"


@pytest.fixture
def school_store(request: pytest.FixtureRequest) -> Store:
    """The small school: its own for a test that changes it or asks for its store, one for the others of the module."""
    asks = signature(request.function).parameters.keys() & {"school_store", "ways"}
    store: Store = request.getfixturevalue(
        "own_store" if asks or CHANGES in request.fixturenames else "common_store"
    )
    return store


@pytest.fixture
def open_page(school_screens: session.School) -> OpenPage:
    """Return ``open_page(user, path, **address)``: the page as that person sees it."""

    def opened(user: User, path: str, **address: str) -> AppTest:
        app_test = screens.open_page(path, user, **address)
        assert not app_test.exception
        return app_test

    return opened


@pytest.fixture
def at_time(
    school_store: Store, school_screens: session.School, monkeypatch: pytest.MonkeyPatch
) -> Callable[[datetime], None]:
    """Return ``at_time(moment)``: from now on the school's clock shows that moment."""

    def shown(moment: datetime) -> None:
        here = session.School(school_store, lambda: moment)
        monkeypatch.setattr(session, "open_school", lambda: here)

    return shown
