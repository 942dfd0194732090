"""The way into the register: one ASGI app with the pages and their HTTP routes; each rerun starts here too."""

import streamlit as st
from starlette.middleware import Middleware

from pages.announcements import routes as announcement_routes
from pages.archive import routes as archive_routes
from pages.attendance import routes as absence_routes
from pages.councils import routes as exam_routes
from pages.excuses import routes as excuse_routes
from pages.families import routes as family_routes
from pages.families.parts.diary_html import compile_templates
from pages.grid.offline import offline_routes
from pages.grid.requests import script_route
from pages.guide import routes as guide_routes
from pages.guide.parts.help import show_help
from pages.homework import routes as homework_routes
from pages.materials import routes as material_routes
from pages.my_school import routes as my_school_routes
from pages.notices import routes as notice_routes
from pages.occasions import routes as occasion_routes
from pages.register import routes
from pages.regulations import routes as regulation_routes
from pages.search import routes as search_routes
from pages.sign_in.sign_in import finish_sign_in, lead_to_diary, show_sign_in, show_user
from pages.tasks import routes as task_routes
from pages.term_marks import routes as term_mark_routes
from pages.ui.links import follow_choice
from school.sign_in.lookups.sessions import school_name
from server.appearance import apply_appearance
from server.assets.packed import PackedFiles
from server.faults import answer_fault, show_fault
from server.http import session_routes
from server.http.connections import watch_connections
from server.http.delivery import begin_pages_from_memory, deliver_in_batches
from server.http.document import OwnDocument
from server.http.doors import Doors
from server.http.downloads import check_downloads
from server.http.edge import Edge
from server.http.numbers import begin_number
from server.http.own_routes import OwnRoutes
from server.http.quiet_outage import QuietOutage
from server.logs import set_up_logs
from server.menu import draw_frame, navigation
from server.serving import lifespan
from server.session import current_user, is_of_family_only, school
from server.state import health
from server.turns import turn_of


def show() -> None:
    """Draw the sign-in page, or the menu and the page that the address names, when its turn has come."""
    begin_number()
    user = current_user()
    with turn_of(user):
        visit = navigation(user)
        apply_appearance(
            school_name(school().store),
            visit.row.title if visit.row else "",
            is_wide=user is not None,
            is_folded=visit.row is not None and visit.row.is_wide,
        )
        if user is None:
            show_sign_in()
            return
        finish_sign_in()
        if is_of_family_only(user):
            show_user(user)
            lead_to_diary()
            return
        draw_frame(visit)
        show_user(user)
        show_help(user, visit.page.url_path)
        follow_choice()
        visit.page.run()


if __name__ == "__main__":
    show()
else:
    set_up_logs()
    deliver_in_batches()
    begin_pages_from_memory()
    check_downloads()
    watch_connections()
    compile_templates()
    own_routes = [
        *offline_routes,
        script_route,
        *routes.routes,
        *term_mark_routes.routes,
        *absence_routes.routes,
        *exam_routes.routes,
        *excuse_routes.routes,
        *announcement_routes.routes,
        *archive_routes.routes,
        *homework_routes.routes,
        *guide_routes.routes,
        *material_routes.routes,
        *occasion_routes.routes,
        *regulation_routes.routes,
        *task_routes.routes,
        *family_routes.routes,
        *notice_routes.routes,
        *search_routes.routes,
        *my_school_routes.routes,
        *session_routes.routes,
        *health.routes,
    ]
    app = st.App(
        __file__,
        middleware=[
            Middleware(Edge),
            Middleware(OwnRoutes, routes=own_routes),
            Middleware(PackedFiles),
            Middleware(OwnDocument),
            Middleware(Doors),
            Middleware(QuietOutage),
        ],
        lifespan=lifespan,
        on_script_error=show_fault,
        exception_handlers={Exception: answer_fault},
    )
