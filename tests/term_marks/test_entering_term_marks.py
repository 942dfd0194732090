"""Who enters term marks, with which reasons, and what is left behind in the record of changes."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from end_of_term import AFTER, END, REGISTER_7A
from small_school import (
    ABSENTEE,
    CHILD,
    CLASS_7A,
    CLASSMATE,
    HISTORY,
    MATHS,
    OWNER_STAFF,
    QUARTER_1,
    QUARTER_2,
    STRANGE_CHILD,
    STRANGER_STAFF,
    People,
)

from school.errors import AccessRefused, RuleRefused
from school.records import YEAR, RegisterKey, User
from school.register.actions.batch import EntryStatus
from school.store.connection import Store, Transaction
from school.store.events import Event
from school.term_marks.actions.entries import (
    TermMarkEdit,
    TermMarkResult,
    enter_term_marks,
    explain_term_marks,
)
from school.term_marks.lookups.term_marks import term_mark_history, term_marks_page
from school.terms.actions import ask_correction, close_term, grant_correction

SAVED, REFUSED, CONFLICT, REASON_REQUIRED = EntryStatus


def enter(
    store: Store,
    user: User,
    pupil: int,
    text: str,
    *,
    term_id: int = QUARTER_2,
    key: RegisterKey = REGISTER_7A,
    now: datetime = END,
    client: str = "",
    **more: object,
) -> TermMarkResult:
    edit = replace(TermMarkEdit(key, term_id, pupil, text), **more)
    return enter_term_marks(store, user, [edit], now=now, client_id=client)[0]


def held(store: Store, table: str = "term_marks", pupil: int = CHILD) -> list[tuple[object, ...]]:
    where = "" if table == "year_marks" else f"AND term_id = {QUARTER_2}"
    return store.read(f"SELECT value, reason FROM {table} WHERE pupil_id = {pupil} {where}")


def events(store: Store, kind: str = "term_mark") -> list[tuple[object, ...]]:
    return store.read(
        """SELECT old_value, new_value, reason, class_id, subject_id, record_id, pupil_id, user_id FROM events
           WHERE kind = $kind ORDER BY event_id""",
        {"kind": kind},
    )


def test_the_proposed_mark_is_entered_without_a_reason(end_store: Store, people: People) -> None:
    result = enter(end_store, people.owner, CHILD, "4")
    assert (result.status, result.text) == (SAVED, "4")
    assert held(end_store) == [(4, "")]
    assert events(end_store) == [(None, "4", "", CLASS_7A, MATHS, QUARTER_2, CHILD, people.owner.user_id)]


@pytest.mark.parametrize(
    ("pupil", "text", "why"),
    [
        (CHILD, "5", "отличается от предложенной"),
        (ABSENTEE, "3", "меньше, чем нужно"),
        (ABSENTEE, "4", "меньше, чем нужно (п. 5.2). Отметка отличается"),
    ],
)
def test_another_mark_or_too_few_of_them_asks_why(
    end_store: Store, people: People, pupil: int, text: str, why: str
) -> None:
    asked = enter(end_store, people.owner, pupil, text)
    assert asked.status is REASON_REQUIRED
    assert why in asked.message
    assert held(end_store, pupil=pupil) == []
    assert enter(end_store, people.owner, pupil, text, reason=" болел, сдал устно ").status is SAVED
    assert held(end_store, pupil=pupil) == [(int(text), "болел, сдал устно")]
    assert events(end_store)[-1][2] == "болел, сдал устно"


def test_early_marks_ask_why(end_store: Store, people: People) -> None:
    early = END - timedelta(days=20)
    assert "больше 14 дней" in enter(end_store, people.owner, CHILD, "4", now=early).message


def test_a_mark_of_an_earlier_day_is_corrected_with_a_reason(end_store: Store, people: People) -> None:
    enter(end_store, people.owner, CHILD, "4")
    tomorrow = END + timedelta(days=1)
    assert enter(end_store, people.owner, CHILD, "", now=tomorrow).status is REASON_REQUIRED
    assert enter(end_store, people.owner, CHILD, "", now=tomorrow, reason="не тот ученик").status is SAVED
    assert held(end_store) == []
    assert events(end_store)[-1][:3] == ("4", None, "не тот ученик")


@pytest.mark.parametrize("text", ["н/а", "осв", "н", "5/4", "1", "зачёт"])
def test_nothing_but_a_mark_is_taken(end_store: Store, people: People, text: str) -> None:
    """П. 5.3."""
    assert enter(end_store, people.owner, CHILD, text).status is REFUSED
    assert held(end_store) == []


@pytest.mark.parametrize("name", ["stranger", "homeroom", "head", "deputy", "admin", "secretary", "guardian"])
def test_only_the_teacher_of_the_register_enters(end_store: Store, people: People, name: str) -> None:
    result = enter(end_store, getattr(people, name), CHILD, "4")
    assert result.status is REFUSED
    assert "нельзя" in result.message
    assert held(end_store) == []


def test_a_substitute_of_one_lesson_gives_no_term_marks(end_store: Store, people: People) -> None:
    def substitute(transaction: Transaction) -> None:
        transaction.change(f"UPDATE lessons SET teacher_id = {STRANGER_STAFF} WHERE lesson_id = 301")
        transaction.record(Event(END, None, "school"))

    end_store.write(substitute)
    assert enter(end_store, people.stranger, CHILD, "4").status is REFUSED


def test_a_pupil_of_another_class_is_refused(end_store: Store, people: People) -> None:
    result = enter(end_store, people.owner, STRANGE_CHILD, "4")
    assert (result.status, result.text) == (REFUSED, "")
    assert "не числился" in result.message


def test_in_a_subgroup_each_teacher_marks_only_their_own_pupils(end_store: Store, people: People) -> None:
    def divide(transaction: Transaction) -> None:
        transaction.change(
            f"""INSERT INTO subgroups VALUES (401, {CLASS_7A}, {HISTORY}, '1'), (402, {CLASS_7A}, {HISTORY}, '2');
                INSERT INTO subgroup_members VALUES (401, {CHILD}, NULL, NULL), (402, {CLASSMATE}, NULL, NULL);
                INSERT INTO teaching_load (load_id, school_year, class_id, subgroup_id, subject_id, teacher_id, hours_a_week)
                    VALUES (501, 2026, {CLASS_7A}, 401, {HISTORY}, {OWNER_STAFF}, 1),
                        (502, 2026, {CLASS_7A}, 402, {HISTORY}, {STRANGER_STAFF}, 1)"""
        )
        transaction.record(Event(END, None, "school"))

    end_store.write(divide)
    first, second = (RegisterKey(CLASS_7A, HISTORY, group) for group in (401, 402))
    assert enter(end_store, people.owner, CHILD, "4", key=first, reason="зачёт").status is SAVED
    assert "не числился" in enter(end_store, people.owner, CLASSMATE, "4", key=first).message
    assert "нельзя" in enter(end_store, people.owner, CLASSMATE, "4", key=second).message
    assert enter(end_store, people.stranger, CLASSMATE, "4", key=second, reason="зачёт").status is SAVED


def test_a_batch_sent_twice_is_written_once(end_store: Store, people: People) -> None:
    edits = [TermMarkEdit(REGISTER_7A, QUARTER_2, CHILD, "4", "", 1)]
    for _ in range(2):
        results = enter_term_marks(end_store, people.owner, edits, now=END, client_id="tab")
        assert [result.status for result in results] == [SAVED]
    assert len(events(end_store)) == 1


def test_the_first_of_two_batches_sent_again_does_not_come_back(end_store: Store, people: People) -> None:
    for text, base, seq in (("4", "", 1), ("5", "4", 2), ("4", "", 1)):
        edit = TermMarkEdit(REGISTER_7A, QUARTER_2, CHILD, text, base, seq, "ошибка")
        (result,) = enter_term_marks(end_store, people.owner, [edit], now=END, client_id="tab")
        assert result.status is SAVED
    assert result.text == "5"


def test_a_mark_changed_by_somebody_else_meanwhile_is_a_conflict(end_store: Store, people: People) -> None:
    enter(end_store, people.owner, CHILD, "4", client="first tab", seq=1, base="")
    result = enter(end_store, people.owner, CHILD, "5", client="second tab", seq=1, base="", reason="спор")
    assert (result.status, result.text) == (CONFLICT, "4")
    assert result.by.startswith("Орлова")
    assert held(end_store) == [(4, "")]


def test_each_mark_of_a_batch_stands_for_itself(end_store: Store, people: People) -> None:
    edits = [
        TermMarkEdit(REGISTER_7A, QUARTER_2, pupil, text) for pupil, text in [(CHILD, "4"), (CLASSMATE, "9")]
    ]
    results = enter_term_marks(end_store, people.owner, edits, now=END)
    assert [result.status for result in results] == [SAVED, REFUSED]


def test_the_year_mark_follows_the_term_marks_of_the_same_batch(end_store: Store, people: People) -> None:
    """The child has a 3 for the first quarter: with a 4 the year is 3.5, which goes up."""
    year = TermMarkEdit(REGISTER_7A, YEAR, CHILD, "4")
    assert enter(end_store, people.owner, CHILD, "4", term_id=YEAR).status is REASON_REQUIRED
    edits = [TermMarkEdit(REGISTER_7A, QUARTER_2, CHILD, "4"), year]
    results = enter_term_marks(end_store, people.owner, edits, now=END)
    assert [result.status for result in results] == [SAVED, SAVED]
    assert held(end_store, "year_marks") == [(4, "")]
    assert events(end_store, "year_mark")[0][:5] == (None, "4", "", CLASS_7A, MATHS)


# ---- closed terms


def test_a_closed_term_takes_no_marks_until_the_deputy_permits(end_store: Store, people: People) -> None:
    close_term(end_store, people.deputy, 2026, "quarter", 2, now=AFTER)
    refused = enter(end_store, people.owner, CHILD, "4", now=AFTER)
    assert refused.status is REFUSED
    assert "Попросите заместителя директора" in refused.message
    request = ask_correction(end_store, people.owner, REGISTER_7A, QUARTER_2, "забыта отметка", now=AFTER)
    assert enter(end_store, people.owner, CHILD, "4", now=AFTER).status is REFUSED
    grant_correction(end_store, people.deputy, request, 2, now=AFTER)
    assert enter(end_store, people.owner, CHILD, "4", now=AFTER).status is REASON_REQUIRED
    assert enter(end_store, people.owner, CHILD, "4", now=AFTER, reason="забыта отметка").status is SAVED
    assert end_store.read("SELECT used_at FROM correction_permissions") == [(AFTER,)]
    assert enter(end_store, people.owner, CLASSMATE, "5", now=AFTER + timedelta(days=3)).status is REFUSED


def test_a_permission_is_for_one_term_of_one_register(end_store: Store, people: People) -> None:
    request = ask_correction(end_store, people.owner, REGISTER_7A, QUARTER_1, "описка", now=AFTER)
    grant_correction(end_store, people.deputy, request, 2, now=AFTER)
    close_term(end_store, people.deputy, 2026, "quarter", 2, now=AFTER)
    correction = {"now": AFTER, "reason": "описка"}
    assert enter(end_store, people.owner, CHILD, "4", **correction).status is REFUSED
    assert enter(end_store, people.owner, CHILD, "4", term_id=YEAR, **correction).status is REFUSED
    assert enter(end_store, people.owner, CHILD, "4", term_id=QUARTER_1, **correction).status is SAVED


# ---- reasons that are missing


def test_a_missing_reason_is_written_without_touching_the_mark(end_store: Store, people: People) -> None:
    enter(end_store, people.owner, CHILD, "5", reason="описка")

    def forget(transaction: Transaction) -> None:
        transaction.change(f"UPDATE term_marks SET reason = '' WHERE pupil_id = {CHILD}")
        transaction.record(Event(END, None, "school"))

    end_store.write(forget)
    page = term_marks_page(end_store, people.owner, REGISTER_7A, QUARTER_2, now=END)
    assert page is not None
    assert page.unexplained == [CHILD]
    reasons = {CHILD: "победа на олимпиаде"}
    with pytest.raises(AccessRefused):
        explain_term_marks(end_store, people.stranger, REGISTER_7A, QUARTER_2, reasons, now=END)
    with pytest.raises(RuleRefused, match="не написана"):
        explain_term_marks(end_store, people.owner, REGISTER_7A, QUARTER_2, {CHILD: " "}, now=END)
    explain_term_marks(end_store, people.owner, REGISTER_7A, QUARTER_2, reasons, now=END)
    assert held(end_store) == [(5, "победа на олимпиаде")]
    assert events(end_store)[-1][:3] == ("5", "5", "победа на олимпиаде")
    with pytest.raises(RuleRefused, match="не нужна"):
        explain_term_marks(end_store, people.owner, REGISTER_7A, QUARTER_2, reasons, now=END)


def test_the_history_of_a_term_mark_tells_every_step(end_store: Store, people: People) -> None:
    enter(end_store, people.owner, CHILD, "5", reason="описка")
    enter(end_store, people.owner, CHILD, "4")
    history = term_mark_history(end_store, people.deputy, REGISTER_7A, QUARTER_2, CHILD)
    steps = [(event.old_text, event.new_text, event.reason) for event in history]
    assert steps == [("", "5", "описка"), ("5", "4", "")]
    assert history[0].who.startswith("Орлова")
