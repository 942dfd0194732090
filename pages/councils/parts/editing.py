"""A table that is typed into: what was typed stays while it is refused, and is gone once it is written."""

from typing import TypeVar

import streamlit as st

Made = TypeVar("Made")


def editor_key(form: str) -> str:
    """Return the key of a form's table: another one after each save, so that it shows what is stored."""
    return f"{form}_table_{st.session_state.get(_saves(form), 0)}"


def begun_anew(form: str, made: Made) -> Made:
    """Note that a form was saved, and return what that made: old typing must not be sent over what others write next."""
    st.session_state[_saves(form)] = st.session_state.get(_saves(form), 0) + 1
    return made


def _saves(form: str) -> str:
    return f"{form}_saves"
