"""The register and the day as their readers see them."""

from datetime import timedelta

import pytest
from screens import open_page, texts
from small_school import (
    CHILD,
    CLASS_7A,
    MATHS,
    NOW,
    OWNERS_LESSON_TODAY,
    OWNERS_LESSON_YESTERDAY,
    QUARTER_2,
    People,
)
from streamlit.testing.v1 import AppTest

from school.errors import AccessRefused, Refusal
from school.records import RegisterKey, User
from school.register.actions.batch import CellEdit
from school.register.actions.entries import enter_cells
from school.register.lookups.registers import readable_registers, register_page, register_terms, term_on
from school.register.lookups.today import teacher_day
from school.register.rules.completeness import Part
from school.store.connection import Store, Transaction
from school.store.events import Event

KEY = RegisterKey(CLASS_7A, MATHS)


def opened_register(user: User) -> AppTest:
    return open_page("register/grid.py", user)


def page_of(store: Store, user):
    term = term_on(register_terms(store, user, KEY), NOW.date())
    return register_page(store, user, KEY, term, today=NOW.date())


def test_the_register_opens_on_todays_term_with_everybody_and_every_lesson(
    school_store: Store, people: People
) -> None:
    page = page_of(school_store, people.owner)
    assert page.term.term_id == QUARTER_2
    assert [pupil.name.last for pupil in page.pupils] == ["Алёшин", "Ёлкина", "Жуков"]  # the Russian alphabet
    assert [lesson.lesson_id for lesson in page.lessons] == [OWNERS_LESSON_YESTERDAY, OWNERS_LESSON_TODAY]
    assert page.cells[OWNERS_LESSON_YESTERDAY, CHILD].cell.text == "4"
    assert page.minimum == 6  # five hours a week (п. 5.2)


def test_first_formers_are_taught_without_marks_and_need_none(school_store: Store, people: People) -> None:
    def lower(transaction: Transaction) -> None:
        transaction.change(f"UPDATE classes SET grade_level = 1 WHERE class_id = {CLASS_7A}")
        transaction.record(Event(NOW, None, "school"))

    school_store.write(lower)
    assert page_of(school_store, people.owner).minimum is None


@pytest.mark.parametrize(
    ("name", "may_edit"), [("owner", True), ("homeroom", False), ("head", False), ("deputy", False)]
)
def test_who_reads_the_register_and_who_enters(
    school_store: Store, people: People, name: str, may_edit: bool
) -> None:
    assert bool(page_of(school_store, getattr(people, name)).editable_lesson_ids) is may_edit


@pytest.mark.parametrize("name", ["stranger", "guardian", "pupil", "secretary"])
def test_others_do_not_read_it(school_store: Store, people: People, name: str) -> None:
    with pytest.raises(AccessRefused):
        page_of(school_store, getattr(people, name))


def test_a_teacher_is_offered_only_their_own_registers(school_store: Store, people: People) -> None:
    assert [row.key for row in readable_registers(school_store, people.owner, 2026)] == [KEY]
    assert len(readable_registers(school_store, people.head, 2026)) == 2


def test_a_register_that_does_not_exist_is_told_so(school_store: Store, people: People) -> None:
    with pytest.raises(Refusal, match="Такого журнала нет"):
        register_terms(school_store, people.head, RegisterKey(CLASS_7A, 999))


def test_the_mean_weighs_control_works(school_store: Store, people: People) -> None:
    enter_cells(school_store, people.owner, [CellEdit(OWNERS_LESSON_TODAY, CHILD, "5")], now=NOW)
    summary = page_of(school_store, people.owner).summaries[CHILD]
    assert (summary.mean, summary.count, summary.control_count) == (4.5, 2, 0)


def test_today_shows_what_each_lesson_owes(school_store: Store, people: People) -> None:
    day = teacher_day(school_store, people.owner, NOW)
    (today,) = day.lessons
    assert today.missing == (Part.ATTENDANCE, Part.TOPIC, Part.HOMEWORK, Part.MARKS)
    assert today.lesson.pupil_count == 3
    assert day.time_left == timedelta(hours=4)
    assert day.gaps == []


def test_yesterdays_open_lesson_is_tomorrows_gap(school_store: Store, people: People) -> None:
    day = teacher_day(school_store, people.owner, NOW + timedelta(days=1))
    assert day.lessons == []
    assert [gap.lesson.lesson_id for gap in day.gaps] == [OWNERS_LESSON_TODAY]


def test_only_teachers_have_a_day_of_lessons(school_store: Store, people: People) -> None:
    with pytest.raises(AccessRefused):
        teacher_day(school_store, people.head, NOW)


@pytest.mark.usefixtures("school_screens")
@pytest.mark.parametrize(
    ("name", "may_write"), [("owner", True), ("homeroom", False), ("head", False), ("deputy", False)]
)
def test_only_the_lessons_teacher_sees_a_form_at_its_head(people: People, name: str, may_write: bool) -> None:
    page = opened_register(getattr(people, name))
    assert not page.exception
    assert any(box.label == "Тема урока" for box in page.text_input) is may_write


@pytest.mark.usefixtures("school_screens")
def test_a_typed_topic_outlives_a_refused_form(people: People, school_store: Store) -> None:
    page = opened_register(people.owner)
    topic = next(box for box in page.text_input if box.label == "Тема урока")
    topic.set_value("Т" * 501)
    next(button for button in page.button if button.label == "Записать").click().run()
    assert "Тема длиннее" in texts(page)
    assert next(box for box in page.text_input if box.label == "Тема урока").value == "Т" * 501
