"""Whose page a browser's tab shows: noted by each rerun, asked where the tab wants more than a page.

Streamlit knows a tab by an id that stands in addresses; a person is known by the cookie alone.
"""

from dataclasses import dataclass
from typing import Any

from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from school.records import User


@dataclass(frozen=True)
class Holder:
    """Who a page was drawn for: the secret of their session and what they were allowed to then."""

    secret: str
    user: User


@dataclass
class Tab:
    """A tab: its holder, the page it shows, and whether that page asks for a file."""

    holder: Holder
    page: str
    takes_files: bool = False


def note_holder(secret: str, user: User) -> None:
    """Note for whom this rerun draws."""
    context = get_script_run_ctx()
    session = _session(context.session_id) if context else None
    if context is None or session is None:
        return
    known: Tab | None = vars(session).get("tab")
    holder = Holder(secret, user)
    if known is None or known.holder != holder or known.page != context.page_script_hash:
        vars(session)["tab"] = Tab(holder, context.page_script_hash)


def forget_holder() -> None:
    """Note that nobody is signed in in this rerun's tab."""
    context = get_script_run_ctx()
    session = _session(context.session_id) if context else None
    if session is not None:
        vars(session).pop("tab", None)


def expect_files() -> None:
    """Note that the page of this rerun asks its holder for a file: only then the tab may send one."""
    context = get_script_run_ctx()
    tab = tab_of(context.session_id) if context else None
    if tab is not None:
        tab.takes_files = True


def tab_of(session_id: str) -> Tab | None:
    """Return the tab of a session of Streamlit's, connected or waiting to be again; None where nobody is signed in."""
    session = _session(session_id)
    return None if session is None else vars(session).get("tab")


def tabs_of_nobody(address: str) -> int:
    """Return how many connected tabs of a network address show the sign-in page."""
    sessions = _sessions()
    return (
        0
        if sessions is None
        else sum(
            "tab" not in vars(each.session) and each.client.client_context.remote_ip == address
            for each in sessions.list_active_sessions()
        )
    )


def sessions_of(user_id: int) -> list[str]:
    """Return the ids of the sessions whose tabs a person holds."""
    sessions = _sessions()
    tabs = (
        [(each.session.id, vars(each.session).get("tab")) for each in sessions.list_sessions()]
        if sessions
        else []
    )
    return [session_id for session_id, tab in tabs if tab is not None and tab.holder.user.user_id == user_id]


def _session(session_id: str) -> Any:
    sessions = _sessions()
    found = None if sessions is None else sessions.get_session_info(session_id)
    return None if found is None else found.session


def _sessions() -> Any:
    # A page under test has a runtime without sessions.
    return getattr(runtime.get_instance(), "_session_mgr", None) if runtime.exists() else None
