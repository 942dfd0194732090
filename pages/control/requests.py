"""«Обращения»: what homeroom teachers ask their colleagues to fill, for the deputy head (п. 4.2, 4.3)."""

from datetime import date

import streamlit as st

from pages.ui.doing import try_and_rerun
from pages.ui.requests import request_line
from school.access.action import Action
from school.access.checks import may
from school.control.actions import close_gap_request
from school.control.lookups.gaps import GapRequest, requests
from school.control.rules import COMMENT_LENGTH, RequestState
from school.records import User
from server.session import guard, school

FINISHED_SHOWN = 30


def show_open(request: GapRequest, user: User, today: date) -> None:
    """Show an open request; the deputy head may close it with a note."""
    row = request.row
    with st.container(border=True):
        line_box, close_box = st.columns([9, 1.2], vertical_alignment="center")
        line_box.markdown(request_line(request, today))
        if may(user, Action.CLOSE_GAP_REQUEST):
            with close_box.popover("Закрыть", key=f"close_{row.request_id}"):
                show_closing(request, user)


def show_closing(request: GapRequest, user: User) -> None:
    """Show the form that closes a request; the note stays when it is refused."""
    with st.form(f"closing_{request.row.request_id}", border=False):
        note = st.text_area(
            "Решение",
            max_chars=COMMENT_LENGTH,
            placeholder="Почему обращение закрыто, хотя пробелы остались",
            key=f"closing_note_{request.row.request_id}",
        )
        if st.form_submit_button("Закрыть обращение", type="primary"):
            key = request.row.request_id
            try_and_rerun(
                lambda: close_gap_request(school().store, user, key, note, now=school().clock()),
                "Обращение закрыто.",
            )


def show_requests(user: User) -> None:
    """Show the whole page."""
    now = school().clock()
    found = requests(school().store, user, now=now)
    waiting = sorted(
        (each for each in found if each.state is RequestState.OPEN), key=lambda each: each.row.due_on
    )
    finished = [each for each in found if each.state is not RequestState.OPEN]
    st.subheader(f"Обращения классных руководителей: открыто {len(waiting)}")
    if not waiting:
        st.success(
            "Открытых обращений нет. Их присылают классные руководители со страницы «Контроль класса», когда в журнале "
            "класса чего-то не хватает.",
            icon=":material/check:",
        )
    for request in waiting:
        show_open(request, user, now.date())
    if finished:
        with st.expander(f"Дополнено и закрыто: {len(finished)}"):
            for request in finished[:FINISHED_SHOWN]:
                st.markdown(request_line(request, now.date()))
    st.caption("Обращение закрывается само, когда учитель всё дополнил.")


show_requests(guard(Action.READ_CLASS_CONTROL))
