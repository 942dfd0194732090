"""One reader for each kind of value: how people, other registers, 1С, pandas and Excel write it, and what is none."""

from datetime import date

import pytest

from school.errors import RuleRefused
from school.files.spellings import class_key
from school.files.values.days import month_number, parse_day, parse_day_and_month
from school.files.values.marks import mark_text
from school.files.values.numbers import (
    parse_hours,
    parse_lesson_number,
    parse_number,
    parse_whole,
    without_empty_fraction,
)
from school.files.values.periods import Period, parse_period
from school.records import TermKind

NOVEMBER_17 = (
    "17.11.2026", "17.11.26", "17/11/2026", "17-11-2026", "17. 11. 2026", "17.11.2026 г.", "17.11.2026г.",
    "2026-11-17", "2026.11.17", "20261117", "17 ноября 2026", "17 ноября 2026 г.", "17 нояб. 26", "17-ноя-2026",
    "«17» ноября 2026 года", "17.11.2026 0:00:00", "17.11.2026 00:00", "2026-11-17 00:00:00", "2026-11-17T00:00:00",
    "2026-11-17 00:00:00.000", "2026-11-17T00:00:00Z", "17.11.2026 8:30", "46343", "46343.0", "46343,0", "46343.354",
    "вт, 17.11.2026", "17.11.2026 (вт)", "2026-11-16T21:00:00Z", "2026-11-16 21:00:00+00:00", "2026-11-17T23:30:00+03:00", " 17.11.2026\u00a0",
)  # fmt: skip
NO_DAYS = (
    "", "17.11", "31.11.2026", "32.01.2026", "29.02.2026", "17.13.2026", "11/17/2026", "0.1.2026", "17 мартобря 2026",
    "вчера", "ноябрь", "17.11.2026 25:00", "²7.11.2026", "17.11.20266", "99999", "1234", "5",
)  # fmt: skip


@pytest.mark.parametrize("text", NOVEMBER_17)
def test_a_day_is_the_same_however_it_is_written(text: str) -> None:
    assert parse_day(text) == date(2026, 11, 17)


@pytest.mark.parametrize("text", NO_DAYS)
def test_what_is_no_day_is_none(text: str) -> None:
    assert parse_day(text) is None


@pytest.mark.parametrize(
    ("text", "known"),
    [("17.11", (17, 11)), ("17/11", (17, 11)), ("01.09", (1, 9)), ("17.01", (17, 1)), ("17.1", None), ("5.13", None), ("5", None)],
)  # fmt: skip
def test_a_day_without_its_year_is_read_where_it_can_mean_one_only(
    text: str, known: tuple[int, int] | None
) -> None:
    assert parse_day_and_month(text) == known


@pytest.mark.parametrize(
    ("word", "number"),
    [("Ноябрь", 11), ("нояб.", 11), ("ноября", 11), ("май", 5), ("мая", 5), ("март", 3), ("марта", 3), ("СЕНТ.", 9),
     ("Мария", None), ("Декан", None), ("Майков", None), ("ян", None), ("", None)],
)  # fmt: skip
def test_a_month_is_its_name_in_any_case_or_cut_and_no_persons_name(word: str, number: int | None) -> None:
    assert month_number(word) == number


@pytest.mark.parametrize(
    ("text", "whole", "number"),
    [
        ("4", 4, 4.0), ("4.0", 4, 4.0), ("4,0", 4, 4.0), ("4.", 4, None), (" 4\u00a0", 4, 4.0), ("1 234", 1234, 1234.0),
        ("1\u00a0234", 1234, 1234.0), ("4,5", None, 4.5), ("4.5", None, 4.5), ("0", 0, 0.0),
        ("1²", None, None), ("²", None, None), ("٤", None, None), ("-4", None, None), ("1e3", None, None),
        ("1_0", None, None), ("nan", None, None), ("inf", None, None), ("четыре", None, None), ("", None, None), ("4 5", None, None),
    ],
)  # fmt: skip
def test_a_number_is_plain_digits(text: str, whole: int | None, number: float | None) -> None:
    assert parse_whole(text) == whole
    assert parse_number(text) == number


@pytest.mark.parametrize(
    ("text", "hours"),
    [("3", 3), ("3 ч", 3), ("3ч.", 3), ("3 часа", 3), ("1 час", 1), ("0,5", 0.5), ("0.5 ч", 0.5), ("1/2", 0.5), ("½", 0.5),
     ("1 1/2", 1.5), ("1½", 1.5), ("2.0", 2), ("2/2", None), ("3/2", None), ("сто", None), ("1²", None), ("1e3", None), ("nan", None), ("-1", None), ("", None)],
)  # fmt: skip
def test_hours_are_a_number_with_or_without_its_word(text: str, hours: float | None) -> None:
    assert parse_hours(text) == hours


@pytest.mark.parametrize(
    ("text", "name"), [("12.0", "12"), ("12,00", "12"), ("12", "12"), ("012", "012"), ("12.5", "12.5"), ("каб. 12.0", "каб. 12.0"), ("", "")]
)  # fmt: skip
def test_a_room_that_a_program_made_a_fraction_of_is_its_number(text: str, name: str) -> None:
    assert without_empty_fraction(text) == name


@pytest.mark.parametrize(
    ("text", "number"),
    [("1", 1), ("1.", 1), ("1.0", 1), ("1,0", 1), ("1-й", 1), ("1 урок", None), ("1-й урок", None), ("урок 1", None), ("№ 1", 1), ("1)", 1),
     ("1²", None), ("1.5", None), ("первый", None), ("08:30", None), ("", None)],
)  # fmt: skip
def test_a_lessons_number_is_a_number_alone(text: str, number: int | None) -> None:
    assert parse_lesson_number(text) == number


Q, H, T = TermKind.QUARTER, TermKind.HALF, TermKind.TRIMESTER
PERIODS: dict[str, Period | None] = {
    **dict.fromkeys(
        ("2 четверть", "2-я четверть", "2ая четверть", "II четверть", "ІІ четверть", "II чтв", "2 чтв.", "2 четв.",
         "вторая четверть", "четверть 2", "Четверть: II", "за 2 четверть", "Отметка за 2 четверть", "2 четверть учебного года"),
        Period(2, Q),
    ),
    **dict.fromkeys(("Ш четверть", "3 четверть", "третья четверть"), Period(3, Q)),
    **dict.fromkeys(
        ("2 п/г", "II п/г", "2 полугодие", "2-е полугодие", "второе полугодие", "полугодие 2", "2 полуг."), Period(2, H)
    ),
    **dict.fromkeys(("3 трим.", "III триместр", "третий триместр"), Period(3, T)),
    **dict.fromkeys(("год", "годовая", "Годовая отметка", "за год", "Учебный год", "Итоговая отметка за год"), Period()),
    "2026/2027 учебный год, 2 четверть": Period(2, Q, None, 2026),
    "2 четверть 2026/2027 уч. г.": Period(2, Q, None, 2026),
    "2026-2027 уч. год 2 п/г": Period(2, H, None, 2026),
    "2026/27 учебный год": Period(None, None, None, 2026),
    "2": Period(2),
    "2.0": Period(2),
    "II": Period(2),
    "с 02.11.26 по 29.12.26": Period(span=(date(2026, 11, 2), date(2026, 12, 29))),
    "5 четверть": Period(5, Q),
    **dict.fromkeys(
        ("", "четверть", "полугодие", "1 и 2 четверть", "1-2 четверть", "12 четверть", "2 четверть, 1 полугодие", "каникулы",
         "экзамен", "итоговая", "2 семестр", "11", "2025/2027 год", "с 29.12.26 по 02.11.26"),
        None,
    ),
}  # fmt: skip


@pytest.mark.parametrize("text", PERIODS)
def test_the_named_period_wins_and_what_names_none_or_several_is_none(text: str) -> None:
    assert parse_period(text) == PERIODS[text]


@pytest.mark.parametrize(
    ("text", "mark"),
    [("5", "5"), ("5.0", "5"), ("5,00", "5"), ("отл", "5"), ("Отлично", "5"), ("хор.", "4"), ("уд.", "3"), ("неуд", "2"),
     ("5 (отл.)", "5"), ("4 хорошо", "4"), ("5/4", "5/4"), ("5, 4", "5, 4"), ("н", "н"), ("7.0", "7")],
)  # fmt: skip
def test_a_mark_has_one_spelling(text: str, mark: str) -> None:
    assert mark_text(text) == mark


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2026-04-05", "Excel принял «5/4» за дату"),
        ("2026-05-04", "Excel принял «4/5» за дату"),
        ("05.апр", "Excel принял «5/4» за дату"),
        ("46117", "Excel принял «5/4» за дату"),
        ("2003-04-05", "Excel принял «5/4/3» за дату"),
        ("5,4", "две отметки «5/4» или дробное число"),
        ("5.4", "две отметки «5/4» или дробное число"),
        ("3.75", "дробное число"),
        ("5+", "плюсов и минусов"),
        ("4-", "плюсов и минусов"),
        ("5 (хор)", "две разные отметки"),
    ],
)
def test_nobody_guesses_what_a_workbook_made_of_a_mark(text: str, reason: str) -> None:
    with pytest.raises(RuleRefused, match=reason):
        mark_text(text)


@pytest.mark.parametrize(
    "name",
    ["7А", "7 А", "7-А", "7а", '7"А"', "7 «А»", "7A", "7 a", "07А", "7.А", "7/А", "7_А", "7А класс", "7 кл. А", "класс 7А",
     "Кл. 7-а", "7-й А", "7й «А»", "7\u00a0А", "7–А"],
)  # fmt: skip
def test_a_class_is_the_same_in_any_spelling(name: str) -> None:
    assert class_key(name) == "7А"


@pytest.mark.parametrize("name", ["17А", "7", "7Б", "77А", "7АБ", "А7", "5-1", "7А1"])
def test_another_class_stays_another(name: str) -> None:
    assert class_key(name) != "7А"
