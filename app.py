"""The way into the register: one ASGI app with the pages and their HTTP routes; each rerun starts here too."""

import streamlit as st

from pages.shared import routes, session_routes
from pages.shared.appearance import apply_appearance
from pages.shared.faults import answer_fault, keep_values_out_of_logs, show_fault
from pages.shared.menu import navigation
from pages.shared.serving import lifespan
from pages.shared.session import current_user, school
from pages.shared.sign_in import finish_sign_in, show_sign_in, show_user
from school.lookups.sign_in import school_name


SIDEBAR_PIXELS = 230


def show() -> None:
    """Draw the sign-in page, or the menu and the page that the address names."""
    user = current_user()
    st.set_page_config(
        page_title=school_name(school().store),
        page_icon=":material/school:",
        layout="centered" if user is None else "wide",
        initial_sidebar_state=SIDEBAR_PIXELS,
    )
    apply_appearance()
    page = navigation(user)
    if user is None:
        show_sign_in()
        return
    finish_sign_in()
    show_user(user)
    page.run()


if __name__ == "__main__":
    show()
else:
    keep_values_out_of_logs()
    app = st.App(
        __file__,
        routes=[*routes.routes, *session_routes.routes],
        lifespan=lifespan,
        on_script_error=show_fault,
        exception_handlers={Exception: answer_fault},
    )
