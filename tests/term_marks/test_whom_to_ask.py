"""«Кого спросить»: who is below the minimum or long without a mark, in the order of need."""

from datetime import date, timedelta

import pytest
from end_of_term import END, REGISTER_7A
from small_school import ABSENTEE, CLASS_7A, CLASSMATE, People

from school.errors import AccessRefused
from school.records import User
from school.register.actions.batch import CellEdit
from school.register.actions.entries import enter_cells
from school.register.lookups.registers import readable_registers, register_terms
from school.store.connection import Store, Transaction
from school.store.events import Event
from school.term_marks.lookups.whom_to_ask import pupils_to_ask
from school.term_marks.rules.whom_to_ask import PupilNeed, whom_to_ask

DAY_AFTER_LESSONS = date(2026, 12, 12)


@pytest.mark.parametrize(
    ("what", "needs", "passed_over", "asked"),
    [
        ("enough marks, asked lately", [PupilNeed(1, 6, 6, 4)], (), []),
        ("below the minimum", [PupilNeed(1, 5, 6, 0)], (), [1]),
        ("five lessons without a mark", [PupilNeed(1, 9, 6, 5)], (), [1]),
        ("absent today", [PupilNeed(1, 0, 6, 9)], (1,), []),
        (
            "hours not known, so only the silence counts",
            [PupilNeed(1, 0, None, 5), PupilNeed(2, 0, None, 4)],
            (),
            [1],
        ),
        (
            "the greater need first",
            [PupilNeed(1, 5, 6, 9), PupilNeed(2, 2, 6, 0), PupilNeed(3, 5, 6, 2), PupilNeed(4, 8, 6, 7)],
            (),
            [2, 1, 3, 4],
        ),
    ],
)
def test_who_needs_a_mark(
    what: str, needs: list[PupilNeed], passed_over: tuple[int, ...], asked: list[int]
) -> None:
    assert [need.pupil_id for need in whom_to_ask(needs, passed_over)] == asked, what


def ask(store: Store, user: User, today: date = DAY_AFTER_LESSONS) -> list[tuple[int, int, int]]:
    (register,) = [row for row in readable_registers(store, user, 2026) if row.key == REGISTER_7A]
    term = register_terms(store, user, REGISTER_7A)[-1]
    return [
        (row.need.pupil_id, row.need.shortage, row.need.lessons_without_mark)
        for row in pupils_to_ask(store, user, register, term, today=today)
    ]


def test_the_register_names_the_needing_and_leaves_out_the_others(end_store: Store, people: People) -> None:
    """Six marks are asked for at five hours a week: the absentee has two, the last of them four lessons ago."""
    assert ask(end_store, people.owner) == [(ABSENTEE, 4, 3)]
    assert ask(end_store, people.homeroom) == [(ABSENTEE, 4, 3)]


@pytest.mark.parametrize(("entered", "asked"), [("", [ABSENTEE]), ("н", []), ("3", []), ("о", [ABSENTEE])])
def test_todays_absentees_and_whoever_has_a_mark_today_are_passed_over(
    end_store: Store, people: People, entered: str, asked: list[int]
) -> None:
    """A pupil who only came late is there to be asked."""
    enter_cells(end_store, people.owner, [CellEdit(302, ABSENTEE, entered)], now=END)
    assert [pupil for pupil, _, _ in ask(end_store, people.owner, date(2026, 12, 9))] == asked


def test_first_formers_are_asked_without_marks(end_store: Store, people: People) -> None:
    def begin(transaction: Transaction) -> None:
        transaction.change(f"UPDATE classes SET grade_level = 1 WHERE class_id = {CLASS_7A}")
        transaction.record(Event(END, None, "school"))

    end_store.write(begin)
    assert ask(end_store, people.owner) == []


def test_a_pupil_who_left_is_not_asked(end_store: Store, people: People) -> None:
    def leave(transaction: Transaction) -> None:
        transaction.change(f"UPDATE enrolments SET ends_on = '2026-12-12' WHERE pupil_id = {ABSENTEE}")
        transaction.record(Event(END, None, "school"))

    end_store.write(leave)
    assert ask(end_store, people.owner) == []
    assert ask(end_store, people.owner, DAY_AFTER_LESSONS - timedelta(days=1)) != []


def test_strangers_are_told_nothing(end_store: Store, people: People) -> None:
    (register,) = [row for row in readable_registers(end_store, people.head, 2026) if row.key == REGISTER_7A]
    term = register_terms(end_store, people.head, REGISTER_7A)[-1]
    with pytest.raises(AccessRefused):
        pupils_to_ask(end_store, people.stranger, register, term, today=DAY_AFTER_LESSONS)
    assert CLASSMATE not in [pupil for pupil, _, _ in ask(end_store, people.deputy)]
