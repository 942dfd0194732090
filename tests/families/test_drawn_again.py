"""Which diaries are drawn again after what: those that say it, at once; a thousand others stay in memory and ask nothing."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from diary_pages import diary_client
from small_school import (
    CHILD,
    CLASSMATE,
    MATHS,
    NOW,
    ORDINARY_WORK,
    OWNERS_LESSON_TODAY,
    OWNERS_LESSON_YESTERDAY,
    People,
)

from pages.families.parts import diary_answers
from school.attendance.actions import withdraw_reason
from school.excuses.actions import Announcement, accept_excuse, announce_absence, decline_excuse
from school.excuses.rules import Absent
from school.families.actions import RemarkDraft, confirm_remark, write_remark
from school.families.lookups.read_ahead import read_diaries_ahead
from school.families.store.news import VISITS, Visit, visits_of
from school.homework.actions import tick_homework
from school.records import AbsenceReason, HomeworkState, RemarkKind
from school.register.actions.batch import CellEdit, EntryStatus
from school.register.actions.entries import LessonHead, enter_cells, write_head
from school.sign_in.actions.sessions import sign_out
from school.sign_in.lookups.sessions import read_families_ahead
from school.store.connection import Store, Transaction
from school.store.school import School
from server.session import COOKIE_NAME

ADVICE = RemarkDraft(CLASSMATE, RemarkKind.PRAISE, "Помог товарищу", MATHS)
HEAD = LessonHead("Сложение дробей", ORDINARY_WORK, HomeworkState.SET, "Упражнение 41")


def mark(store: Store, people: People, pupil_id: int, text: str) -> None:
    edit = CellEdit(OWNERS_LESSON_YESTERDAY, pupil_id, text, reason="ошибка при вводе")
    (entered,) = enter_cells(store, people.owner, [edit], now=NOW)
    assert entered.status is EntryStatus.SAVED


def remark(store: Store, people: People, pupil_id: int) -> int:
    return write_remark(store, people.owner, replace(ADVICE, pupil_id=pupil_id), now=NOW)


def read_remark(store: Store, people: People) -> None:
    confirm_remark(store, people.guardian, remark(store, people, CHILD), now=NOW)


def head(store: Store, people: People) -> None:
    store.write(lambda transaction: write_head(transaction, people.owner, OWNERS_LESSON_TODAY, HEAD, NOW))


def tick(store: Store, people: People) -> None:
    head(store, people)
    tick_homework(store, people.pupil, CHILD, OWNERS_LESSON_TODAY, True, now=NOW)


def announced(store: Store, people: People, pupil_id: int) -> int:
    """An absence of tomorrow, announced by somebody's guardian."""
    sender = replace(people.guardian, pupil_ids=frozenset([pupil_id]))
    tomorrow = NOW.date() + timedelta(days=1)
    absent = Absent(tomorrow, tomorrow, AbsenceReason.VALID, note="поездка")
    return announce_absence(store, sender, Announcement(pupil_id, absent), now=NOW)


def accept(store: Store, people: People, pupil_id: int) -> None:
    outcome = accept_excuse(store, people.homeroom, announced(store, people, pupil_id), now=NOW)
    withdraw_reason(store, people.homeroom, outcome.leave_ids[0], now=NOW)


def decline(store: Store, people: People, pupil_id: int) -> None:
    decline_excuse(store, people.homeroom, announced(store, people, pupil_id), "Позвоните мне", now=NOW)


READ_AHEAD = [
    "absences",
    "diary_visits",
    "events",
    "homework_files",
    "homework_tasks",
    "lessons",
    "marks",
    "plan_topics",
    "sessions",
    "timetable",
]
# What is done, and whether the week of the first child says anything of it.
DOINGS: dict[str, tuple[Callable[[Store, People], object], bool]] = {
    "own mark": (lambda store, people: mark(store, people, CHILD, "3"), True),
    "another's mark": (lambda store, people: mark(store, people, CLASSMATE, "3"), False),
    "own remark": (lambda store, people: remark(store, people, CHILD), True),
    "another's remark": (lambda store, people: remark(store, people, CLASSMATE), False),
    "own remark read": (read_remark, True),
    "topic of the class": (head, True),
    "own tick": (tick, True),
    "own absence accepted": (lambda store, people: accept(store, people, CHILD), True),
    "another's absence accepted": (lambda store, people: accept(store, people, CLASSMATE), False),
    "own absence declined": (lambda store, people: decline(store, people, CHILD), True),
    "another's absence declined": (lambda store, people: decline(store, people, CLASSMATE), False),
}


@pytest.mark.usefixtures("school_screens")
def test_only_the_diaries_that_say_it_are_drawn_again(
    school_store: Store, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, drawn, asked = diary_client(people.guardian), list[str](), list[str]()
    draw, ask = diary_answers.drawn, Store.execute

    def counted(template: str, **words: object) -> bytes:
        drawn.append(template)
        return draw(template, **words)

    def execute(store: Store, sql: str, parameters: object = None, /) -> object:
        asked.append(sql)
        return ask(store, sql, parameters)

    monkeypatch.setattr(diary_answers, "drawn", counted)
    client.get("/family")
    for name, (do, is_said) in DOINGS.items():
        do(school_store, people)
        drawn.clear()
        before = client.get("/family").text
        assert (name, bool(drawn)) == (name, is_said)
        monkeypatch.setattr(Store, "execute", execute)
        asked.clear()
        assert client.get("/family").text == before
        assert (name, asked, len(drawn)) == (name, [], is_said)
        monkeypatch.setattr(Store, "execute", ask)
    assert "Упражнение 41" in before
    sign_out(school_store, client.cookies[COOKIE_NAME], now=NOW)
    assert client.get("/family").status_code == 303


def test_the_first_family_finds_the_week_of_its_class_read(
    school_screens: School, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, asked, ask = school_screens.store, list[str](), Store.execute
    client = diary_client(people.guardian)
    users = read_families_ahead(store, NOW.date())
    assert {people.guardian.user_id, people.pupil.user_id} <= set(users)
    assert len(list(read_diaries_ahead(store, users, NOW.date()))) >= 2

    def execute(store: Store, sql: str, parameters: object = None, /) -> object:
        asked.append(sql)
        return ask(store, sql, parameters)

    monkeypatch.setattr(Store, "execute", execute)
    assert client.get("/family").status_code == 200
    # Left is what is the same for the whole school (names, bells, days off), and who has looked this child's week through.
    read = {table for table in READ_AHEAD if any(re.search(rf"FROM {table}\b", sql) for sql in asked)}
    assert read == set()


def test_how_far_somebody_has_read_is_known_at_once_and_not_forgotten_by_who_asked_before(
    school_store: Store, people: People
) -> None:
    """The visit changes no state of the data: whoever read the rows before it was stored must not put them in its place."""
    user, visit = people.guardian.user_id, Visit(NOW, 7)

    def work(transaction: Transaction) -> None:
        transaction.keep(
            "INSERT INTO diary_visits VALUES ($user, $pupil, $seen, 7)",
            {"user": user, "pupil": CHILD, "seen": NOW},
        )
        transaction.remember(VISITS, {user: {CHILD: visit}})

    def slow(unknown: list[int]) -> dict[int, dict[int, Visit]]:
        school_store.write(work)
        return {each: {} for each in unknown}

    school_store.entered(VISITS, [user], slow)
    assert visits_of(school_store, [user]) == {user: {CHILD: visit}}
