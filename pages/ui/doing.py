"""Doing what a form asks for: a refusal is shown where the form stands and nothing typed is lost."""

from collections.abc import Callable

import streamlit as st

from school.errors import Refusal


def try_to(do: Callable[[], object], message: str) -> bool:
    """Do it and say so in a toast, or show why it cannot be done; return whether it was done."""
    try:
        do()
    except Refusal as refusal:
        st.error(str(refusal))
        return False
    st.toast(message, icon=":material/check:")
    return True
