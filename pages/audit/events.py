"""«Журнал изменений»: who changed what and when, newest first."""

from typing import Any

import streamlit as st

from pages.ui.filters import choose_one
from pages.ui.tables import RecordColumn, show_records
from school.access.action import Action
from school.audit.lookups import EventFilter, EventLine, authors_of_events, event_kinds, event_page
from school.calendar import spans_before
from school.numbers import counted, number_text
from school.records import User
from server.session import guard, school

PAGE_SIZE = 50
ALL_DAYS, OWN_DAYS = "все", "свои дни"
# The spans of ``spans_before`` that are asked for by name.
SPANS = {"сегодня": "today", "вчера": "yesterday", "эта неделя": "week", "прошлая неделя": "last_week"}
# Whose changes; people's first: the program records its reports and forecasts by the dozen.
PEOPLE, PROGRAM = "людей", "программы"
WHOSE: dict[str, bool | None] = {PEOPLE: True, PROGRAM: False, "все": None}
COLUMNS: tuple[RecordColumn[EventLine], ...] = (
    RecordColumn("Когда", lambda line: f"{line.happened_at:%d.%m.%Y %H:%M}"),
    RecordColumn("Кто", lambda line: line.who),
    RecordColumn("Что изменилось", lambda line: line.sentence),
    RecordColumn("Где", lambda line: line.place),
    RecordColumn("Ученик", lambda line: line.pupil_name),
)


def choose_events(user: User) -> EventFilter:
    """Let the user choose some days, whose changes, a person and a kind of event."""
    days_place, day_place, whose_place, who_place, kind_place = st.columns(
        [1, 1.3, 1, 1.3, 1.4], vertical_alignment="bottom"
    )
    authors = authors_of_events(school().store, user)
    kinds = event_kinds(user)
    days = days_place.selectbox("Дни", [ALL_DAYS, *SPANS, OWN_DAYS], key="days", on_change=_to_first_page)
    today = school().clock().date()
    span = ({"today": (today, today)} | spans_before(today)).get(SPANS.get(days, ""))
    if days == OWN_DAYS:
        picked = day_place.date_input(
            "С какого по какой", (today, today), format="DD.MM.YYYY", key="own_days", on_change=_to_first_page
        )
        span = (picked[0], picked[-1]) if picked else None
    elif span:
        day_place.caption(f"{span[0]:%d.%m.%Y} – {span[1]:%d.%m.%Y}")
    whose = whose_place.selectbox("Чьи изменения", list(WHOSE), key="whose", on_change=_to_first_page)
    options: dict[str, Any] = {"index": None, "on_change": _to_first_page}
    is_of_program = whose == PROGRAM
    who = choose_one(
        "Кто изменил",
        authors,
        place=who_place,
        placeholder="программа" if is_of_program else "все",
        key="who",
        disabled=is_of_program,
        **options,
    )
    kind = choose_one("Что изменилось", kinds, place=kind_place, placeholder="всё", key="kind", **options)
    return EventFilter(span, None if is_of_program else who, kind, WHOSE[whose])


def _to_first_page() -> None:
    st.session_state["event_page"] = 0


def _turn(pages: int) -> None:
    st.session_state["event_page"] = st.session_state.get("event_page", 0) + pages


def show_turning(number: int, total: int) -> None:
    """Show which events stand on the page, and the way to newer and older ones."""
    last = min((number + 1) * PAGE_SIZE, total)
    newer, older, words = st.columns([1, 1, 4], vertical_alignment="center")
    newer.button("Новее", on_click=_turn, args=(-1,), disabled=number == 0, icon=":material/chevron_left:")
    older.button("Старее", on_click=_turn, args=(1,), disabled=last >= total, icon=":material/chevron_right:")
    events = counted(total, "изменения", "изменений", "изменений")
    words.markdown(f"{number_text(number * PAGE_SIZE + 1)}–{number_text(last)} из {events}")


def show_events(user: User) -> None:
    """Show the whole page."""
    wanted = choose_events(user)
    number = max(0, st.session_state.get("event_page", 0))
    page = event_page(school().store, user, wanted, number=number, size=PAGE_SIZE)
    if not page.lines:
        asked = wanted != EventFilter(is_by_people=True)
        st.info(
            "Таких изменений нет. Выберите другие дни, человека или вид изменения."
            if asked
            else "Люди пока ничего не меняли: здесь появится каждая запись в журнале, вход и загрузка данных."
        )
        return
    show_records(page.lines, COLUMNS, "events")
    show_turning(number, page.total)


show_events(guard(Action.READ_EVENTS))
