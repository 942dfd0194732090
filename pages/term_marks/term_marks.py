"""«Оценки за учебный период»: a register's marks for its terms and the year, entered from the keyboard (п. 5.4).

The page is a frame: what it shows is read over HTTP by the grid, which keeps the address in step (see ``pages.grid``).
"""

from typing import Any

import streamlit as st

from pages.grid import grid_page
from pages.term_marks.parts.missing_reasons import show_missing_reasons
from pages.term_marks.parts.term_marks_answer import period_of
from pages.ui.correction_request import ask_in_dialog
from pages.ui.register_choice import Address, whole_number_of
from school.access.action import Action
from school.records import RegisterKey, User
from server.session import guard


def show_term_marks(user: User) -> None:
    """Show the frame, and what was asked for beside it."""
    if wanted := grid_page(user, "term-marks", load_url="/api/term-marks/page"):
        open_beside(wanted)


def open_beside(wanted: dict[str, Any]) -> None:
    """Open what a button of the grid's page leads to."""
    address = wanted["address"]
    key, term_id = register_of(address)
    if wanted["what"] == "register":
        st.switch_page(
            "pages/register/grid.py",
            query_params={name: value for name, value in address.items() if value != "year"},
        )
    elif wanted["what"] == "reasons":
        show_missing_reasons(key, term_id)
    elif wanted["what"] == "correction":
        ask_in_dialog(key, term_id)


def register_of(address: Address) -> tuple[RegisterKey, int]:
    """Return the register and the term (YEAR for the year) of an address."""
    class_id, subject_id = (whole_number_of(address, name) or 0 for name in ("class", "subject"))
    return RegisterKey(class_id, subject_id, whole_number_of(address, "group")), period_of(address) or 0


show_term_marks(guard(Action.READ_REGISTER))
