"""«Ученики» and «Ученик»: a pupil is found by name and shown over all years, to whom the pupil belongs (п. 2.4)."""

from collections.abc import Callable

import pytest
from reading import column, figures
from screens import texts
from small_school import (
    CHILD,
    CLASS_7A,
    CLASS_8B,
    CLASSMATE,
    HOMEROOM_STAFF,
    MATHS,
    NOW,
    STRANGE_CHILD,
    People,
)

from school.analytics.lookups.pupil_history import search_pupils
from school.store.connection import Store

SEARCH, PUPIL = "analytics/pupils.py", "analytics/pupil.py"
LAST_YEAR = f"""
INSERT INTO classes (class_id, school_id, school_year, name, grade_level, term_kind) VALUES
    (13, 1, 2025, '6А', 6, 'quarter');
INSERT INTO terms (term_id, school_id, school_year, kind, number, starts_on, ends_on, closed_at) VALUES
    (30, 1, 2025, 'quarter', 4, '2026-04-01', '2026-05-25', '2026-05-26');
INSERT INTO class_terms VALUES (13, 30);
INSERT INTO enrolments (enrolment_id, pupil_id, class_id, starts_on, ends_on) VALUES
    (190, {CHILD}, 13, '2025-09-01', '2026-09-01');
INSERT INTO term_marks (class_id, subject_id, term_id, pupil_id, value) VALUES (13, {MATHS}, 30, {CHILD}, 2);
INSERT INTO year_marks (class_id, subject_id, school_year, pupil_id, value) VALUES (13, {MATHS}, 2025, {CHILD}, 3);
"""


@pytest.fixture
def with_last_year(change: Callable) -> None:
    """The child was in 6А last year, which nobody of today's teachers taught."""
    for statement in LAST_YEAR.strip().rstrip(";").split(";"):
        change(statement)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("елк", ["Ёлкина Анна"]),
        ("Ёлк", ["Ёлкина Анна"]),
        ("ЩУКИН м", ["Щукин Марк"]),
        ("олег", ["Яковлев Олег"]),
        ("кин", []),
        ("%", []),
        ("'; DROP TABLE pupils", []),
    ],
)
def test_a_pupil_is_found_by_the_beginning_of_a_name(
    school_store: Store, people: People, typed: str, found: list[str]
) -> None:
    rows = search_pupils(school_store, people.deputy, typed, {}, today=NOW.date(), limit=10)
    assert [row.name for row in rows] == found


@pytest.mark.parametrize(
    ("part", "count"), [("deputy", 6), ("head", 6), ("homeroom", 3), ("owner", 3), ("stranger", 3)]
)
def test_everybody_finds_their_own_pupils(open_page: Callable, people: People, part: str, count: int) -> None:
    assert len(column(open_page(getattr(people, part), SEARCH), "Ученик")) == count


def test_of_a_divided_class_a_teacher_finds_the_own_subgroup(
    school_store: Store, people: People, change: Callable
) -> None:
    change(f"INSERT INTO subgroups VALUES (301, {CLASS_8B}, {MATHS}, '1')")
    change(f"INSERT INTO subgroup_members (subgroup_id, pupil_id) VALUES (301, {STRANGE_CHILD})")
    change(f"UPDATE teaching_load SET subgroup_id = 301 WHERE class_id = {CLASS_8B}")
    change(f"UPDATE lessons SET subgroup_id = 301 WHERE class_id = {CLASS_8B}")
    rows = search_pupils(school_store, people.stranger, "", {}, today=NOW.date(), limit=10)
    assert [row.pupil_id for row in rows] == [STRANGE_CHILD]


@pytest.mark.usefixtures("with_last_year")
def test_a_pupil_is_shown_over_all_years(open_page: Callable, people: People) -> None:
    page = open_page(people.deputy, PUPIL, pupil=str(CHILD), pupil_year="all")
    assert page.title[0].value == "Алёшин Пётр"
    table = page.dataframe[0].value
    assert list(table.columns) == [
        "Предмет",
        "2025/26, 4-я четверть",
        "2025/26, год",
        "2026/27, 1-я четверть",
    ]
    assert table.iloc[0].tolist() == ["Математика", 2, 3, 3]


@pytest.mark.usefixtures("with_last_year")
@pytest.mark.parametrize(("part", "years"), [("head", 2), ("homeroom", 2), ("owner", 1)])
def test_former_years_are_for_the_school_and_the_present_class(
    open_page: Callable, people: People, part: str, years: int
) -> None:
    page = open_page(getattr(people, part), PUPIL, pupil=str(CHILD), pupil_part="dynamics")
    assert len(column(page, "Учебный период")) == years + 1


@pytest.mark.usefixtures("with_last_year")
def test_who_led_the_former_class_sees_that_year_only(
    open_page: Callable, people: People, change: Callable
) -> None:
    change(f"UPDATE classes SET homeroom_id = NULL WHERE class_id = {CLASS_7A}")
    change(f"UPDATE classes SET homeroom_id = {HOMEROOM_STAFF} WHERE class_id = 13")
    page = open_page(people.homeroom, PUPIL, pupil=str(CHILD), pupil_part="dynamics")
    assert column(page, "Учебный период") == ["2025/26, 4-я четверть"]
    assert "Показано только то" in texts(page)


@pytest.mark.parametrize("part", ["homeroom", "owner"])
@pytest.mark.parametrize("pupil", [str(STRANGE_CHILD), "99999"])
def test_a_strange_pupil_is_refused_known_or_not(
    open_page: Callable, people: People, part: str, pupil: str
) -> None:
    page = open_page(getattr(people, part), PUPIL, pupil=pupil)
    assert "Вам нельзя смотреть учеников за все годы здесь." in texts(page)
    assert not page.dataframe
    assert not page.metric


def test_nobody_by_that_number_is_said_in_words(open_page: Callable, people: People) -> None:
    assert "Такого ученика нет" in texts(open_page(people.deputy, PUPIL, pupil="99999"))


@pytest.mark.parametrize("part", ["final", "current", "dynamics", "missed", "forecast", "remarks"])
@pytest.mark.parametrize("reader", ["deputy", "homeroom", "owner"])
def test_every_part_opens_for_every_reader(
    open_page: Callable, people: People, part: str, reader: str
) -> None:
    page = open_page(getattr(people, reader), PUPIL, pupil=str(CLASSMATE), pupil_part=part)
    assert page.title[0].value == "Ёлкина Анна"
    assert figures(page)["Средний балл сейчас"] == "5,00"


def test_a_pupil_who_changed_class_has_both(open_page: Callable, people: People, change: Callable) -> None:
    change(f"UPDATE enrolments SET ends_on = '2026-11-10' WHERE pupil_id = {CHILD}")
    change(
        f"INSERT INTO enrolments (enrolment_id, pupil_id, class_id, starts_on) VALUES (191, {CHILD}, {CLASS_8B}, '2026-11-10')"
    )
    page = open_page(people.stranger, PUPIL, pupil=str(CHILD))
    assert "Класс 8Б" in texts(page)
    left = open_page(people.homeroom, PUPIL, pupil=str(CHILD), pupil_part="current")
    assert column(left, "Предмет") == ["Математика"]


def test_a_name_never_stands_in_the_address(open_page: Callable, people: People) -> None:
    page = open_page(people.deputy, SEARCH)
    page.text_input[0].set_value("Алёшин").run()
    assert column(page, "Ученик") == ["Алёшин Пётр"]
    assert "Ал" not in str(dict(page.query_params))
