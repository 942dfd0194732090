"""Doing what a form asks for: a refusal is shown where the form stands and nothing typed is lost."""

from collections.abc import Callable
from typing import TypeVar

import streamlit as st

from pages.ui.typed_text import NO_WORDS, Markdown, as_typed
from school.errors import Refusal

DONE = ":material/check:"
Made = TypeVar("Made")


def try_to(do: Callable[[], Made], message: Markdown | Callable[[Made], Markdown], icon: str = DONE) -> bool:
    """Do it and say so in a toast, or show why it cannot be done; return whether it was done.

    ``message`` may be made of what ``do`` returns.
    """
    try:
        made = do()
    except Refusal as refusal:
        st.error(as_typed(str(refusal)))
        return False
    st.toast(message if isinstance(message, str) else message(made), icon=icon)
    return True


def try_and_rerun(
    do: Callable[[], Made], message: Markdown | Callable[[Made], Markdown], icon: str = DONE
) -> None:
    """As ``try_to``; what is done shows at once."""
    if try_to(do, message, icon):
        st.rerun()


def try_in_callback(do: Callable[[], object], message: Markdown = NO_WORDS, icon: str = DONE) -> None:
    """As ``try_to``, where the page is not drawn yet: a refusal is a toast too."""
    try:
        do()
    except Refusal as refusal:
        st.toast(as_typed(str(refusal)), icon=":material/error:")
    else:
        if message:
            st.toast(message, icon=icon)
