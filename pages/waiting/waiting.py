"""«Что меня ждёт»: what the head has to approve, sign and read, the state of control, the plan, the school in a line (п. 4.1, 6.2)."""

from collections.abc import Sequence
from datetime import date
from itertools import groupby

import streamlit as st

from pages.ui.links import page_link
from pages.ui.typed_text import Markdown, as_typed
from pipelines.figures.school_now import school_now
from school.access.action import Action
from school.access.checks import may, may_somewhere
from school.analytics.lookups.readers import FigureReader
from school.calendar import day_title, period_text, school_year_of, term_title
from school.inspections.lookups import About, control_state
from school.numbers import counted, number_text, percent_text
from school.records import User
from school.waiting.lookups import DEED_TITLES, Waiting, what_waits
from school.year_plan.lookups import next_entries, overdue_entries
from school.year_plan.records import PlanEntry
from server.session import guard, school

PLAN, CONTROL = "year_plan/year_plan.py", "inspections/control_state.py"
LATE_SHOWN, NEXT_SHOWN = 4, 4
# A sentence stands whole, however long.
WHOLE_SENTENCES = (
    """<style>.st-key-awaiting [data-testid="stPageLink-NavLink"] * { white-space: normal; }</style>"""
)


def show_waiting(rows: Sequence[Waiting]) -> None:
    """Show what waits by what is to be done with it; each line opens its place."""
    for deed, group in groupby(rows, key=lambda each: each.deed):
        st.markdown(f"**{DEED_TITLES[deed]}**")
        for each in group:
            words = as_typed(each.words)
            page_link(each.page, Markdown(f":red[{words}]") if each.is_late else words, each.codes, each.icon)


def entry_words(entry: PlanEntry, today: date) -> Markdown:
    """Return «30.12 · Проверить ведение журнала: 2-я четверть», with how late it is."""
    late = counted((today - entry.due_on).days, "день", "дня", "дней") if entry.due_on < today else ""
    words = as_typed(f"{entry.due_on:%d.%m} · {entry.title}")
    return Markdown(f"{words} — :red[просрочено на {late}]" if late else words)


def show_entries(entries: Sequence[PlanEntry], most: int, today: date, icon: str) -> None:
    """Show entries of the plan, each a link to itself, and how many more there are."""
    for each in entries[:most]:
        page_link(PLAN, entry_words(each, today), {"entry": each.code or each.entry_id}, icon)
    if len(entries) > most:
        page_link(PLAN, Markdown(f"и ещё {len(entries) - most}"), {"plan_part": "overdue"})


def show_control(user: User, today: date) -> None:
    """Show how many classes are checked in this quarter; it opens the state of control."""
    if not may(user, Action.READ_INSPECTIONS):
        return
    st.markdown("**Контроль журнала**")
    state = control_state(school().store, user, school_year_of(today), today=today)
    if state is None or not state.lines[About.CLASS]:
        st.caption("Первая четверть ещё не началась.")
        return
    quarter, total = state.quarters[-1], len(state.lines[About.CLASS])
    done = state.checked(About.CLASS)
    words = f"Проверено за период «{term_title(quarter.kind, quarter.number)}»: {done} из {total} классов"
    page_link(CONTROL, as_typed(words), {}, ":material/fact_check:")
    st.progress(done / total)
    overdue = sum(line.overdue for line in state.lines[About.CLASS])
    if overdue:
        forms = ("замечание просрочено", "замечания просрочены", "замечаний просрочено")
        page_link(CONTROL, as_typed(counted(overdue, *forms)), {}, ":material/error:")


def show_school_line(user: User) -> None:
    """Show the school in one line of figures, with the way to «Обзор»."""
    if not may_somewhere(user, Action.READ_QUALITY):
        return
    found = school_now(FigureReader(school(), user, Action.READ_QUALITY))
    if found is None:
        return
    period, row = found
    figures = (
        f"успеваемость — **{percent_text(row['pass_rate'])}**, качество знаний — **{percent_text(row['quality_rate'])}**, "
        f"СОУ — **{percent_text(row['attainment_index'])}**, средний балл — **{number_text(row['mean_mark'], 2)}**"
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            f"{period_text(period.school_year, period.kind, period.number)}: {figures}", width="content"
        )
        page_link("analytics/overview.py", Markdown("Обзор"), {}, ":material/dashboard:")


def show_page(user: User) -> None:
    """Show the whole page."""
    now = school().clock()
    today, store = now.date(), school().store
    st.caption(as_typed(day_title(today).capitalize()))
    rows = what_waits(store, user, now=now)
    late = overdue_entries(store, user, today=today)
    st.html(WHOLE_SENTENCES)
    left, right = st.container(key="awaiting").columns([1, 1], gap="large")
    with left:
        show_waiting(rows)
        if not rows:
            st.success("Ничего не ждёт: всё утверждено, подписано и прочитано.", icon=":material/check:")
    with right:
        show_control(user, today)
        st.markdown("**План года и контроля**")
        show_entries(late, LATE_SHOWN, today, ":material/error:")
        ahead = next_entries(store, user, today=today, most=NEXT_SHOWN)
        show_entries(ahead, NEXT_SHOWN, today, ":material/event:")
        if not (late or ahead):
            st.caption("В плане этого учебного года больше ничего нет.")
        page_link(PLAN, Markdown("Весь план"), {}, ":material/calendar_month:")
    show_school_line(user)


show_page(guard(Action.READ_YEAR_PLAN))
