"""Parents' evenings: planned in one step for all teachers, changed and cancelled by the deputy head (п. 2.9, 4.7)."""

from collections.abc import Callable, Mapping
from datetime import date, time, timedelta

import streamlit as st

from pages.ui.doing import try_and_rerun
from pages.ui.links import open_next
from pages.ui.tables import RecordColumn, show_records
from pages.ui.typed_text import Markdown, as_typed
from school.access.action import Action
from school.access.checks import may
from school.consultations.actions.evenings import PlannedEvening, add_to_evening, cancel_evening, plan_evening
from school.consultations.actions.offering import take_slots_back
from school.consultations.lookups.staff import (
    ClassOfEvening,
    HostOfEvening,
    SeenEvening,
    parents_evenings,
    staff_to_receive,
)
from school.consultations.rules import DAYS_AHEAD, MINUTES, WORDS_LENGTH, Hours, moment_words
from school.records import User
from server.session import school

PAGE, BOOKED = "consultations/consultations.py", "booked"
USUAL_START, USUAL_END, USUAL_MINUTES = time(17, 0), time(19, 0), 10
WEEK = timedelta(7)
CLASS_COLUMNS: tuple[RecordColumn[ClassOfEvening], ...] = (
    RecordColumn("Класс", lambda row: row.class_name, pinned=True),
    RecordColumn("Учеников", lambda row: row.pupils, 0, 90),
    RecordColumn("Записались", lambda row: row.booked, 0, 100),
    RecordColumn("Не записались", lambda row: row.pupils - row.booked, 0, 120),
)
HOST_COLUMNS: tuple[RecordColumn[HostOfEvening], ...] = (
    RecordColumn("Кто принимает", lambda row: row.host.name, pinned=True),
    RecordColumn("Предметы и должность", lambda row: row.host.duty),
    RecordColumn("Встреч", lambda row: row.slots, 0, 90),
    RecordColumn("Записано", lambda row: row.booked, 0, 90),
    RecordColumn("Свободно", lambda row: row.slots - row.booked, 0, 90),
)


def show_evenings(user: User) -> None:
    """Show the evenings ahead and, to who plans them, the form of a new one."""
    now = school().clock()
    found = parents_evenings(school().store, user, now=now)
    for evening in found:
        show_evening(user, evening)
    if may(user, Action.PLAN_PARENTS_EVENINGS):
        with st.expander("Назначить родительский день", icon=":material/add:", expanded=not found):
            show_planning(user, now.date())
    elif not found:
        st.info("Родительских дней впереди нет. Их назначает завуч.")


def show_evening(user: User, seen: SeenEvening) -> None:
    """Show an evening: who takes part, how many families come."""
    evening = seen.evening
    st.subheader(as_typed(moment_words(evening.times)))
    st.caption(
        f"По {evening.minutes} мин. Учителей: {len(seen.hosts)}, встреч: {seen.slots}, записано: {seen.booked}."
    )
    show_records(
        seen.hosts,
        HOST_COLUMNS,
        f"evening_{evening.evening_id}",
        export=f"Родительский день {evening.begins_at:%d.%m.%Y}",
    )
    with st.expander("Сколько семей записалось, по классам", icon=":material/family_restroom:"):
        show_records(
            seen.classes,
            CLASS_COLUMNS,
            f"evening_classes_{evening.evening_id}",
            on_choose=lambda number: open_next(
                PAGE, {"talks": BOOKED, "class": seen.classes[number].class_id}
            ),
            export=f"Родительский день {evening.begins_at:%d.%m.%Y} по классам",
        )
        st.caption("Нажмите на строку, чтобы увидеть, кто ещё не записался.")
    if seen.may_change:
        with st.container(horizontal=True):
            show_changes(user, seen)


def show_changes(user: User, seen: SeenEvening) -> None:
    """Show what the deputy head may change: who takes part, and whether the day takes place."""
    store, now, key = school().store, school().clock(), seen.evening.evening_id
    taking_part = {each.host.staff_id: each.host.name for each in seen.hosts}
    others = {
        each.staff_id: each.name
        for each in staff_to_receive(store, user, seen.evening.begins_at.date())
        if each.staff_id not in taking_part
    }
    with (
        st.popover("Добавить принимающих", icon=":material/person_add:", disabled=not others),
        st.form(f"add_{key}", border=False),
    ):
        added = choose_staff("Кто ещё принимает", others, [], f"added_{key}")
        if st.form_submit_button("Добавить", type="primary"):
            try_and_rerun(lambda: add_to_evening(store, user, key, added, now=now), planned_words(others))
    with st.popover("Кто не сможет", icon=":material/person_remove:"), st.form(f"drop_{key}", border=False):
        dropped = choose_staff("Кого снять", taking_part, [], f"dropped_{key}")
        words = words_input(f"drop_words_{key}")
        if st.form_submit_button("Снять их время", type="primary"):
            ids = [slot for staff_id in dropped for slot in seen.slot_ids[staff_id]]
            try_and_rerun(lambda: take_slots_back(store, user, ids, words, now=now), told_words)
    with st.popover("Отменить день", icon=":material/event_busy:"), st.form(f"cancel_{key}", border=False):
        st.markdown(f"Семей, которые уже записались: {seen.booked}. Они увидят отмену в «Новом».")
        why = words_input(f"cancel_words_{key}")
        if st.form_submit_button("Отменить родительский день", type="primary"):
            try_and_rerun(lambda: cancel_evening(store, user, key, why, now=now), told_words)


def words_input(key: str) -> str:
    """Show where the word to the families is typed."""
    return st.text_input(
        "Слово семьям",
        max_chars=WORDS_LENGTH,
        key=key,
        help="Обязательно, если кто-то уже записался",
        placeholder="Переносим на 10 декабря",
    )


def told_words(told: int) -> Markdown:
    """Say how many families are told."""
    return Markdown(f"Сделано. Записей отменено: {told}; семьи увидят это в «Новом».")


def choose_staff(label: Markdown, names: Mapping[int, str], chosen: list[int], key: str) -> list[int]:
    """Show the staff, those already chosen first, and return who is chosen."""
    return st.multiselect(
        label, list(names), chosen, format_func=names.__getitem__, placeholder="Выберите", key=key
    )


def show_planning(user: User, today: date) -> None:
    """Show the form of a new evening."""
    hosts = staff_to_receive(school().store, user, today)
    names = {each.staff_id: each.name for each in hosts}
    with st.form("plan_evening", border=False):
        day_box, from_box, to_box, minutes_box = st.columns(4)
        day = day_box.date_input(
            "День",
            today + WEEK,
            min_value=today,
            max_value=today + timedelta(DAYS_AHEAD),
            format="DD.MM.YYYY",
        )
        starts = from_box.time_input("С", USUAL_START, step=300)
        ends = to_box.time_input("До", USUAL_END, step=300)
        minutes = minutes_box.number_input("Минут на семью", MINUTES[0], MINUTES[-1], USUAL_MINUTES, 5)
        with st.popover(
            f"Кто принимает: выбраны все ({len(names)}), лишних уберите", icon=":material/group:"
        ):
            chosen = choose_staff("Кто принимает", names, list(names), "evening_staff")
        if st.form_submit_button("Назначить для всех выбранных", type="primary"):
            hours = Hours(day, starts, ends, int(minutes))
            store, now = school().store, school().clock()
            try_and_rerun(lambda: plan_evening(store, user, hours, chosen, now=now), planned_words(names))
    st.caption(
        "У каждого встречи ставятся мимо его уроков и уже открытого времени, место — кабинет из расписания. Семьи увидят "
        "день в дневнике в «Консультациях» и в своём календаре."
    )


def planned_words(names: Mapping[int, str]) -> Callable[[PlannedEvening], Markdown]:
    """Return what says what was made, and who has fewer times than the others."""

    def words(made: PlannedEvening) -> Markdown:
        short = ", ".join(
            f"{as_typed(names.get(key, ''))} — {count}" for key, count in made.shortened.items()
        )
        fewer = (
            f" Меньше встреч, потому что в эти часы уроки или уже открыто время: {short}." if short else ""
        )
        return Markdown(f"Назначено: принимающих {made.staff}, встреч {made.slots}.{fewer}")

    return words
