"""Whether a quarter passes without an inspection of the registers (п. 6.2)."""

from datetime import date

from school.analytics.lookups.readers import FigureReader, periods_of
from school.calendar import period_text
from school.inspections.lookups import inspection_due
from school.inspections.rules import Quarter
from school.records import TermKind


def quarter_due(reader: FigureReader, today: date) -> Quarter | None:
    """Return the quarter to remind an inspector of, or None; raises AccessRefused."""
    quarters = [
        (period_text(row.school_year, row.kind, row.number), row.starts_on, row.ends_on)
        for row in periods_of(reader)
        if row.kind == TermKind.QUARTER and not row.is_whole_year
    ]
    return inspection_due(reader.school.store, reader.user, quarters, today)


def due_words(due: Quarter, today: date) -> str:
    """Return «2026/27, 2-я четверть заканчивается 29.12, а проверки журнала ещё не было»."""
    when = (
        f"заканчивается {due.ends_on:%d.%m}" if due.ends_on >= today else f"закончилась {due.ends_on:%d.%m}"
    )
    return f"{due.title} {when}, а проверки журнала ещё не было (не реже раза в четверть, п. 6.2)"
