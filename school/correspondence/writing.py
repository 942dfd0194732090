"""How words come into threads: text, files and hours in one transaction (п. 2.9)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from school.correspondence.rules.hours import delivery_of
from school.correspondence.rules.letters import check_pace, check_text
from school.correspondence.rules.order import check_not_muted
from school.correspondence.store import order, threads
from school.correspondence.store.threads import Message, MessageFile
from school.files.attachments.keeping import KeptFile
from school.homework.store import is_day_off
from school.records import User
from school.store.connection import Transaction


@dataclass(frozen=True)
class Words:
    """What is sent: a text, files as (name, content), whether past the hours of correspondence."""

    text: str
    files: Sequence[tuple[str, bytes]] = ()
    is_urgent: bool = False


def check_may_write_now(transaction: Transaction, user: User, words: Words, now: datetime) -> None:
    """Raise RuleRefused for who is muted, or has written a moment ago."""
    for mute in order.mutes_on(transaction, now.date()):
        if mute.user_id == user.user_id:
            check_not_muted(mute.until, mute.reason)
    check_own_pace(transaction, user, words, now)


def check_own_pace(transaction: Transaction, user: User, words: Words, now: datetime) -> None:
    """Raise RuleRefused for who has written a moment ago; who has pressed a button twice is told that the first time did it."""
    last = threads.last_written(transaction, user.user_id)
    if last is not None:
        said = check_text(words.text, has_files=bool(words.files))
        check_pace(last[0], now, is_repeated=last[1] == said)


def urgent(words: Words) -> str:
    """Return what an event adds for a message sent past the hours."""
    return ", срочно" if words.is_urgent else ""


def write_messages(
    transaction: Transaction,
    user: User,
    thread_ids: Sequence[int],
    ids: Sequence[int],
    words: Words,
    kept: Sequence[KeptFile],
    now: datetime,
    *,
    is_at_once: bool = False,
) -> None:
    """Write the same words into threads, a message each; ``ids``: as many fresh ones as messages and files need.

    ``is_at_once``: the hours of correspondence do not hold.
    """
    text = check_text(words.text, has_files=bool(kept))
    opening = now if is_at_once else _opening(transaction, now)
    delivered = now if words.is_urgent else opening
    # Within the hours «urgent» hurries nothing, and is not counted.
    hurries = delivered < opening
    threads.save_messages(
        transaction,
        [
            Message(message_id, thread_id, text, now, user.user_id, delivered, hurries, None)
            for message_id, thread_id in zip(ids, thread_ids, strict=False)
        ],
    )
    places = iter(ids[len(thread_ids) :])
    threads.save_files(
        transaction,
        [
            MessageFile(
                next(places),
                message_id,
                file.stored_name,
                file.title,
                file.kind,
                file.size_bytes,
                file.sha256,
            )
            for message_id in ids[: len(thread_ids)]
            for file in kept
        ],
    )


def _opening(transaction: Transaction, now: datetime) -> datetime:
    def is_working(day: date) -> bool:
        return not is_day_off(transaction, day)

    return delivery_of(now, order.letter_order(transaction), is_working)
