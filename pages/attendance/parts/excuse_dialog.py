"""What families have announced of absences, for the homeroom teacher to accept or decline (п. 4.3)."""

from collections.abc import Callable

import streamlit as st

from pages.attendance.parts.leave_dialogs import outcome_text
from pages.ui.doing import try_to
from pages.ui.leave_hints import leave_title, short_day
from pages.ui.links import paper_address
from pages.ui.typed_text import Markdown, as_typed
from school.access.action import Action
from school.access.checks import may
from school.access.scopes import Rows
from school.excuses.actions import accept_excuse, decline_excuse
from school.excuses.lookups import SeenExcuse, class_excuses
from school.excuses.rules import ANSWER_LENGTH
from school.records import User
from server.session import guard, school


@st.dialog("Сообщили семьи", width="large", on_dismiss="rerun")
def excuses_dialog(class_id: int) -> None:
    """List what waits; one click accepts, a word to the family declines. The dialog stays until nothing waits."""
    user = guard(Action.READ_ABSENCES)
    show_excuses(user, class_id)


def show_excuses(user: User, class_id: int) -> None:
    """Show what waits in a class."""
    waiting = class_excuses(school().store, user, class_id)
    may_decide = may(user, Action.EDIT_ABSENCES, Rows(class_id=class_id))
    for each in waiting:
        show_excuse(user, each, len(waiting), may_decide=may_decide)
    if not waiting:
        st.success("Всё разобрано.", icon=":material/check:")
    elif not may_decide:
        st.caption("Отвечает семьям классный руководитель.")
    else:
        st.caption(
            "Принятое ведёт себя как «Проставить причину»: пропуски получат её сразу, будущие уроки — когда отметят посещаемость."
        )


def show_excuse(user: User, each: SeenExcuse, waiting: int, *, may_decide: bool) -> None:
    """Show one announced absence with its papers and what may be done with it."""
    excuse, key = each.excuse, each.excuse.excuse_id
    with st.container(border=True):
        words = Markdown(f"**{as_typed(excuse.pupil_name.short)}** · {leave_title(excuse.absent)}")
        st.markdown(words)
        if excuse.note:
            st.markdown(as_typed(excuse.note))
        sent = f"{as_typed(excuse.sender or 'семья')}, {short_day(excuse.sent_at.date())} в {excuse.sent_at:%H:%M}"
        st.caption(Markdown(sent))
        with st.container(horizontal=True, vertical_alignment="center"):
            for number, paper in enumerate(each.papers, 1):
                label = Markdown(f"Справка {number} ({as_typed(paper.kind)})")
                st.link_button(label, paper_address(paper.paper_id), icon=":material/attach_file:")
            if not may_decide:
                return
            if st.button("Принять", type="primary", icon=":material/check:", key=f"accept_{key}"):
                accept = lambda: accept_excuse(school().store, user, key, now=school().clock())  # noqa: E731
                go_on(try_to(accept, outcome_text), waiting)
            with st.popover("Отклонить", key=f"decline_{key}"):
                show_declining(user, key, waiting)


def show_declining(user: User, excuse_id: int, waiting: int) -> None:
    """Show the form that declines an announced absence; the word stays when it is refused."""
    with st.form(f"declining_{excuse_id}", border=False):
        answer = st.text_area(
            "Что передать семье",
            max_chars=ANSWER_LENGTH,
            placeholder="Например: пришлите справку от врача",
            key=f"answer_{excuse_id}",
        )
        if st.form_submit_button("Отклонить", type="primary"):
            decline: Callable[[], None] = lambda: decline_excuse(  # noqa: E731
                school().store, user, excuse_id, answer, now=school().clock()
            )
            go_on(try_to(decline, "Отклонено, семья увидит ответ."), waiting)


def go_on(is_done: bool, waiting: int) -> None:
    """Draw what is left of the dialog; after the last answer close it and draw the page anew."""
    if is_done:
        st.rerun(scope="fragment" if waiting > 1 else "app")
