"""The way into the register: one ASGI app with the pages and their HTTP routes; each rerun starts here too."""

import streamlit as st
from starlette.middleware import Middleware

from pages.shared import absence_routes, homework_routes, routes, session_routes, term_mark_routes
from pages.shared.appearance import apply_appearance
from pages.shared.document import OwnDocument
from pages.shared.faults import answer_fault, set_up_logs, show_fault
from pages.shared.mark_grid.quiet_outage import QuietOutage
from pages.shared.menu import navigation
from pages.shared.serving import lifespan
from pages.shared.session import current_user, school
from pages.shared.sign_in import finish_sign_in, show_sign_in, show_user
from school.lookups.sign_in import school_name


def show() -> None:
    """Draw the sign-in page, or the menu and the page that the address names."""
    user = current_user()
    apply_appearance(school_name(school().store), is_wide=user is not None)
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
    set_up_logs()
    app = st.App(
        __file__,
        routes=[
            *routes.routes,
            *term_mark_routes.routes,
            *absence_routes.routes,
            *homework_routes.routes,
            *session_routes.routes,
        ],
        middleware=[Middleware(OwnDocument), Middleware(QuietOutage)],
        lifespan=lifespan,
        on_script_error=show_fault,
        exception_handlers={Exception: answer_fault},
    )
