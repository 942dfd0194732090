"""Help where one stands: the «?» of every page, and the first steps on the first page of a first visit."""

from functools import cache

import streamlit as st

from school.guide.actions import close_first_steps
from school.guide.lookups import steps_to_show
from school.records import User
from server.menu import PageRow, existing_rows, first_row
from server.session import school

# The script asks of the page that is open; without it the link leads to the whole guide.
HELP_LINK = (
    '<a class="page-help" href="/guide" target="_blank" rel="noopener" title="Помощь по этой странице" '
    'aria-label="Помощь по этой странице">?</a>'
)
# Whether this tab has nothing more to ask about first steps.
STEPS_CLOSED = "first_steps_closed"


def show_help(user: User, url_path: str) -> None:
    """Draw the «?» of a page by its address, and at a first visit three steps on the user's first page.

    Nothing of a guide is read before «?» is pressed: ``server/scripts/help.js`` opens the answer over the page.
    """
    row = row_at(url_path)
    if row is None:
        return
    st.html(HELP_LINK)
    if not st.session_state.get(STEPS_CLOSED) and first_row(user) is row:
        _show_first_steps(user)


@cache
def row_at(url_path: str) -> PageRow | None:
    """Return the page of an address, or None where the address leads on to another."""
    return next((row for row in existing_rows() if row.url_path == url_path), None)


def _show_first_steps(user: User) -> None:
    guides = [guide for guide in steps_to_show(school().store, user) if guide.steps]
    if not guides:
        st.session_state[STEPS_CLOSED] = True
        return
    with st.container(border=True, key="first_steps"):
        for guide in guides:
            st.markdown(f"**Первые шаги. {guide.title}**\n\n{guide.step_list}")
        st.button("Понятно", on_click=_close, args=(user,), key="first_steps_read")


def _close(user: User) -> None:
    here = school()
    close_first_steps(here.store, user, now=here.clock())
    st.session_state[STEPS_CLOSED] = True
