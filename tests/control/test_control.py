"""The homeroom teacher sees what colleagues have not filled and asks for it through the deputy head (п. 4.3)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from class_week import HISTORY_ONE, MATHS_TUESDAY
from small_school import (
    CLASS_7A,
    CLASS_8B,
    HISTORY,
    MATHS,
    NOW,
    OWNER_STAFF,
    QUARTER_2,
    STRANGER_STAFF,
    STRANGERS_LESSON_TODAY,
    People,
)

from school.control.actions import RequestDraft, close_gap_request, send_request
from school.control.lookups.gaps import GapRequest, TeacherGaps, class_control, open_requests_to, requests
from school.control.rules import RequestState
from school.errors import AccessRefused, RuleRefused
from school.homework.actions import LessonEntry, write_lesson
from school.records import HomeworkState, User
from school.register.actions.entries import LessonHead, confirm_attendance
from school.register.rules.completeness import Part
from school.store.connection import Store, Transaction
from school.store.events import Event

DRAFT = RequestDraft(
    CLASS_7A, MATHS, OWNER_STAFF, QUARTER_2, (MATHS_TUESDAY,), date(2026, 11, 24), comment="Ждём"
)


def gaps(store: Store, user: User, now=NOW) -> dict[tuple[int | None, int], TeacherGaps]:
    control = class_control(store, user, CLASS_7A, now=now)
    assert control
    return {(row.teacher_id, row.subject_id): row for row in control.rows}


def only_request(store: Store, user: User) -> GapRequest:
    (request,) = requests(store, user, now=NOW)
    return request


def fill_tuesday(store: Store, people: People) -> None:
    head = LessonHead("Дроби", None, HomeworkState.NONE)
    write_lesson(store, people.owner, MATHS_TUESDAY, LessonEntry(head), now=NOW)


def test_gaps_are_told_by_teacher_and_subject(class_week: Store, people: People) -> None:
    row = gaps(class_week, people.homeroom)[OWNER_STAFF, MATHS]
    assert (row.teacher_name, row.subject_name, row.days_late) == ("Орлова В.", "Математика", 2)
    assert [(lesson.lesson_id, lesson.missing) for lesson in row.lessons] == [
        (MATHS_TUESDAY, (Part.TOPIC, Part.HOMEWORK))
    ]
    assert (row.count(Part.TOPIC), row.count(Part.ATTENDANCE), row.count(Part.HOMEWORK)) == (1, 0, 1)


def test_todays_lesson_is_a_gap_only_after_the_deadline(class_week: Store, people: People) -> None:
    at_noon = gaps(class_week, people.homeroom)[OWNER_STAFF, MATHS]
    in_the_evening = gaps(class_week, people.homeroom, NOW + timedelta(hours=5))[OWNER_STAFF, MATHS]
    assert (len(at_noon.lessons), len(in_the_evening.lessons)) == (1, 2)


def test_pupils_short_of_marks_are_counted_by_their_own_hours(class_week: Store, people: People) -> None:
    rows = gaps(class_week, people.homeroom)
    assert (rows[OWNER_STAFF, MATHS].short_pupils, rows[OWNER_STAFF, MATHS].pupils) == (3, 3)
    # Two hours of history: five marks are needed (п. 5.2), each pupil has them in one subgroup only.
    assert (rows[STRANGER_STAFF, HISTORY].short_pupils, rows[STRANGER_STAFF, HISTORY].pupils) == (3, 3)


def test_a_class_without_any_marks_is_not_judged_by_them(class_week: Store, people: People) -> None:
    """П. 5.2 is about attested classes: a first grade gets no marks."""

    def take_marks_away(transaction: Transaction) -> None:
        transaction.change("DELETE FROM marks")
        transaction.record(Event(NOW, None, "school"))

    class_week.write(take_marks_away)
    assert {row.short_pupils for row in gaps(class_week, people.homeroom).values()} == {0}


@pytest.mark.parametrize("name", ["owner", "stranger", "admin", "secretary", "guardian", "pupil"])
def test_others_do_not_control_a_class(class_week: Store, people: People, name: str) -> None:
    with pytest.raises(AccessRefused):
        class_control(class_week, getattr(people, name), CLASS_7A, now=NOW)
    with pytest.raises(AccessRefused):
        requests(class_week, getattr(people, name), now=NOW)


def test_the_deadline_is_the_third_school_day(class_week: Store, people: People) -> None:
    control = class_control(class_week, people.homeroom, CLASS_7A, now=NOW)
    assert control
    assert control.deadline == date(2026, 11, 24)  # Friday, Monday, Tuesday


def test_a_request_reaches_the_deputy_and_the_teacher(class_week: Store, people: People) -> None:
    request_id = send_request(class_week, people.homeroom, DRAFT, now=NOW)
    request = only_request(class_week, people.deputy)
    assert (request.state, request.row.comment, request.lesson_total) == (RequestState.OPEN, "Ждём", 1)
    assert (request.row.class_name, request.row.teacher_name) == ("7А", "Орлова В.")
    assert [each.row.request_id for each in open_requests_to(class_week, people.owner)] == [request_id]
    assert open_requests_to(class_week, people.stranger) == []
    assert gaps(class_week, people.homeroom)[OWNER_STAFF, MATHS].asked_until == DRAFT.due_on
    assert class_week.read(
        "SELECT record_id, class_id, subject_id, new_value, reason FROM events WHERE kind = 'gap_request'"
    ) == [(request_id, CLASS_7A, MATHS, "уроков: 1, срок 24.11.2026", "Ждём")]


def test_a_request_is_done_by_itself_once_the_lessons_are_filled(class_week: Store, people: People) -> None:
    send_request(class_week, people.homeroom, DRAFT, now=NOW)
    fill_tuesday(class_week, people)
    assert only_request(class_week, people.deputy).state is RequestState.DONE
    assert open_requests_to(class_week, people.owner) == []


def test_marks_are_waited_for_only_when_they_were_asked_for(class_week: Store, people: People) -> None:
    send_request(class_week, people.homeroom, replace(DRAFT, short_pupils=3), now=NOW)
    fill_tuesday(class_week, people)
    request = only_request(class_week, people.deputy)
    assert (request.state, request.pupils_left) == (RequestState.OPEN, 3)


def test_the_deputy_closes_with_a_note_and_an_event(class_week: Store, people: People) -> None:
    request_id = send_request(class_week, people.homeroom, DRAFT, now=NOW)
    close_gap_request(class_week, people.deputy, request_id, "Урок замещал другой учитель", now=NOW)
    request = only_request(class_week, people.homeroom)
    assert (request.state, request.row.closing_note) == (RequestState.CLOSED, "Урок замещал другой учитель")
    assert class_week.read("SELECT reason FROM events WHERE kind = 'gap_request_closed'") == [
        ("Урок замещал другой учитель",)
    ]
    with pytest.raises(RuleRefused, match="уже закрыто"):
        close_gap_request(class_week, people.deputy, request_id, "ещё раз", now=NOW)


@pytest.mark.parametrize("name", ["homeroom", "head", "admin", "owner"])
def test_only_the_deputy_closes(class_week: Store, people: People, name: str) -> None:
    request_id = send_request(class_week, people.homeroom, DRAFT, now=NOW)
    with pytest.raises(AccessRefused):
        close_gap_request(class_week, getattr(people, name), request_id, "так надо", now=NOW)


@pytest.mark.parametrize("name", ["deputy", "head", "owner", "admin"])
def test_only_the_homeroom_teacher_sends(class_week: Store, people: People, name: str) -> None:
    with pytest.raises(AccessRefused):
        send_request(class_week, getattr(people, name), DRAFT, now=NOW)


# What is wrong with a request, the words of the refusal.
WRONG = [
    (replace(DRAFT, lesson_ids=()), "Просить не о чем"),
    (replace(DRAFT, lesson_ids=(STRANGERS_LESSON_TODAY,)), "Уроки обращения изменились"),
    (replace(DRAFT, lesson_ids=(HISTORY_ONE,)), "Уроки обращения изменились"),
    (replace(DRAFT, lesson_ids=(MATHS_TUESDAY, 999)), "Уроки обращения изменились"),
    (replace(DRAFT, due_on=date(2026, 11, 18)), "срок не подходит"),
]


@pytest.mark.parametrize(("draft", "words"), WRONG)
def test_a_request_that_makes_no_sense_is_refused(
    class_week: Store, people: People, draft: RequestDraft, words: str
) -> None:
    with pytest.raises(RuleRefused, match=words):
        send_request(class_week, people.homeroom, draft, now=NOW)


def test_another_class_is_not_asked_about(class_week: Store, people: People) -> None:
    with pytest.raises(AccessRefused):
        send_request(class_week, people.homeroom, replace(DRAFT, class_id=CLASS_8B), now=NOW)


def test_nobody_asks_themself(class_week: Store, people: People) -> None:
    own = replace(people.homeroom, staff_id=OWNER_STAFF)
    with pytest.raises(RuleRefused, match="ведёте вы сами"):
        send_request(class_week, own, DRAFT, now=NOW)


def test_the_same_is_asked_once(class_week: Store, people: People) -> None:
    send_request(class_week, people.homeroom, DRAFT, now=NOW)
    with pytest.raises(RuleRefused, match="уже отправлено"):
        send_request(class_week, people.homeroom, DRAFT, now=NOW)


def test_a_request_past_its_deadline_is_overdue(class_week: Store, people: People) -> None:
    send_request(class_week, people.homeroom, DRAFT, now=NOW)
    request = only_request(class_week, people.deputy)
    assert not request.is_overdue(date(2026, 11, 24))
    assert request.is_overdue(date(2026, 11, 25))


def test_attendance_alone_can_be_the_gap(class_week: Store, people: People) -> None:
    evening = NOW + timedelta(hours=5)
    (_, todays) = gaps(class_week, people.homeroom, evening)[OWNER_STAFF, MATHS].lessons
    assert Part.ATTENDANCE in todays.missing
    confirm_attendance(class_week, people.owner, [todays.lesson_id], now=evening)
    (_, todays) = gaps(class_week, people.homeroom, evening)[OWNER_STAFF, MATHS].lessons
    assert Part.ATTENDANCE not in todays.missing
