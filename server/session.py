"""Who is signed in: asked again on every rerun and every HTTP request."""

import os
import sys
import threading
from functools import cache
from urllib.parse import urlsplit

import streamlit as st
from starlette.requests import Request
from streamlit.runtime.scriptrunner import get_script_run_ctx

from school.access.action import Action
from school.access.checks import may_somewhere
from school.clock import school_clock
from school.errors import CannotOpen
from school.records import User
from school.sign_in.actions.sessions import new_first_code
from school.sign_in.lookups.sessions import user_of_session
from school.sign_in.rules.sessions import FAMILY_ROLES
from school.store.connection import DATABASE_NAME, Store, data_directory
from school.store.file.opening import check_school_is_there
from school.store.file.privacy import keep_to_ourselves
from school.store.school import School

__all__ = ["School"]

COOKIE_NAME = "school_session"
# What a supervisor sees of a school that cannot be opened as its files are: starting again does not help.
CANNOT_START = 78
SECRET_KEY = "session_secret"
NOTE_KEY = "sign_in_note"
SESSION_ENDED = (
    "Сеанс завершён: истекло время или вы вышли в другой вкладке. Войдите снова. "
    "Введённое в журнал сохранено в этом браузере и отправится после входа."
)
NOT_FOR_YOU = "Эта страница не для вашей роли. Откройте другую из меню; если доступ нужен, обратитесь к администратору журнала."


_opening = threading.Lock()


@cache
def _opened() -> School:
    clock, database = school_clock(), data_directory() / DATABASE_NAME
    keep_to_ourselves()
    check_school_is_there(database)
    return School(Store(database, clock), clock)


def open_school() -> School:
    """Return the process's one school, opened at the first call; raises CannotOpen, or ValueError for a wrong clock, in words.

    Not ``st.cache_resource``: any browser may ask Streamlit to clear that, and a second store on the same file
    would write beside the first.
    """
    with _opening:
        return _opened()


def open_or_leave() -> None:
    """Open the school of this process; where it cannot be opened write why on the console and end the process."""
    try:
        open_school()
    except (CannotOpen, ValueError) as problem:
        sys.stderr.write(f"Журнал не запущен. {problem}\n")
        sys.stderr.flush()
        # Not sys.exit: the web server would write a traceback beside the sentence.
        os._exit(CANNOT_START)


def school() -> School:
    """Return the school of this process."""
    return open_school()


def current_user() -> User | None:
    """Return the signed-in user of this rerun, or None; leaves a note for the sign-in page when a session ended."""
    known = st.session_state.get(SECRET_KEY)
    secret = known or browser_secret()
    user = _user_of(secret)
    if user is None and known:
        forget_session(SESSION_ENDED)
    elif user is not None:
        st.session_state[SECRET_KEY] = secret
    return user


def browser_secret() -> str | None:
    """Return the secret that the browser's cookie held when this tab connected."""
    return st.context.cookies.get(COOKIE_NAME)


def browser_address() -> str:
    """Return the network address that the browser connects from."""
    return context_address() or "localhost"


def context_address() -> str | None:
    """Return the address of this tab's connection, None on the very machine."""
    return st.context.ip_address


def forget_session(note: str = "") -> None:
    """Drop everything this browser tab holds on the server, but a note for the sign-in page."""
    st.session_state.clear()
    if note:
        st.session_state[NOTE_KEY] = note


def guard(action: Action) -> User:
    """Return the signed-in user if some role of theirs grants the action; otherwise say why not and stop the page.

    Every page and every fragment starts with it: a fragment reruns without the page around it.
    """
    user = current_user()
    if user is None:
        _leave_fragment()
        st.warning("Войдите, чтобы открыть эту страницу.")
        st.stop()
    if not may_somewhere(user, action):
        st.warning(NOT_FOR_YOU)
        st.stop()
    return user


def user_of_request(request: Request) -> User | None:
    """Return the signed-in user of an HTTP request by its cookie, or None."""
    return _user_of(request.cookies.get(COOKIE_NAME))


def is_of_family_only(user: User) -> bool:
    """Whether somebody has nothing in the register but a child's diary, which is no page of Streamlit's."""
    return bool(user.roles) and user.roles <= FAMILY_ROLES


def is_same_origin(request: Request) -> bool:
    """Whether a request that changes something came as JSON from a page of this very site."""
    return _content_type(request) == "application/json" and _is_from_this_site(request)


def is_form_of_this_site(request: Request) -> bool:
    """Whether a request that changes something is a plain form of a page of this very site."""
    return _content_type(request) == "application/x-www-form-urlencoded" and _is_from_this_site(request)


def _content_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _is_from_this_site(request: Request) -> bool:
    fetch_site = request.headers.get("sec-fetch-site")
    if fetch_site is not None:
        return fetch_site == "same-origin"
    return urlsplit(request.headers.get("origin", "")).netloc == request.headers.get("host")


def _user_of(secret: str | None) -> User | None:
    if not secret:
        return None
    here = school()
    return user_of_session(here.store, secret, here.clock())


def _leave_fragment() -> None:
    context = get_script_run_ctx()
    if context is not None and context.fragment_ids_this_run:
        st.rerun(scope="app")


@cache
def first_code() -> str:
    """Return this process's one-time code for the first administrator; it is printed on the server's console."""
    return new_first_code()
