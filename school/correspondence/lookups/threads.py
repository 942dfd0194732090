"""Threads as their people read them: lists with what is new, one thread with its messages, files, to whom one may write (п. 2.9, 4.7)."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from school.access.action import Action
from school.access.checks import check_may, may
from school.access.scopes import Rows
from school.access.writing import FAMILY, STAFF
from school.correspondence.abouts import About, AboutKind, Asking, asking
from school.correspondence.access import (
    NOT_YOURS,
    ROLE_WORDS,
    Correspondent,
    Reads,
    correspondents,
    is_active,
    is_with_pupil,
    reads,
    waiting_for,
)
from school.correspondence.rules.letters import HelpState, ThreadKind, days_open, help_state, may_withdraw
from school.correspondence.store import away, order, people, threads
from school.correspondence.store.away import AwayNote
from school.correspondence.store.order import Complaint
from school.correspondence.store.threads import ListedThread, Message, MessageFile, Thread, ThreadPerson
from school.errors import AccessRefused
from school.files.kept import content_of
from school.records import Role, User
from school.store.connection import Store

__all__ = ["About", "AboutKind", "Asking", "AwayNote", "Correspondent", "MessageFile", "Reads", "Thread"]

SHORTEST_SEARCH = 2
MOST_LISTED = 100


@dataclass(frozen=True)
class ThreadRow:
    """A thread in a list: with whom, the last message that this reader may see; of a call for help where it stands."""

    thread: Thread
    with_words: str
    last_at: datetime
    message_count: int
    is_unread: bool
    state: HelpState | None
    days_open: int


@dataclass(frozen=True)
class ThreadLists:
    """What somebody finds: their own threads, and those that they read along; ``is_cut``: there are more than are shown."""

    own: tuple[ThreadRow, ...]
    open: tuple[ThreadRow, ...]
    is_cut: bool = False


@dataclass(frozen=True)
class SeenMessage:
    """A message as a reader sees it; ``waits_until``: when it will be delivered; ``read_at``: when another read them up to
    this own one, the last that is read.

    A withdrawn one has neither text nor files.
    """

    message_id: int
    author: str
    is_own: bool
    written_at: datetime
    waits_until: datetime | None
    text: str
    files: tuple[MessageFile, ...]
    is_urgent: bool
    is_withdrawn: bool
    may_withdraw: bool
    read_at: datetime | None


@dataclass(frozen=True)
class ThreadPage:
    """A thread as somebody reads it: ``with_words`` are its people but for the reader, ``seen_also`` who reads along.

    ``away``: employees who are not there, by name; ``may_settle``: the family's last words may be said to wait for no answer.
    """

    thread: Thread
    with_words: str
    seen_also: str
    messages: tuple[SeenMessage, ...]
    reads: Reads
    may_write: bool
    state: HelpState | None
    days_open: int
    complaint: Complaint | None
    away: tuple[tuple[str, AwayNote], ...]
    may_settle: bool


def thread_lists(
    store: Store, user: User, *, child: int | None = None, words: str = "", now: datetime
) -> ThreadLists:
    """Return the user's threads, the last written first, as the family of a child or (None) as staff; ``words`` narrow to where they stand.

    Raises AccessRefused for another's child.
    """
    _check_side(user, child)
    search = words.strip() if len(words.strip()) >= SHORTEST_SEARCH else ""
    own = threads.own_threads(store, user.user_id, child, now, search)
    pupils, known = _read_along(store, user, child, now.date()), {each.thread_id for each in own}
    open_rows = threads.open_threads(store, user.user_id, pupils, now, search)
    along = [each for each in open_rows if each.thread_id not in known]
    shown = own[:MOST_LISTED], along[:MOST_LISTED]
    rows = _rows(store, user, [*shown[0], *shown[1]], now.date())
    return ThreadLists(
        tuple(rows[: len(shown[0])]),
        tuple(rows[len(shown[0]) :]),
        len(own) > MOST_LISTED or len(along) > MOST_LISTED,
    )


def calls_for_help(store: Store, user: User, *, words: str = "", now: datetime) -> list[ThreadRow]:
    """Return all calls for help, those that wait first; for administrators (п. 8.1). Raises AccessRefused."""
    check_may(user, Action.ANSWER_HELP)
    found = _rows(store, user, threads.calls_for_help(store, user.user_id, now, words.strip()), now.date())
    stands = list(HelpState)
    return sorted(found, key=lambda each: stands.index(each.state or HelpState.DONE))


def _check_side(user: User, child: int | None) -> None:
    check_may(user, Action.CORRESPOND, Rows(user_id=user.user_id))
    if child is not None and child not in user.pupil_ids:
        raise AccessRefused(
            "Переписку семьи читает только семья.",
            next_step="Свою переписку откройте в журнале, «Сообщения».",
        )


def _read_along(store: Store, user: User, child: int | None, day: date) -> Collection[int]:
    """Return the pupils whose threads with employees the user reads along: one's own child, or the class that one leads."""
    if child is not None:
        return [child] if user.has(Role.GUARDIAN) else []
    if not user.has(Role.HOMEROOM):
        return []
    pupils = people.tied_pupils(store, user.staff_id, day)
    return [each.pupil_id for each in pupils if each.class_id in user.homeroom_class_ids]


def _rows(store: Store, user: User, listed: Sequence[ListedThread], today: date) -> list[ThreadRow]:
    ids = [each.thread_id for each in listed]
    found, writers = threads.threads_by_id(store, ids), threads.people_of(store, ids)
    return [
        ThreadRow(
            found[each.thread_id],
            _with_words(found[each.thread_id], writers[each.thread_id], user),
            each.last_at,
            each.message_count,
            each.is_unread,
            _state(found[each.thread_id]),
            days_open(found[each.thread_id].started_at, found[each.thread_id].closed_at, today),
        )
        for each in listed
    ]


def _state(thread: Thread) -> HelpState | None:
    return help_state(thread.taken_at, thread.closed_at) if thread.kind is ThreadKind.HELP else None


def _with_words(thread: Thread, writers: Collection[ThreadPerson], user: User) -> str:
    others = [_person_words(each) for each in writers if each.user_id != user.user_id]
    if thread.kind is ThreadKind.HELP and thread.started_by == user.user_id:
        return "Администратор журнала"
    return "; ".join(others)


def _person_words(person: ThreadPerson) -> str:
    if not person.name.last:
        return "вход удалён"
    name = person.name.short if person.role == Role.PUPIL else person.name.full
    return f"{name}, {ROLE_WORDS[person.role]}"


def thread_page(store: Store, user: User, thread_id: int, *, now: datetime) -> ThreadPage:
    """Return a thread with its messages. Raises AccessRefused, in the same words for one that is not there."""
    check_may(user, Action.CORRESPOND, Rows(user_id=user.user_id))
    thread = threads.thread_by_id(store, thread_id)
    writers = threads.people_of(store, [thread_id])[thread_id]
    right = reads(store, user, thread, writers, now) if thread else None
    if thread is None or right is None:
        raise AccessRefused(*NOT_YOURS)
    found = [each for each in threads.messages_of(store, thread_id) if _is_visible(each, user, now)]
    if not found:
        # Not delivered yet: for this reader there is no such thread.
        raise AccessRefused(*NOT_YOURS)
    files = threads.files_of(store, [each.message_id for each in found if each.withdrawn_at is None])
    own_complaints = order.own_complaints(store, thread_id, user.user_id)
    is_open = right is Reads.PERSON and is_active(store, user, thread, writers, now.date())
    return ThreadPage(
        thread,
        _with_words(thread, writers, user),
        _seen_also(store, thread, writers, now.date()),
        _last_read_of([_seen(each, writers, files.get(each.message_id, ()), user, now) for each in found]),
        right,
        is_open,
        _state(thread),
        days_open(thread.started_at, thread.closed_at, now.date()),
        own_complaints[0] if own_complaints else None,
        _away(store, user, writers, now.date()),
        is_open and bool(waiting_for(user, thread, found, writers, now)),
    )


def _is_visible(message: Message, user: User, now: datetime) -> bool:
    return message.delivered_at <= now or message.written_by == user.user_id


def _seen(
    message: Message,
    writers: Collection[ThreadPerson],
    files: Sequence[MessageFile],
    user: User,
    now: datetime,
) -> SeenMessage:
    author = next((each for each in writers if each.user_id == message.written_by), None)
    is_own, is_withdrawn = message.written_by == user.user_id, message.withdrawn_at is not None
    readings = [
        each.read_at
        for each in writers
        if each.user_id != message.written_by and each.read_at and each.read_at >= message.delivered_at
    ]
    return SeenMessage(
        message.message_id,
        _person_words(author) if author else "",
        is_own,
        message.written_at,
        message.delivered_at if message.delivered_at > now else None,
        "" if is_withdrawn else message.text,
        () if is_withdrawn else tuple(files),
        message.is_urgent,
        is_withdrawn,
        is_own and may_withdraw(message.written_at, message.withdrawn_at, now),
        min(readings) if is_own and readings else None,
    )


def _last_read_of(messages: Sequence[SeenMessage]) -> tuple[SeenMessage, ...]:
    """When the earlier ones were read is not kept: each reading notes its moment over the last."""
    last = max((place for place, each in enumerate(messages) if each.read_at), default=None)
    return tuple(
        each if place == last else replace(each, read_at=None) for place, each in enumerate(messages)
    )


def _away(
    store: Store, user: User, writers: Collection[ThreadPerson], day: date
) -> tuple[tuple[str, AwayNote], ...]:
    notes = away.away_notes(store, day)
    return tuple(
        (each.name.full, notes[each.user_id])
        for each in writers
        if each.role in STAFF and each.user_id in notes and each.user_id != user.user_id
    )


def _seen_also(store: Store, thread: Thread, writers: Collection[ThreadPerson], day: date) -> str:
    if thread.kind is ThreadKind.HELP or not is_with_pupil(writers) or thread.pupil_id is None:
        return ""
    known = {each.user_id for each in writers}
    guardians = [
        f"{each.name.full}, {each.relation or ROLE_WORDS[Role.GUARDIAN]}"
        for each in people.family_accounts(store, thread.pupil_id)
        if each.role == Role.GUARDIAN and each.user_id not in known
    ]
    leads = {
        each.staff_id for each in people.tied_staff(store, thread.pupil_id, day) or () if not each.subject
    }
    homerooms = [
        f"{each.name.full}, {ROLE_WORDS[Role.HOMEROOM]}"
        for each in people.staff_accounts(store, day)
        if each.staff_id in leads and each.user_id not in known and Role.HOMEROOM in each.roles
    ]
    return "; ".join([*homerooms, *guardians])


def unread_of_family(store: Store, user: User, *, now: datetime) -> dict[int, int]:
    """Return in how many threads a family has something unread, by child; a call for help counts with each of the children."""
    found = [each for each in threads.unread_of(store, [user.user_id])[user.user_id] if each.since <= now]
    own = [each for each in found if each.role in FAMILY]
    return {child: sum(each.pupil_id in {child, None} for each in own) for child in user.pupil_ids}


def new_letters(store: Store, user: User, since: datetime, *, now: datetime) -> dict[int, int]:
    """Return how many threads have become unread for a family after a moment, by child; a call for help counts once, with the first."""
    found = threads.unread_of(store, [user.user_id])[user.user_id]
    fresh = [each for each in found if since < each.since <= now and each.role in FAMILY]
    first = min(user.pupil_ids, default=None)
    counts = Counter(first if each.pupil_id is None else each.pupil_id for each in fresh)
    return {child: counts[child] for child in user.pupil_ids if counts[child]}


def unread_of_staff(store: Store, user: User, *, now: datetime) -> int:
    """Return in how many letters an employee has something unread."""
    return _unread_of_staff(store, user, ThreadKind.LETTERS, now)


def waiting_calls(store: Store, user: User, *, now: datetime) -> int:
    """Return in how many calls for help an employee has an answer to read; an administrator besides how many nobody has taken."""
    new = threads.new_calls(store) if may(user, Action.ANSWER_HELP) else 0
    return new + _unread_of_staff(store, user, ThreadKind.HELP, now)


def _unread_of_staff(store: Store, user: User, kind: ThreadKind, now: datetime) -> int:
    found = threads.unread_of(store, [user.user_id])[user.user_id]
    return sum(each.since <= now and each.role in STAFF and each.kind is kind for each in found)


def recipients(
    store: Store, user: User, *, child: int | None = None, asked: Asking | None = None, today: date
) -> list[Correspondent]:
    """Return everybody to whom the user may begin to write, as the family of a child or (None) as staff, and whom they may answer.

    Raises AccessRefused.
    """
    _check_side(user, child)
    notes, answered = away.away_notes(store, today), asked.answered if asked else None
    newcomers = people.users_without_password(store)
    return [
        replace(
            each,
            away=notes.get(each.user_id) if each.role in STAFF else None,
            has_no_password=each.user_id in newcomers,
        )
        for each in correspondents(store, user, today, child, answered=answered)
    ]


def own_away_note(store: Store, user: User, *, today: date) -> AwayNote | None:
    """Return what the user tells those who write, or None."""
    return away.away_notes(store, today).get(user.user_id)


def what_is_asked(
    store: Store, user: User, about: About, *, child: int | None = None, now: datetime
) -> Asking:
    """Return what a letter is asked from in words, and who is asked. Raises AccessRefused for what is not the user's."""
    _check_side(user, child)
    return asking(store, user, about, child, now)


@dataclass(frozen=True)
class ReadFile:
    """A file of a message: its name, kind and content."""

    title: str
    kind: str
    content: bytes


def read_message_file(store: Store, user: User, file_id: int, *, now: datetime) -> ReadFile:
    """Return a file to who reads its message. Raises AccessRefused, in the same words for one that is not there."""
    file = threads.file_by_id(store, file_id)
    message = threads.message_by_id(store, file.message_id) if file else None
    thread = threads.thread_by_id(store, message.thread_id) if message else None
    if (
        file is None
        or message is None
        or thread is None
        or message.withdrawn_at is not None
        or not _is_visible(message, user, now)
        or reads(store, user, thread, threads.people_of(store, [thread.thread_id])[thread.thread_id], now)
        is None
    ):
        raise AccessRefused("Файл не открывается.", "Его нет или он не для вас.", "Вернитесь к переписке.")
    return ReadFile(file.title, file.kind, content_of(store, file.stored_name, file.sha256))
