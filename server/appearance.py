"""The look that all screens share."""

from base64 import b64encode
from pathlib import Path

import streamlit as st

ICON = Path(__file__).parent / "icon.svg"
# Narrow enough for the register of a class beside it on a classroom's screen.
MENU_PIXELS = 230
SHEET = Path(__file__).parent / "appearance.css"


def shared_style() -> str:
    """Return the style sheet of all screens."""
    return SHEET.read_text(encoding="utf-8").replace("PRIMARY", st.get_option("theme.primaryColor"))


def icon_address() -> str:
    """Return the icon as an address that holds it."""
    return f"data:image/svg+xml;base64,{b64encode(ICON.read_bytes()).decode('ascii')}"


def apply_appearance(school_name: str, page: str, *, is_wide: bool, is_folded: bool) -> None:
    """Set the title of the browser's tab, the page's width, and whether it starts with the menu folded."""
    st.set_page_config(
        page_title=f"{page} · {school_name}" if page else school_name,
        layout="wide" if is_wide else "centered",
        initial_sidebar_state="collapsed" if is_folded else MENU_PIXELS,
    )
