"""Counts of a span and of 20 September, sexes by patronymic, numbers of personal files (п. 4.6)."""

from datetime import date

import pytest
from small_school import CHILD, CLASS_7A, NOW, People

from school.people.actions.movements import MoveOrder, depart
from school.people.lookups.pupils import pupil_card
from school.people.lookups.school_counts import movement_report, school_counts
from school.people.rules.movements import departure_kind
from school.people.rules.people import check_file_number
from school.people.rules.school_counts import CountedStay, level_of, repeaters
from school.people.rules.sex import Sex, sex_of
from school.records import PersonName
from school.store.connection import Store


@pytest.mark.parametrize(
    ("middle", "sex"),
    [
        ("Петрович", Sex.MALE),
        ("Ильинична", Sex.FEMALE),
        ("Петровна", Sex.FEMALE),
        ("Мамед оглы", Sex.MALE),
        ("", Sex.UNKNOWN),
    ],
)
def test_a_patronymic_tells_the_sex(middle: str, sex: Sex) -> None:
    assert sex_of(PersonName("Ким", "Саша", middle)) is sex


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("переход в другую школу", "в школу своего региона"),
        ("Переход в школу другого региона ", "за пределы региона"),
        ("переезд", "по иным причинам"),
        ("своими словами", "по иным причинам"),
    ],
)
def test_departures_are_counted_by_heading(reason: str, kind: str) -> None:
    assert departure_kind(reason) == kind


def test_a_repeater_is_in_the_same_grade_level_again() -> None:
    now = [CountedStay(1, 10, "7А", 7, 2026, None, None), CountedStay(2, 10, "7А", 7, 2026, None, None)]
    before = [CountedStay(1, 5, "7Б", 7, 2025, None, None), CountedStay(2, 6, "6А", 6, 2025, None, None)]
    assert repeaters(now, before) == {1}
    assert [level_of(each) for each in (1, 5, 11, None)] == [
        "начальное (1–4)",
        "основное (5–9)",
        "среднее (10–11)",
        "параллель не указана",
    ]


def test_movements_lead_from_the_beginning_to_the_end(school_store: Store, people: People) -> None:
    order = MoveOrder(date(2026, 11, 19), "№ 7", "поступление в колледж", where="колледж, г. Томск")
    depart(school_store, people.secretary, CHILD, CLASS_7A, order, now=NOW)
    report = movement_report(school_store, people.secretary, 2026, date(2026, 11, 2), NOW.date())
    counts = {row.name: (row.at_start, row.left.total(), row.at_end) for row in report.classes}
    assert counts == {"7А": (3, 1, 2), "8Б": (3, 0, 3)}
    assert report.unexplained == []
    assert [(line.pupil_id, line.to_where) for line in report.lines] == [(CHILD, "колледж, г. Томск")]
    assert pupil_card(school_store, people.secretary, CHILD, NOW.date()).movements[0].movement.to_where


def test_the_help_tables_say_for_how_many_the_sex_is_told(school_store: Store, people: People) -> None:
    counts = school_counts(school_store, people.secretary, 2026)
    assert [(row.grade_level, row.classes, row.pupils) for row in counts.grades] == [(7, 1, 3), (8, 1, 3)]
    assert (counts.told_by_name, counts.of_all) == (0, 6), "nobody of the small school has a patronymic"


def test_a_file_number_is_kept_without_its_sign() -> None:
    assert check_file_number(" № И-12 ") == "И-12"
