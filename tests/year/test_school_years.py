"""Which school year a day belongs to."""

from datetime import date

import pytest

from school.calendar import first_of_september, school_year_of, school_year_of_lesson, year_of_month

# A day, the year whose classes pupils are in, the year of a lesson on it.
DAYS = [
    (date(2026, 5, 31), 2025, 2025),
    (date(2026, 7, 31), 2025, 2025),
    (date(2026, 8, 1), 2025, 2026),
    (date(2026, 8, 31), 2025, 2026),
    (date(2026, 9, 1), 2026, 2026),
    (date(2026, 12, 31), 2026, 2026),
    (date(2027, 1, 1), 2026, 2026),
]


@pytest.mark.parametrize(("day", "of_classes", "of_lessons"), DAYS)
def test_august_still_has_the_classes_of_the_last_year_but_lessons_of_the_next(
    day: date, of_classes: int, of_lessons: int
) -> None:
    assert (school_year_of(day), school_year_of_lesson(day)) == (of_classes, of_lessons)
    assert year_of_month(of_lessons, day.month) == day.year


def test_a_year_begins_on_the_first_of_september() -> None:
    assert first_of_september(2026) == date(2026, 9, 1)
    assert school_year_of(first_of_september(2026)) == 2026
