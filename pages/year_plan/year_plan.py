"""«План года и контроля»: what is due when, what the register sees done, the month, the calendar file (п. 3.5, 4.2, 6.2, 7.1)."""

from collections.abc import Mapping, Sequence
from datetime import date
from zoneinfo import ZoneInfo

import streamlit as st

from pages.ui.export import download
from pages.ui.filters import choose, choose_segment, remembered_code
from pages.ui.links import opener
from pages.ui.tables import show_records
from pages.ui.typed_text import Markdown
from pages.year_plan.parts.entry_form import show_new_entry
from pages.year_plan.parts.month import show_month
from pages.year_plan.parts.one_entry import show_entry
from pages.year_plan.parts.plan_words import code_in_address, entry_columns
from school.access.action import Action
from school.calendar import school_year_of, school_year_title
from school.clock import school_zone
from school.notices.rules.calendars import CalendarEntry, calendar_text
from school.records import User
from school.year_plan.lookups import YearPlan, plan_years, year_plan
from school.year_plan.records import PlanEntry
from school.year_plan.rules import PlanState, is_for, state_of
from server.session import guard, school

PAGE = "year_plan/year_plan.py"
LIST, MONTH = "list", "month"
TITLE = "План года и контроля"


def choose_plan(user: User, today: date) -> YearPlan | None:
    """Let the user choose a school year; None, with a word of why, where there is none."""
    store, this_year = school().store, school_year_of(today)
    years = plan_years(store, user)
    if not years:
        st.info("Плана пока нет: он составится сам, когда администратор задаст календарь учебного года.")
        return None
    chosen = this_year if this_year in years else years[0]
    if len(years) > 1:
        titles = {str(year): f"{school_year_title(year)} учебный год" for year in years}
        chosen = int(
            choose("plan_year", "Учебный год", titles, default=str(chosen), place=st.container(width=260))
        )
    return year_plan(store, user, chosen, today=today)


def parts_of(plan: YearPlan, user: User, today: date) -> dict[str, Sequence[PlanEntry]]:
    """Return the entries by what one looks for: what waits, one's own of it, overdue, done, not needed."""
    states = {id(each): state_of(each, today) for each in plan.entries}
    waiting = [each for each in plan.entries if states[id(each)] not in (PlanState.DONE, PlanState.DROPPED)]
    return {
        "waiting": waiting,
        "own": [each for each in waiting if is_for(each, user.user_id, user.roles)],
        "overdue": [each for each in waiting if states[id(each)] is PlanState.OVERDUE],
        "done": [each for each in plan.entries if states[id(each)] is PlanState.DONE],
        "all": plan.entries,
    }


PART_TITLES: Mapping[str, str] = {
    "waiting": "Предстоит",
    "own": "Мне",
    "overdue": "Просрочено",
    "done": "Выполнено",
    "all": "Всё",
}


def show_list(entries: Sequence[PlanEntry], plan: YearPlan, today: date) -> None:
    """Show entries as a table; a chosen one opens above it."""
    if not entries:
        st.info("Здесь ничего нет.")
        return
    codes = [code_in_address(each) for each in entries]
    show_records(
        entries,
        entry_columns(today),
        f"plan_{len(codes)}",
        on_choose=opener(PAGE, "entry", codes),
        export=f"{TITLE}, {school_year_title(plan.school_year).replace('/', '-')}",
    )
    download(
        "В календарь (.ics)",
        lambda: calendar_file(entries, plan),
        "plan.ics",
        "text/calendar",
        help="Файл для календаря на телефоне или компьютере: строки этого списка по дням",
        type="tertiary",
        key="plan_ics",
    )


def calendar_file(entries: Sequence[PlanEntry], plan: YearPlan) -> bytes:
    """Return entries as an iCalendar file, each on its day."""
    now = school().clock()
    rows = [
        CalendarEntry(
            f"plan-{plan.school_year}-{code_in_address(each).replace('/', '-')}@school-register",
            each.title,
            each.due_on,
            each.due_on,
            now,
            description=", ".join(filter(None, (each.who, each.clause, each.note))),
        )
        for each in entries
        if not each.is_dropped
    ]
    return calendar_text(f"{TITLE}, {school_year_title(plan.school_year)}", rows, ZoneInfo(school_zone()))


def show_page(user: User) -> None:
    """Show the whole page."""
    today = school().clock().date()
    plan = choose_plan(user, today)
    if plan is None:
        return
    chosen = next((each for each in plan.entries if code_in_address(each) == remembered_code("entry")), None)
    if chosen is not None:
        show_entry(user, plan, chosen)
    if plan.may_edit:
        with st.expander("Добавить в план", icon=":material/add:"):
            show_new_entry(user, plan)
    parts = parts_of(plan, user, today)
    titles = {name: f"{title} · {len(parts[name])}" for name, title in PART_TITLES.items()}
    with st.container(horizontal=True):
        view = choose_segment("plan_view", "Вид", {LIST: "Список", MONTH: "Месяц"}, default=LIST)
        part = choose_segment("plan_part", "Какие строки", titles, default="waiting")
    if view == MONTH:
        show_list(show_month(parts[part], plan.school_year, today), plan, today)
    else:
        show_list(parts[part], plan, today)
    st.caption(
        Markdown(
            "Строки с пунктом составлены по календарю учебного года; что видно по журналу, отмечается само. "
            "Нажмите на строку, чтобы открыть её."
        )
    )


show_page(guard(Action.READ_YEAR_PLAN))
