"""What families have asked for: issue it or say why not (п. 3.6, 4.6)."""

import streamlit as st

from pages.certificates.parts.papers import issue
from pages.ui.doing import try_and_rerun
from pages.ui.typed_text import as_typed
from school.certificates.actions import decline_request
from school.certificates.lookups.papers import PaperRequest
from school.certificates.records import PaperOrder
from school.certificates.rules.issuing import KINDS, LONGEST_REASON
from school.records import User
from server.session import school


def show_requests(user: User, requests: list[PaperRequest], *, may_decide: bool) -> None:
    """Show what waits, the oldest first."""
    for each in requests:
        with st.container(border=True):
            st.markdown(
                f"**{as_typed(KINDS[each.kind].title)}** · {as_typed(each.pupil_name.short)}  \n"
                f":small[заказ {each.asked_at:%d.%m.%Y}, {as_typed(each.asker or 'семья')}; "
                f"куда: {as_typed(each.to_whom or 'по месту требования')}]"
            )
            if each.note:
                st.markdown(as_typed(each.note))
            if may_decide:
                _show_buttons(user, each)


def _show_buttons(user: User, each: PaperRequest) -> None:
    with st.container(horizontal=True):
        order = PaperOrder(
            each.kind, each.pupil_id, each.to_whom, "заказ в дневнике", request_id=each.request_id
        )
        if st.button("Выдать", type="primary", key=f"issue_{each.request_id}"):
            issue(user, order)
        with (
            st.popover("Отказать", key=f"decline_{each.request_id}_open"),
            st.form(f"decline_{each.request_id}", border=False),
        ):
            answer = st.text_input("Причина, которую увидит семья", max_chars=LONGEST_REASON)
            is_sent = st.form_submit_button("Отказать")
        if is_sent:
            try_and_rerun(
                lambda: decline_request(school().store, user, each.request_id, answer, now=school().clock()),
                "Семья увидит причину в дневнике.",
            )
