"""Every import of the product that the net needs, in this one file: when modules move, only this file follows them.

Everything else goes through ``app.py``, command lines, HTTP routes and the database.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import app
from models.product import forecasting
from models.product.stored_model import program_digest
from pipelines.catalogue.measures import CATALOGUE
from pipelines.extract.measures import BY_MEASURE
from pipelines.reports.making import FORMS, drawn, file_name, make_report
from pipelines.run import main as run_measure
from school.access.action import Action
from school.access.checks import may_somewhere
from school.errors import Refusal
from school.records import Role, User
from school.reports.actions import switch_schedule
from school.reports.lookups import ReportShelf, kinds_to_make, periods_for, shelf, span_of, subjects_of_report
from school.reports.records import ReportOrder
from school.sign_in.lookups.sessions import user_of_session
from school.sign_in.rules.sessions import secret_hash
from school.store.connection import DATABASE_NAME, Store
from server import menu, session
from server.documents.report_job import ReportKeeper
from server.forecast_job import ForecastKeeper
from server.http.session_routes import tickets

from .moment import NOW

__all__ = [
    "BY_MEASURE",
    "CATALOGUE",
    "COOKIE_NAME",
    "FORMS",
    "PAGE_PATHS",
    "SECRET_KEY",
    "Action",
    "Refusal",
    "ReportOrder",
    "ReportShelf",
    "drawn",
    "file_name",
    "kinds_to_make",
    "make_report",
    "may_somewhere",
    "periods_for",
    "program_digest",
    "run_measure",
    "secret_hash",
    "shelf",
    "span_of",
    "subjects_of_report",
    "switch_schedule",
]

SECRET_KEY: str = session.SECRET_KEY
COOKIE_NAME: str = session.COOKIE_NAME
ADDRESS = "10.0.0.1"
# The address of each page → its script under pages/.
PAGE_PATHS: dict[str, str] = {row.url_path: row.path for row in menu.existing_rows()}
ROUTES = list(app.app._user_routes)
# Command lines whose module was renamed.
DEMO, EXTRACTS = "demo", "school.extracts"


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
        keeper, is_done = ForecastKeeper(here), threading.Event()
        thread = threading.Thread(target=_hurry, args=(keeper, is_done), daemon=True)
        thread.start()
        keeper.look()
        is_done.set()


def _hurry(keeper: ForecastKeeper, is_done: threading.Event) -> None:
    """Fitting makes way for everybody; here nobody waits but this program. Without the right to it, fitting takes longer."""
    while not is_done.wait(0.5):
        if (pid := keeper.process.pid) is not None:
            with suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, pid, 0)


def make_scheduled_reports(folder: Path) -> None:
    """Do what the server does beside its visitors: make the reports that the schedule is to make."""
    with opened_school(folder) as here:
        ReportKeeper(here).look()


def user_of(here: Any, secret: str) -> User:
    """Return whose session a secret opens."""
    user = user_of_session(here.store, secret, NOW)
    assert user is not None, secret
    return user


def ticket_for(secret: str, role: str) -> str:
    """Return a ticket that the sign-in route changes for the cookie of this session."""
    return tickets.issue(secret, {Role(role)}, NOW)
