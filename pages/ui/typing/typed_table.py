"""A table that people type into: what was typed stays until it is saved, also over another page, and is said to be unsaved.

A form's fields reach the server when the form is sent, so a table has a hidden button that sends it as a draft:
``server/scripts/unsaved.js`` presses it when the typing pauses.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import pandas as pd
import streamlit as st

from pages.ui.typed_text import Markdown

DRAFTS = "typed_tables"
# Of one person at once; the oldest is dropped.
MOST_DRAFTS = 8
UNSAVED = Markdown(":orange[:material/edit: **Не сохранено.** Вписанное ждёт здесь, пока вы не выйдете.]")


@dataclass(frozen=True)
class Draft:
    """A table as it was drawn first, and as it was typed since; ``key`` is of the rows that were stored then."""

    key: str
    shown: pd.DataFrame
    typed: pd.DataFrame


def typed_table(name: str, stored: pd.DataFrame, **options: Any) -> pd.DataFrame:
    """Show a table within a form to be typed into, and return it as typed; ``options`` as for ``st.data_editor``.

    ``name`` is of this table alone (with the class and the like in it). What was typed is kept for the session while the
    stored rows stay what they were; once they hold it, nothing is kept.
    """
    again = st.session_state.get(_times(name), 0)
    key = f"{name}_{sha256(repr(_texts(stored)).encode()).hexdigest()[:12]}_{again}"
    draft = _drafts().pop(name, None)
    shown = stored
    if draft is not None and draft.key == key:
        # Streamlit adds what is typed to the table that it drew first: after another page it draws the draft.
        shown = draft.shown if key in st.session_state else draft.typed
    typed: pd.DataFrame = st.data_editor(shown, key=key, **options)
    st.form_submit_button("Запомнить черновик", key=f"keep_draft_{name}")
    if _texts(typed) != _texts(stored):
        _drafts()[name] = Draft(key, shown, typed)
        while len(_drafts()) > MOST_DRAFTS:
            del _drafts()[next(iter(_drafts()))]
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(UNSAVED, width="content")
            st.form_submit_button(
                "Вернуть сохранённое", type="tertiary", key=f"drop_draft_{name}", on_click=_drop, args=(name,)
            )
    return typed


def has_draft(name: str) -> bool:
    """Whether a table shown on this run has something in it that is not saved."""
    return name in _drafts()


def _drafts() -> dict[str, Draft]:
    drafts: dict[str, Draft] = st.session_state.setdefault(DRAFTS, {})
    return drafts


def _texts(frame: pd.DataFrame) -> list[list[str]]:
    texts: list[list[str]] = frame.astype(object).where(frame.notna(), "").astype(str).to_numpy().tolist()
    return texts


def _drop(name: str) -> None:
    _drafts().pop(name, None)
    st.session_state[_times(name)] = st.session_state.get(_times(name), 0) + 1


def _times(name: str) -> str:
    return f"{name}_begun_anew"
