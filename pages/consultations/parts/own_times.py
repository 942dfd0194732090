"""The user's own times: offered, booked, taken back, printed, and notes after the talks (п. 4.7)."""

from collections.abc import Sequence
from datetime import date, time, timedelta
from itertools import groupby

import streamlit as st

from pages.ui.doing import try_and_rerun
from pages.ui.export import download, noted
from pages.ui.tables import RecordColumn, show_records
from pages.ui.typed_text import Markdown, as_typed
from pipelines.reports.consultation_list import list_pdf
from school.calendar import day_title
from school.consultations.actions.booking import cancel_bookings, write_note
from school.consultations.actions.offering import Offer, Offered, offer_slots, take_slots_back
from school.consultations.lookups.staff import OwnConsultations, OwnTime, consultation_day, own_consultations
from school.consultations.records import Booking
from school.consultations.rules import (
    DAYS_AHEAD,
    MINUTES,
    MOST_WEEKS,
    NOTE_LENGTH,
    PLACE_LENGTH,
    WORDS_LENGTH,
    Hours,
    moment_words,
)
from school.numbers import counted
from school.records import User
from school.sign_in.lookups.sessions import school_name
from server.session import school

USUAL_START, USUAL_END, USUAL_MINUTES = time(15, 0), time(16, 0), 15
PAST_SHOWN = 40


def state_words(each: OwnTime) -> str:
    """Return who comes at a time, or that it is free."""
    if each.booking is not None:
        return each.booking.pupil_name.short
    return "урок в это время" if each.has_lesson else "свободно"


def class_words(booking: Booking | None) -> str:
    """Return the class of a booking."""
    return booking.class_name if booking else ""


OWN_COLUMNS: tuple[RecordColumn[OwnTime], ...] = (
    RecordColumn("Время", lambda row: row.slot.times.words, width=120, pinned=True),
    RecordColumn("Ученик", state_words),
    RecordColumn("Класс", lambda row: class_words(row.booking), width=80),
    RecordColumn("Кто придёт", lambda row: row.booking.guardian if row.booking else ""),
    RecordColumn("О чём", lambda row: row.booking.question if row.booking else ""),
    RecordColumn("Где или как", lambda row: row.slot.place),
)
PAST_COLUMNS: tuple[RecordColumn[Booking], ...] = (
    RecordColumn("Когда", lambda row: f"{row.begins_at:%d.%m.%Y %H:%M}", width=150, pinned=True),
    RecordColumn("Ученик", lambda row: row.pupil_name.short),
    RecordColumn("Класс", class_words, width=80),
    RecordColumn("Кто был", lambda row: row.guardian),
    RecordColumn("О чём", lambda row: row.question),
    RecordColumn("Заметка", lambda row: row.note),
)


def show_own_times(user: User) -> None:
    """Show the user's times to come day by day, then the talks that are over."""
    now = school().clock()
    own = own_consultations(school().store, user, now=now)
    with st.expander("Открыть время для семей", icon=":material/add:", expanded=not own.ahead):
        show_offering(user, own, now.date())
    for each in own.cancelled:
        words = f": «{as_typed(each.cancel_words)}»" if each.cancel_words else ""
        st.info(
            Markdown(
                f"Семья отменила запись: {as_typed(moment_words(each.times))}, {as_typed(each.pupil_name.short)}, "
                f"{as_typed(each.class_name)}{words}. Время снова свободно."
            ),
            icon=":material/event_busy:",
        )
    if not own.ahead:
        st.caption("Открытого времени впереди нет: семьи видят у вас пустой список.")
    for day, times in groupby(own.ahead, lambda each: each.slot.begins_at.date()):
        show_day(user, day, list(times))
    if own.past:
        show_past(user, own.past[:PAST_SHOWN])


def show_offering(user: User, own: OwnConsultations, today: date) -> None:
    """Show the form that offers times."""
    with st.form("offer_slots", border=False):
        day_box, from_box, to_box, minutes_box = st.columns(4)
        day = day_box.date_input(
            "День",
            today + timedelta(1),
            min_value=today,
            max_value=today + timedelta(DAYS_AHEAD),
            format="DD.MM.YYYY",
        )
        starts = from_box.time_input("С", USUAL_START, step=300)
        ends = to_box.time_input("До", USUAL_END, step=300)
        minutes = minutes_box.number_input("Минут на семью", MINUTES[0], MINUTES[-1], USUAL_MINUTES, 5)
        place_box, weeks_box = st.columns([3, 1])
        place = place_box.text_input(
            "Где или как",
            f"кабинет {own.usual_place}" if own.usual_place[:1].isdigit() else own.usual_place,
            max_chars=PLACE_LENGTH,
            placeholder="кабинет 12, по телефону, видеозвонок",
        )
        weeks = weeks_box.number_input(
            "Недель подряд", 1, MOST_WEEKS, 1, help="Повторить в тот же день недели и в те же часы"
        )
        if st.form_submit_button("Открыть", type="primary"):
            offer = Offer(Hours(day, starts, ends, int(minutes)), place, int(weeks))
            store, now = school().store, school().clock()
            try_and_rerun(lambda: offer_slots(store, user, offer, now=now), offered_words)
    st.caption("На уроки и на уже открытое время встречи не ставятся: такие промежутки пропускаются.")


def offered_words(made: Offered) -> Markdown:
    """Say what was made."""
    left_out = f", пропущено из-за уроков и открытого времени: {made.left_out}" if made.left_out else ""
    return Markdown(f"Открыто встреч: {made.made}{left_out}.")


def show_day(user: User, day: date, times: Sequence[OwnTime]) -> None:
    """Show a day's times with what can be done about them."""
    booked = [each.booking for each in times if each.booking is not None]
    evening = " · родительский день" if any(each.slot.evening_id for each in times) else ""
    st.markdown(f"**{day_title(day)}**{evening} · записано {len(booked)} из {len(times)}")
    if any(each.has_lesson and each.booking for each in times):
        st.warning(
            "На занятое время поставлен урок. Отмените запись и предложите семье другое время.",
            icon=":material/warning:",
        )
    show_records(times, OWN_COLUMNS, f"own_{day}", rows_shown=20)
    with st.container(horizontal=True):
        store, now = school().store, school().clock()
        download(
            "Список на бумагу (PDF)",
            noted(
                lambda: list_pdf(consultation_day(store, user, day), school_name(store), made_at=now),
                [each.pupil_id for each in booked],
                f"Консультации {day:%d.%m.%Y}",
            ),
            f"Консультации {day:%d.%m.%Y}.pdf",
            "application/pdf",
            key=f"list_{day}",
        )
        with st.popover("Снять время или отменить запись", icon=":material/event_busy:", key=f"take_{day}"):
            show_taking_back(user, day, times)


def show_taking_back(user: User, day: date, times: Sequence[OwnTime]) -> None:
    """Show the form that takes times back or cancels what was booked, with a word to the families."""
    titles = {
        each.slot.slot_id: f"{each.slot.times.words} {each.booking.pupil_name.short if each.booking else ''}"
        for each in times
    }
    bookings = {each.slot.slot_id: each.booking.booking_id for each in times if each.booking}
    with st.form(f"taking_{day}", border=False):
        chosen = st.multiselect(
            "Время", list(titles), format_func=lambda slot_id: titles[slot_id].strip(), placeholder="Выберите"
        )
        words = st.text_input(
            "Слово семье",
            max_chars=WORDS_LENGTH,
            placeholder="Заболела, предложу другой день",
            help="Обязательно, если на это время есть запись: семья прочтёт его в «Новом»",
        )
        store, now = school().store, school().clock()
        if st.form_submit_button("Снять выбранное время", type="primary"):
            try_and_rerun(lambda: take_slots_back(store, user, chosen, words, now=now), told_words)
        if st.form_submit_button("Только отменить записи, время оставить"):
            ids = [bookings[each] for each in chosen if each in bookings]
            if ids:
                try_and_rerun(
                    lambda: cancel_bookings(store, user, ids, words, now=now),
                    "Отменено, семьи увидят это в «Новом».",
                )
            else:
                st.error("На выбранное время никто не записан.")


def told_words(told: int) -> Markdown:
    """Say how many families are told."""
    return Markdown(f"Снято. Семей, которым сообщено: {told}.")


def show_past(user: User, past: Sequence[Booking]) -> None:
    """Show the talks that are over, and the form of a note."""
    empty = sum(not each.note for each in past)
    st.subheader("Прошедшие встречи")
    talks = counted(len(past), "встреча", "встречи", "встреч")
    st.caption(
        f"{talks}, без заметки: {empty}. Заметку видят вы, классный руководитель, завуч и директор; семья её не видит."
    )
    show_records(past, PAST_COLUMNS, "past_talks")
    titles = {each.booking_id: each for each in past}
    chosen = st.selectbox(
        "Заметка к встрече",
        list(titles),
        format_func=lambda key: (
            f"{titles[key].begins_at:%d.%m %H:%M} {titles[key].pupil_name.short}, {titles[key].class_name}"
        ),
        key="note_of",
    )
    with st.form(f"note_{chosen}", border=False):
        note = st.text_area("Заметка", titles[chosen].note, max_chars=NOTE_LENGTH, height=90)
        if st.form_submit_button("Сохранить заметку"):
            store, now = school().store, school().clock()
            try_and_rerun(lambda: write_note(store, user, chosen, note, now=now), "Заметка сохранена.")
