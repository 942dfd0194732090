"""Ways from one page to another with the choice made on the way; addresses hold identifiers and codes only."""

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from pages.ui.filters import remember
from pages.ui.typed_text import Markdown

NEXT_PAGE = "next_page"


def open_next(path: str, codes: Mapping[str, object]) -> None:
    """Keep what was chosen and open a page at the coming rerun: Streamlit opens none from within a callback."""
    remember(**{name: "" if code is None else str(code) for name, code in codes.items()})
    st.session_state[NEXT_PAGE] = path, {name: str(code) for name, code in codes.items() if code is not None}


def opener(path: str, name: str, keys: Sequence[object], **more: object) -> Callable[[int], None]:
    """Return what opens a page when the row of this number is chosen: ``keys`` of the rows go to the filter ``name``."""
    return lambda number: open_next(path, {name: keys[number], **more})


def follow_choice() -> None:
    """Open the page that a choice on the page before led to, if any; each run of a page starts with it."""
    if chosen := st.session_state.pop(NEXT_PAGE, None):
        path, address = chosen
        st.switch_page(f"pages/{path}", query_params=address)


def page_link(path: str, label: Markdown, codes: Mapping[str, object], icon: str | None = None) -> None:
    """Show a link to a page with its filters set."""
    address = {name: str(code) for name, code in codes.items() if code is not None}
    st.page_link(f"pages/{path}", label=label, icon=icon, query_params=address)


def diary_link(pupil_id: int) -> None:
    """Show a link to a pupil's diary, which opens beside the register."""
    st.link_button("Дневник", f"/family/{pupil_id}", icon=":material/menu_book:", type="tertiary")


def file_address(file_id: int) -> Markdown:
    """Return the address of a homework file."""
    return Markdown(f"/api/homework/files/{file_id}")


def paper_address(paper_id: int) -> Markdown:
    """Return the address of a photo of a certificate."""
    return Markdown(f"/api/excuses/papers/{paper_id}")


def announcement_file_address(file_id: int) -> Markdown:
    """Return the address of a file of an announcement."""
    return Markdown(f"/api/announcements/files/{file_id}")


def message_file_address(file_id: int) -> Markdown:
    """Return the address of a file of a letter."""
    return Markdown(f"/api/correspondence/files/{file_id}")


def task_file_address(file_id: int) -> Markdown:
    """Return the address of a file of a task or of an answer to it."""
    return Markdown(f"/api/tasks/files/{file_id}")


def material_address(material_id: int) -> Markdown:
    """Return the address of a material's file."""
    return Markdown(f"/api/materials/{material_id}")


def occasion_file_address(file_id: int) -> Markdown:
    """Return the address of a file of an event."""
    return Markdown(f"/api/occasions/files/{file_id}")
