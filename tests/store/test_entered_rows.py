"""What is entered in lessons is remembered as it is stored, whatever was written, refused or undone since."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_school import ABSENTEE, CHILD, CLASSMATE, NOW, OWNERS_LESSON_TODAY, OWNERS_LESSON_YESTERDAY, People

from school.errors import StoreFault
from school.register.actions.batch import CellEdit
from school.register.actions.entries import confirm_attendance, enter_cells
from school.register.store.cells import absences_by_lesson, marks_by_lesson
from school.register.store.lessons import lessons_by_id
from school.register.store.receipts import REPEATED_WITHIN, receipts
from school.store.connection import Store, Transaction
from school.store.events import Event

LESSONS = (OWNERS_LESSON_YESTERDAY, OWNERS_LESSON_TODAY)
PUPILS = (CHILD, CLASSMATE, ABSENTEE)
TEXTS = ("", "5", "4/3", "2", "н", "б 5", "о", "у 3/4")
EDITS = st.lists(
    st.tuples(st.sampled_from(LESSONS), st.sampled_from(PUPILS), st.sampled_from(TEXTS), st.booleans()),
    max_size=12,
)


def known(store: Store) -> list[object]:
    return [
        marks_by_lesson(store, LESSONS),
        absences_by_lesson(store, LESSONS),
        lessons_by_id(store, LESSONS),
        receipts(store, "tab", NOW),
    ]


def without_memory(store: Store) -> Store:
    """Return a store as it is when it has just been opened on the same file."""
    forgetful = Store.__new__(Store)
    forgetful.__dict__ = store.__dict__ | {"_entered": type(store._entered)(store._states)}
    return forgetful


def assert_as_stored(store: Store) -> None:
    """Compare with a store that has just been opened on the same file's tables."""
    remembered = known(store)
    assert remembered == known(without_memory(store))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(EDITS)
def test_entries_are_remembered_as_they_are_stored(
    school_store: Store, people: People, edits: list[tuple[int, int, str, bool]]
) -> None:
    known(school_store)
    base = len(receipts(school_store, "tab", NOW))
    for number, (lesson, pupil, text, is_confirmed) in enumerate(edits):
        edit = CellEdit(lesson, pupil, text, seq=10_000 * base + number + 1, reason="ошибка")
        enter_cells(school_store, people.owner, [edit], now=NOW, client_id="tab")
        if is_confirmed:
            confirm_attendance(school_store, people.owner, [lesson], now=NOW)
    assert_as_stored(school_store)


def test_a_batch_that_fails_leaves_nothing_in_memory(school_store: Store, people: People) -> None:
    before = known(school_store)

    def enter_and_fail(transaction: Transaction) -> None:
        edits = [CellEdit(OWNERS_LESSON_TODAY, CHILD, "5", seq=1)]
        enter_cells(transaction, people.owner, edits, now=NOW, client_id="tab")
        raise StoreFault("nothing of this holds")

    with pytest.raises(StoreFault):
        school_store.write(enter_and_fail)
    assert known(school_store) == before
    assert_as_stored(school_store)


def test_a_second_entry_in_a_transaction_sees_the_first(school_store: Store, people: People) -> None:
    def twice(transaction: Transaction) -> list[str]:
        texts = []
        for seq, text in enumerate(("5", "5/4"), start=1):
            edit = CellEdit(OWNERS_LESSON_TODAY, CHILD, text, base=["", "5"][seq - 1], seq=seq)
            (result,) = enter_cells(transaction, people.owner, [edit], now=NOW, client_id="tab")
            texts.append(result.status)
        return texts

    assert school_store.write(twice) == ["saved", "saved"]
    assert_as_stored(school_store)


@pytest.mark.parametrize(
    "sql",
    [
        f"UPDATE lessons SET status = 'cancelled' WHERE lesson_id = {OWNERS_LESSON_TODAY}",
        f"DELETE FROM marks WHERE lesson_id = {OWNERS_LESSON_YESTERDAY}",
        "UPDATE terms SET closed_at = now()",
        "UPDATE teaching_load SET teacher_id = NULL",
    ],
)
def test_a_change_of_anything_else_is_seen_at_once(school_store: Store, sql: str) -> None:
    known(school_store)

    def change(transaction: Transaction) -> None:
        transaction.change(sql)
        transaction.record(Event(NOW, None, "school"))

    school_store.write(change)
    assert_as_stored(school_store)


def test_a_repeat_of_a_batch_is_known_after_a_restart(school_store: Store, people: People) -> None:
    edit = CellEdit(OWNERS_LESSON_TODAY, CHILD, "5", seq=7)
    enter_cells(school_store, people.owner, [edit], now=NOW, client_id="tab")
    reopened = without_memory(school_store)
    assert receipts(reopened, "tab", NOW)[OWNERS_LESSON_TODAY, CHILD].client_seq == 7
    later = NOW + timedelta(hours=1)
    (again,) = enter_cells(school_store, people.owner, [edit], now=later, client_id="tab")
    assert again.status == "saved"
    assert school_store.read("SELECT count(*) FROM events WHERE kind = 'cell' AND new_value = '5'") == [(1,)]


def test_the_repeat_of_an_old_batch_is_no_longer_known(school_store: Store, people: People) -> None:
    edit = CellEdit(OWNERS_LESSON_TODAY, CHILD, "5", seq=7)
    enter_cells(school_store, people.owner, [edit], now=NOW, client_id="tab")
    reopened = without_memory(school_store)
    assert receipts(reopened, "tab", NOW + REPEATED_WITHIN + timedelta(days=1)) == {}
