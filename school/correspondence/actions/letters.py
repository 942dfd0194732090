"""Writing: a new letter to one or to many, an answer, taking back, noting what was read (п. 2.9, 4.7)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time
from functools import partial

from school.access.action import Action
from school.access.checks import check_may
from school.access.scopes import Rows
from school.access.writing import STAFF
from school.correspondence.abouts import About, asking
from school.correspondence.access import (
    NOT_YOURS,
    Addressee,
    Recipient,
    addressees,
    family_role,
    is_active,
    role_as,
    waiting_for,
)
from school.correspondence.rules.letters import (
    ENDED,
    ThreadKind,
    check_files,
    check_new_threads,
    check_recipients,
    check_text,
    check_title,
    check_withdrawal,
)
from school.correspondence.store import threads
from school.correspondence.store.threads import NewThread, Thread
from school.correspondence.writing import Words, check_may_write_now, check_own_pace, urgent, write_messages
from school.errors import AccessRefused, RuleRefused
from school.files.attachments.keeping import KeptFile, keeping
from school.records import Role, User
from school.store.connection import Store, Transaction, in_transaction
from school.store.events import Event


@dataclass(frozen=True)
class Letter:
    """A new letter: its subject, its words, what it was asked from."""

    title: str
    words: Words
    about: About | None = None


def send_letters(
    store: Store,
    user: User,
    letter: Letter,
    recipients: Collection[Recipient],
    *,
    child: int | None = None,
    now: datetime,
) -> list[int]:
    """Begin a thread of its own with each recipient, as the family of a child or (None) as staff; return the threads' ids.

    Raises AccessRefused for whom the user may not write to, RuleRefused for words, files, limits or a muting; then keeps nothing.
    """
    _check_door(user)
    files = check_files(letter.words.files)
    check_title(letter.title)
    check_text(letter.words.text, has_files=bool(files))
    wanted = [*dict.fromkeys(recipients)]
    with keeping(store, files) as kept:
        return store.write(
            partial(_send, kept=kept, user=user, letter=letter, recipients=wanted, child=child, now=now)
        )


def _check_door(user: User) -> None:
    check_may(user, Action.CORRESPOND, Rows(user_id=user.user_id))


def _send(
    transaction: Transaction,
    kept: list[KeptFile],
    *,
    user: User,
    letter: Letter,
    recipients: list[Recipient],
    child: int | None,
    now: datetime,
) -> list[int]:
    check_recipients(len(recipients))
    check_may_write_now(transaction, user, letter.words, now)
    if child is not None:
        today = datetime.combine(now.date(), time())
        check_new_threads(threads.count_started(transaction, user.user_id, today) + len(recipients) - 1)
    asked = asking(transaction, user, letter.about, child, now) if letter.about else None
    answered = asked.answered if asked else None
    found = _allowed(transaction, user, recipients, child, answered, now)
    ids = transaction.new_ids(len(found) * (2 + len(kept)))
    own = _own_roles(user, child)
    made = [
        NewThread(thread_id, each.pupil_id, ((user.user_id, own[each.is_led]), (each.user_id, each.role)))
        for thread_id, each in zip(ids, found, strict=False)
    ]
    threads.save_threads(
        transaction,
        made,
        ThreadKind.LETTERS,
        check_title(letter.title),
        asked.words if asked else "",
        now,
        user.user_id,
    )
    thread_ids = [each.thread_id for each in made]
    write_messages(transaction, user, thread_ids, ids[len(found) :], letter.words, kept, now)
    kind, said = (
        ("message", "новая переписка")
        if len(found) == 1
        else ("letter_to_many", f"получателей: {len(found)}")
    )
    transaction.record(
        Event(now, user.user_id, kind, record_id=thread_ids[0], new_value=said + urgent(letter.words))
    )
    return thread_ids


def _own_roles(user: User, child: int | None) -> dict[bool, Role]:
    """Return as what the user writes, by whether they lead the class of whom it is written to."""
    if child is None:
        return {is_led: role_as(user.roles & STAFF, is_led=is_led) for is_led in (False, True)}
    role = family_role(user, child)
    if role is None:
        raise AccessRefused(*NOT_YOURS)
    return {False: role}


def _allowed(
    transaction: Transaction,
    user: User,
    recipients: list[Recipient],
    child: int | None,
    answered: int | None,
    now: datetime,
) -> list[Addressee]:
    allowed = addressees(transaction, user, now.date(), child, recipients, answered)
    if any(each not in allowed for each in recipients):
        raise AccessRefused(
            "Этому человеку писать отсюда нельзя.",
            "Пишут своим ученикам и их родителям, учителям своего ребёнка, сотрудникам школы.",
            "Выберите получателя из списка.",
        )
    return [allowed[each] for each in recipients]


def answer(store: Store, user: User, thread_id: int, words: Words, *, now: datetime) -> None:
    """Write on in a thread. Raises AccessRefused for somebody else's, RuleRefused where the rights, a limit or a muting forbid it."""
    _check_door(user)
    files = check_files(words.files)
    check_text(words.text, has_files=bool(files))
    with keeping(store, files) as kept:
        store.write(partial(_answer, kept=kept, user=user, thread_id=thread_id, words=words, now=now))


def _answer(
    transaction: Transaction, kept: list[KeptFile], *, user: User, thread_id: int, words: Words, now: datetime
) -> None:
    thread = threads.thread_by_id(transaction, thread_id)
    writers = threads.people_of(transaction, [thread_id])[thread_id]
    if thread is None or all(each.user_id != user.user_id for each in writers):
        raise AccessRefused(*NOT_YOURS)
    is_help = thread.kind is ThreadKind.HELP
    if is_help:
        # Whoever is muted may ask for help still (п. 8.1).
        check_own_pace(transaction, user, words, now)
    else:
        check_may_write_now(transaction, user, words, now)
    if not is_active(transaction, user, thread, writers, now.date()):
        raise RuleRefused(
            "Продолжить эту переписку нельзя.",
            ENDED,
            "Прочитать её можно; с новым вопросом начните новую переписку.",
        )
    ids = transaction.new_ids(1 + len(kept))
    write_messages(transaction, user, [thread_id], ids, words, kept, now, is_at_once=is_help)
    if is_help and thread.closed_at is not None and thread.started_by == user.user_id:
        threads.set_help_state(transaction, thread_id, (thread.taken_at, thread.taken_by), (None, None))
    transaction.record(_event(thread, user, now, "сообщение" + urgent(words)))


@in_transaction
def withdraw(transaction: Transaction, user: User, message_id: int, *, now: datetime) -> None:
    """Take back one's own message of the last minutes: a trace stays in its place.

    Raises AccessRefused for another's, RuleRefused once it has stood for too long.
    """
    _check_door(user)
    message = threads.message_by_id(transaction, message_id)
    if message is None or message.written_by != user.user_id:
        raise AccessRefused(
            "Сообщение отзывает тот, кто его написал.", next_step="Напишите ответ в переписке."
        )
    check_withdrawal(message.written_at, message.withdrawn_at, now)
    threads.withdraw_message(transaction, message_id, now)
    transaction.record(Event(now, user.user_id, "message_withdrawn", record_id=message.thread_id))


@in_transaction
def settle(transaction: Transaction, user: User, thread_id: int, *, now: datetime) -> None:
    """Note that what a family wrote last waits for no answer of this employee: thanks are no question.

    Raises AccessRefused for somebody else's thread, RuleRefused where nothing waits.
    """
    _check_door(user)
    thread = threads.thread_by_id(transaction, thread_id)
    writers = threads.people_of(transaction, [thread_id])[thread_id]
    if thread is None or all(each.user_id != user.user_id for each in writers):
        raise AccessRefused(*NOT_YOURS)
    waiting = waiting_for(user, thread, threads.messages_of(transaction, thread_id), writers, now)
    if not waiting:
        raise RuleRefused("Здесь ничего не ждёт ответа.", next_step="Обновите страницу.")
    threads.settle_messages(transaction, waiting, now)
    transaction.record(Event(now, user.user_id, "message_settled", record_id=thread_id))


@in_transaction
def note_read(transaction: Transaction, user: User, thread_id: int, *, now: datetime) -> None:
    """Note that the user has read what a thread of theirs holds by now; of others' nothing is noted."""
    _check_door(user)
    waiting = threads.unread_of(transaction, [user.user_id])[user.user_id]
    if any(each.thread_id == thread_id and each.since <= now for each in waiting):
        threads.note_read(transaction, thread_id, user.user_id, now)


def _event(thread: Thread, user: User, now: datetime, words: str) -> Event:
    return Event(now, user.user_id, "message", record_id=thread.thread_id, new_value=words)
