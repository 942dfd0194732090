"""Means, rounding, minimum marks, deadlines, completeness, calendar words."""

from datetime import date, datetime, timedelta

import pytest

from school.calendar import day_title, school_year_title, term_title
from school.records import CellState
from school.register.rules.cells import parse_cell
from school.register.rules.completeness import Part, missing_parts
from school.register.rules.deadlines import is_late, time_left
from school.register.rules.entry import needs_reason
from school.register.rules.marks import mean_text, round_half_up, weighted_mean
from school.register.rules.minimum_marks import minimum_marks

MONDAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("marks", "mean"),
    [
        ([], None),
        ([(5, 1)], 5.0),
        ([(5, 1), (4, 1)], 4.5),
        ([(5, 2), (2, 1)], 4.0),  # a control work counts twice
        ([(5, 0)], None),  # a mark without weight says nothing
        ([(3, 0), (4, 1)], 4.0),
    ],
)
def test_weighted_mean(marks: list[tuple[int, float]], mean: float | None) -> None:
    assert weighted_mean(marks) == mean


@pytest.mark.parametrize(
    ("mean", "mark"),
    [
        (4.5, 5),
        (4.49, 4),
        (3.5, 4),
        (2.5, 3),
        (2.49, 2),
        (5.0, 5),
        (2.0, 2),
        ((5 + 4 + 4 + 5) / 4, 5),
        (sum([0.1 * 5] * 5 + [0.1 * 4] * 5) / 1.0, 5),  # 4.5 up to the last bit of a float
    ],
)
def test_a_half_goes_to_the_pupil(mean: float, mark: int) -> None:
    assert round_half_up(mean) == mark


@pytest.mark.parametrize(
    ("hours_a_week", "marks"), [(0.5, 3), (1, 3), (1.5, 5), (2, 5), (2.5, 6), (3, 6), (5, 6), (8, 6)]
)
def test_minimum_marks_by_weekly_hours(hours_a_week: float, marks: int) -> None:
    """П. 5.2: three at one hour, five at two, more than five above."""
    assert minimum_marks(hours_a_week) == marks


@pytest.mark.parametrize(
    ("recorded_at", "late"),
    [
        (datetime(2026, 11, 23, 9, 0), False),
        (datetime(2026, 11, 23, 16, 0), False),  # «не позднее 16.00»
        (datetime(2026, 11, 23, 16, 0, 1), True),
        (datetime(2026, 11, 24, 8, 0), True),
    ],
)
def test_marks_are_due_by_sixteen_on_the_day(recorded_at: datetime, late: bool) -> None:
    """П. 5.5."""
    assert is_late(recorded_at, MONDAY) is late


def test_no_time_is_left_after_the_deadline() -> None:
    assert time_left(datetime(2026, 11, 23, 15, 30), MONDAY) == timedelta(minutes=30)
    assert time_left(datetime(2026, 11, 23, 18, 0), MONDAY) == timedelta()


@pytest.mark.parametrize(
    ("old", "entered", "new", "reason_needed"),
    [
        ("", None, "5", False),  # first entry, however late
        ("4", datetime(2026, 11, 23, 9), "5", False),  # corrected on the day
        ("4", datetime(2026, 11, 20, 9), "5", True),
        ("4", datetime(2026, 11, 20, 9), "", True),  # a mark taken away
        ("4", datetime(2026, 11, 20, 9), "4/5", True),
        ("4", datetime(2026, 11, 20, 9), "н 4", False),  # the mark stays
        ("н", datetime(2026, 11, 20, 9), "б", False),  # the weekly work of the homeroom teacher
        ("н", datetime(2026, 11, 20, 9), "5", False),
    ],
)
def test_a_mark_of_an_earlier_day_changes_only_with_a_reason(
    old: str, entered: datetime | None, new: str, reason_needed: bool
) -> None:
    state = CellState(parse_cell(old), entered)
    assert needs_reason(state, parse_cell(new), MONDAY) is reason_needed


@pytest.mark.parametrize(
    ("topic", "homework", "attendance", "marks", "missing"),
    [
        ("Дроби", "set", datetime(2026, 11, 23, 9), 3, ()),
        ("Дроби", "none", datetime(2026, 11, 23, 9), 3, ()),  # «без задания» is a choice
        ("", "unset", None, 0, (Part.ATTENDANCE, Part.TOPIC, Part.HOMEWORK, Part.MARKS)),
        ("Дроби", "unset", None, 1, (Part.ATTENDANCE, Part.HOMEWORK)),
    ],
)
def test_what_a_lesson_owes(
    topic: str, homework: str, attendance: datetime | None, marks: int, missing: tuple[Part, ...]
) -> None:
    """П. 4.5."""
    assert missing_parts(topic, homework, attendance, marks) == missing


def test_numbers_and_days_are_written_as_in_a_school() -> None:
    assert mean_text(13 / 3) == "4,33"
    assert mean_text(None) == "—"
    assert day_title(MONDAY) == "23 ноября, понедельник"
    assert school_year_title(1999) == "1999/00"
    assert [term_title("quarter", 2), term_title("half", 1)] == ["2-я четверть", "1-е полугодие"]
