"""Measures as rows, and the days on which the staff works."""

from dataclasses import fields
from datetime import date
from typing import Any

from school.discipline.records import Measure, WorkCalendar
from school.discipline.rules.clock import public_holidays
from school.store.reading import Reader, Writer, read_as, read_one
from school.store.writing import insert

# Of these days off pupils rest and the staff works.
HOLIDAYS_OF_PUPILS = "каникулы"
USUAL_WEEK = 5
_MEASURES = "SELECT * FROM measures"


def all_measures(reader: Reader) -> list[Measure]:
    """Return all measures, the newest first."""
    return read_as(reader, Measure, f"{_MEASURES} ORDER BY found_on DESC, measure_id DESC")


def measures_of(reader: Reader, staff_id: int) -> list[Measure]:
    """Return what was written down about an employee, the newest first."""
    query = f"{_MEASURES} WHERE staff_id = $staff ORDER BY found_on DESC, measure_id DESC"
    return read_as(reader, Measure, query, {"staff": staff_id})


def measure_by_id(reader: Reader, measure_id: int) -> Measure | None:
    """Return a measure, or None."""
    return read_one(reader, Measure, f"{_MEASURES} WHERE measure_id = $measure", {"measure": measure_id})


def save_measure(writer: Writer, measure: Measure) -> None:
    """Add a measure, or write it in place of what it was."""
    row: dict[str, Any] = {each.name: getattr(measure, each.name) for each in fields(Measure)}
    row |= {
        "kind": str(measure.kind),
        "source": str(measure.source),
        "away_from": list(measure.away_from),
        "away_until": list(measure.away_until),
    }
    insert(writer, "measures", "OR REPLACE", [], [], **row)


def work_calendar(reader: Reader, first: date, last: date) -> WorkCalendar:
    """Return on which days of a span the staff works: days off are those of the school's calendar and public holidays.

    Holidays of pupils are no days off of the staff; a day that was moved is one of work.
    """
    weeks = reader.steady(
        ("school_years",), "SELECT days_a_week FROM school_years ORDER BY school_year DESC LIMIT 1", {}
    )
    span = {"first": first, "last": last}
    off = reader.steady(
        ("days_off",),
        f"SELECT day FROM days_off WHERE day BETWEEN $first AND $last AND name NOT ILIKE '%{HOLIDAYS_OF_PUPILS}%'",
        span,
    )
    moved = reader.steady(
        ("moved_days",), "SELECT day FROM moved_days WHERE day BETWEEN $first AND $last", span
    )
    days_off = frozenset({day for (day,) in off} | public_holidays(first.year, last.year))
    return WorkCalendar(weeks[0][0] if weeks else USUAL_WEEK, days_off, frozenset(day for (day,) in moved))
