"""The number of a pupil in ЕСИА, by which a system of the region asks for the timetable."""

import streamlit as st

from pages.ui.doing import try_and_rerun
from school.my_school.actions import write_esia_id
from school.my_school.lookups import esia_id_on_card
from school.records import User
from server.session import school


def show_esia_field(user: User, pupil_id: int) -> None:
    """Show the number to whoever writes it."""
    present = esia_id_on_card(school().store, user, pupil_id)
    with st.form(f"esia_{pupil_id}", border=False):
        box, button_box, _ = st.columns([1, 1, 1], vertical_alignment="bottom")
        text = box.text_input(
            "Номер в ЕСИА",
            present,
            max_chars=30,
            key=f"esia_id_{pupil_id}",
            help="Только цифры, с согласия семьи. По нему система региона спрашивает расписание, если «Моя школа» включена.",
        )
        is_sent = button_box.form_submit_button("Сохранить номер")
    if is_sent:
        now = school().clock()
        try_and_rerun(lambda: write_esia_id(school().store, user, pupil_id, text, now=now), "Сохранено.")
