"""Screens without a browser: open a page as somebody, read what it says."""

from datetime import datetime
from pathlib import Path

import pytest
from streamlit import config
from streamlit.testing.v1 import AppTest

from school.records import User
from school.sign_in.rules.sessions import STAFF_SESSION, new_secret, secret_hash
from school.sign_in.store.sessions import save_session
from school.store.connection import Store, Transaction
from school.store.events import Event
from school.store.school import School
from server import session
from server.session import SECRET_KEY, school

ROOT = Path(__file__).parent.parent
SECONDS = 60
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36"


def show_school(store: Store, now: datetime, monkeypatch: pytest.MonkeyPatch) -> School:
    """Make every screen show the school of a store at a moment, in a browser without cookies."""
    here = School(store, lambda: now)
    monkeypatch.setattr(session, "open_school", lambda: here)
    monkeypatch.setattr(session, "browser_secret", lambda: None)
    monkeypatch.setattr(session, "told_by_browser", lambda: ("", CHROME))
    monkeypatch.setattr("server.view.kept_words", lambda: None)
    monkeypatch.setattr(session, "context_address", lambda: "10.0.0.1")
    config.set_option("client.showErrorDetails", "full")
    return here


def screen(path: str) -> AppTest:
    """Return a page, not yet run: ``app.py`` or a script under ``pages/``, by its path from the root."""
    return AppTest.from_file(str(ROOT / path), default_timeout=SECONDS)


def open_page(path: str, user: User | None = None, **address: str) -> AppTest:
    """Return a page as its menu and address open it: ``path`` is that of the menu, ``address`` what stands after «?»."""
    app_test = screen("app.py").switch_page(f"pages/{path}")
    for name, value in address.items():
        app_test.query_params[name] = value
    return (app_test if user is None else sign_in_as(app_test, user)).run()


def sign_in_as(app_test: AppTest, user: User) -> AppTest:
    """Sign somebody in on a page that has not run yet, and return the page."""
    app_test.session_state[SECRET_KEY] = session_of(user)
    return app_test


def session_of(user: User) -> str:
    """Open a session for somebody and return its secret."""
    here, secret = school(), new_secret()
    now = here.clock()

    def work(transaction: Transaction) -> None:
        save_session(
            transaction, secret_hash(secret), user.user_id, created_at=now, expires_at=now + STAFF_SESSION
        )
        transaction.record(Event(now, user.user_id, "sign_in"))

    here.store.write(work)
    return secret


def texts(app_test: AppTest) -> str:
    """Return everything that a screen says in words, a line each."""
    kinds = (app_test.title, app_test.header, app_test.subheader, app_test.markdown, app_test.caption)
    notices = (app_test.info, app_test.warning, app_test.error, app_test.success)
    return "\n".join(str(element.value) for kind in (*kinds, *notices) for element in kind)
