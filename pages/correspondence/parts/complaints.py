"""Complaints with their sealed copies, and who may not write, for the deputy head and the head (п. 2.9, 4.2)."""

import streamlit as st

from pages.correspondence.parts.threads import moment_text
from pages.ui.doing import try_and_rerun, try_in_callback
from pages.ui.filters import choose_one
from pages.ui.typed_text import Markdown, as_typed, in_line
from school.access.action import Action
from school.access.checks import may
from school.correspondence.actions.order import answer_complaint, lift_mute, mute
from school.correspondence.lookups.order import Mute, Oversight, SealedComplaint
from school.correspondence.rules.order import MOST_MUTED_DAYS, REASON_LENGTH
from school.records import User
from server.session import school

ANSWERED_SHOWN = 20


def show_complaints(user: User, found: Oversight) -> None:
    """Show the complaints that wait, then those that were answered."""
    waiting = [each for each in found.complaints if each.complaint.answered_at is None]
    answered = [each for each in found.complaints if each.complaint.answered_at is not None]
    st.subheader(f"Жалобы: ждут {len(waiting)}")
    if not waiting:
        st.success("Жалоб, которые ждут ответа, нет.", icon=":material/check:")
    for each in waiting:
        _show(user, each)
    if answered:
        with st.expander(f"Разобрано: {len(answered)}"):
            for each in answered[:ANSWERED_SHOWN]:
                _show(user, each)


def _show(user: User, found: SealedComplaint) -> None:
    complaint = found.complaint
    with st.container(border=True):
        st.markdown(
            Markdown(
                f"**{in_line(found.who)}**, {moment_text(complaint.made_at)}: {as_typed(complaint.reason)}"
            )
        )
        if not found.is_whole:
            st.error("Копия не сходится с печатью: её меняли помимо журнала. Сообщите администратору.")
        with st.expander(Markdown(f"Копия последних сообщений: {len(found.messages)}")):
            for each in found.messages:
                gone = " · отозвано" if each.is_withdrawn else ""
                files = "".join(f"  \nФайл: {in_line(title)}" for title in each.files)
                st.markdown(
                    Markdown(
                        f"{in_line(each.who)} · {moment_text(each.at)}{gone}  \n{as_typed(each.text)}{files}"
                    )
                )
        if complaint.answered_at is not None:
            st.caption(Markdown(f"Ответ {moment_text(complaint.answered_at)}: {as_typed(complaint.answer)}"))
        elif found.is_own:
            st.caption("Это ваша переписка: жалобу разберёт другой заместитель или директор.")
        elif may(user, Action.DECIDE_COMPLAINTS):
            with st.container(horizontal=True):
                _show_answer(user, found)
                _show_muting(user, found)


def _show_answer(user: User, found: SealedComplaint) -> None:
    key = found.complaint.complaint_id
    with st.popover("Ответить", key=f"answer_{key}"), st.form(f"complaint_answer_{key}", border=False):
        words = st.text_area(
            "Ответ тому, кто пожаловался", max_chars=REASON_LENGTH, key=f"complaint_words_{key}"
        )
        if st.form_submit_button("Ответить и закрыть", type="primary"):
            here = school()
            try_and_rerun(
                lambda: answer_complaint(here.store, user, key, words, now=here.clock()), "Жалоба разобрана."
            )


def _show_muting(user: User, found: SealedComplaint) -> None:
    key = found.complaint.complaint_id
    with st.popover("Ограничить", key=f"mute_{key}"), st.form(f"complaint_mute_{key}", border=False):
        whom = choose_one("Кому нельзя писать", found.writers, key=f"mute_whom_{key}")
        days = st.number_input("Дней", 1, MOST_MUTED_DAYS, 3, key=f"mute_days_{key}")
        reason = st.text_area(
            "Причина: её увидит этот человек", max_chars=REASON_LENGTH, key=f"mute_reason_{key}"
        )
        if st.form_submit_button("Ограничить переписку"):
            here = school()
            try_and_rerun(
                lambda: mute(here.store, user, whom or 0, int(days), reason, now=here.clock()),
                "Ограничено: читать можно, писать нельзя.",
            )


def show_mutes(user: User, found: Oversight) -> None:
    """Show who may not write now; the deputy may end it."""
    if not found.mutes:
        return
    st.subheader("Кому сейчас нельзя писать")
    for each, name in found.mutes:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(Markdown(f"**{in_line(name)}** — до {each.until:%d.%m.%Y}: {as_typed(each.reason)}"))
            if may(user, Action.DECIDE_COMPLAINTS):
                st.button("Снять", key=f"lift_{each.mute_id}", on_click=_lift, args=(user, each))


def _lift(user: User, muted: Mute) -> None:
    here = school()
    try_in_callback(
        lambda: lift_mute(here.store, user, muted.mute_id, now=here.clock()), "Ограничение снято."
    )
