"""The look that all screens share."""

from pathlib import Path

import streamlit as st

ICON = Path(__file__).parent / "icon.svg"
# Narrow enough for the register of a class beside it on a classroom's screen.
MENU_PIXELS = 230
STYLE = """
<style>
[data-testid="InputInstructions"], [data-testid="stDecoration"], [data-testid="stAppDeployButton"],
[data-testid="stMainMenu"], [data-testid="stStatusWidget"] { display: none; }
[data-testid="stApp"]:is([data-test-connection-state="PINGING_SERVER"],
    [data-test-connection-state="DISCONNECTED_FOREVER"])::after {
    content: "Нет связи с сервером. Страница оживёт, как только связь вернётся.";
    position: fixed; bottom: 1rem; left: 50%; transform: translateX(-50%); z-index: 1000; width: max-content;
    max-width: 90vw; padding: 0.5rem 1rem; border-radius: 0.4rem; background: #fdf3d8; color: #6b4e00;
    animation: late 0s 2s backwards;
}
@keyframes late { from { visibility: hidden; } }
[data-testid="stHeader"] { background: transparent; }
[data-testid="stMainBlockContainer"] { padding-top: 3.75rem; padding-bottom: 3rem; }
@media (min-width: 768px) { [data-testid="stMainBlockContainer"] { padding: 1.5rem 2rem 2rem; } }
[data-testid="stMainBlockContainer"] h1 { font-size: 1.5rem; padding: 0 0 0.25rem; }
[data-testid="stMainBlockContainer"] h2 { font-size: 1.25rem; padding: 0.25rem 0; }
[data-testid="stMainBlockContainer"] h3 { font-size: 1.1rem; padding: 0.25rem 0; }
[data-testid="stMetricValue"] { font-size: 1.7rem; }
[data-testid="stSidebarContent"] { display: flex; flex-direction: column; height: 100vh; overflow: hidden; }
[data-testid="stSidebarHeader"] { height: 2.25rem; margin-bottom: 0; padding-top: 0.5rem; flex: none; }
[data-testid="stSidebarNav"] { flex: 1 1 auto; min-height: 0; overflow-y: auto; margin-right: -0.75rem; }
[data-testid="stSidebarNavLinkContainer"] { margin: 0; }
[data-testid="stToastContainer"], [data-testid="stToastContainer"] * { pointer-events: none; }
[data-testid="stSidebarUserContent"] { flex: none; padding-top: 0.75rem; padding-bottom: 1rem; }
.st-key-sign_in_panel { padding-top: min(8vh, 4rem); }
.st-key-sign_in_panel h1 { font-size: 1.6rem; padding: 0 0 0.4rem; }
.st-key-sign_in_panel h3 { font-size: 1.1rem; padding: 0 0 0.5rem; }
.st-key-sign_in_panel [class*="st-key-FormSubmitter"],
.st-key-sign_in_panel [data-testid="stFormSubmitButton"] button { width: 100%; }
.st-key-sign_in_panel [data-testid="stFormSubmitButton"] button { background: PRIMARY; color: #fff; }
</style>
"""


def apply_appearance(title: str, *, is_wide: bool) -> None:
    """Set the page's title, icon and width, and apply the shared style."""
    st.set_page_config(
        page_title=title,
        page_icon=str(ICON),
        layout="wide" if is_wide else "centered",
        initial_sidebar_state=MENU_PIXELS,
    )
    st.html(STYLE.replace("PRIMARY", st.get_option("theme.primaryColor")))
