"""Every import of the product that the net needs, in this one file: when modules move, only this file follows them.

Everything else goes through ``app.py``, command lines, HTTP routes and the database.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pages.shared import forecasting, session
from pages.shared.forecast_job import ForecastKeeper
from pages.shared.report_job import ReportKeeper
from pages.shared.session_routes import tickets
from school.records import Role
from school.store.connection import DATABASE_NAME, Store

from .moment import NOW

SECRET_KEY: str = session.SECRET_KEY
COOKIE_NAME: str = session.COOKIE_NAME
# The modules whose clocks and addresses are fixed below are looked up by attribute, so that a move keeps their names.
ADDRESS = "10.0.0.1"


@contextmanager
def opened_school(folder: Path) -> Iterator[Any]:
    """Open the school of a folder for every page and route of this process, at ``NOW``, in a browser without cookies."""
    store = Store(folder / DATABASE_NAME, lambda: NOW)
    here = session.School(store, lambda: NOW)
    setattr(session, "open_school", lambda: here)  # noqa: B010
    setattr(session, "browser_secret", lambda: None)  # noqa: B010
    setattr(session, "context_address", lambda: ADDRESS)  # noqa: B010
    # A journal that took long to prepare would serve on after a mark: what a page shows would hang on the machine's speed.
    setattr(forecasting, "USES_OF_ITS_COST", 0)  # noqa: B010
    try:
        yield here
    finally:
        store.close()


def fit_and_remember(folder: Path) -> None:
    """Do what the server does beside its visitors: fit the forecast model, remember the week's forecasts."""
    with opened_school(folder) as here:
        ForecastKeeper(here).look()


def make_owed_reports(folder: Path) -> None:
    """Do what the server does beside its visitors: make the reports that the schedule owes."""
    with opened_school(folder) as here:
        ReportKeeper(here).look(0)


def ticket_for(secret: str, role: str) -> str:
    """Return a ticket that the sign-in route changes for the cookie of this session."""
    return tickets.issue(secret, {Role(role)}, NOW)
