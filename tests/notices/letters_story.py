"""A family that has chosen what it is told, and what happens at school to be told."""

import re
from datetime import datetime, timedelta

from mail_server import Mailbox
from small_school import CHILD, CLASS_7A, HISTORY, MATHS, NOW, OWNERS_LESSON_TODAY, QUARTER_2, People

from school.notices.actions.own import ask_code, choose_notices, confirm_address
from school.notices.records import Choices, Digest
from school.notices.sending import Sender
from school.register.actions.batch import CellEdit
from school.register.actions.entries import enter_cells
from school.store.connection import Store, Transaction
from school.store.events import Event

ADDRESS = "olga@mail.example"
DAY = Choices(Digest.DAY, 17)
URGENT = Choices(tells_absence=True, tells_cancelled=True)
EVENING = datetime(2026, 11, 19, 17, 5)


def sends(store: Store, now: datetime) -> None:
    """Let the sender look once."""
    Sender(store, lambda: now).look()


def code_of(mailbox: Mailbox) -> str:
    return re.search(r"Код: (\d{6})\.", mailbox.letters[-1].get_content())[1]  # type: ignore[index]


def confirmed(store: Store, people: People, mailbox: Mailbox, choices: Choices, now: datetime = NOW) -> None:
    """Let the guardian confirm an address and choose; the letter with the code is put away."""
    ask_code(store, people.guardian, ADDRESS, now=now)
    sends(store, now)
    confirm_address(store, people.guardian, code_of(mailbox), now=now)
    choose_notices(store, people.guardian, choices, now=now)
    mailbox.letters.clear()
    mailbox.recipients.clear()


def mark(store: Store, people: People, text: str, now: datetime, lesson: int = OWNERS_LESSON_TODAY) -> None:
    enter_cells(store, people.owner, [CellEdit(lesson, CHILD, text, reason="ошибка при вводе")], now=now)


def letters_of(store: Store) -> list[tuple[str, str]]:
    return store.read("SELECT kind, outcome FROM notice_letters ORDER BY letter_id")


def add_second_lesson(store: Store) -> None:
    def work(transaction: Transaction) -> None:
        transaction.change(
            f"""INSERT INTO lessons (lesson_id, class_id, subject_id, teacher_id, term_id, held_on, number)
            VALUES (79, {CLASS_7A}, {HISTORY}, 41, {QUARTER_2}, '2026-11-19', 2)"""
        )
        transaction.record(Event(NOW, None, "school"))

    store.write(work)


def cancel(store: Store, lesson: int, number: int, at: datetime, withdrawn: bool = False) -> None:
    def work(transaction: Transaction) -> None:
        transaction.change(
            f"""INSERT INTO substitutions (substitution_id, lesson_id, class_id, subject_id, kind, reason, assigned_at)
            VALUES ({number}, {lesson}, {CLASS_7A}, {MATHS}, 'cancelled', 'болеет', TIMESTAMP '{at}')"""
        )
        transaction.change(f"UPDATE lessons SET status = 'cancelled' WHERE lesson_id = {lesson}")
        transaction.record(Event(at, None, "school"))

    store.write(work)


def add_lessons_tomorrow(store: Store) -> None:
    def work(transaction: Transaction) -> None:
        transaction.change(
            f"""INSERT INTO lessons (lesson_id, class_id, subject_id, teacher_id, term_id, held_on, number)
            SELECT 300 + n, {CLASS_7A}, {MATHS}, 41, {QUARTER_2}, '2026-11-20', n FROM range(1, 4) AS r(n)"""
        )
        transaction.record(Event(NOW, None, "school"))

    store.write(work)


def digest_waits(store: Store, people: People, mailbox: Mailbox) -> None:
    confirmed(store, people, mailbox, DAY)
    mark(store, people, "4", NOW + timedelta(minutes=5))
