"""Who is booked, of a class or the whole school, with the teachers' notes; whose families do not come yet (п. 4.3, 4.7)."""

from datetime import timedelta

import streamlit as st

from pages.ui.filters import choose
from pages.ui.tables import RecordColumn, show_records
from pages.ui.typed_text import Markdown, as_typed
from school.access.action import Action
from school.consultations.lookups.staff import booked_consultations, class_evenings
from school.consultations.records import Booking
from school.consultations.rules import moment_words
from school.control.lookups.classes import led_classes
from school.records import User
from server.session import school

PAST = timedelta(60)
ALL = "all"


def state_words(row: Booking) -> str:
    """Return who has cancelled a booking, if anybody."""
    if row.cancelled_at is None:
        return ""
    return "школой" if row.is_by_school else "семьёй"


COLUMNS: tuple[RecordColumn[Booking], ...] = (
    RecordColumn("Когда", lambda row: f"{row.begins_at:%d.%m.%Y %H:%M}", width=150, pinned=True),
    RecordColumn("С кем", lambda row: row.staff_name),
    RecordColumn("Ученик", lambda row: row.pupil_name.short),
    RecordColumn("Класс", lambda row: row.class_name, width=80),
    RecordColumn("Кто придёт", lambda row: row.guardian),
    RecordColumn("Отменено", state_words),
    RecordColumn("Заметка учителя", lambda row: row.note),
)


def show_booked(user: User) -> None:
    """Show the bookings of the last two months and of those to come, and whose families do not come to an evening yet."""
    now = school().clock()
    classes = led_classes(school().store, user, Action.READ_CONSULTATIONS, now.date())
    if not classes:
        st.info("Класса за вами нет. Классного руководителя назначает администратор.")
        return
    titles = {ALL: "Все классы"} if len(classes) > 1 else {}
    titles |= {str(each.class_id): each.name for each in classes}
    with st.columns([1, 4])[0]:
        chosen = choose("class", "Класс", titles)
    rows = [
        each
        for each in booked_consultations(school().store, user, now.date() - PAST)
        if chosen in (ALL, str(each.class_id))
    ]
    if chosen != ALL:
        for evening in class_evenings(school().store, user, int(chosen), now=now):
            missing = ", ".join(as_typed(each.short) for each in evening.not_booked)
            come = evening.pupils - len(evening.not_booked)
            left = f" Пока не записались: {missing}." if missing else ""
            st.markdown(
                Markdown(
                    f"**Родительский день {as_typed(moment_words(evening.evening.times))}**: записались семьи {come} из {evening.pupils}.{left}"
                )
            )
    if not rows:
        st.info("Записей на консультации за последние два месяца и вперёд нет.")
        return
    show_records(rows, COLUMNS, "booked_talks", rows_shown=20, export=f"Консультации {titles[chosen]}")
