"""What the deputy head and the head see of the correspondence: complaints, mutings, how answers are kept; never the letters (п. 4.1, 4.2)."""

import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from school.access.action import Action
from school.access.checks import check_may
from school.access.writing import FAMILY, Pair
from school.correspondence.access import ROLE_WORDS, closed
from school.correspondence.rules.hours import Asked, LetterOrder, questions_of, working_days
from school.correspondence.rules.order import is_party, seal_of
from school.correspondence.store import away, people, threads
from school.correspondence.store import order as stored
from school.correspondence.store.order import Complaint, Mute, Reading
from school.homework.store import is_day_off
from school.records import User
from school.store.connection import Store

__all__ = ["Complaint", "Mute"]

# For so many days the answers are counted.
ANSWER_DAYS = 30


@dataclass(frozen=True)
class CopiedMessage:
    """A message in the copy of a complaint."""

    who: str
    user_id: int
    at: datetime
    text: str
    files: tuple[str, ...]
    is_withdrawn: bool


@dataclass(frozen=True)
class SealedComplaint:
    """A complaint with its copy; ``is_whole``: the copy is as it was sealed; ``is_own``: the reader writes in that thread."""

    complaint: Complaint
    who: str
    title: str
    messages: tuple[CopiedMessage, ...]
    is_whole: bool
    is_own: bool

    @property
    def writers(self) -> dict[int, str]:
        """Who wrote in the copy, by account."""
        return {each.user_id: each.who for each in self.messages}


@dataclass(frozen=True)
class StaffAnswers:
    """How an employee answers families: questions that were due, in time, late or overdue; and those not due yet.

    ``settled``: messages of which the employee has said that they wait for no answer; ``away_until``: a note of absence.
    """

    user_id: int
    name: str
    asked: int
    in_time: int
    late: int
    waiting: int
    settled: int = 0
    away_until: date | None = None

    @property
    def share(self) -> float | None:
        """The share answered in time of those that were due, in percent; None where none was."""
        due = self.in_time + self.late
        return 100 * self.in_time / due if due else None


@dataclass(frozen=True)
class Oversight:
    """The order of correspondence, and how it is kept."""

    order: LetterOrder
    closed: frozenset[Pair]
    complaints: tuple[SealedComplaint, ...]
    mutes: tuple[tuple[Mute, str], ...]
    answers: tuple[StaffAnswers, ...]
    urgent: tuple[tuple[str, int], ...]
    readings: tuple[tuple[Reading, str], ...]


@dataclass(frozen=True)
class ThreadHead:
    """A thread without its words: who writes in it, since when, how much."""

    thread_id: int
    started_at: datetime
    people: str
    message_count: int


def letter_order(store: Store) -> LetterOrder:
    """Return the hours of correspondence and the norm of answering: everybody who writes is told."""
    return stored.letter_order(store)


def oversight(store: Store, user: User, *, now: datetime) -> Oversight:
    """Return complaints, mutings, the shares of answers in time, urgent sendings, readings by request. Raises AccessRefused."""
    check_may(user, Action.READ_COMPLAINTS)
    names = _names(store, now.date())
    since = now - timedelta(days=ANSWER_DAYS)
    return Oversight(
        stored.letter_order(store),
        closed(store),
        tuple(_sealed(store, user, each, names) for each in stored.complaints(store)),
        tuple((each, names.get(each.user_id, "")) for each in stored.mutes_on(store, now.date())),
        _answers(store, since, now, names),
        tuple((names.get(key, ""), count) for key, count in stored.urgent_counts(store, since).items()),
        tuple((each, names.get(each.read_by, "")) for each in stored.readings(store)),
    )


def waiting_complaints(store: Store, user: User) -> int:
    """Return how many complaints wait for the user's answer. Raises AccessRefused."""
    check_may(user, Action.READ_COMPLAINTS)
    return stored.waiting_complaints(store)


def _names(store: Store, day: date) -> dict[int, str]:
    family = {
        each.user_id: f"{each.name.short}, {ROLE_WORDS[each.role]}" for each in people.family_accounts(store)
    }
    return family | {each.user_id: each.name.initials for each in people.staff_accounts(store, day)}


def _sealed(store: Store, user: User, complaint: Complaint, names: dict[int, str]) -> SealedComplaint:
    thread = threads.thread_by_id(store, complaint.thread_id)
    writers = threads.people_of(store, [complaint.thread_id])[complaint.thread_id]
    return SealedComplaint(
        complaint,
        names.get(complaint.made_by, ""),
        thread.title if thread else "",
        tuple(
            CopiedMessage(
                each["who"],
                each["user_id"],
                datetime.fromisoformat(each["at"]),
                each["text"],
                tuple(each["files"]),
                each["withdrawn"],
            )
            for each in json.loads(complaint.copy)
        ),
        seal_of(complaint.copy) == complaint.sha256,
        is_party(user.user_id, [each.user_id for each in writers]),
    )


def _answers(store: Store, since: datetime, now: datetime, names: dict[int, str]) -> tuple[StaffAnswers, ...]:
    messages = stored.moments_since(store, since, now)
    writers = threads.people_of(store, {each.thread_id for each in messages})
    employee = {
        thread: next(
            (each.user_id for each in found if each.staff_id is not None and each.role not in FAMILY), 0
        )
        for thread, found in writers.items()
    }
    norm = stored.letter_order(store).norm_days
    by_person: dict[int, list[Asked]] = defaultdict(list)
    for each in questions_of(messages, lambda thread: employee.get(thread, 0)):
        by_person[each.user_id].append(each)

    def is_working(day: date) -> bool:
        return not is_day_off(store, day)

    settled = Counter(employee.get(each.thread_id, 0) for each in messages if each.is_settled)
    notes, found = away.away_notes(store, now.date()), []
    for person in by_person.keys() | settled.keys():
        asked, note = by_person[person], notes.get(person)
        # While somebody is away nothing falls due.
        is_there = working_days(is_working, note.written_at.date(), note.until) if note else is_working
        in_time = sum(each.is_in_time(norm, is_there) for each in asked)
        late = sum(each.is_late(norm, is_there, now.date()) for each in asked)
        if name := names.get(person):
            waiting, until = len(asked) - in_time - late, note.until if note else None
            found.append(
                StaffAnswers(person, name, len(asked), in_time, late, waiting, settled[person], until)
            )
    return tuple(sorted(found, key=lambda each: (each.share if each.share is not None else 101, each.name)))


def accounts_by_name(store: Store, user: User, *, today: date) -> dict[int, str]:
    """Return everybody whose correspondence the head may be asked about, by account. Raises AccessRefused."""
    check_may(user, Action.READ_BY_REQUEST)
    return dict(sorted(_names(store, today).items(), key=lambda each: each[1]))


def threads_of_account(store: Store, user: User, user_id: int) -> list[ThreadHead]:
    """Return the threads of an account without their words or subjects, the newest first. Raises AccessRefused."""
    check_may(user, Action.READ_BY_REQUEST)
    ids = threads.threads_with(store, user_id)
    found, writers = threads.threads_by_id(store, ids), threads.people_of(store, ids)
    counts = threads.message_counts(store, ids)
    return [
        ThreadHead(
            each,
            found[each].started_at,
            " — ".join(f"{one.name.short}, {ROLE_WORDS[one.role]}" for one in writers[each]),
            counts[each],
        )
        for each in ids
    ]
