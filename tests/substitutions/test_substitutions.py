"""A sick teacher's lessons: assigned, entered by the substitute alone, signed, withdrawn while empty (п. 4.2, 4.5)."""

from datetime import datetime, timedelta

import pytest
from sick_day import HISTORY_TODAY, OWNERS_SECOND_TOMORROW, OWNERS_THIRD_TODAY
from small_school import (
    CHILD,
    CLASS_7A,
    HOMEROOM_STAFF,
    LOAD_8B,
    MATHS,
    NOW,
    OWNER_STAFF,
    OWNERS_LESSON_TODAY,
    OWNERS_LESSON_YESTERDAY,
    QUARTER_2,
    STRANGER_STAFF,
    STRANGERS_LESSON_TODAY,
    USER_IDS,
    People,
)

from pages.register.parts.register_view import grid_data
from school.errors import AccessRefused, RuleRefused
from school.homework.actions import LessonEntry, write_lesson
from school.homework.lookups import lesson_homework
from school.records import HomeworkState, RegisterKey, SubstitutionKind, Term, User
from school.register.actions.batch import CellEdit, EntryStatus
from school.register.actions.entries import LessonHead, enter_cells
from school.register.lookups.registers import cell_history, readable_register, register_page
from school.register.lookups.today import teacher_day
from school.register.store.lessons import lessons_by_id
from school.sign_in.store.users import users_by_id
from school.store.connection import Store, Transaction
from school.store.events import Event
from school.substitutions.actions import (
    Assignment,
    assign_substitutions,
    sign_substitutions,
    withdraw_substitution,
)
from school.substitutions.lookups import (
    absent_lessons,
    month_sheet,
    own_log,
    own_substituted_lessons,
    possible_absentees,
    unsigned_substitutions,
)
from school.terms.actions import close_term

TODAY = NOW.date()
TOMORROW = TODAY + timedelta(days=1)
KEY = RegisterKey(CLASS_7A, MATHS)
TERM = Term(QUARTER_2, 2026, "quarter", 2, datetime(2026, 11, 2).date(), datetime(2026, 12, 29).date())


def assign(store: Store, deputy: User, lesson_id: int, reason: str = "больничный", **what: int):
    (result,) = assign_substitutions(store, deputy, [Assignment(lesson_id, **what)], reason, now=NOW)
    return result


def enter(store: Store, user: User, lesson_id: int, text: str = "5", now: datetime = NOW) -> EntryStatus:
    (result,) = enter_cells(store, user, [CellEdit(lesson_id, CHILD, text)], now=now)
    return result.status


def events(store: Store, lesson_id: int) -> list[tuple]:
    return store.read(
        """SELECT kind, user_id, old_value, new_value, reason FROM events
           WHERE lesson_id = $lesson AND kind LIKE 'substitution%' ORDER BY event_id""",
        {"lesson": lesson_id},
    )


def test_the_deputy_sees_who_is_free_qualified_first(sick_day: Store, people: People) -> None:
    first, third = absent_lessons(sick_day, people.deputy, OWNER_STAFF, TODAY, TODAY)
    assert (first.lesson.lesson_id, third.lesson.lesson_id) == (OWNERS_LESSON_TODAY, OWNERS_THIRD_TODAY)
    assert [(each.staff_id, each.fit.kind) for each in first.candidates] == [
        (HOMEROOM_STAFF, SubstitutionKind.SUPERVISION)
    ]
    assert [(each.staff_id, each.fit.kind) for each in third.candidates] == [
        (STRANGER_STAFF, SubstitutionKind.SUBJECT),
        (HOMEROOM_STAFF, SubstitutionKind.SUPERVISION),
    ]
    assert third.proposed == third.candidates[0]
    assert [each.lesson_id for each in first.joins] == [STRANGERS_LESSON_TODAY]
    assert third.joins == []


def test_the_timetable_tells_who_is_busy_where_no_lesson_is_dated(sick_day: Store, people: People) -> None:
    def move_slot(change: Transaction) -> None:
        change.change("UPDATE timetable SET number = 2 WHERE load_id = $load", {"load": LOAD_8B})
        change.record(Event(NOW, None, "school"))

    sick_day.write(move_slot)
    (second,) = absent_lessons(sick_day, people.deputy, OWNER_STAFF, TOMORROW, TOMORROW)
    assert second.lesson.lesson_id == OWNERS_SECOND_TOMORROW
    assert STRANGER_STAFF not in [each.staff_id for each in second.candidates]


def test_the_substitute_enters_exactly_the_substituted_lesson(sick_day: Store, people: People) -> None:
    assert enter(sick_day, people.stranger, OWNERS_THIRD_TODAY) is EntryStatus.REFUSED
    assign(sick_day, people.deputy, OWNERS_THIRD_TODAY, substitute_id=STRANGER_STAFF)
    assert enter(sick_day, people.stranger, OWNERS_THIRD_TODAY) is EntryStatus.SAVED
    head = LessonHead("Проценты", None, HomeworkState.NONE)
    write_lesson(sick_day, people.stranger, OWNERS_THIRD_TODAY, LessonEntry(head), now=NOW)
    for other in (OWNERS_LESSON_TODAY, OWNERS_LESSON_YESTERDAY):
        assert enter(sick_day, people.stranger, other) is EntryStatus.REFUSED
        with pytest.raises(AccessRefused):
            write_lesson(sick_day, people.stranger, other, LessonEntry(head), now=NOW)


def test_the_sick_teacher_reads_but_enters_nothing_in_it_and_goes_on_elsewhere(
    sick_day: Store, people: People
) -> None:
    assign(sick_day, people.deputy, OWNERS_THIRD_TODAY, substitute_id=STRANGER_STAFF)
    enter(sick_day, people.stranger, OWNERS_THIRD_TODAY)
    assert enter(sick_day, people.owner, OWNERS_THIRD_TODAY, "4") is EntryStatus.REFUSED
    with pytest.raises(AccessRefused):
        write_lesson(
            sick_day,
            people.owner,
            OWNERS_THIRD_TODAY,
            LessonEntry(LessonHead("Своё", None, HomeworkState.NONE)),
            now=NOW,
        )
    assert enter(sick_day, people.owner, OWNERS_LESSON_TODAY, "4") is EntryStatus.SAVED
    assert [line.new_text for line in cell_history(sick_day, people.owner, OWNERS_THIRD_TODAY, CHILD)] == [
        "5"
    ]
    page = register_page(sick_day, people.owner, KEY, TERM, today=TODAY)
    assert page.cells[OWNERS_THIRD_TODAY, CHILD].cell.text == "5"
    assert OWNERS_THIRD_TODAY not in page.editable_lesson_ids
    assert OWNERS_LESSON_TODAY in page.editable_lesson_ids
    data = grid_data(page, people.owner, today=TODAY, selected_lesson_id=None, version=1)
    why_not = {lesson["id"]: lesson["why_not"] for lesson in data["lessons"]}
    assert "замещающий" in why_not[str(OWNERS_THIRD_TODAY)]
    assert why_not[str(OWNERS_LESSON_TODAY)] == ""


def test_both_read_every_lesson_of_the_register_to_the_last_part(sick_day: Store, people: People) -> None:
    assign(sick_day, people.deputy, OWNERS_THIRD_TODAY, substitute_id=STRANGER_STAFF)
    lessons = lessons_by_id(sick_day, [OWNERS_THIRD_TODAY, OWNERS_LESSON_TODAY])
    for user in (people.owner, people.stranger):
        assert readable_register(sick_day, user, KEY).key == KEY
        assert all(lesson_homework(sick_day, user, lesson) is not None for lesson in lessons.values())


def test_the_lesson_comes_to_the_substitutes_day_with_a_badge(sick_day: Store, people: People) -> None:
    assign(sick_day, people.deputy, OWNERS_THIRD_TODAY, substitute_id=STRANGER_STAFF)
    lessons = [to_fill.lesson.lesson_id for to_fill in teacher_day(sick_day, people.stranger, NOW).lessons]
    assert lessons == [STRANGERS_LESSON_TODAY, OWNERS_THIRD_TODAY]
    assert own_substituted_lessons(sick_day, people.stranger, lessons) == {
        OWNERS_THIRD_TODAY: SubstitutionKind.SUBJECT
    }
    owners = [to_fill.lesson.lesson_id for to_fill in teacher_day(sick_day, people.owner, NOW).lessons]
    assert owners == [OWNERS_LESSON_TODAY]


def test_who_does_not_teach_the_subject_keeps_watch(sick_day: Store, people: People) -> None:
    assign(sick_day, people.deputy, OWNERS_LESSON_TODAY, substitute_id=HOMEROOM_STAFF)
    (line,) = month_sheet(sick_day, people.head, TODAY, TODAY).lines
    assert (line.kind, line.regular_name) == (SubstitutionKind.SUPERVISION, "Орлова В.")


@pytest.mark.parametrize(
    ("lesson_id", "substitute_id"),
    [(OWNERS_LESSON_TODAY, STRANGER_STAFF), (OWNERS_THIRD_TODAY, OWNER_STAFF), (OWNERS_THIRD_TODAY, 999)],
)
def test_a_teacher_who_is_not_free_is_refused(
    sick_day: Store, people: People, lesson_id: int, substitute_id: int
) -> None:
    result = assign(sick_day, people.deputy, lesson_id, substitute_id=substitute_id)
    assert result.substitution_id is None
    assert "не может заменить" in result.message
    assert events(sick_day, lesson_id) == []


def test_a_whole_day_is_settled_at_once_and_one_conflict_stops_only_itself(
    sick_day: Store, people: People
) -> None:
    both = [
        Assignment(OWNERS_LESSON_TODAY, substitute_id=STRANGER_STAFF),
        Assignment(OWNERS_THIRD_TODAY, substitute_id=STRANGER_STAFF),
    ]
    first, third = assign_substitutions(sick_day, people.deputy, both, "больничный", now=NOW)
    assert first.message
    assert third.substitution_id
    assert lessons_by_id(sick_day, [OWNERS_LESSON_TODAY])[OWNERS_LESSON_TODAY].teacher_id == OWNER_STAFF


def test_two_lessons_of_one_hour_do_not_get_the_same_substitute(sick_day: Store, people: People) -> None:
    assign(sick_day, people.deputy, OWNERS_THIRD_TODAY, substitute_id=HOMEROOM_STAFF)
    again = assign(sick_day, people.deputy, OWNERS_THIRD_TODAY, substitute_id=STRANGER_STAFF)
    assert "уже записана" in again.message
    (second,) = absent_lessons(sick_day, people.deputy, HOMEROOM_STAFF, TODAY, TODAY)[:1]
    assert second.lesson.lesson_id == HISTORY_TODAY
    assert OWNER_STAFF not in [each.staff_id for each in second.candidates], (
        "away teachers stand in for nobody"
    )


def test_a_joined_lesson_goes_to_the_teacher_of_the_other(sick_day: Store, people: People) -> None:
    assign(sick_day, people.deputy, OWNERS_LESSON_TODAY, joined_lesson_id=STRANGERS_LESSON_TODAY)
    assert enter(sick_day, people.stranger, OWNERS_LESSON_TODAY) is EntryStatus.SAVED
    (line,) = own_log(sick_day, people.stranger, TODAY)
    assert (line.kind, line.joined_with) == (SubstitutionKind.JOINED, "8Б, Математика")
    refused = assign(sick_day, people.deputy, STRANGERS_LESSON_TODAY, substitute_id=HOMEROOM_STAFF)
    assert "объединён другой" in refused.message


def test_lessons_of_different_hours_are_not_joined(sick_day: Store, people: People) -> None:
    result = assign(sick_day, people.deputy, OWNERS_THIRD_TODAY, joined_lesson_id=STRANGERS_LESSON_TODAY)
    assert "объединить нельзя" in result.message


def test_a_cancelled_lesson_needs_a_reason_and_takes_no_entries(sick_day: Store, people: People) -> None:
    assert "Причина отмены" in assign(sick_day, people.deputy, OWNERS_THIRD_TODAY, reason="").message
    assign(sick_day, people.deputy, OWNERS_THIRD_TODAY)
    assert enter(sick_day, people.owner, OWNERS_THIRD_TODAY) is EntryStatus.REFUSED
    assert month_sheet(sick_day, people.deputy, TODAY, TODAY).rows == []
    ((kind, user_id, old, new, reason),) = events(sick_day, OWNERS_THIRD_TODAY)
    assert (kind, user_id) == ("substitution", USER_IDS["deputy"])
    assert (old, new, reason) == ("Орлова В.", "урок отменён", "больничный")


def test_an_assignment_is_withdrawn_while_nothing_was_entered(sick_day: Store, people: People) -> None:
    for what in ({"substitute_id": STRANGER_STAFF}, {}):
        result = assign(sick_day, people.deputy, OWNERS_THIRD_TODAY, **what)
        withdraw_substitution(sick_day, people.deputy, result.substitution_id, now=NOW)
        assert enter(sick_day, people.stranger, OWNERS_THIRD_TODAY) is EntryStatus.REFUSED
    kinds = [kind for kind, *_ in events(sick_day, OWNERS_THIRD_TODAY)]
    assert kinds == ["substitution", "substitution_withdrawn"] * 2
    assert enter(sick_day, people.owner, OWNERS_THIRD_TODAY) is EntryStatus.SAVED


def test_an_assignment_stays_once_the_substitute_has_entered(sick_day: Store, people: People) -> None:
    result = assign(sick_day, people.deputy, OWNERS_THIRD_TODAY, substitute_id=STRANGER_STAFF)
    enter(sick_day, people.stranger, OWNERS_THIRD_TODAY)
    enter(sick_day, people.stranger, OWNERS_THIRD_TODAY, "")
    with pytest.raises(RuleRefused, match="уже есть записи"):
        withdraw_substitution(sick_day, people.deputy, result.substitution_id, now=NOW)
    assert enter(sick_day, people.stranger, OWNERS_THIRD_TODAY) is EntryStatus.SAVED


def test_a_lesson_that_its_teacher_filled_gets_no_substitute(sick_day: Store, people: People) -> None:
    enter(sick_day, people.owner, OWNERS_THIRD_TODAY)
    result = assign(sick_day, people.deputy, OWNERS_THIRD_TODAY, substitute_id=STRANGER_STAFF)
    assert "уже есть записи" in result.message


def test_a_closed_term_gets_no_substitutes(sick_day: Store, people: People) -> None:
    close_term(sick_day, people.deputy, 2026, "quarter", 2, now=datetime(2026, 12, 30, 9))
    result = assign(sick_day, people.deputy, OWNERS_THIRD_TODAY, substitute_id=STRANGER_STAFF)
    assert "период закрыт" in result.message


def test_the_substitute_signs_and_only_theirs(sick_day: Store, people: People) -> None:
    teacher_and_leader = users_by_id(sick_day, [USER_IDS["homeroom"]])[USER_IDS["homeroom"]]
    result = assign(sick_day, people.deputy, OWNERS_THIRD_TODAY, substitute_id=STRANGER_STAFF)
    assert [line.substitution_id for line in unsigned_substitutions(sick_day, people.deputy, TODAY)] == [
        result.substitution_id
    ]
    for other in (people.owner, teacher_and_leader, people.deputy, people.head):
        with pytest.raises(AccessRefused):
            sign_substitutions(sick_day, other, [result.substitution_id], now=NOW)
    sign_substitutions(sick_day, people.stranger, [result.substitution_id], now=NOW)
    (line,) = own_log(sick_day, people.stranger, TODAY)
    assert line.signed_at == NOW
    assert unsigned_substitutions(sick_day, people.deputy, TODAY) == []
    assert events(sick_day, OWNERS_THIRD_TODAY)[-1][:2] == ("substitution_signed", USER_IDS["stranger"])
    with pytest.raises(RuleRefused, match="уже подписана"):
        sign_substitutions(sick_day, people.stranger, [result.substitution_id], now=NOW)


def test_a_lesson_of_tomorrow_is_signed_tomorrow(sick_day: Store, people: People) -> None:
    result = assign(sick_day, people.deputy, OWNERS_SECOND_TOMORROW, substitute_id=STRANGER_STAFF)
    assert unsigned_substitutions(sick_day, people.deputy, TODAY) == []
    with pytest.raises(RuleRefused, match="ещё не состоялся"):
        sign_substitutions(sick_day, people.stranger, [result.substitution_id], now=NOW)
    sign_substitutions(sick_day, people.stranger, [result.substitution_id], now=NOW + timedelta(days=1))


def test_the_sheet_of_the_month_counts_hours_by_kind(sick_day: Store, people: People) -> None:
    assign(sick_day, people.deputy, OWNERS_LESSON_TODAY, joined_lesson_id=STRANGERS_LESSON_TODAY)
    signed = assign(sick_day, people.deputy, OWNERS_THIRD_TODAY, substitute_id=STRANGER_STAFF)
    assign(sick_day, people.deputy, OWNERS_SECOND_TOMORROW, substitute_id=HOMEROOM_STAFF)
    sign_substitutions(sick_day, people.stranger, [signed.substitution_id], now=NOW)
    sheet = month_sheet(sick_day, people.head, TODAY.replace(day=1), TODAY.replace(day=30))
    assert [(row.name, dict(row.hours.hours), row.hours.unsigned) for row in sheet.rows] == [
        ("Климова Р.", {SubstitutionKind.SUPERVISION: 1}, 1),
        ("Стрельцов Г.", {SubstitutionKind.JOINED: 1, SubstitutionKind.SUBJECT: 1}, 1),
    ]


def test_absent_may_be_who_teaches(sick_day: Store, people: People) -> None:
    assert possible_absentees(sick_day, people.deputy, TODAY) == {
        HOMEROOM_STAFF: "Климова Р.",
        OWNER_STAFF: "Орлова В.",
        STRANGER_STAFF: "Стрельцов Г.",
    }
