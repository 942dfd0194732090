"""Threads of the past as a demonstration makes them: all in one go, with who has read how far."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from school.correspondence.rules.letters import ThreadKind
from school.correspondence.store import threads
from school.correspondence.store.threads import Message
from school.records import Role
from school.store.connection import Transaction, in_transaction
from school.store.events import Event


@dataclass(frozen=True)
class PastThread:
    """A thread: its people by role, and messages as (author, moment of writing and delivery, text, whether urgent).

    ``unread_by``: who has not read the last message yet; ``taken``, ``closed``: of a call for help when and by whom;
    ``is_settled``: the last message waits for no answer.
    """

    kind: ThreadKind
    title: str
    about: str
    pupil_id: int | None
    people: Sequence[tuple[int, Role]]
    messages: Sequence[tuple[int, datetime, datetime, str, bool]]
    unread_by: int | None = None
    taken: tuple[datetime, int] | None = None
    closed: tuple[datetime, int] | None = None
    is_settled: bool = False


@in_transaction
def write_past_threads(transaction: Transaction, past: Sequence[PastThread], *, now: datetime) -> list[int]:
    """Write threads that have been, a dozen statements, however many they are; return their ids."""
    ids = transaction.new_ids(len(past) + sum(len(each.messages) for each in past))
    message_ids = iter(ids[len(past) :])
    placed = list(zip(ids, past, strict=False))
    threads.save_past_threads(
        transaction,
        [
            (
                key,
                str(each.kind),
                each.title,
                each.about,
                each.pupil_id,
                each.messages[0][1],
                each.messages[0][0],
            )
            + (each.taken or (None, None))
            + (each.closed or (None, None))
            for key, each in placed
        ],
    )
    threads.save_past_people(
        transaction,
        [
            (
                key,
                user,
                str(role),
                each.messages[-1][2],
                each.messages[-1][2] if user == each.unread_by else None,
            )
            for key, each in placed
            for user, role in each.people
        ],
    )
    threads.save_past_messages(
        transaction,
        [
            Message(next(message_ids), key, text, written, author, delivered, urgent, None, settled)
            for key, each in placed
            for place, (author, written, delivered, text, urgent) in enumerate(each.messages, 1)
            for settled in [delivered if each.is_settled and place == len(each.messages) else None]
        ],
    )
    transaction.record(Event(now, None, "letter_to_many", new_value=f"переписок прошлых дней: {len(past)}"))
    return [key for key, _ in placed]
