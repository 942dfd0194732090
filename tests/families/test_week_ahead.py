"""«Впереди»: the control works of the next two weeks, from lessons to come and from the teachers' plans (п. 2.8, 5.2)."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from diary_pages import diary_page
from small_school import (
    CHILD,
    CLASS_7A,
    CONTROL_WORK,
    MATHS,
    NOW,
    OWNER_STAFF,
    OWNERS_LESSON_TODAY,
    QUARTER_2,
    People,
)

from school.families.lookups.week import ControlAhead, diary_week
from school.homework.actions import LessonEntry, write_lesson
from school.lesson_plans.actions import PlanChange, save_plan
from school.lesson_plans.rules.plans import is_control_topic
from school.records import HomeworkState, PlanTopic, RegisterKey
from school.register.actions.entries import LessonHead
from school.store.connection import Store

# The Friday after today, the first and the last day of the two weeks, and the day after.
FRIDAY, MONDAY, SUNDAY, BEYOND = (
    date(2026, 11, 20),
    date(2026, 11, 23),
    date(2026, 12, 6),
    date(2026, 12, 7),
)
TODAY = NOW.date()
REGISTER = RegisterKey(CLASS_7A, MATHS)


@pytest.fixture(autouse=True)
def _lessons_to_come(change: Callable) -> None:
    for number, day in enumerate((FRIDAY, MONDAY, SUNDAY, BEYOND)):
        change(
            f"""INSERT INTO lessons (lesson_id, class_id, subject_id, teacher_id, term_id, held_on, number)
            VALUES ({301 + number}, {CLASS_7A}, {MATHS}, {OWNER_STAFF}, {QUARTER_2}, '{day}', 1)"""
        )


def ahead(store: Store, people: People, week: date = TODAY) -> list[ControlAhead]:
    return list(diary_week(store, people.guardian, CHILD, day=week, today=NOW.date()).ahead)


def plan(store: Store, people: People, *titles: str) -> None:
    topics = [PlanTopic(title, 1) for title in titles]
    save_plan(store, people.owner, REGISTER, PlanChange(topics, (), "правка"), now=NOW)


@pytest.mark.parametrize(
    ("title", "is_one"),
    [
        ("Контрольная работа № 2 «Дроби»", True),
        ("Контрольный диктант", True),
        ("Итоговая контрольная работа", True),
        ("КОНТРОЛЬНОЕ СПИСЫВАНИЕ", True),
        ("Подготовка к контрольной работе", False),
        ("Анализ контрольной работы", False),
        ("Работа над ошибками, допущенными в контрольных", False),
        ("Дроби", False),
    ],
)
def test_a_topic_is_a_control_work_by_its_own_name(title: str, is_one: bool) -> None:
    assert is_control_topic(title) is is_one


def test_lessons_that_are_control_works_lie_ahead_for_two_weeks(
    school_store: Store, people: People, change: Callable
) -> None:
    change(f"UPDATE lessons SET work_type_id = {CONTROL_WORK} WHERE held_on > '{NOW.date()}'")
    assert [each.held_on for each in ahead(school_store, people)] == [FRIDAY, MONDAY, SUNDAY]
    change("UPDATE lessons SET status = 'cancelled' WHERE lesson_id = 302")
    assert [each.held_on for each in ahead(school_store, people)] == [FRIDAY, SUNDAY]
    for other in (NOW.date() - timedelta(7), MONDAY):
        assert ahead(school_store, people, other) == []


def test_the_plan_says_so_where_the_lesson_does_not_yet(school_store: Store, people: People) -> None:
    # Yesterday's lesson took the first topic, today's is the second's.
    plan(school_store, people, "Дроби", "Проценты", "Контрольная работа № 1", "Анализ контрольной работы")
    assert ahead(school_store, people) == [ControlAhead(FRIDAY, "Математика", "", "Контрольная работа № 1")]
    plan_moves = LessonEntry(LessonHead("Повторение", None, HomeworkState.NONE))
    write_lesson(school_store, people.owner, OWNERS_LESSON_TODAY, plan_moves, now=NOW)
    assert [each.held_on for each in ahead(school_store, people)] == [MONDAY]


@pytest.mark.usefixtures("school_screens")
def test_the_page_says_what_lies_ahead_and_how_sure_it_is(school_store: Store, people: People) -> None:
    assert "Контрольных работ до 6 декабря в журнале пока нет." in diary_page(people.guardian)
    plan(school_store, people, "Дроби", "Проценты", "Контрольная <b>работа</b> № 1")
    page = diary_page(people.guardian)
    assert "Контрольные работы до 6 декабря" in page
    assert "20 ноября, пт" in page
    assert "Контрольная &lt;b&gt;работа&lt;/b&gt; № 1" in page
    assert "по плану учителя, день может измениться" in page
    assert "Впереди" not in diary_page(people.guardian, f"/{CHILD}?week=2026-11-09")
