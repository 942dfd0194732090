"""«Учителя» and «Учитель»: who fills the register in time, and what is not filled (п. 5.5)."""

from collections.abc import Callable
from datetime import datetime

import pytest
from reading import column, figures
from screens import texts
from small_school import CLASS_7A, MATHS, OWNER_STAFF, OWNERS_LESSON_TODAY, People

PAGE, TEACHER = "analytics/teachers.py", "analytics/teacher.py"
AFTER_THE_DEADLINE = datetime(2026, 11, 19, 16, 1)


def test_before_the_deadline_todays_lessons_are_not_yet_owed(open_page: Callable, people: People) -> None:
    assert figures(open_page(people.deputy, PAGE)) == {
        "Уроков состоялось": "2",
        "Заполнено вовремя": "100,0 %",
        "С опозданием": "0",
        "Не заполнено": "0",
    }


def test_after_the_deadline_todays_empty_lessons_are_not_filled(
    open_page: Callable, people: People, at_time: Callable
) -> None:
    at_time(AFTER_THE_DEADLINE)
    page = open_page(people.head, PAGE)
    assert figures(page)["Не заполнено"] == "2"
    assert figures(page)["Заполнено вовремя"] == "50,0 %"
    assert column(page, "Учитель") == ["Орлова В.", "Стрельцов Г."]
    assert column(page, "Не заполн.") == [1, 1]


def test_who_seldom_fills_in_time_stands_first(open_page: Callable, people: People, change: Callable) -> None:
    change("UPDATE lessons SET recorded_at = '2026-11-18 20:00' WHERE lesson_id = 74")
    page = open_page(people.deputy, PAGE)
    assert column(page, "Учитель") == ["Стрельцов Г.", "Орлова В."]
    assert column(page, "Поздно") == [1, 0]


def test_marks_are_measured_against_the_minimum_of_the_term(open_page: Callable, people: People) -> None:
    # Five hours a week ask for six marks; the pupils of 7А have one, one and none.
    page = open_page(people.deputy, PAGE)
    assert column(page, "Отм./урок") == [2.0, 2.0]
    page = open_page(people.deputy, TEACHER, teacher=str(OWNER_STAFF), part="work")
    assert column(page, "Накопл. за период") == [0.0]


def test_a_teachers_empty_lessons_lead_to_their_registers(
    open_page: Callable, people: People, at_time: Callable
) -> None:
    at_time(AFTER_THE_DEADLINE)
    page = open_page(people.deputy, TEACHER, teacher=str(OWNER_STAFF), part="work")
    assert column(page, "Журнал") == [f"grid?class={CLASS_7A}&subject={MATHS}&lesson={OWNERS_LESSON_TODAY}"]
    assert column(page, "День") == ["19.11.2026"]


def test_a_teacher_with_everything_filled_is_told_so(open_page: Callable, people: People) -> None:
    page = open_page(people.deputy, TEACHER, teacher=str(OWNER_STAFF), part="work")
    assert "Все уроки этого периода заполнены." in texts(page)


@pytest.mark.parametrize("part", ["owner", "homeroom", "secretary", "guardian", "pupil"])
def test_teachers_and_families_do_not_see_it(open_page: Callable, people: People, part: str) -> None:
    page = open_page(getattr(people, part), PAGE)
    assert not page.metric
    assert not page.dataframe


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("UPDATE lessons SET teacher_id = NULL; DELETE FROM teaching_load", "не указано, кто ведёт уроки"),
        ("DELETE FROM marks; DELETE FROM absences; DELETE FROM lessons", "состоявшихся уроков нет"),
        ("DELETE FROM class_terms", "Учебных периодов пока нет"),
    ],
)
def test_what_imported_data_lack_is_said_calmly(
    open_page: Callable, people: People, change: Callable, sql: str, said: str
) -> None:
    change(sql)
    page = open_page(people.deputy, PAGE)
    assert said in texts(page)
    assert not page.dataframe


def test_lessons_whose_time_of_entry_is_unknown_are_not_held_against_anybody(
    open_page: Callable, people: People, change: Callable
) -> None:
    change("UPDATE lessons SET recorded_at = NULL; UPDATE marks SET recorded_at = NULL")
    page = open_page(people.deputy, PAGE)
    assert "Неизвестно, когда" in texts(page)
    assert "Не заполнено" not in figures(page)
