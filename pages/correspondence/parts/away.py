"""«Меня нет до …»: an employee says it once, and everybody who writes reads it (п. 2.9)."""

import streamlit as st

from pages.ui.doing import try_and_rerun, try_in_callback
from pages.ui.typed_text import Markdown, as_typed
from school.correspondence.actions.away import set_away
from school.correspondence.lookups.threads import own_away_note
from school.correspondence.rules.hours import AWAY_LENGTH, MOST_AWAY, away_words
from school.records import User
from server.session import school


def show_away(user: User) -> None:
    """Show the note that others read, with a way to end it; or a form that sets one."""
    here, today = school(), school().clock().date()
    note = own_away_note(here.store, user, today=today)
    if note is not None:
        st.info(
            Markdown(f"Пишущие вам видят: {as_typed(away_words(note.until, note.words))}."),
            icon=":material/event_busy:",
        )
        st.button("Снова на месте", key="back", type="tertiary", on_click=_come_back, args=(user,))
        return
    with (
        st.popover("Меня нет до…", icon=":material/event_busy:", width="stretch"),
        st.form("away", border=False),
    ):
        until = st.date_input(
            "По какой день", today, today, today + MOST_AWAY, format="DD.MM.YYYY", key="away_until"
        )
        words = st.text_input(
            "Пояснение, если нужно", "Отвечу позже", max_chars=AWAY_LENGTH, key="away_words"
        )
        if st.form_submit_button("Показывать пишущим", type="primary"):
            try_and_rerun(
                lambda: set_away(here.store, user, until or today, words, now=here.clock()),
                "Это увидит каждый, кто вам пишет.",
            )


def _come_back(user: User) -> None:
    try_in_callback(
        lambda: set_away(school().store, user, None, now=school().clock()), "Отметка об отсутствии снята."
    )
