"""The register and the day as their readers see them."""

from datetime import timedelta

import pytest
from grid_answers import client_of, register_of, write_head
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

from school.errors import AccessRefused, Refusal
from school.records import RegisterKey
from school.register.actions.batch import CellEdit
from school.register.actions.entries import enter_cells
from school.register.lookups.registers import readable_registers, register_page, register_terms, term_on
from school.register.lookups.today import teacher_day
from school.register.rules.completeness import Part
from school.store.connection import Store, Transaction
from school.store.events import Event

KEY = RegisterKey(CLASS_7A, MATHS)


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
def test_only_the_lessons_teacher_writes_at_its_head(people: People, name: str, may_write: bool) -> None:
    head = register_of(getattr(people, name))["head"]
    assert ("values" in head) is may_write
    assert may_write or "тема: не записана" in head["words"]


@pytest.mark.usefixtures("school_screens")
def test_the_answer_says_what_was_not_chosen(people: People) -> None:
    answer = register_of(people.owner)
    assert answer["address"] == {
        "year": "2026",
        "class": str(CLASS_7A),
        "subject": str(MATHS),
        "term": str(QUARTER_2),
        "lesson": str(OWNERS_LESSON_TODAY),
    }
    assert [box["label"] for box in answer["boxes"]] == ["Класс", "Предмет", "Учебный период", "Учебный год"]
    assert all(box["chosen"] in dict(box["options"]) for box in answer["boxes"])


@pytest.mark.usefixtures("school_screens")
def test_another_class_keeps_the_subject_and_the_term(people: People) -> None:
    answer = register_of(people.head, **{"class": "12", "subject": str(MATHS), "term": str(QUARTER_2)})
    assert (answer["address"]["class"], answer["address"]["term"]) == ("12", str(QUARTER_2))


@pytest.mark.usefixtures("school_screens")
@pytest.mark.parametrize("by", ["owner", "deputy"])
def test_a_saved_mark_is_in_the_next_answer_of_everybody(
    school_store: Store, people: People, by: str
) -> None:
    reader = getattr(people, by)
    cell = f"{OWNERS_LESSON_TODAY}:{CHILD}"
    assert cell not in register_of(reader)["grid"]["cells"]
    enter_cells(school_store, people.owner, [CellEdit(OWNERS_LESSON_TODAY, CHILD, "5")], now=NOW)
    after = register_of(reader)["grid"]
    assert after["cells"][cell] == {"text": "5", "late": False}
    assert next(pupil for pupil in after["pupils"] if pupil["id"] == str(CHILD))["mean"] == "4,50"


@pytest.mark.usefixtures("school_screens")
def test_who_lost_a_register_is_no_longer_answered_from_memory(school_store: Store, people: People) -> None:
    address = {"class": str(CLASS_7A), "subject": str(MATHS)}
    assert register_of(people.owner, **address)["grid"]["read_only"] is False

    def hand_over(transaction: Transaction) -> None:
        for table in ("teaching_load", "lessons"):
            transaction.change(
                f"UPDATE {table} SET teacher_id = {people.stranger.staff_id} WHERE class_id = {CLASS_7A}"
            )
        transaction.record(Event(NOW, None, "school"))

    school_store.write(hand_over)
    assert "grid" not in register_of(people.owner, **address)


@pytest.mark.usefixtures("school_screens")
def test_nobody_signed_in_reads_nothing() -> None:
    answer = client_of(None).get("/api/register/page")
    assert (answer.status_code, answer.json()["error"]) == (401, "signed_out")


@pytest.mark.usefixtures("school_screens")
@pytest.mark.parametrize("name", ["guardian", "pupil", "secretary"])
def test_who_reads_no_register_is_refused(people: People, name: str) -> None:
    answer = client_of(getattr(people, name)).get("/api/register/page")
    assert (answer.status_code, answer.json()["error"]) == (403, "refused")


@pytest.mark.usefixtures("school_screens")
def test_the_head_of_a_lesson_is_written_and_read(people: People) -> None:
    kind = register_of(people.owner)["head"]["types"][0][0]
    typed = {"topic": "Степень", "type": kind, "homework": "№ 12"}
    assert write_head(people.owner, OWNERS_LESSON_TODAY, **typed) == {"message": "Записано."}
    assert register_of(people.owner)["head"]["values"] == {**typed, "none": False, "plan": ""}


@pytest.mark.usefixtures("school_screens")
@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"topic": "Т" * 501}, "Тема длиннее"),
        ({"homework": "№ 12–15", "none": True}, "Выбрано «без задания», но задание написано"),
    ],
)
def test_a_head_that_cannot_be_is_refused_in_words(
    people: People, typed: dict[str, object], words: str
) -> None:
    answer = write_head(people.owner, OWNERS_LESSON_TODAY, **typed)
    assert (answer["error"], words in answer["message"]) == ("refused", True)


@pytest.mark.usefixtures("school_screens")
def test_another_on_the_same_computer_writes_nothing_that_was_typed_before(people: People) -> None:
    body = {"user_id": str(people.owner.user_id), "lesson": str(OWNERS_LESSON_TODAY), "topic": "чужая"}
    answer = client_of(people.deputy).post("/api/register/lesson", json=body)
    assert (answer.status_code, answer.json()["error"]) == (401, "signed_out")


@pytest.mark.usefixtures("school_screens")
@pytest.mark.parametrize("body", [[], {}, {"user_id": "1"}, "{", {"user_id": None, "lesson": "x"}])
def test_what_is_no_head_is_malformed_or_somebody_elses(people: People, body: object) -> None:
    assert client_of(people.owner).post("/api/register/lesson", json=body).status_code in {400, 401}


@pytest.mark.usefixtures("school_screens")
def test_the_page_is_a_frame_that_asks_for_its_address(people: People) -> None:
    page = open_page("register/grid.py", people.owner, **{"class": str(CLASS_7A)})
    assert not page.exception
    assert "Журналов пока нет" not in texts(page)
