"""Insight pages opened by people of the small school."""

from collections.abc import Callable
from datetime import datetime

import pytest
from screens import screen, sign_in_as
from streamlit.testing.v1 import AppTest

from school.records import User
from school.store.connection import Store
from server import session

OpenPage = Callable[..., AppTest]
Change = Callable[[str], None]


@pytest.fixture
def open_page(school_screens: session.School) -> OpenPage:
    """Return ``open_page(user, path, **address)``: the page as that person sees it."""

    def opened(user: User, path: str, **address: str) -> AppTest:
        app_test = sign_in_as(screen("app.py"), user).run()
        app_test.switch_page(f"pages/{path}")
        for name, value in address.items():
            app_test.query_params[name] = value
        app_test.run()
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
