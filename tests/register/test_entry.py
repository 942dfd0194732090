"""Entering marks and absences: what is saved, refused, disputed, and what the record of changes keeps."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_school import (
    ABSENTEE,
    CHILD,
    CLASSMATE,
    CONTROL_WORK,
    NOW,
    OWNERS_LESSON_TODAY,
    OWNERS_LESSON_YESTERDAY,
    QUARTER_2,
    STRANGE_CHILD,
    STRANGERS_LESSON_TODAY,
    People,
)

from school.errors import AccessRefused, RuleRefused
from school.homework.actions import LessonEntry, write_lesson
from school.records import HomeworkState, User
from school.register.actions.batch import CellEdit, CellResult, EntryStatus
from school.register.actions.entries import LessonHead, confirm_attendance, enter_cells
from school.register.lookups.registers import cell_history
from school.register.store.cells import cell_states
from school.register.store.lessons import lessons_by_id
from school.store.connection import Store, Transaction
from school.store.events import Event

TODAY, YESTERDAY = OWNERS_LESSON_TODAY, OWNERS_LESSON_YESTERDAY


def enter(
    store: Store, user: User, *edits: CellEdit, now: datetime = NOW, tab: str = "tab"
) -> list[CellResult]:
    return enter_cells(store, user, edits, now=now, client_id=tab)


def held(store: Store, lesson_id: int, pupil_id: int) -> str:
    states = cell_states(store, [(lesson_id, pupil_id)])
    return states[lesson_id, pupil_id].cell.text if states else ""


def event_count(store: Store) -> int:
    return store.read("SELECT count(*) FROM events")[0][0]


@pytest.mark.parametrize("text", ["5", "5/4", "н", "б", "у", "о", "о 4", "н 3"])
def test_a_teacher_enters_a_cell_of_todays_lesson(school_store: Store, people: People, text: str) -> None:
    (result,) = enter(school_store, people.owner, CellEdit(TODAY, CHILD, text, "", 1))
    assert (result.status, result.text) == (EntryStatus.SAVED, text)
    assert held(school_store, TODAY, CHILD) == text


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (CellEdit(TODAY, CHILD, "осв"), "п. 5.3"),
        (CellEdit(TODAY, CHILD, "н/а"), "п. 5.3"),
        (CellEdit(TODAY, CHILD, "1"), "Отметки «1» нет"),
        (CellEdit(TODAY, STRANGE_CHILD, "5"), "не числился"),  # a pupil of another class
        (CellEdit(STRANGERS_LESSON_TODAY, STRANGE_CHILD, "5"), "нельзя"),  # another teacher's lesson
        (CellEdit(999_999, CHILD, "5"), "Такого урока нет"),
    ],
)
def test_a_refused_entry_says_why_and_changes_nothing(
    school_store: Store, people: People, edit: CellEdit, said: str
) -> None:
    before = event_count(school_store)
    (result,) = enter(school_store, people.owner, edit)
    assert result.status is EntryStatus.REFUSED
    assert said in result.message
    assert held(school_store, edit.lesson_id, edit.pupil_id) == ""
    assert event_count(school_store) == before


def test_one_refused_cell_does_not_stop_its_neighbours(school_store: Store, people: People) -> None:
    results = enter(
        school_store,
        people.owner,
        CellEdit(TODAY, CHILD, "5", "", 1),
        CellEdit(TODAY, CLASSMATE, "6", "", 2),
        CellEdit(TODAY, ABSENTEE, "4", "", 3),
    )
    assert [result.status for result in results] == ["saved", "refused", "saved"]
    assert [held(school_store, TODAY, pupil) for pupil in (CHILD, CLASSMATE, ABSENTEE)] == ["5", "", "4"]


@pytest.mark.parametrize(
    "name", ["stranger", "homeroom", "head", "deputy", "admin", "secretary", "guardian", "pupil"]
)
def test_nobody_but_the_lessons_teacher_enters_marks(school_store: Store, people: People, name: str) -> None:
    (result,) = enter(school_store, getattr(people, name), CellEdit(TODAY, CHILD, "5"))
    assert result.status is EntryStatus.REFUSED
    assert held(school_store, TODAY, CHILD) == ""


def test_a_mark_on_a_lesson_yet_to_come_is_refused(school_store: Store, people: People) -> None:
    (result,) = enter(school_store, people.owner, CellEdit(TODAY, CHILD, "5"), now=NOW - timedelta(days=1))
    assert result.status is EntryStatus.REFUSED
    assert "ещё не состоялся" in result.message


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (f"UPDATE lessons SET status = 'cancelled' WHERE lesson_id = {TODAY}", "отменён"),
        (f"UPDATE terms SET closed_at = now()::TIMESTAMP WHERE term_id = {QUARTER_2}", "период закрыт"),
        (f"UPDATE enrolments SET ends_on = '2026-11-19' WHERE pupil_id = {CHILD}", "не числился"),
        (f"UPDATE enrolments SET starts_on = '2026-11-20' WHERE pupil_id = {CHILD}", "не числился"),
    ],
)
def test_cancelled_lessons_closed_terms_and_pupils_who_left_take_no_marks(
    school_store: Store, people: People, change: str, said: str
) -> None:
    def work(transaction: Transaction) -> None:
        transaction.change(change)
        transaction.record(Event(NOW, None, "school"))

    school_store.write(work)
    (result,) = enter(school_store, people.owner, CellEdit(TODAY, CHILD, "5"))
    assert result.status is EntryStatus.REFUSED
    assert said in result.message


def test_the_same_batch_sent_again_changes_nothing(school_store: Store, people: People) -> None:
    batch = [CellEdit(TODAY, CHILD, "5", "", 1), CellEdit(TODAY, CLASSMATE, "4", "", 2)]
    enter(school_store, people.owner, *batch)
    before = event_count(school_store)
    assert [result.status for result in enter(school_store, people.owner, *batch)] == ["saved", "saved"]
    assert event_count(school_store) == before


def test_an_old_batch_that_arrives_late_does_not_undo_a_newer_entry(
    school_store: Store, people: People
) -> None:
    enter(school_store, people.owner, CellEdit(TODAY, CHILD, "5", "", 1))
    enter(school_store, people.owner, CellEdit(TODAY, CHILD, "4", "5", 2))
    (result,) = enter(school_store, people.owner, CellEdit(TODAY, CHILD, "5", "", 1))
    assert (result.status, result.text) == (EntryStatus.SAVED, "4")
    assert held(school_store, TODAY, CHILD) == "4"


def test_a_tabs_own_unacknowledged_entry_is_no_conflict(school_store: Store, people: People) -> None:
    """The answer to «5» got lost, the teacher typed «4» over it: the base is still the empty cell."""
    enter(school_store, people.owner, CellEdit(TODAY, CHILD, "5", "", 1))
    (result,) = enter(school_store, people.owner, CellEdit(TODAY, CHILD, "4", "", 2))
    assert (result.status, result.text) == (EntryStatus.SAVED, "4")


def test_another_persons_change_is_shown_not_overwritten(school_store: Store, people: People) -> None:
    enter(school_store, people.owner, CellEdit(TODAY, CHILD, "5", "", 1), tab="first")
    (result,) = enter(school_store, people.owner, CellEdit(TODAY, CHILD, "3", "", 1), tab="second")
    assert (result.status, result.text) == (EntryStatus.CONFLICT, "5")
    assert result.by.startswith("Орлова")
    assert held(school_store, TODAY, CHILD) == "5"
    (forced,) = enter(school_store, people.owner, CellEdit(TODAY, CHILD, "3", "5", 2), tab="second")
    assert forced.status is EntryStatus.SAVED


def test_two_people_who_enter_the_same_do_not_disagree(school_store: Store, people: People) -> None:
    enter(school_store, people.owner, CellEdit(TODAY, CHILD, "5", "", 1), tab="first")
    (result,) = enter(school_store, people.owner, CellEdit(TODAY, CHILD, "5", "", 1), tab="second")
    assert result.status is EntryStatus.SAVED


def test_a_correction_after_the_day_asks_for_a_reason_and_keeps_it(
    school_store: Store, people: People
) -> None:
    correction = CellEdit(YESTERDAY, CHILD, "5", "4", 1)
    (asked,) = enter(school_store, people.owner, correction)
    assert (asked.status, held(school_store, YESTERDAY, CHILD)) == (EntryStatus.REASON_REQUIRED, "4")
    (done,) = enter(school_store, people.owner, CellEdit(YESTERDAY, CHILD, "5", "4", 2, "ошибка при вводе"))
    assert done.status is EntryStatus.SAVED
    (event,) = cell_history(school_store, people.owner, YESTERDAY, CHILD)
    assert (event.old_text, event.new_text, event.reason) == ("4", "5", "ошибка при вводе")
    assert event.who.startswith("Орлова")
    assert event.happened_at == NOW


@pytest.mark.parametrize(
    ("now", "late"),
    [
        (datetime(2026, 11, 19, 16, 0), False),
        (datetime(2026, 11, 19, 16, 1), True),
        (NOW + timedelta(days=1), True),
    ],
)
def test_marks_after_sixteen_are_entered_and_flagged(
    school_store: Store, people: People, now: datetime, late: bool
) -> None:
    """П. 5.5: late entry stays possible, and is seen."""
    (result,) = enter(school_store, people.owner, CellEdit(TODAY, CHILD, "5", "", 1), now=now)
    assert (result.status, result.is_late) == (EntryStatus.SAVED, late)


def test_a_correction_does_not_turn_a_timely_mark_late(school_store: Store, people: People) -> None:
    enter(school_store, people.owner, CellEdit(TODAY, CHILD, "5", "", 1))
    evening = datetime(2026, 11, 19, 20, 0)
    (result,) = enter(school_store, people.owner, CellEdit(TODAY, CHILD, "4", "5", 2), now=evening)
    assert not result.is_late


def test_an_absence_takes_attendance_a_mark_alone_does_not(school_store: Store, people: People) -> None:
    enter(school_store, people.owner, CellEdit(TODAY, CHILD, "5", "", 1))
    assert lessons_by_id(school_store, [TODAY])[TODAY].attendance_taken_at is None
    enter(school_store, people.owner, CellEdit(TODAY, ABSENTEE, "н", "", 2))
    assert lessons_by_id(school_store, [TODAY])[TODAY].attendance_taken_at == NOW


def test_everybody_present_is_one_confirmation(school_store: Store, people: People) -> None:
    confirm_attendance(school_store, people.owner, [TODAY], now=NOW)
    lesson = lessons_by_id(school_store, [TODAY])[TODAY]
    assert (lesson.attendance_taken_at, lesson.recorded_at) == (NOW, NOW)
    before = event_count(school_store)
    confirm_attendance(school_store, people.owner, [TODAY], now=NOW)
    assert event_count(school_store) == before


def test_a_cleared_cell_is_empty_and_its_history_stays(school_store: Store, people: People) -> None:
    enter(school_store, people.owner, CellEdit(TODAY, CHILD, "о 5/4", "", 1))
    enter(school_store, people.owner, CellEdit(TODAY, CHILD, "", "о 5/4", 2))
    assert held(school_store, TODAY, CHILD) == ""
    texts = [(e.old_text, e.new_text) for e in cell_history(school_store, people.owner, TODAY, CHILD)]
    assert texts == [("", "о 5/4"), ("о 5/4", "")]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from([CHILD, CLASSMATE, ABSENTEE]), st.sampled_from(
    ["", "5", "4", "3/2", "н", "о 5", "б"]
)), max_size=12))  # fmt: skip
def test_whatever_is_typed_the_last_entry_stands_and_history_is_a_chain(
    school_store: Store, people: People, typed: list[tuple[int, str]]
) -> None:
    before = {pupil: held(school_store, TODAY, pupil) for pupil in (CHILD, CLASSMATE, ABSENTEE)}
    enter(school_store, people.owner, *(CellEdit(TODAY, pupil, text) for pupil, text in typed), tab="")
    expected = before | dict(typed)
    for pupil, text in expected.items():
        assert held(school_store, TODAY, pupil) == text
        history = cell_history(school_store, people.owner, TODAY, pupil)
        assert all(first.new_text == second.old_text for first, second in pairwise(history))
        assert not history or history[-1].new_text == text


def test_the_head_of_a_lesson_is_written_part_by_part(school_store: Store, people: People) -> None:
    head = LessonHead("Десятичные дроби", CONTROL_WORK, HomeworkState.SET, "№ 312–315")
    write_lesson(school_store, people.owner, TODAY, LessonEntry(head), now=NOW)
    lesson = lessons_by_id(school_store, [TODAY])[TODAY]
    assert (lesson.topic, lesson.work_type_id, lesson.homework) == (
        "Десятичные дроби",
        CONTROL_WORK,
        "№ 312–315",
    )
    kinds = school_store.read("SELECT kind FROM events WHERE lesson_id = $lesson", {"lesson": TODAY})
    assert {kind for (kind,) in kinds} == {"topic", "work_type", "homework"}


@pytest.mark.parametrize(
    ("head", "said"),
    [
        (LessonHead("т" * 501, None, HomeworkState.NONE), "Тема длиннее"),
        (LessonHead("Дроби", None, HomeworkState.SET, "  "), "не написано"),
        (LessonHead("Дроби", None, HomeworkState.SET, "з" * 4001), "Задание длиннее"),
    ],
)
def test_a_lesson_head_that_cannot_be_is_refused(
    school_store: Store, people: People, head: LessonHead, said: str
) -> None:
    with pytest.raises(RuleRefused, match=said):
        write_lesson(school_store, people.owner, TODAY, LessonEntry(head), now=NOW)
    assert lessons_by_id(school_store, [TODAY])[TODAY].topic == ""


def test_another_teacher_writes_nothing_at_the_head_of_a_lesson(school_store: Store, people: People) -> None:
    head = LessonHead("Дроби", None, HomeworkState.NONE)
    with pytest.raises(AccessRefused):
        write_lesson(school_store, people.stranger, TODAY, LessonEntry(head), now=NOW)
