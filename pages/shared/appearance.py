"""The look that all screens share, and Streamlit's own English words taken off them."""

import streamlit as st

STYLE = """
<style>
[data-testid="InputInstructions"], [data-testid="stStatusWidget"], [data-testid="stDecoration"],
[data-testid="stAppDeployButton"], [data-testid="stMainMenu"] { display: none; }
[data-testid="stMainBlockContainer"] { padding: 1.2rem 2rem 2rem; }
[data-testid="stSidebarUserContent"] { padding-bottom: 1rem; }
</style>
"""


def apply_appearance() -> None:
    """Apply the shared style to the page."""
    st.html(STYLE)
