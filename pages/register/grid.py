"""«Журнал»: one class or subgroup × subject × term, entered from the keyboard.

The page is a frame: what it shows is read over HTTP by the grid, which keeps the address in step (see ``pages.grid``).
"""

from typing import Any

import streamlit as st

from pages.grid import grid_page
from pages.register.parts.lesson_extras import show_extras
from pages.ui.correction_request import ask_in_dialog
from pages.ui.register_choice import whole_number_of
from school.access.action import Action
from school.records import RegisterKey, User
from server.session import guard


def show_register(user: User) -> None:
    """Show the frame, and what was asked for beside it."""
    wanted = grid_page(
        user,
        "register",
        load_url="/api/register/page",
        ask_url="/api/register/whom-to-ask",
        lesson_url="/api/register/lesson",
    )
    if wanted:
        open_beside(wanted)


def open_beside(wanted: dict[str, Any]) -> None:
    """Open what a button of the grid's page leads to."""
    address = wanted["address"]
    if wanted["what"] == "term_marks":
        st.switch_page("pages/term_marks/term_marks.py", query_params=address)
    elif wanted["what"] == "more":
        show_extras(int(wanted["lesson"]))
    elif wanted["what"] == "correction":
        class_id, subject_id, term_id = (
            whole_number_of(address, name) or 0 for name in ("class", "subject", "term")
        )
        ask_in_dialog(RegisterKey(class_id, subject_id, whole_number_of(address, "group")), term_id)


show_register(guard(Action.READ_REGISTER))
