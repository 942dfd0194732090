"""«Дневник»: a family sees its own child, and no forecast (п. 2.8, 3.6, 4.7)."""

from collections.abc import Callable
from datetime import date

import pytest
from screens import open_page, texts
from small_school import (
    CHILD,
    CLASSMATE,
    NOW,
    OWNERS_LESSON_TODAY,
    OWNERS_LESSON_YESTERDAY,
    STRANGE_CHILD,
    People,
)
from streamlit.testing.v1 import AppTest

from pages.families.parts.diary_view import marks_html
from school.errors import AccessRefused, Refusal
from school.families.lookups.diary import DiarySubject, children_of, diary
from school.families.store.diaries import DiaryMark
from school.homework.actions import LessonEntry, write_lesson
from school.records import AbsenceReason, HomeworkState, User
from school.register.actions.batch import CellEdit
from school.register.actions.entries import LessonHead, enter_cells
from school.store.connection import Store
from server import session

TODAY = NOW.date()


def open_diary(user: User, **address: str) -> AppTest:
    return open_page("families/diary.py", user, **address)


def everything(app_test: AppTest) -> str:
    """Return all that a page says, its own HTML included."""
    return "\n".join([texts(app_test), *(element.proto.body for element in app_test.get("html"))])


@pytest.mark.parametrize("part", ["guardian", "pupil"])
def test_a_family_sees_the_marks_of_its_own_child(
    school_screens: session.School, people: People, part: str
) -> None:
    page = everything(open_diary(getattr(people, part)))
    assert "Алёшин Пётр" in page
    assert "ср. 4,00" in page
    assert "18 ноября" in page
    assert "рогноз" not in page


@pytest.mark.parametrize("part", ["guardian", "pupil"])
@pytest.mark.parametrize("other", [CLASSMATE, STRANGE_CHILD, 999999])
def test_another_child_is_refused_and_the_own_diary_opens_again(
    school_screens: session.School, people: People, part: str, other: int
) -> None:
    page = open_diary(getattr(people, part), pupil=str(other))
    assert "Вам нельзя смотреть дневник" in texts(page)
    assert "Отметки" not in texts(page)
    page.query_params.pop("pupil")
    assert "Алёшин Пётр" in texts(page.run())


@pytest.mark.parametrize(
    ("part", "pupil", "is_shown"),
    [
        ("guardian", CHILD, True),
        ("guardian", CLASSMATE, False),
        ("homeroom", CLASSMATE, True),
        ("homeroom", STRANGE_CHILD, False),
        ("deputy", STRANGE_CHILD, True),
        ("head", CHILD, True),
        ("owner", CHILD, False),
        ("secretary", CHILD, False),
        ("admin", CHILD, False),
    ],
)
def test_whose_diary_opens_to_whom(
    school_store: Store, people: People, part: str, pupil: int, is_shown: bool
) -> None:
    user = getattr(people, part)
    if is_shown:
        assert diary(school_store, user, pupil, today=TODAY).terms
    else:
        with pytest.raises(AccessRefused):
            diary(school_store, user, pupil, today=TODAY)


def test_an_unknown_pupil_is_told_without_an_error(school_store: Store, people: People) -> None:
    with pytest.raises(Refusal, match="Такого ученика нет"):
        diary(school_store, people.head, 999999, today=TODAY)


def test_staff_without_children_choose_a_pupil_by_a_link(
    school_screens: session.School, people: People
) -> None:
    assert children_of(school_screens.store, people.deputy) == {}
    assert "по ссылке из списка класса" in texts(open_diary(people.deputy))
    assert "Яковлев Олег" in texts(open_diary(people.deputy, pupil=str(STRANGE_CHILD)))


def test_a_guardian_of_several_children_chooses(
    school_screens: session.School, people: People, change: Callable
) -> None:
    change(f"INSERT INTO guardian_pupils (guardian_id, pupil_id) VALUES (61, {STRANGE_CHILD})")
    page = open_diary(people.guardian)
    assert "Алёшин Пётр" in texts(page)
    page.query_params["pupil"] = str(STRANGE_CHILD)
    assert "Яковлев Олег" in texts(page.run())


def test_a_new_mark_is_there_at_the_next_look(school_store: Store, people: People) -> None:
    enter_cells(school_store, people.owner, [CellEdit(OWNERS_LESSON_TODAY, CHILD, "5")], now=NOW)
    (maths,) = diary(school_store, people.guardian, CHILD, today=TODAY).subjects
    assert [mark.value for mark in maths.marks] == [4, 5]
    assert maths.mean == pytest.approx(4.5)


def test_homework_stands_under_the_day_it_is_for(school_store: Store, people: People) -> None:
    head = LessonHead("Дроби", None, HomeworkState.SET, "№ 12–15")
    write_lesson(school_store, people.owner, OWNERS_LESSON_YESTERDAY, LessonEntry(head), now=NOW)
    (today,) = diary(school_store, people.guardian, CHILD, today=TODAY).days
    assert (today.day, [lesson.homework for lesson in today.lessons]) == (TODAY, ["№ 12–15"])
    yesterday = diary(school_store, people.guardian, CHILD, today=date(2026, 11, 18)).days
    assert [(day.day, [lesson.homework for lesson in day.lessons]) for day in yesterday] == [
        (date(2026, 11, 18), [""]),
        (TODAY, ["№ 12–15"]),
    ]


def test_absences_are_counted_by_reason(school_store: Store, people: People) -> None:
    enter_cells(school_store, people.owner, [CellEdit(OWNERS_LESSON_TODAY, CHILD, "б")], now=NOW)
    assert diary(school_store, people.guardian, CHILD, today=TODAY).missed == {AbsenceReason.ILLNESS: 1}


def test_term_marks_are_shown_for_terms_that_are_over(
    school_store: Store, people: People, change: Callable
) -> None:
    change(
        f"INSERT INTO term_marks (class_id, subject_id, term_id, pupil_id, value) VALUES (11, 21, 32, {CHILD}, 5)"
    )
    page = diary(school_store, people.guardian, CHILD, today=TODAY)
    assert [row.by_term for row in page.final_marks] == [{31: 3}]
    assert [term.number for term in page.terms] == [1, 2]


def test_a_pupil_without_a_class_has_an_empty_diary(
    school_screens: session.School, people: People, change: Callable
) -> None:
    change(f"DELETE FROM enrolments WHERE pupil_id = {CHILD}")
    page = open_diary(people.guardian)
    assert not page.exception
    assert "Учебных периодов у класса пока нет" in texts(page)


def test_what_teachers_typed_stays_text() -> None:
    mark = DiaryMark(1, "<b>Физика</b>", 5, 1.0, TODAY, "<i>опрос</i>", "<script>alert(1)</script>")
    html = marks_html([DiarySubject(mark.subject_name, (mark,), 5.0)])
    assert "<script>" not in html
    assert "<b>Физика" not in html
    assert "&lt;i&gt;опрос" in html
