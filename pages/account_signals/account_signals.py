"""«Признаки чужого входа»: questions about shared or leaked credentials, each looked into with a note (п. 8.5, 8.7)."""

import streamlit as st

from pages.ui.doing import try_and_rerun
from pages.ui.typed_text import as_typed
from school.access.action import Action
from school.account_signals.actions import LONGEST_NOTE, check_signal
from school.account_signals.lookups import AccountSignal, account_signals
from school.account_signals.rules import QUESTIONS, WHAT_TO_DO, Signal
from school.numbers import counted
from school.records import User
from server.session import guard, school


@st.dialog("Что выяснилось")
def ask_note(user: User, signal: Signal) -> None:
    """Ask what was found out, and note it."""
    st.markdown(as_typed(", ".join(signal.people)))
    st.caption(QUESTIONS[signal.kind])
    with st.form("signal_note", border=False):
        note = st.text_area(
            "Заметка", max_chars=LONGEST_NOTE, placeholder="Например: устройство своё, купила новый ноутбук"
        )
        is_sent = st.form_submit_button("Проверено", type="primary")
    if is_sent:
        here = school()
        try_and_rerun(
            lambda: check_signal(here.store, user, signal, note, now=here.clock()),
            "Отмечено как проверенное.",
        )


def show_signal(user: User, found: AccountSignal, number: int) -> None:
    """Show a question with its evidence, and what was found out or what to do."""
    signal = found.signal
    with st.container(border=True):
        st.markdown(f"**{as_typed(' и '.join(signal.people))}**  \n{QUESTIONS[signal.kind]}")
        st.markdown("\n".join(f"- {as_typed(line)}" for line in signal.evidence))
        if found.check is not None:
            st.caption(
                f"Проверено {found.check.checked_at:%d.%m.%Y}, {as_typed(found.check.checked_by)}: "
                f"{as_typed(found.check.note)}"
            )
            return
        st.caption(WHAT_TO_DO[signal.kind])
        if st.button("Проверено…", key=f"check_{number}"):
            ask_note(user, signal)


def show_account_signals(user: User) -> None:
    """Show the whole page."""
    st.markdown(
        "Журнал сравнивает входы и записи за 90 дней и спрашивает, где паролем, возможно, пользуется не владелец. "
        "Это вопросы, а не обвинения: у каждого может быть простое объяснение."
    )
    found = account_signals(school().store, user, now=school().clock())
    open_ones = [each for each in found if each.check is None]
    checked = [each for each in found if each.check is not None]
    if not open_ones:
        st.success("Вопросов нет: всё, что журнал заметил, проверено или не вызывает сомнений.")
    else:
        st.markdown(counted(len(open_ones), "вопрос", "вопроса", "вопросов"))
    for number, each in enumerate(open_ones):
        show_signal(user, each, number)
    if checked:
        with st.expander(f"Проверенные: {len(checked)}"):
            for number, each in enumerate(checked, len(open_ones)):
                show_signal(user, each, number)


show_account_signals(guard(Action.CHECK_ACCOUNT_SIGNALS))
