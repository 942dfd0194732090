"""«Неделя»: a class and both teachers of a substituted lesson see it as it will be, and what the class has to do (п. 4.3, 4.5)."""

import pytest
from screens import open_page, texts
from sick_day import OWNERS_THIRD_TODAY
from small_school import CLASS_7A, CLASS_8B, NOW, OWNER_STAFF, OWNERS_LESSON_YESTERDAY, STRANGER_STAFF, People

from school.errors import AccessRefused
from school.homework.lookups import class_homework
from school.records import HomeworkState, User
from school.register.actions.entries import LessonHead, write_head
from school.register.lookups.week import class_week, monday_of, teacher_week, weeks_to_read
from school.store.connection import Store
from school.substitutions.actions import Assignment, assign_substitutions

TODAY = NOW.date()
MONDAY = monday_of(TODAY)
PAGE = "register/week.py"
pytestmark = pytest.mark.usefixtures("school_screens")


def settle(store: Store, people: People, substitute_id: int | None) -> None:
    way = Assignment(OWNERS_THIRD_TODAY, substitute_id)
    (result,) = assign_substitutions(store, people.deputy, [way], "больничный", now=NOW)
    assert result.substitution_id


def week_of(user: User, whose: str = "") -> str:
    page = open_page(PAGE, user, **({"week_of": whose} if whose else {}))
    assert not page.exception
    return "".join(each.value for each in page.get("html"))


def test_the_substitute_sees_whose_lesson_it_is_and_the_absent_who_gives_it(
    sick_day: Store, people: People
) -> None:
    settle(sick_day, people, STRANGER_STAFF)
    assert "замена, вместо: Орлова В." in week_of(people.stranger)
    assert "замена: Стрельцов Г." in week_of(people.owner)
    assert "замена, вместо: Орлова В." in week_of(people.homeroom, f"class_{CLASS_7A}")


def test_a_cancelled_lesson_is_struck_out_in_the_week_of_its_class(sick_day: Store, people: People) -> None:
    settle(sick_day, people, None)
    lesson = next(
        each
        for each in class_week(sick_day, people.deputy, CLASS_7A, MONDAY)
        if each.lesson_id == OWNERS_THIRD_TODAY
    )
    assert lesson.is_cancelled
    assert 'class="gone"' in week_of(people.deputy, f"class_{CLASS_7A}")


def test_everybody_chooses_among_the_weeks_that_they_may_read(sick_day: Store, people: People) -> None:
    assert weeks_to_read(sick_day, people.owner, MONDAY).teachers.keys() == {OWNER_STAFF}
    assert not weeks_to_read(sick_day, people.owner, MONDAY).classes
    assert weeks_to_read(sick_day, people.homeroom, MONDAY).classes == {CLASS_7A: "7А"}
    assert {CLASS_7A, CLASS_8B} <= weeks_to_read(sick_day, people.head, MONDAY).classes.keys()
    with pytest.raises(AccessRefused):
        teacher_week(sick_day, people.owner, STRANGER_STAFF, MONDAY)
    with pytest.raises(AccessRefused):
        class_homework(sick_day, people.homeroom, CLASS_8B, MONDAY, TODAY)


def test_what_was_set_stands_under_the_day_of_the_next_lesson(sick_day: Store, people: People) -> None:
    head = LessonHead("Дроби", None, HomeworkState.SET, "§ 7, № 12")
    sick_day.write(lambda change: write_head(change, people.owner, OWNERS_LESSON_YESTERDAY, head, NOW))
    (due,) = class_homework(sick_day, people.homeroom, CLASS_7A, MONDAY, TODAY)
    assert (due.due_on, due.lesson.homework) == (TODAY, "§ 7, № 12")
    page = open_page(PAGE, people.homeroom, week_of=f"class_{CLASS_7A}")
    assert "§ 7, № 12" in texts(page)
    assert any("1 предмет" in each.label for each in page.expander)


def test_a_week_without_lessons_says_so_and_leads_back(people: People) -> None:
    page = open_page(PAGE, people.deputy, week="2026-07-06")
    assert "На неделе 6–11 июля уроков нет" in texts(page)
    page.button(key="week_this").click().run()
    assert "уроков нет" not in texts(page)
