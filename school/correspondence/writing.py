"""How words come into threads: files on the disk first, then text, files and hours in one transaction (п. 2.9)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from school.correspondence.rules.hours import delivery_of
from school.correspondence.rules.letters import check_pace, check_text
from school.correspondence.rules.order import check_not_muted
from school.correspondence.store import order, threads
from school.correspondence.store.threads import Message, MessageFile
from school.files.attachments.kinds import CheckedFile
from school.files.kept import drop_content, keep_content
from school.homework.store import is_day_off
from school.records import User
from school.store.connection import Store, Transaction

Result = TypeVar("Result")
# A content that is kept already: the file, the name it lies under, its SHA-256.
Kept = tuple[CheckedFile, str, str]


@dataclass(frozen=True)
class Words:
    """What is sent: a text, files as (name, content), whether past the hours of correspondence."""

    text: str
    files: Sequence[tuple[str, bytes]] = ()
    is_urgent: bool = False


def with_contents(
    store: Store, files: Sequence[CheckedFile], work: Callable[[Transaction, list[Kept]], Result]
) -> Result:
    """Do it in a transaction with the contents of files on the disk; they go again where it is refused."""
    if files:
        # A cheap first look keeps refused contents off the disk; the transaction looks again.
        _refused_first(store, files, work)
    kept: list[Kept] = []
    try:
        for file in files:
            kept.append((file, *keep_content(store, file.content)))
        return store.write(lambda transaction: work(transaction, kept))
    except BaseException:
        for _, stored_name, _ in kept:
            drop_content(store, stored_name)
        raise


class _FirstLookOver(Exception):
    """Ends a transaction that was only to see whether it would be refused."""


def _refused_first(
    store: Store, files: Sequence[CheckedFile], work: Callable[[Transaction, list[Kept]], Result]
) -> None:
    def look(transaction: Transaction) -> None:
        work(transaction, [(file, "", "") for file in files])
        raise _FirstLookOver

    try:
        store.write(look)
    except _FirstLookOver:
        return


def check_may_write_now(transaction: Transaction, user: User, now: datetime) -> None:
    """Raise RuleRefused for who is muted, or has written a moment ago."""
    for mute in order.mutes_on(transaction, now.date()):
        if mute.user_id == user.user_id:
            check_not_muted(mute.until, mute.reason)
    check_pace(threads.last_written(transaction, user.user_id), now)


def urgent(words: Words) -> str:
    """Return what an event adds for a message sent past the hours."""
    return ", срочно" if words.is_urgent else ""


def write_messages(
    transaction: Transaction,
    user: User,
    thread_ids: Sequence[int],
    ids: Sequence[int],
    words: Words,
    kept: Sequence[Kept],
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
            MessageFile(next(places), message_id, name, file.title, file.kind, len(file.content), sha256)
            for message_id in ids[: len(thread_ids)]
            for file, name, sha256 in kept
        ],
    )


def _opening(transaction: Transaction, now: datetime) -> datetime:
    def is_working(day: date) -> bool:
        return not is_day_off(transaction, day)

    return delivery_of(now, order.letter_order(transaction), is_working)
