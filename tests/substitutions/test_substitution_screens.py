"""«Замены», «Журнал замен» and the badge of «Сегодня», as each of their readers sees them."""

from datetime import timedelta

import pytest
from screens import open_page, texts
from sick_day import OWNERS_THIRD_TODAY
from small_school import NOW, OWNER_STAFF, OWNERS_LESSON_TODAY, STRANGER_STAFF, People

from school.register.store.lessons import lessons_by_id
from school.store.connection import Store
from school.store.school import School
from school.substitutions.actions import Assignment, assign_substitutions
from school.substitutions.lookups import own_log

TODAY = NOW.date()
PAGE = "substitutions/substitutions.py"
pytestmark = pytest.mark.usefixtures("school_screens")


def give_third_to_the_stranger(store: Store, people: People) -> int:
    assignment = Assignment(OWNERS_THIRD_TODAY, substitute_id=STRANGER_STAFF)
    (result,) = assign_substitutions(store, people.deputy, [assignment], "больничный", now=NOW)
    assert result.substitution_id
    return result.substitution_id


def test_the_deputy_settles_the_whole_day_with_one_click(sick_day: Store, people: People) -> None:
    page = open_page(PAGE, people.deputy, absent=str(OWNER_STAFF))
    assert "ждут решения: 2 из 2" in texts(page)
    page.button(key=f"assign_day_{TODAY}").click().run()
    assert not page.exception
    assert "всё решено" in texts(page)
    lessons = lessons_by_id(sick_day, [OWNERS_LESSON_TODAY, OWNERS_THIRD_TODAY])
    assert OWNER_STAFF not in {lesson.teacher_id for lesson in lessons.values()}


def test_a_day_typed_since_is_not_settled_for_the_day_that_was_shown(sick_day: Store, people: People) -> None:
    """A typed day is sent with the press of the button that it was typed before: the lessons shown were of another day."""
    page = open_page(PAGE, people.deputy, absent=str(OWNER_STAFF))
    page.date_input(key="absent_from").set_value(TODAY + timedelta(days=1))
    page.button(key=f"assign_day_{TODAY}").click().run()
    assert "Ничего не записано" in " ".join(each.value for each in page.error)
    lessons = lessons_by_id(sick_day, [OWNERS_LESSON_TODAY, OWNERS_THIRD_TODAY])
    assert {lesson.teacher_id for lesson in lessons.values()} == {OWNER_STAFF}


def test_a_reason_typed_just_before_the_press_is_written(sick_day: Store, people: People) -> None:
    page = open_page(PAGE, people.deputy, absent=str(OWNER_STAFF))
    page.text_input(key="absent_reason").set_value("больничный")
    page.button(key=f"assign_{OWNERS_THIRD_TODAY}").click().run()
    assert sick_day.read("SELECT reason FROM substitutions") == [("больничный",)]


def test_the_best_teacher_is_chosen_already_and_the_others_are_marked(
    sick_day: Store, people: People
) -> None:
    page = open_page(PAGE, people.deputy, absent=str(OWNER_STAFF))
    box = page.selectbox(key=f"way_{OWNERS_THIRD_TODAY}")
    assert box.value == f"t{STRANGER_STAFF}"
    assert box.options == [
        "Стрельцов Г. · ведёт предмет · уроков в этот день: 1",
        "Климова Р. · присмотр, знает класс · уроков в этот день: 1",
        "Отменить урок",
    ]


def test_a_lesson_is_not_cancelled_without_a_reason_and_the_choice_stays(
    sick_day: Store, people: People
) -> None:
    page = open_page(PAGE, people.deputy, absent=str(OWNER_STAFF))
    page.selectbox(key=f"way_{OWNERS_THIRD_TODAY}").set_value("cancel").run()
    page.button(key=f"assign_{OWNERS_THIRD_TODAY}").click().run()
    assert "Причина отмены урока не указана." in texts(page)
    assert page.selectbox(key=f"way_{OWNERS_THIRD_TODAY}").value == "cancel"
    page.text_input(key="absent_reason").set_value("больничный").run()
    page.button(key=f"assign_{OWNERS_THIRD_TODAY}").click().run()
    assert lessons_by_id(sick_day, [OWNERS_THIRD_TODAY])[OWNERS_THIRD_TODAY].status == "cancelled"


def test_an_assignment_is_taken_back_on_the_screen(sick_day: Store, people: People) -> None:
    give_third_to_the_stranger(sick_day, people)
    page = open_page(PAGE, people.deputy, absent=str(OWNER_STAFF))
    page.button(key=f"withdraw_{OWNERS_THIRD_TODAY}").click().run()
    assert "ждут решения: 2 из 2" in texts(page)
    assert lessons_by_id(sick_day, [OWNERS_THIRD_TODAY])[OWNERS_THIRD_TODAY].teacher_id == OWNER_STAFF


def test_the_head_reads_and_has_no_button(sick_day: Store, people: People) -> None:
    give_third_to_the_stranger(sick_day, people)
    page = open_page(PAGE, people.head, absent=str(OWNER_STAFF))
    assert "решения ещё нет" in texts(page)
    assert "Стрельцов Г." in texts(page)
    assert [
        button.key for button in page.button if button.key and button.key.startswith(("assign", "withdraw"))
    ] == []


def test_the_sheet_shows_hours_by_kind(sick_day: Store, people: People) -> None:
    give_third_to_the_stranger(sick_day, people)
    page = open_page(PAGE, people.head, substitution_view="sheet")
    (row,) = page.dataframe[0].value.to_dict("records")
    assert row == {
        "Кто заменял": "Стрельцов Г.",
        "Замена по предмету": 1,
        "Присмотр": 0,
        "Объединение": 0,
        "Всего часов": 1,
        "Не подписано": 1,
    }
    assert "Табель замен, ноябрь 2026" in texts(page)


def test_unsigned_lines_are_shown_to_the_deputy_until_signed(sick_day: Store, people: People) -> None:
    calm = open_page(PAGE, people.deputy, substitution_view="unsigned")
    assert "Все состоявшиеся замены подписаны." in texts(calm)
    give_third_to_the_stranger(sick_day, people)
    page = open_page(PAGE, people.deputy, substitution_view="unsigned")
    assert "Стрельцов Г. · отсутствует Орлова В." in texts(page)


def test_the_substitute_signs_with_one_click(sick_day: Store, people: People, school_screens: School) -> None:
    substitution_id = give_third_to_the_stranger(sick_day, people)
    page = open_page("substitutions/substitution_log.py", people.stranger)
    assert "Не подписано: 1" in texts(page)
    page.button(key=f"sign_{substitution_id}").click().run()
    assert not page.exception
    assert "Все ваши замены подписаны." in texts(page)
    (line,) = own_log(sick_day, people.stranger, TODAY)
    assert line.signed_at == school_screens.clock()


def test_the_log_of_who_replaced_nobody_is_calm(sick_day: Store, people: People) -> None:
    give_third_to_the_stranger(sick_day, people)
    assert "вы никого не заменяли" in texts(open_page("substitutions/substitution_log.py", people.owner))


def test_today_marks_the_lesson_of_another(sick_day: Store, people: People) -> None:
    give_third_to_the_stranger(sick_day, people)
    assert ":blue-badge[замена]" in texts(open_page("register/today.py", people.stranger))
    assert "замена" not in texts(open_page("register/today.py", people.owner))


def test_both_teachers_open_the_register_at_the_substituted_lesson(sick_day: Store, people: People) -> None:
    give_third_to_the_stranger(sick_day, people)
    for user in (people.owner, people.stranger):
        for lesson in (OWNERS_THIRD_TODAY, OWNERS_LESSON_TODAY):
            page = open_page(
                "register/grid.py", user, **{"class": "11", "subject": "21", "lesson": str(lesson)}
            )
            assert not page.exception, (user.login, lesson, page.exception)
            assert not page.error, (user.login, lesson)
