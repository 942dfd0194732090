"""Entries of the plan in words: how each stands, who does it, the columns of the list."""

from datetime import date

from pages.ui.tables import RecordColumn
from pages.ui.typed_text import Markdown, as_typed
from school.calendar import WEEKDAYS_SHORT
from school.numbers import counted
from school.year_plan.records import PlanEntry
from school.year_plan.rules import STATE_TITLES, PlanState, done_words, state_of

COLOURS = {
    PlanState.OVERDUE: "red",
    PlanState.SOON: "orange",
    PlanState.AHEAD: "gray",
    PlanState.DONE: "green",
    PlanState.DROPPED: "gray",
}
NOBODY = "не назначен"


def code_in_address(entry: PlanEntry) -> str:
    """Return what an address names an entry by."""
    return entry.code or str(entry.entry_id)


def state_words(entry: PlanEntry, today: date) -> str:
    """Return «по журналу, 25.10.2026», «просрочено на 3 дня», «через 5 дней»."""
    state = state_of(entry, today)
    days = abs((entry.due_on - today).days)
    if state is PlanState.DONE:
        return done_words(entry)
    if state is PlanState.DROPPED:
        return STATE_TITLES[state]
    span = counted(days, "день", "дня", "дней")
    if state is PlanState.OVERDUE:
        return f"просрочено на {span}"
    return f"через {span}" if days else "сегодня"


def state_badge(entry: PlanEntry, today: date) -> Markdown:
    """Return how an entry stands as a badge."""
    return Markdown(f":{COLOURS[state_of(entry, today)]}-badge[{as_typed(state_words(entry, today))}]")


def day_words(day: date) -> str:
    """Return «30.12.2026, ср»."""
    return f"{day:%d.%m.%Y}, {WEEKDAYS_SHORT[day.weekday()]}"


def entry_columns(today: date) -> list[RecordColumn[PlanEntry]]:
    """Return the columns of the list."""
    return [
        RecordColumn("Срок", lambda each: day_words(each.due_on), width=125),
        RecordColumn("Что сделать", lambda each: each.title, width=355),
        RecordColumn("Как идёт", lambda each: state_words(each, today), width=155),
        RecordColumn("Кто", lambda each: each.who or NOBODY, width=200),
        RecordColumn("Пункт", lambda each: each.clause, width=85),
        RecordColumn("Примечание", lambda each: each.note, width=150),
    ]
