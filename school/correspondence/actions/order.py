"""Complaints, muting, reading by a written request, and the order that the school sets (п. 2.9, 4.1, 4.2)."""

import json
from collections.abc import Collection, Mapping
from datetime import datetime

from school.access.action import Action
from school.access.checks import check_may
from school.access.scopes import Rows
from school.access.writing import Pair, closed_text
from school.correspondence.access import NOT_YOURS, ROLE_WORDS, closed, reads
from school.correspondence.rules.hours import LetterOrder, check_order
from school.correspondence.rules.letters import ThreadKind
from school.correspondence.rules.order import (
    COPIED_MESSAGES,
    NEVER_MUTED,
    check_mute_days,
    check_no_party,
    check_number,
    check_reason,
    check_unanswered,
    muted_until,
    seal_of,
)
from school.correspondence.store import order as stored
from school.correspondence.store import threads
from school.correspondence.store.order import Complaint, Mute, Reading
from school.correspondence.store.threads import Message, ThreadPerson
from school.errors import AccessRefused, RuleRefused
from school.records import User
from school.sign_in.store.users import roles_of_user
from school.store.connection import Transaction, in_transaction
from school.store.events import Event


@in_transaction
def complain(transaction: Transaction, user: User, thread_id: int, reason: str, *, now: datetime) -> int:
    """Complain of a thread that the user reads to the deputy head, with a sealed copy of its last messages; return the id.

    Raises AccessRefused for a thread that is not the user's, RuleRefused without a reason, or where a complaint waits already.
    """
    check_may(user, Action.CORRESPOND, Rows(user_id=user.user_id))
    thread = threads.thread_by_id(transaction, thread_id)
    writers = threads.people_of(transaction, [thread_id])[thread_id]
    if (
        thread is None
        or thread.kind is ThreadKind.HELP
        or reads(transaction, user, thread, writers, now) is None
    ):
        raise AccessRefused(*NOT_YOURS)
    words = check_reason(reason)
    if any(each.answered_at is None for each in stored.own_complaints(transaction, thread_id, user.user_id)):
        raise RuleRefused("Ваша жалоба на эту переписку уже у завуча.", next_step="Дождитесь ответа.")
    seen = [
        each
        for each in threads.messages_of(transaction, thread_id)
        if each.delivered_at <= now or each.written_by == user.user_id
    ]
    files = threads.files_of(transaction, [each.message_id for each in seen])
    titles = {key: [file.title for file in found] for key, found in files.items()}
    copy = copy_of(seen[-COPIED_MESSAGES:], writers, titles)
    (complaint_id,) = transaction.new_ids(1)
    complaint = Complaint(
        complaint_id, thread_id, now, user.user_id, words, copy, seal_of(copy), None, None, ""
    )
    stored.save_complaint(transaction, complaint)
    transaction.record(Event(now, user.user_id, "complaint", record_id=complaint_id, new_value="подана"))
    return complaint_id


def copy_of(
    messages: Collection[Message], writers: Collection[ThreadPerson], files: Mapping[int, list[str]]
) -> str:
    """Return messages as the copy of a complaint keeps them: what was withdrawn too, and said to be."""
    names = {each.user_id: f"{each.name.short}, {ROLE_WORDS[each.role]}" for each in writers}
    lines = [
        {
            "who": names.get(each.written_by, ""),
            "user_id": each.written_by,
            "at": each.written_at.isoformat(timespec="minutes"),
            "text": each.text,
            "files": files.get(each.message_id, []),
            "withdrawn": each.withdrawn_at is not None,
        }
        for each in messages
    ]
    return json.dumps(lines, ensure_ascii=False)


@in_transaction
def answer_complaint(
    transaction: Transaction, user: User, complaint_id: int, answer: str, *, now: datetime
) -> None:
    """Answer whoever has complained. Raises AccessRefused, RuleRefused without words or where it is answered."""
    check_may(user, Action.DECIDE_COMPLAINTS)
    complaint = stored.complaint_by_id(transaction, complaint_id)
    if complaint is None:
        raise RuleRefused("Такой жалобы нет.", next_step="Обновите страницу.")
    check_unanswered(complaint.answered_at)
    writers = threads.people_of(transaction, [complaint.thread_id])[complaint.thread_id]
    check_no_party(user.user_id, [each.user_id for each in writers])
    stored.answer_complaint(transaction, complaint_id, check_reason(answer), now, user.user_id)
    transaction.record(Event(now, user.user_id, "complaint", record_id=complaint_id, new_value="разобрана"))


@in_transaction
def mute(transaction: Transaction, user: User, user_id: int, days: int, reason: str, *, now: datetime) -> int:
    """Keep an account from writing for some days, today included; return the muting's id. Raises AccessRefused, RuleRefused."""
    check_may(user, Action.DECIDE_COMPLAINTS)
    check_mute_days(days)
    words = check_reason(reason)
    roles = roles_of_user(transaction, user_id)
    if not roles or roles & NEVER_MUTED:
        raise RuleRefused(
            "Ограничить этот вход нельзя.",
            "Его нет, или это администратор, заместитель или директор.",
            "Обратитесь к директору.",
        )
    if any(each.user_id == user_id for each in stored.mutes_on(transaction, now.date())):
        raise RuleRefused("Этот вход уже ограничен.", next_step="Снимите прежнее ограничение.")
    (mute_id,) = transaction.new_ids(1)
    until = muted_until(days, now.date())
    stored.save_mute(transaction, Mute(mute_id, user_id, now, until, words, user.user_id, None, None))
    said = f"писать нельзя до {until:%d.%m.%Y}"
    transaction.record(Event(now, user.user_id, "mute", record_id=user_id, new_value=said, reason=words))
    return mute_id


@in_transaction
def lift_mute(transaction: Transaction, user: User, mute_id: int, *, now: datetime) -> None:
    """Let somebody write again before their day. Raises AccessRefused, RuleRefused."""
    check_may(user, Action.DECIDE_COMPLAINTS)
    found = next((each for each in stored.mutes_on(transaction, now.date()) if each.mute_id == mute_id), None)
    if found is None:
        raise RuleRefused("Этого ограничения уже нет.", next_step="Обновите страницу.")
    stored.lift_mute(transaction, mute_id, now, user.user_id)
    transaction.record(
        Event(now, user.user_id, "mute", record_id=found.user_id, new_value="ограничение снято")
    )


@in_transaction
def open_by_request(
    transaction: Transaction, user: User, thread_id: int, number: str, reason: str, *, now: datetime
) -> None:
    """Let the head read a thread for this day by a written request, and record it. Raises AccessRefused, RuleRefused."""
    check_may(user, Action.READ_BY_REQUEST)
    request, words = check_number(number), check_reason(reason)
    thread = threads.thread_by_id(transaction, thread_id)
    if thread is None or thread.kind is ThreadKind.HELP:
        raise RuleRefused("Такой переписки нет.", next_step="Выберите её из списка.")
    (reading_id,) = transaction.new_ids(1)
    stored.save_reading(transaction, reading_id, Reading(thread_id, request, words, now, user.user_id))
    transaction.record(
        Event(now, user.user_id, "letters_by_request", record_id=thread_id, new_value=request, reason=words)
    )


@in_transaction
def set_order(
    transaction: Transaction, user: User, wanted: LetterOrder, shut: Collection[Pair], *, now: datetime
) -> None:
    """Set the hours of correspondence, the norm of answering, and which rows of the table are closed: it is narrowed, never widened.

    Raises AccessRefused, RuleRefused.
    """
    check_may(user, Action.SET_LETTER_ORDER)
    check_order(wanted)
    before, pairs = stored.letter_order(transaction), closed_text(shut)
    if wanted != before:
        stored.save_order(transaction, wanted)
        transaction.record(
            Event(
                now,
                user.user_id,
                "letter_order",
                old_value=order_words(before),
                new_value=order_words(wanted),
            )
        )
    if pairs != closed_text(closed(transaction)):
        stored.save_closed_setting(transaction, pairs)
        said = f"закрыто направлений: {len(pairs.split(',')) if pairs else 0}"
        transaction.record(Event(now, user.user_id, "letter_order", new_value=said))


def order_words(order: LetterOrder) -> str:
    """Return «с 8:00 до 19:00, ответ за 2 дн.»."""
    return f"с {order.opens_at:%H:%M} до {order.closes_at:%H:%M}, ответ за {order.norm_days} дн."
