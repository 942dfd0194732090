"""A month of the plan as a calendar: each day with what is due, in words and signs, not by colour alone."""

import calendar
from collections import defaultdict
from collections.abc import Sequence
from datetime import date

import streamlit as st

from pages.ui.filters import choose
from pages.ui.typed_text import Markdown, as_typed, in_line
from school.calendar import MONTHS_NOMINATIVE, WEEKDAYS_SHORT, year_of_month
from school.year_plan.records import PlanEntry
from school.year_plan.rules import STATE_TITLES, PlanState, state_of

MONTHS_OF_YEAR = (9, 10, 11, 12, 1, 2, 3, 4, 5, 6, 7, 8)
SIGNS = {
    PlanState.OVERDUE: "!",
    PlanState.SOON: "●",
    PlanState.AHEAD: "○",
    PlanState.DONE: "✓",
    PlanState.DROPPED: "–",
}
STYLE = """<style>
.st-key-plan_month_table { overflow-x: auto; }
.st-key-plan_month_table table { width: 100%; min-width: 680px; table-layout: fixed; }
.st-key-plan_month_table td { height: 52px; vertical-align: top; overflow-wrap: anywhere; font-size: 0.9em; }
</style>"""
COLOURS = {PlanState.OVERDUE: "red", PlanState.DONE: "green", PlanState.SOON: "orange"}


def show_month(entries: Sequence[PlanEntry], school_year: int, today: date) -> list[PlanEntry]:
    """Let the user choose a month and show its calendar; return what is due in it."""
    titles = {str(month): month_title(school_year, month) for month in MONTHS_OF_YEAR}
    month = int(
        choose("plan_month", "Месяц", titles, default=str(today.month), place=st.container(width=220))
    )
    year = year_of_plan_month(school_year, month)
    st.html(STYLE)
    with st.container(key="plan_month_table"):
        st.markdown(month_table(entries, year, month, today))
    signs = ", ".join(f"{SIGNS[state]} — {STATE_TITLES[state]}" for state in COLOURS | SIGNS)
    st.caption(as_typed(signs))
    return [each for each in entries if (each.due_on.year, each.due_on.month) == (year, month)]


def year_of_plan_month(school_year: int, month: int) -> int:
    """Return the calendar year of a month of the plan: August is the last of a school year, not its first."""
    return school_year + 1 if month == MONTHS_OF_YEAR[-1] else year_of_month(school_year, month)


def month_title(school_year: int, month: int) -> str:
    """Return «Ноябрь 2026»."""
    return f"{MONTHS_NOMINATIVE[month - 1]} {year_of_plan_month(school_year, month)}"


def month_table(entries: Sequence[PlanEntry], year: int, month: int, today: date) -> Markdown:
    """Return a month as a table: weeks by weekdays, in each day its number and what is due."""
    by_day: dict[date, list[PlanEntry]] = defaultdict(list)
    for each in entries:
        by_day[each.due_on].append(each)
    rows = [
        Markdown(" | ".join(_cell(day, month, by_day[day], today) for day in week))
        for week in calendar.Calendar().monthdatescalendar(year, month)
    ]
    head = [Markdown(" | ".join(WEEKDAYS_SHORT)), Markdown("|".join(["---"] * len(WEEKDAYS_SHORT)))]
    return Markdown("\n".join([*head, *rows]))


def _cell(day: date, month: int, entries: Sequence[PlanEntry], today: date) -> Markdown:
    if day.month != month:
        return Markdown("")
    number = f"**{day.day}, сегодня**" if day == today else f"**{day.day}**"
    return Markdown(" ".join([number, *(_entry(each, today) for each in entries)]))


def _entry(entry: PlanEntry, today: date) -> Markdown:
    state = state_of(entry, today)
    words = f"{SIGNS[state]} {in_line(entry.title)}"
    return Markdown(f":{COLOURS[state]}[{words}]" if state in COLOURS else words)
