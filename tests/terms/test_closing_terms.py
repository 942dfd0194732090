"""Closing a term, opening it again, asking to correct it, and current marks in a closed term."""

from datetime import timedelta

import pytest
from end_of_term import AFTER, END, REGISTER_7A
from small_school import (
    ABSENTEE,
    CHILD,
    CLASS_8B,
    CLASSMATE,
    MATHS,
    OWNERS_LESSON_YESTERDAY,
    QUARTER_1,
    QUARTER_2,
    People,
)

from school.errors import AccessRefused, RuleRefused
from school.homework.actions import LessonEntry, write_lesson
from school.records import HomeworkState, RegisterKey, User
from school.register.actions.batch import CellEdit, CellResult, EntryStatus
from school.register.actions.entries import LessonHead, confirm_attendance, enter_cells
from school.register.lookups.registers import register_page, register_terms
from school.store.connection import Store, Transaction
from school.store.events import Event
from school.term_marks.actions.entries import TermMarkEdit, enter_term_marks
from school.term_marks.lookups.term_marks import correction_state
from school.terms.actions import ask_correction, close_term, decline_correction, grant_correction, reopen_term
from school.terms.lookups import correction_requests, known_terms, term_lines

PERIOD = (2026, "quarter", 2)
REGISTER_8B = RegisterKey(CLASS_8B, MATHS)


def kinds(store: Store) -> list[tuple[str, str]]:
    return store.read(
        """SELECT kind, reason FROM events WHERE kind LIKE 'term\\_%' ESCAPE '\\' OR kind LIKE 'correction%'
           ORDER BY event_id"""
    )


def closed(store: Store) -> list[int]:
    return [row[0] for row in store.read("SELECT term_id FROM terms WHERE closed_at IS NOT NULL ORDER BY 1")]


def test_the_deputy_closes_a_term_that_is_over_and_opens_it_with_a_reason(
    end_store: Store, people: People
) -> None:
    with pytest.raises(RuleRefused, match="ещё идёт"):
        close_term(end_store, people.deputy, *PERIOD, now=END)
    close_term(end_store, people.deputy, *PERIOD, now=AFTER)
    assert closed(end_store) == [QUARTER_1, QUARTER_2]
    with pytest.raises(RuleRefused, match="уже закрыт"):
        close_term(end_store, people.deputy, *PERIOD, now=AFTER)
    with pytest.raises(RuleRefused, match="не написана"):
        reopen_term(end_store, people.deputy, *PERIOD, "", now=AFTER)
    reopen_term(end_store, people.deputy, *PERIOD, "болел учитель математики", now=AFTER)
    assert closed(end_store) == [QUARTER_1]
    with pytest.raises(RuleRefused, match="не закрыт"):
        reopen_term(end_store, people.deputy, *PERIOD, "ещё раз", now=AFTER)
    assert kinds(end_store) == [("term_closed", ""), ("term_reopened", "болел учитель математики")]


@pytest.mark.parametrize("name", ["owner", "homeroom", "head", "admin", "secretary", "pupil"])
def test_nobody_else_closes_opens_or_permits(end_store: Store, people: People, name: str) -> None:
    user = getattr(people, name)
    request = ask_correction(end_store, people.owner, REGISTER_7A, QUARTER_1, "описка", now=AFTER)
    for forbidden in (
        lambda: close_term(end_store, user, *PERIOD, now=AFTER),
        lambda: reopen_term(end_store, user, 2026, "quarter", 1, "нужно", now=AFTER),
        lambda: grant_correction(end_store, user, request, 3, now=AFTER),
        lambda: decline_correction(end_store, user, request, "нет", now=AFTER),
    ):
        with pytest.raises(AccessRefused):
            forbidden()
    assert closed(end_store) == [QUARTER_1]


def test_a_request_is_made_answered_and_told(end_store: Store, people: People) -> None:
    ask = {"now": AFTER}
    with pytest.raises(AccessRefused):
        ask_correction(end_store, people.stranger, REGISTER_7A, QUARTER_1, "описка", **ask)
    with pytest.raises(RuleRefused, match="не закрыт"):
        ask_correction(end_store, people.owner, REGISTER_7A, QUARTER_2, "описка", **ask)
    request = ask_correction(end_store, people.owner, REGISTER_7A, QUARTER_1, "описка", **ask)
    with pytest.raises(RuleRefused, match="уже запрошено"):
        ask_correction(end_store, people.owner, REGISTER_7A, QUARTER_1, "ещё раз", **ask)
    (asked,) = correction_requests(end_store, people.deputy, 2026)
    assert (asked.permission.reason, asked.register.class_name, asked.term.number) == ("описка", "7А", 1)
    assert asked.teacher_name.startswith("Орлова")
    decline_correction(end_store, people.deputy, request, "отметка верна", **ask)
    with pytest.raises(RuleRefused, match="уже рассмотрен"):
        grant_correction(end_store, people.deputy, request, 3, **ask)
    state = correction_state(end_store, people.owner, REGISTER_7A, QUARTER_1)
    assert state is not None
    assert state.permission is not None
    assert (state.permission.is_granted, state.permission.answer) == (False, "отметка верна")
    ask_correction(end_store, people.owner, REGISTER_7A, QUARTER_1, "прошу ещё раз", **ask)
    assert kinds(end_store) == [
        ("correction_asked", "описка"),
        ("correction_declined", "отметка верна"),
        ("correction_asked", "прошу ещё раз"),
    ]


def test_only_the_teacher_of_a_closed_term_is_offered_to_ask(end_store: Store, people: People) -> None:
    offered = {
        name: correction_state(end_store, getattr(people, name), REGISTER_7A, QUARTER_1) is not None
        for name in ("owner", "homeroom", "head", "deputy")
    }
    assert offered == {"owner": True, "homeroom": False, "head": False, "deputy": False}
    assert correction_state(end_store, people.owner, REGISTER_7A, QUARTER_2) is None


# ---- current marks of a closed term


def correct(store: Store, user: User, text: str, reason: str = "", days: int = 0) -> CellResult:
    edit = CellEdit(OWNERS_LESSON_YESTERDAY, CHILD, text, reason=reason)
    return enter_cells(store, user, [edit], now=AFTER + timedelta(days=days))[0]


def editable(store: Store, user: User) -> frozenset[int]:
    term = register_terms(store, user, REGISTER_7A)[-1]
    return register_page(store, user, REGISTER_7A, term, today=AFTER.date()).editable_lesson_ids


def test_a_current_mark_of_a_closed_term_changes_by_permission_with_a_reason(
    end_store: Store, people: People
) -> None:
    close_term(end_store, people.deputy, *PERIOD, now=AFTER)
    assert editable(end_store, people.owner) == frozenset()
    assert "закрыт" in correct(end_store, people.owner, "5", "пересдача").message
    request = ask_correction(end_store, people.owner, REGISTER_7A, QUARTER_2, "пересдача", now=AFTER)
    grant_correction(end_store, people.deputy, request, 1, now=AFTER)
    assert OWNERS_LESSON_YESTERDAY in editable(end_store, people.owner)
    assert correct(end_store, people.owner, "5").status is EntryStatus.REASON_REQUIRED
    assert correct(end_store, people.owner, "5", "пересдача", days=1).status is EntryStatus.SAVED
    assert correct(end_store, people.owner, "4", "передумал", days=2).status is EntryStatus.REFUSED
    assert correct(end_store, people.stranger, "4", "чужой").status is EntryStatus.REFUSED
    assert end_store.read("SELECT used_at FROM correction_permissions") == [(AFTER + timedelta(days=1),)]


def test_the_permission_also_covers_what_the_lesson_was_about(end_store: Store, people: People) -> None:
    """п. 4.2: the topic and the homework of a closed term are corrected like its marks, and the event says why."""
    close_term(end_store, people.deputy, *PERIOD, now=AFTER)
    head = LessonHead("Дроби, повторение", None, HomeworkState.NONE)
    with pytest.raises(RuleRefused, match="закрыт"):
        write_lesson(end_store, people.owner, OWNERS_LESSON_YESTERDAY, LessonEntry(head), now=AFTER)
    request = ask_correction(end_store, people.owner, REGISTER_7A, QUARTER_2, "не та тема", now=AFTER)
    grant_correction(end_store, people.deputy, request, 1, now=AFTER)
    write_lesson(end_store, people.owner, OWNERS_LESSON_YESTERDAY, LessonEntry(head), now=AFTER)
    events = (
        "SELECT new_value, reason FROM events WHERE kind = 'topic' AND lesson_id = $lesson ORDER BY event_id"
    )
    said = end_store.read(events, {"lesson": OWNERS_LESSON_YESTERDAY})
    assert said[-1] == ("Дроби, повторение", "не та тема")
    confirm_attendance(end_store, people.owner, [OWNERS_LESSON_YESTERDAY], now=AFTER)


# ---- what the deputy sees


def test_the_deputy_sees_what_is_missing_register_by_register(end_store: Store, people: People) -> None:
    edits = [
        TermMarkEdit(REGISTER_7A, QUARTER_2, CHILD, "4"),
        TermMarkEdit(REGISTER_7A, QUARTER_2, ABSENTEE, "3", reason="долго болел"),
    ]
    enter_term_marks(end_store, people.owner, edits, now=END)
    lines = {line.register.key: line for line in term_lines(end_store, people.deputy, PERIOD)}
    line = lines[REGISTER_7A]
    assert (line.pupils, line.missing, line.too_few, line.unexplained) == (3, 1, 1, 0)
    assert line.reasons == ["долго болел"]
    assert line.year_missing == 3  # the second quarter is the last one of this school year
    assert not line.is_complete
    assert (lines[REGISTER_8B].missing, lines[REGISTER_8B].too_few) == (3, 3)


def test_a_given_mark_that_no_longer_follows_is_shown_as_without_a_reason(
    end_store: Store, people: People
) -> None:
    enter_term_marks(end_store, people.owner, [TermMarkEdit(REGISTER_7A, QUARTER_2, CLASSMATE, "5")], now=END)
    enter_cells(
        end_store,
        people.owner,
        [CellEdit(300 + number, CLASSMATE, "3", reason="ошибка") for number in range(5)],
        now=END,
    )
    (line,) = [
        line for line in term_lines(end_store, people.head, PERIOD) if line.register.key == REGISTER_7A
    ]
    assert line.unexplained == 1


def test_first_formers_are_owed_no_marks(end_store: Store, people: People) -> None:
    def begin(transaction: Transaction) -> None:
        transaction.change(f"UPDATE classes SET grade_level = 1 WHERE class_id = {CLASS_8B}")
        transaction.record(Event(END, None, "school"))

    end_store.write(begin)
    keys = [line.register.key for line in term_lines(end_store, people.deputy, PERIOD)]
    assert keys == [REGISTER_7A]


def test_a_register_without_load_is_owed_marks_by_its_lessons(end_store: Store, people: People) -> None:
    """An import may bring no load: the minimum is not known, the pupils are."""

    def forget_load(transaction: Transaction) -> None:
        transaction.change("DELETE FROM teaching_load")
        transaction.record(Event(END, None, "school"))

    end_store.write(forget_load)
    lines = term_lines(end_store, people.deputy, PERIOD)
    assert [(line.register.key, line.pupils, line.missing, line.too_few) for line in lines] == [
        (REGISTER_7A, 3, 3, 0),
        (REGISTER_8B, 3, 3, 0),
    ]


def test_terms_are_known_newest_first_with_their_state(end_store: Store, people: People) -> None:
    states = known_terms(end_store, people.head)
    assert [(state.period, state.is_closed) for state in states] == [
        ((2026, "quarter", 2), False),
        ((2026, "quarter", 1), True),
    ]
