"""«События»: what the school, a grade or a class holds, who comes, who has not answered (п. 3.6)."""

from collections.abc import Sequence

import streamlit as st

from pages.occasions.parts.occasion_form import show_new_occasion
from pages.occasions.parts.occasion_words import answer_words, asked_words
from pages.occasions.parts.one_occasion import show_occasion
from pages.ui.filters import choose_segment, remember, remembered_code
from pages.ui.links import opener
from pages.ui.tables import RecordColumn, show_records
from pages.ui.typed_text import Markdown, as_typed
from school.access.action import Action
from school.access.checks import may_somewhere
from school.calendar import school_year_of
from school.occasions.lookups import Asked, StaffOccasion, plannable_audiences, staff_occasions
from school.occasions.rules import when_words
from school.records import User
from server.session import guard, school

PAGE = "occasions/occasions.py"
VIEWS = {"ahead": "Впереди", "past": "Прошедшие"}


def occasion_columns(*, plans: bool) -> list[RecordColumn[StaffOccasion]]:
    """Return the columns of the list; who plans events sees how many have answered."""
    columns: list[RecordColumn[StaffOccasion]] = [
        RecordColumn("Когда", lambda each: when_words(each.occasion.draft), width=215),
        RecordColumn("Событие", title_words, width=255),
        RecordColumn("Для кого", lambda each: each.for_whom, width=90),
    ]
    if not plans:
        place = RecordColumn[StaffOccasion]("Где", lambda each: each.occasion.draft.place, width=160)
        return [*columns, place, RecordColumn("Мой ответ", own_words, width=110)]
    return [
        *columns,
        RecordColumn("Ответили семьи", lambda each: asked_words(each.families), width=115),
        RecordColumn("Придут", lambda each: _number(each.families, "coming"), 0, width=70),
        RecordColumn("Не ответили", silent, 0, width=95),
        RecordColumn("Сотрудники", lambda each: asked_words(each.staff), width=95),
        RecordColumn("Объявил", lambda each: each.author, width=130),
    ]


def title_words(each: StaffOccasion) -> str:
    """Return the title, with whether the event was cancelled."""
    return each.occasion.draft.title + (" (отменено)" if each.occasion.cancelled_at else "")


def own_words(each: StaffOccasion) -> str:
    """Return what the reader answered, or that they are asked."""
    return answer_words(each.own_answer, is_asked=each.asks_me)


def _number(asked: Asked | None, name: str) -> int | None:
    return None if asked is None else getattr(asked, name)


def silent(each: StaffOccasion) -> int | None:
    """Return how many families are waited for: none of an event that was cancelled."""
    return None if each.occasion.cancelled_at else _number(each.families, "silent")


def show_list(found: Sequence[StaffOccasion], *, plans: bool) -> None:
    """Show events as a table; a chosen one opens."""
    today = school().clock().date()
    view = choose_segment("occasions_view", "Что показать", VIEWS, default="ahead")
    ahead = [each for each in found if each.occasion.draft.ends_on >= today]
    past = [each for each in reversed(found) if each.occasion.draft.ends_on < today]
    shown = ahead if view == "ahead" else past
    if not shown:
        st.info("Событий впереди нет." if view == "ahead" else "Прошедших событий в этом учебном году нет.")
        return
    keys = [each.occasion.occasion_id for each in shown]
    show_records(
        shown,
        occasion_columns(plans=plans),
        "occasions",
        on_choose=opener(PAGE, "occasion", keys),
        export="События",
    )
    st.caption("Нажмите на строку, чтобы открыть событие.")


def show_occasions(user: User) -> None:
    """Show the whole page."""
    now = school().clock()
    year = school_year_of(now.date())
    found = staff_occasions(school().store, user, year, now=now)
    plans = may_somewhere(user, Action.PLAN_OCCASIONS)
    chosen = next(
        (each for each in found if str(each.occasion.occasion_id) == remembered_code("occasion")), None
    )
    if chosen is not None:
        st.button(
            "Все события",
            icon=":material/arrow_back:",
            type="tertiary",
            on_click=remember,
            kwargs={"occasion": ""},
        )
        may_read = plans and (chosen.families is not None or chosen.staff is not None)
        show_occasion(user, chosen, may_read_answers=may_read)
        return
    if plans:
        audiences = plannable_audiences(school().store, user, year)
        if audiences:
            with st.expander("Объявить событие", icon=":material/add:"):
                show_new_occasion(user, audiences)
    waiting = [each.occasion.draft for each in found if each.asks_me and each.own_answer is None]
    if waiting:
        named = "; ".join(as_typed(f"{each.title}, {when_words(each)}") for each in waiting)
        st.info(
            Markdown(
                f"Ждут вашего ответа: {named}. Откройте событие в списке и нажмите «Приду» или «Не приду»."
            )
        )
    show_list(found, plans=plans)


show_occasions(guard(Action.READ_OCCASIONS))
