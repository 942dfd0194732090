"""A year's calendar: terms by grade level, holidays, days off, moved days (п. 5.1)."""

from dataclasses import replace
from datetime import date

import pytest

from school.errors import RuleRefused
from school.files.plan import SourceRow
from school.reference import public_holidays
from school.year.records import YearCalendar
from school.year.rules.calendar import (
    calendar_problems,
    grades_text,
    parse_grades,
    usual_calendar,
    year_to_open,
)
from school.year.rules.calendar_changes import check_calendar_change
from school.year.rules.calendar_rows import calendar_texts, read_calendar

USUAL = usual_calendar(2026, public_holidays())
FIELDS = ("what", "name", "starts_on", "ends_on", "grades")


def rows_of(*lines: tuple[str, ...]) -> list[SourceRow]:
    """Return lines of a table as its rows, numbered from 1."""
    return [
        SourceRow(number, dict(zip(FIELDS, line, strict=False))) for number, line in enumerate(lines, start=1)
    ]


def known(calendar: YearCalendar) -> YearCalendar:
    """Return a calendar as the store holds it: every term with an identifier."""
    terms = tuple(replace(term, term_id=number) for number, term in enumerate(calendar.terms, start=1))
    return replace(calendar, terms=terms)


YEAR = ("Учебный год", "", "01.09.2026", "26.05.2027")
HALVES = (
    ("Полугодие", "1", "01.09.2026", "30.12.2026", "10, 11"),
    ("Полугодие", "2", "11.01.2027", "26.05.2027", "10-11"),
)


def test_the_usual_calendar_holds_and_reads_back_from_its_own_table() -> None:
    assert calendar_problems(USUAL) == []
    texts = [SourceRow(number, row) for number, row in enumerate(calendar_texts(USUAL), start=1)]
    assert read_calendar(texts, 2026).calendar == USUAL


@pytest.mark.parametrize(
    ("day", "grade_level", "weekday"),
    [
        (date(2026, 9, 1), 5, 2),
        (date(2026, 9, 5), 5, None),  # a Saturday of a five-day week
        (date(2026, 10, 28), 5, None),  # autumn holidays
        (date(2026, 11, 4), 5, None),  # the Day of National Unity
        (date(2027, 2, 16), 1, None),  # the further holidays of grade 1
        (date(2027, 2, 16), 2, 2),
        (date(2027, 5, 3), 5, None),  # the first of May moved to a Monday
        (date(2027, 5, 27), 5, None),  # after the last bell
    ],
)
def test_who_has_lessons_by_which_weekday(day: date, grade_level: int, weekday: int | None) -> None:
    assert USUAL.weekday_taught(day, grade_level) == weekday


def test_a_working_saturday_goes_by_the_timetable_of_the_day_it_makes_up_for() -> None:
    rows = rows_of(YEAR, *HALVES, ("Учебный день", "по понедельнику", "20.02.2027"))
    calendar = read_calendar(rows, 2026).calendar
    assert calendar is not None
    assert calendar.weekday_taught(date(2027, 2, 20), 10) == 1


@pytest.mark.parametrize("first_day", ["2026-09-01", "1.9.26", "01/09/2026", "1 сентября 2026 г.", "46266"])
def test_a_day_is_read_as_in_every_other_file(first_day: str) -> None:
    calendar = read_calendar(rows_of((*YEAR[:2], first_day, YEAR[3]), *HALVES), 2026).calendar
    assert calendar is not None
    assert calendar.starts_on == date(2026, 9, 1)


def test_a_six_day_week_has_saturdays() -> None:
    rows = rows_of(YEAR, ("Учебная неделя", "6"), *HALVES)
    calendar = read_calendar(rows, 2026).calendar
    assert calendar is not None
    assert calendar.weekday_taught(date(2026, 9, 5), 10) == 6


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (("Четверть", "первая", "01.09.2026", "25.10.2026", "1–9"), "нужен номер"),
        (("Четверть", "1", "1 сентября", "25.10.2026", "1–9"), "дата пишется так"),
        (("Четверть", "1", "01.09.2026", "25.10.2026", ""), "для каких классов"),
        (("Четверть", "1", "01.09.2026", "25.10.2026", "все"), "классы пишутся так"),
        (("Экзамены", "", "01.06.2027", "20.06.2027"), "что это"),
        (("Учебный день", "", "20.02.2027"), "какого дня недели"),
        (("Учебная неделя, дней", "7"), "5 или 6"),
    ],
)
def test_a_bad_row_is_named_and_nothing_of_the_calendar_is_taken(line: tuple[str, ...], reason: str) -> None:
    reading = read_calendar(rows_of(YEAR, *HALVES, line), 2026)
    assert reading.calendar is None
    assert [row.number for row in reading.refused] == [4]
    assert reason in reading.refused[0].reason


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        (HALVES, "Нет строки «Учебный год"),
        ((YEAR,), "Нет ни одного учебного периода"),
        ((YEAR, *HALVES, ("Четверть", "1", "01.09.2026", "25.10.2026", "10")), "периоды разных видов"),
        ((YEAR, HALVES[0], ("Полугодие", "2", "20.12.2026", "26.05.2027", "10")), "пересекаются"),
        ((YEAR, *HALVES, ("Полугодие", "2", "27.05.2027", "30.05.2027", "10")), "выходит за учебный год"),
        ((YEAR, *HALVES, ("Каникулы", "Весенние", "30.03.2027", "21.03.2027")), "последний день раньше"),
        (
            (YEAR, *HALVES, ("Выходной", "Праздник", "20.02.2027"), ("Учебный день", "среда", "20.02.2027")),
            "и выходным, и учебным",
        ),
    ],
)
def test_a_calendar_that_contradicts_itself_is_not_taken(
    lines: tuple[tuple[str, ...], ...], problem: str
) -> None:
    reading = read_calendar(rows_of(*lines), 2026)
    assert reading.calendar is None
    assert problem in " ".join(reading.problems)


@pytest.mark.parametrize(
    ("text", "grades"),
    [
        ("1–9", range(1, 10)),
        ("1-4, 9", [1, 2, 3, 4, 9]),
        ("", []),
        ("11", [11]),
        ("5а", None),
        ("0-3", None),
        ("9–1", None),
        (",", None),
    ],
)
def test_grade_levels_as_people_write_them(text: str, grades: list[int] | None) -> None:
    read = parse_grades(text)
    assert read == (None if grades is None else frozenset(grades))
    if read:
        assert parse_grades(grades_text(read)) == read


def test_the_year_that_opens_is_the_coming_one_from_june_on() -> None:
    days = (date(2026, 5, 31), date(2026, 6, 1), date(2026, 8, 28), date(2027, 1, 11))
    assert [year_to_open(day) for day in days] == [2025, 2026, 2026, 2026]


def with_first_end(calendar: YearCalendar, day: date) -> YearCalendar:
    """Return the calendar with another last day of its first quarter."""
    first, *others = calendar.terms
    return replace(calendar, terms=(replace(first, ends_on=day), *others))


def test_a_closed_term_keeps_its_days() -> None:
    old = known(USUAL)
    closed = replace(old, terms=(replace(old.terms[0], is_closed=True), *old.terms[1:]))
    with pytest.raises(RuleRefused, match="закрыта"):
        check_calendar_change(closed, with_first_end(closed, date(2026, 10, 20)), [], [])


def test_lessons_that_have_been_stay_inside_terms() -> None:
    old = known(USUAL)
    fact = (7, "5А", 5, date(2026, 10, 22), 1)
    with pytest.raises(RuleRefused, match=r"22\.10\.2026.*5А — 1 дн"):
        check_calendar_change(old, with_first_end(old, date(2026, 10, 20)), [fact], [])
    check_calendar_change(old, with_first_end(old, date(2026, 10, 22)), [fact], [])


def test_a_term_with_term_marks_is_not_taken_from_its_grades() -> None:
    old = known(USUAL)
    without = replace(old, terms=(replace(old.terms[0], grade_levels=frozenset({1, 2})), *old.terms[1:]))
    with pytest.raises(RuleRefused, match="уже стоят отметки"):
        check_calendar_change(old, without, [], [(1, 5)])
    check_calendar_change(old, without, [], [(1, 2)])


def test_the_number_of_a_term_may_stand_in_roman_or_beside_its_word() -> None:
    terms = [
        ("Четверть", "I", "01.09.2026", "25.10.2026", "1–9"),
        ("II четверть", "", "02.11.2026", "29.12.2026", "1–9"),
    ]
    calendar = read_calendar(rows_of(YEAR, *HALVES, *terms), 2026).calendar
    assert calendar is not None
    assert [term.number for term in calendar.terms if term.kind == "quarter"] == [1, 2]


@pytest.mark.parametrize(
    ("grades", "reason"),
    [("2026-09-01", "Excel принял «1-9» за дату"), ("1-99999999999", "пишутся так"), ("1²", "пишутся так")],
)
def test_grades_that_excel_took_for_a_date_say_so(grades: str, reason: str) -> None:
    reading = read_calendar(rows_of(YEAR, ("Четверть", "1", "01.09.2026", "25.10.2026", grades)), 2026)
    assert reason in reading.refused[0].reason


def test_a_name_of_a_break_too_long_is_refused() -> None:
    reading = read_calendar(rows_of(YEAR, *HALVES, ("Каникулы", "к" * 300, "26.10.2026", "01.11.2026")), 2026)
    assert "длиннее" in reading.refused[0].reason
