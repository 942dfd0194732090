"""A month of the plan as a calendar: each day with what is due, in words and signs, not by colour alone."""

import calendar
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from html import escape
from typing import cast
from urllib.parse import urlencode

import streamlit as st

from pages.ui.filters import choose
from pages.ui.typed_text import Markdown
from pages.year_plan.parts.plan_words import code_in_address, state_words
from school.calendar import MONTHS_NOMINATIVE, WEEKDAYS, WEEKDAYS_SHORT, year_of_month
from school.year_plan.records import PlanEntry
from school.year_plan.rules import PlanState, state_of

MONTHS_OF_YEAR = (9, 10, 11, 12, 1, 2, 3, 4, 5, 6, 7, 8)
SIGNS = {
    PlanState.OVERDUE: "!",
    PlanState.SOON: "●",
    PlanState.AHEAD: "○",
    PlanState.DONE: "✓",
    PlanState.DROPPED: "–",
}
STYLE = """<style>
.plan-month { width: 100%; min-width: 640px; table-layout: fixed; border-collapse: collapse; }
.plan-month th { font-weight: 600; text-align: left; padding: 4px 6px; }
.plan-month td { height: 74px; vertical-align: top; padding: 4px 6px; border: 1px solid rgba(128, 128, 128, .35); overflow-wrap: anywhere; }
.plan-month td.today { outline: 2px solid currentColor; outline-offset: -2px; }
.plan-month a { display: block; color: inherit; font-size: .86em; line-height: 1.3; margin-top: 4px; text-decoration: underline; }
.plan-month a.overdue { color: #b3261e; font-weight: 600; }
.plan-scroll { overflow-x: auto; }
</style>"""


def show_month(entries: Sequence[PlanEntry], school_year: int, today: date) -> None:
    """Let the user choose a month and show its calendar."""
    titles = {str(month): month_title(school_year, month) for month in MONTHS_OF_YEAR}
    month = int(
        choose("plan_month", "Месяц", titles, default=str(today.month), place=st.container(width=220))
    )
    year = year_of_plan_month(school_year, month)
    st.html(month_html(entries, year, month, today))


def year_of_plan_month(school_year: int, month: int) -> int:
    """Return the calendar year of a month of the plan: August is the last of a school year, not its first."""
    return school_year + 1 if month == MONTHS_OF_YEAR[-1] else year_of_month(school_year, month)


def month_title(school_year: int, month: int) -> str:
    """Return «Ноябрь 2026»."""
    return f"{MONTHS_NOMINATIVE[month - 1]} {year_of_plan_month(school_year, month)}"


def month_html(entries: Sequence[PlanEntry], year: int, month: int, today: date) -> Markdown:
    """Return a month with its look, as ``st.html`` takes it: HTML and no Markdown, typed text is escaped in it."""
    return cast(Markdown, STYLE + month_table(entries, year, month, today))


def month_table(entries: Sequence[PlanEntry], year: int, month: int, today: date) -> str:
    """Return a month as an HTML table; what people typed is escaped."""
    by_day: dict[date, list[PlanEntry]] = defaultdict(list)
    for each in entries:
        by_day[each.due_on].append(each)
    head = "".join(
        f'<th scope="col" abbr="{long}">{short}</th>'
        for long, short in zip(WEEKDAYS, WEEKDAYS_SHORT, strict=True)
    )
    weeks = calendar.Calendar().monthdatescalendar(year, month)
    rows = "".join(
        f"<tr>{''.join(_cell(day, month, by_day[day], today) for day in week)}</tr>" for week in weeks
    )
    return (
        f'<div class="plan-scroll" tabindex="0" role="region" aria-label="План по дням">'
        f'<table class="plan-month"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
    )


def _cell(day: date, month: int, entries: Sequence[PlanEntry], today: date) -> str:
    if day.month != month:
        return "<td></td>"
    mark = ' class="today" aria-current="date"' if day == today else ""
    return f"<td{mark}>{day.day}{''.join(_link(each, today) for each in entries)}</td>"


def _link(entry: PlanEntry, today: date) -> str:
    state = state_of(entry, today)
    address = "/year_plan?" + urlencode({"entry": code_in_address(entry)})
    hint = escape(f"{state_words(entry, today)}; {entry.who}")
    return (
        f'<a class="{state}" href="{escape(address)}" target="_self" title="{hint}">'
        f"{SIGNS[state]} {escape(entry.title)}</a>"
    )
