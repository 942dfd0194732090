"""Who is signed in: asked again on every rerun and every HTTP request."""

import os
import re
import sys
import threading
from functools import cache

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from streamlit.runtime.scriptrunner import get_script_run_ctx

from school.access.action import Action
from school.access.checks import may_somewhere
from school.backup.taking import back_up_before_migrations
from school.clock import NOW_VARIABLE, school_clock
from school.errors import CannotOpen, Refusal
from school.records import User
from school.sign_in.actions.sessions import new_first_code
from school.sign_in.lookups.demo_day import demo_clock
from school.sign_in.lookups.sessions import ended_session, user_of_session
from school.sign_in.rules.browsers import Browser, browser_words
from school.sign_in.rules.sessions import FAMILY_ROLES, new_secret
from school.store.connection import DATABASE_NAME, Store, data_directory
from school.store.file.opening import check_school_is_there
from school.store.file.privacy import keep_to_ourselves
from school.store.school import School
from server.http.cookies import COOKIE_NAME
from server.http.origins import is_own_origin
from server.http.tabs import forget_holder, note_holder
from server.logs import check_log

__all__ = ["COOKIE_NAME", "School"]

# What a supervisor sees of a school that cannot be opened as its files are: starting again does not help.
CANNOT_START = 78
# Secrets that were somebody's not long ago: so many are remembered, to take a body from their holders without asking first.
MOST_KNOWN = 5000
# A random value of the browser's own, for years: the owner of an account recognises their devices by it.
DEVICE_COOKIE = "school_device"
DEVICE_LOOK = re.compile(r"[\w-]{40,64}", re.ASCII)
SECRET_KEY = "session_secret"
NOTE_KEY = "sign_in_note"
DEVICE_KEY = "device_secret"
TYPED_IS_KEPT = "Введённое в журнал сохранено в этом браузере и отправится после входа."
NOT_FOR_YOU = "Эта страница не для вашей роли. Откройте другую из меню; если доступ нужен, обратитесь к администратору журнала."


_opening = threading.Lock()


@cache
def _opened() -> School:
    clock, database = school_clock(), data_directory() / DATABASE_NAME
    keep_to_ourselves()
    check_school_is_there(database)
    store = Store(
        database, clock, before_migrations=lambda path, cursor: back_up_before_migrations(path, cursor, clock)
    )
    # A replayed moment is somebody's choice.
    moved = None if os.environ.get(NOW_VARIABLE) else demo_clock(store, clock)
    return School(store, moved or clock, is_day_moved=moved is not None)


def open_school() -> School:
    """Return the process's one school, opened at the first call; raises CannotOpen, or ValueError for a wrong clock, in words.

    Not ``st.cache_resource``: any browser may ask Streamlit to clear that, and a second store on the same file
    would write beside the first.
    """
    with _opening:
        return _opened()


def open_or_leave() -> None:
    """Open the school of this process; where it or the log cannot be opened write why on the console and end the process."""
    try:
        check_log()
        open_school()
    except (CannotOpen, Refusal, ValueError) as problem:
        sys.stderr.write(f"Журнал не запущен. {problem}\n")
        sys.stderr.flush()
        # Not sys.exit: the web server would write a traceback beside the sentence.
        os._exit(CANNOT_START)


def school() -> School:
    """Return the school of this process."""
    return open_school()


def current_user() -> User | None:
    """Return the signed-in user of this rerun, or None; leaves a note for the sign-in page when a session ended.

    The session may be this tab's, or that of the browser's cookie: who reloads is told why too.
    """
    known = st.session_state.get(SECRET_KEY)
    secret = known or browser_secret()
    user = user_of_secret(secret)
    if user is None or secret is None:
        forget_holder()
        if known or (secret and NOTE_KEY not in st.session_state):
            forget_session(_ended_words(secret or ""))
        return None
    note_holder(secret, user)
    st.session_state[SECRET_KEY] = secret
    return user


def _ended_words(secret: str) -> str:
    here = school()
    ended = ended_session(here.store, secret, here.clock())
    if ended is None:
        return ""
    # A family types nothing that a browser would keep.
    kept = "" if ended.roles and ended.roles <= FAMILY_ROLES else f" {TYPED_IS_KEPT}"
    return f"Сеанс завершён: {ended.why}. Войдите снова.{kept}"


def browser_secret() -> str | None:
    """Return the secret that the browser's cookie held when this tab connected."""
    return st.context.cookies.get(COOKIE_NAME)


def this_browser() -> Browser:
    """Return what this tab's browser is known by; a browser that has no device cookie yet gets a secret for one."""
    device = st.session_state.get(DEVICE_KEY)
    if not device:
        device = device_of(told_by_browser()[0]) or new_secret()
        st.session_state[DEVICE_KEY] = device
    return Browser(device, browser_words(told_by_browser()[1]))


def told_by_browser() -> tuple[str, str]:
    """Return the device's cookie and the User-Agent of this tab's connection; empty where it has none."""
    return st.context.cookies.get(DEVICE_COOKIE) or "", st.context.headers.get("User-Agent") or ""


def browser_of_request(request: Request) -> Browser:
    """Return what the browser of an HTTP request is known by."""
    return Browser(
        device_of(request.cookies.get(DEVICE_COOKIE)), browser_words(request.headers.get("user-agent", ""))
    )


def device_of(cookie: str | None) -> str:
    """Return the secret of a device's cookie; empty where there is none as this program makes them."""
    return cookie if cookie and DEVICE_LOOK.fullmatch(cookie) else ""


def address_of_request(request: Request) -> str:
    """Return the network address that a request comes from."""
    return request.client.host if request.client else "localhost"


def browser_address() -> str:
    """Return the network address that the browser connects from."""
    return context_address() or "localhost"


def context_address() -> str | None:
    """Return the address of this tab's connection, None on the very machine."""
    return st.context.ip_address


def forget_session(note: str = "") -> None:
    """Drop everything this browser tab holds on the server, but which device it is, and a note for the sign-in page."""
    device = st.session_state.get(DEVICE_KEY)
    st.session_state.clear()
    if device:
        st.session_state[DEVICE_KEY] = device
    # Empty too: who has left by themselves is not told that a session ended.
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
    return user_of_secret(request.cookies.get(COOKIE_NAME))


def is_of_family_only(user: User) -> bool:
    """Whether somebody has nothing in the register but a child's diary, which is no page of Streamlit's."""
    return bool(user.roles) and user.roles <= FAMILY_ROLES


def is_same_origin(request: Request) -> bool:
    """Whether a request that changes something came as JSON from a page of this very site."""
    return _content_type(request) == "application/json" and _is_from_this_site(request)


def is_form_of_this_site(request: Request, *, with_files: bool = False) -> bool:
    """Whether a request that changes something is a plain form (or one ``with_files``) of a page of this very site."""
    kind = "multipart/form-data" if with_files else "application/x-www-form-urlencoded"
    return _content_type(request) == kind and _is_from_this_site(request)


def _content_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _is_from_this_site(request: Request) -> bool:
    fetch_site = request.headers.get("sec-fetch-site")
    return fetch_site == "same-origin" if fetch_site is not None else is_own_origin(request.scope)


def user_of_secret(secret: str | None) -> User | None:
    """Return the signed-in user whose session has this secret, with today's rights, or None."""
    if not secret:
        return None
    here = school()
    user = user_of_session(here.store, secret, here.clock())
    if user is None:
        _known.pop(secret, None)
    else:
        if len(_known) >= MOST_KNOWN:
            _known.clear()
        _known[secret] = None
    return user


_known: dict[str, None] = {}


async def is_signed_in(secret: str | None) -> bool:
    """Whether a secret was somebody's when it was asked last: enough to listen to them, who are asked again before an answer."""
    if not secret:
        return False
    return secret in _known or await run_in_threadpool(user_of_secret, secret) is not None


def _leave_fragment() -> None:
    context = get_script_run_ctx()
    if context is not None and context.fragment_ids_this_run:
        st.rerun(scope="app")


@cache
def first_code() -> str:
    """Return this process's one-time code for the first administrator; it is printed on the server's console."""
    return new_first_code()
