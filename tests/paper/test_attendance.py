"""What a pupil missed, as the summary sheet of attendance counts it (п. 4.3)."""

from datetime import date

import pytest

from pipelines.reports.class_register.attendance import Missed, attendance_table, missed_of, totals_of
from school.attendance.store import PupilLesson
from school.records import YEAR, AbsenceReason, Term

MONDAY, TUESDAY = date(2026, 9, 7), date(2026, 9, 8)
ENTRIES = {
    "н": AbsenceReason.UNKNOWN,
    "б": AbsenceReason.ILLNESS,
    "у": AbsenceReason.VALID,
    "о": AbsenceReason.LATE,
    ".": None,
}
TERM = Term(1, 2026, "quarter", 1, date(2026, 9, 1), date(2026, 10, 25))


def lessons(monday: str, tuesday: str = "", *, pupil: int = 1, term: int = 1) -> list[PupilLesson]:
    days = ((MONDAY, monday), (TUESDAY, tuesday))
    return [PupilLesson(pupil, term, day, ENTRIES[letter]) for day, letters in days for letter in letters]


@pytest.mark.parametrize(
    ("entries", "missed"),
    [
        (("...",), Missed()),
        (("",), Missed()),
        # A day with one lesson attended, or come late to, is no full day.
        (("бб.", "о"), Missed(lessons=2, lessons_ill=2, late=1)),
        (("ббб", "..."), Missed(days=1, days_ill=1, lessons=3, lessons_ill=3)),
        # A whole day for several reasons is missed, but not of illness.
        (("ббн", "ууу"), Missed(days=2, lessons=6, lessons_ill=2, lessons_valid=3, lessons_unknown=1)),
        (("ббо",), Missed(lessons=2, lessons_ill=2, late=1)),
    ],
)
def test_days_and_lessons_missed(entries: tuple[str, ...], missed: Missed) -> None:
    assert missed_of(lessons(*entries)) == missed


def test_the_year_is_the_sum_of_terms_and_the_class_of_pupils() -> None:
    second = Term(2, 2026, "quarter", 2, date(2026, 11, 2), date(2026, 12, 29))
    rows = [*lessons("бб"), *lessons("", "н", term=2), *lessons("у.", pupil=2), *lessons("ббб", term=9)]
    table = attendance_table(rows, [TERM, second])
    assert table[1][YEAR] == Missed(days=2, days_ill=1, lessons=3, lessons_ill=2, lessons_unknown=1)
    assert table[1][2] == Missed(days=1, lessons=1, lessons_unknown=1)
    assert 2 not in table[2]
    assert totals_of(table, YEAR).lessons == 4
    assert totals_of(table, 9) == Missed()
