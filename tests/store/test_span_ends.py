"""Spans have one definition of their ends: a table of boundary days, and the same in Python and in SQL."""

import re
from datetime import date
from pathlib import Path

import duckdb
import pytest

from school.spans import LoadSpan, holds, holds_all_days, hours_in_force, is_in_span, overlaps
from school.store.selection import held_within, holds_on, is_there, was_there

BEFORE, FIRST, MIDDLE, LAST, AFTER = (date(2026, 11, day) for day in (1, 2, 10, 20, 21))
# Days of coming and leaving; on which of the five days the pupil is there, and whether in FIRST to LAST at all.
STAYS = [
    ((None, None), "BFMLA", True),
    ((FIRST, None), "FMLA", True),
    ((None, LAST), "BFM", True),  # the day of leaving is the first without the pupil
    ((FIRST, LAST), "FM", True),
    ((LAST, None), "LA", True),  # came on the last day
    ((None, FIRST), "B", False),  # left on the first day: of no list
    ((BEFORE, FIRST), "B", False),
    ((AFTER, None), "A", False),
    ((MIDDLE, MIDDLE), "", False),  # left on the day of coming: never there
    ((MIDDLE, FIRST), "", False),
]
# First and last day of a load; on which days it is in force, and whether in FIRST to LAST at all.
LOADS = [
    ((None, None), "BFMLA", True),
    ((FIRST, LAST), "FML", True),  # the last day is its own
    ((None, FIRST), "BF", True),
    ((LAST, None), "LA", True),
    ((None, BEFORE), "B", False),
    ((AFTER, None), "A", False),
    ((MIDDLE, MIDDLE), "M", True),
]
DAYS = dict(zip("BFMLA", (BEFORE, FIRST, MIDDLE, LAST, AFTER), strict=True))


def asked(condition: str, span: tuple[date | None, date | None], **days: date) -> bool:
    parameters = {"starts": span[0], "ends": span[1], **days}
    row = "(SELECT $starts::DATE AS starts_on, $ends::DATE AS ends_on) s"
    found = duckdb.execute(f"SELECT count(*) FROM {row} WHERE {condition}", parameters).fetchall()
    return bool(found[0][0])


@pytest.mark.parametrize(("span", "days", "is_within"), STAYS)
def test_a_pupil_is_there_up_to_the_day_of_leaving(
    span: tuple[date | None, date | None], days: str, is_within: bool
) -> None:
    assert "".join(name for name, day in DAYS.items() if is_in_span([span], day)) == days
    assert (
        "".join(name for name, day in DAYS.items() if asked(is_there("s", "$day::DATE"), span, day=day))
        == days
    )
    assert overlaps(span, FIRST, LAST) is is_within
    assert holds_all_days([span], FIRST, LAST) is set("FML").issubset(days)
    condition = was_there("s", "$first::DATE", "$last::DATE")
    assert asked(condition, span, first=FIRST, last=LAST) is is_within


@pytest.mark.parametrize(("span", "days", "is_within"), LOADS)
def test_a_load_holds_on_its_last_day(
    span: tuple[date | None, date | None], days: str, is_within: bool
) -> None:
    assert "".join(name for name, day in DAYS.items() if holds(*span, day)) == days
    assert (
        "".join(name for name, day in DAYS.items() if asked(holds_on("s", "$day::DATE"), span, day=day))
        == days
    )
    condition = held_within("s", "$first::DATE", "$last::DATE")
    assert asked(condition, span, first=FIRST, last=LAST) is is_within


@pytest.mark.parametrize(
    ("loads", "day", "hours"),
    [
        ([], MIDDLE, None),
        ([LoadSpan(2)], MIDDLE, 2),
        ([LoadSpan(5, None, MIDDLE), LoadSpan(1, LAST, None)], MIDDLE, 5),  # five hours became one
        ([LoadSpan(5, None, MIDDLE), LoadSpan(1, LAST, None)], LAST, 1),
        ([LoadSpan(1), LoadSpan(1)], MIDDLE, 2),  # two teachers
        ([LoadSpan(2), LoadSpan(1, None, None, 7), LoadSpan(1, None, None, 8)], MIDDLE, 3),  # and a subgroup
        ([LoadSpan(2, AFTER)], MIDDLE, None),
        ([LoadSpan(2, None, FIRST), LoadSpan(3, None, BEFORE)], LAST, 2),  # ended: those of the last day
    ],
)
def test_the_hours_of_a_day_are_those_in_force_added_up(
    loads: list[LoadSpan], day: date, hours: float | None
) -> None:
    assert hours_in_force(loads, day) == hours


# An open end is read in one place. These say something else: how spans are written, put together or told in a file.
OPEN_END = re.compile(r"ends_on IS NULL|coalesce\([a-z_.]*ends_on|ends_on > [a-z_.]*starts_on")
ELSEWHERE = {
    "data_checks/store.py",  # the last of several stays
    "councils/store.py",
    "privacy/store/erasing.py",
    "people/store/staff.py",  # a load ends with its school year
    "people/store/pupils.py",
    "year/store/timetables.py",  # the days of a weekly lesson and its load together; an UPDATE that only ever shortens
    "year/store/school_tables.py",
    "people/store/movements.py",
    "register/store/registers.py",  # the days of a class and its subgroup together
    "analytics/store/former_marks.py",  # the last of several loads
    "imports/store/people.py",
    "imports/store/loads.py",
    "imports/store/journal.py",  # the days of a school year without a calendar
    "extracts/store/rows.py",
    "extracts/store/roster_rows.py",  # the last day in a class
    "extracts/store/plan.py",
    "extracts/checks.py",
}


def test_the_ends_of_spans_are_read_by_the_one_definition() -> None:
    school = Path(__file__).parents[2] / "school"
    found = {
        str(path.relative_to(school))
        for path in school.rglob("*.py")
        if OPEN_END.search(path.read_text("utf-8"))
    }
    assert found - ELSEWHERE == {"store/selection.py"}, "see school.spans and school.store.selection"
