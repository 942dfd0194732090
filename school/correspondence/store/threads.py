"""Threads with their people and messages as rows."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import NamedTuple

from school.correspondence.rules.letters import ThreadKind
from school.records import PersonName, Role
from school.store.memory.entered import Kind
from school.store.names import short_name
from school.store.reading import Reader, Writer, read_as, read_column, read_one, read_value
from school.store.selection import among
from school.store.writing import spread, update

# By user: how much they have not read is asked with every page.
UNREAD = Kind("thread_people")


class Thread(NamedTuple):
    """A thread, or a call for help; ``pupil_name`` is empty where it is about no child."""

    thread_id: int
    kind: ThreadKind
    title: str
    about: str
    pupil_id: int | None
    pupil_name: str
    started_at: datetime
    started_by: int
    taken_at: datetime | None
    taken_by: int | None
    closed_at: datetime | None
    closed_by: int | None


class ThreadPerson(NamedTuple):
    """Who writes in a thread, as what, and when they opened it last; ``pupil_id`` of an account that is a pupil's own."""

    thread_id: int
    user_id: int
    role: Role
    read_at: datetime | None
    staff_id: int | None
    name: PersonName


class Message(NamedTuple):
    """A message; ``text`` stays where it was withdrawn, for the copy of a complaint alone.

    ``settled_at``: when the employee has said that this message of a family waits for no answer.
    """

    message_id: int
    thread_id: int
    text: str
    written_at: datetime
    written_by: int
    delivered_at: datetime
    is_urgent: bool
    withdrawn_at: datetime | None
    settled_at: datetime | None = None


class MessageFile(NamedTuple):
    """A file of a message; its content lies in the files' folder under ``stored_name``."""

    file_id: int
    message_id: int
    stored_name: str
    title: str
    kind: str
    size_bytes: int
    sha256: str


class ListedThread(NamedTuple):
    """A thread as a list shows it to a reader: its last message that they may see, how many these are, whether any is new."""

    thread_id: int
    last_at: datetime
    message_count: int
    is_unread: bool


class Unread(NamedTuple):
    """A thread of a person that holds what they have not read, from a moment on, and the child it is about."""

    thread_id: int
    kind: ThreadKind
    role: Role
    pupil_id: int | None
    since: datetime


_THREADS = f"""SELECT t.thread_id, t.kind, t.title, t.about, t.pupil_id, coalesce({short_name("p")}, '') AS pupil_name,
        t.started_at, t.started_by, t.taken_at, t.taken_by, t.closed_at, t.closed_by
    FROM threads t LEFT JOIN pupils p ON p.pupil_id = t.pupil_id"""
_NAMES = """SELECT u.user_id, u.staff_id, s.last_name, s.first_name, s.middle_name, g.last_name, g.first_name, g.middle_name,
        p.last_name, p.first_name, p.middle_name
    FROM users u LEFT JOIN staff s USING (staff_id) LEFT JOIN guardians g USING (guardian_id) LEFT JOIN pupils p ON p.pupil_id = u.pupil_id"""
_NAME_TABLES = ("users", "staff", "guardians", "pupils")


def thread_by_id(reader: Reader, thread_id: int) -> Thread | None:
    """Return a thread, or None."""
    return read_one(reader, Thread, f"{_THREADS} WHERE t.thread_id = $thread", {"thread": thread_id})


def threads_by_id(reader: Reader, thread_ids: Collection[int]) -> dict[int, Thread]:
    """Return threads by their ids."""
    query = f"{_THREADS} WHERE {among('t.thread_id', 'threads', thread_ids)}"
    return {each.thread_id: each for each in read_as(reader, Thread, query, {"threads": list(thread_ids)})}


def people_of(reader: Reader, thread_ids: Collection[int]) -> dict[int, list[ThreadPerson]]:
    """Return who writes in threads, the staff first."""
    found: dict[int, list[ThreadPerson]] = defaultdict(list)
    if not thread_ids:
        return found
    query = f"""SELECT thread_id, user_id, role, read_at FROM thread_people
        WHERE {among("thread_id", "threads", thread_ids)} ORDER BY thread_id, user_id"""
    rows = reader.read(query, {"threads": list(thread_ids)})
    users = sorted({user_id for _, user_id, *_ in rows})
    # Names seldom change, and the same people write again and again.
    names = reader.steady(
        _NAME_TABLES, f"{_NAMES} WHERE {among('u.user_id', 'users', users)}", {"users": users}
    )
    accounts = {user_id: (staff_id, parts) for user_id, staff_id, *parts in names}
    for thread_id, user_id, text, read_at in rows:
        staff_id, parts = accounts.get(user_id, (None, [None] * 9))
        role = Role(text)
        place = {Role.GUARDIAN: 3, Role.PUPIL: 6}.get(role, 0)
        last, first, middle = (part or "" for part in parts[place : place + 3])
        name = PersonName(last, first, middle)
        found[thread_id].append(ThreadPerson(thread_id, user_id, role, read_at, staff_id, name))
    for people in found.values():
        people.sort(key=lambda each: each.role in (Role.GUARDIAN, Role.PUPIL))
    return found


def messages_of(reader: Reader, thread_id: int) -> list[Message]:
    """Return the messages of a thread in their order, those that are not delivered yet too."""
    query = "SELECT * FROM messages WHERE thread_id = $thread ORDER BY written_at, message_id"
    return read_as(reader, Message, query, {"thread": thread_id})


def message_by_id(reader: Reader, message_id: int) -> Message | None:
    """Return a message, or None."""
    return read_one(
        reader, Message, "SELECT * FROM messages WHERE message_id = $message", {"message": message_id}
    )


def files_of(reader: Reader, message_ids: Collection[int]) -> dict[int, list[MessageFile]]:
    """Return the files of messages, in the order they were added."""
    query = (
        f"SELECT * FROM message_files WHERE {among('message_id', 'messages', message_ids)} ORDER BY file_id"
    )
    found: dict[int, list[MessageFile]] = defaultdict(list)
    if message_ids:
        for each in read_as(reader, MessageFile, query, {"messages": list(message_ids)}):
            found[each.message_id].append(each)
    return found


def file_by_id(reader: Reader, file_id: int) -> MessageFile | None:
    """Return a file, or None."""
    return read_one(
        reader, MessageFile, "SELECT * FROM message_files WHERE file_id = $file", {"file": file_id}
    )


# The threads of a person on one side: as a family about this child (and their calls for help), or as staff.
_OWN = """SELECT thread_id FROM thread_people JOIN threads USING (thread_id) WHERE user_id = $user
    AND CASE WHEN $child IS NULL THEN role NOT IN ('guardian', 'pupil')
        ELSE role IN ('guardian', 'pupil') AND coalesce(pupil_id, $child) = $child END"""
# The threads of employees with these pupils, whose guardians and homeroom teacher read along; a pupil's own are about the pupil.
_OPEN = """SELECT thread_id FROM thread_people JOIN threads USING (thread_id)
    WHERE role = 'pupil' AND kind = 'letters' AND list_contains($pupils::BIGINT[], pupil_id)"""
_CALLS = "SELECT thread_id FROM threads WHERE kind = 'help'"


def own_threads(
    reader: Reader, user_id: int, child: int | None, now: datetime, words: str
) -> list[ListedThread]:
    """Return the threads that somebody writes in, as the family of a child or (None) as staff, the last written first.

    ``words``: only those in which they stand.
    """
    ids = read_column(reader, _OWN, {"user": user_id, "child": child})
    return _listed(reader, ids, now, words, user_id)


def open_threads(
    reader: Reader, user_id: int, pupil_ids: Collection[int], now: datetime, words: str
) -> list[ListedThread]:
    """Return the threads of employees with these pupils, those that this user writes in too."""
    if not pupil_ids:
        return []
    ids = read_column(reader, _OPEN, {"pupils": sorted(pupil_ids)})
    return _listed(reader, ids, now, words, user_id)


def calls_for_help(reader: Reader, user_id: int, now: datetime, words: str) -> list[ListedThread]:
    """Return all calls for help, as an administrator sees them."""
    return _listed(reader, read_column(reader, _CALLS), now, words, user_id)


def _listed(
    reader: Reader, thread_ids: Sequence[int], now: datetime, words: str, user_id: int
) -> list[ListedThread]:
    """Return threads as a reader sees them: first which they are, then what is in them, so that nobody pays for others' messages."""
    if not thread_ids:
        return []
    given: dict[str, object] = {"now": now, "user": user_id, "threads": list(thread_ids)}
    found = ""
    if words:
        given["words"] = words.lower().replace("ё", "е")
        title, text = (
            f"contains(replace(lower({each}), 'ё', 'е'), $words)" for each in ("any_value(t.title)", "m.text")
        )
        found = f"HAVING {title} OR bool_or(m.withdrawn_at IS NULL AND {text})"
    query = f"""SELECT m.thread_id, max(greatest(m.delivered_at, m.written_at)) AS last_at, count(*) AS message_count,
            coalesce(any_value(h.unread_since) <= $now, false) AS is_unread
        FROM messages m {"JOIN threads t USING (thread_id)" if words else ""}
            LEFT JOIN thread_people h ON h.thread_id = m.thread_id AND h.user_id = $user
        WHERE {among("m.thread_id", "threads", thread_ids)} AND (m.delivered_at <= $now OR m.written_by = $user)
        GROUP BY m.thread_id {found} ORDER BY last_at DESC, m.thread_id DESC"""
    return read_as(reader, ListedThread, query, given)


def unread_of(reader: Reader, user_ids: Collection[int]) -> dict[int, tuple[Unread, ...]]:
    """Return in which threads users have something unread, now or from a moment to come."""
    return reader.entered(UNREAD, user_ids, partial(_unread, reader))


def _unread(reader: Reader, user_ids: list[int]) -> dict[int, tuple[Unread, ...]]:
    query = f"""SELECT user_id, thread_id, kind, role, pupil_id, unread_since FROM thread_people JOIN threads USING (thread_id)
        WHERE unread_since IS NOT NULL AND {among("user_id", "users", user_ids)}"""
    found: dict[int, tuple[Unread, ...]] = dict.fromkeys(user_ids, ())
    for user_id, thread_id, kind, role, pupil_id, since in reader.read(query, {"users": user_ids}):
        found[user_id] += (Unread(thread_id, ThreadKind(kind), Role(role), pupil_id, since),)
    return found


def note_read(writer: Writer, thread_id: int, user_id: int, now: datetime) -> None:
    """Note that somebody has read what a thread holds for them by now. Nothing that others read depends on it but «прочитано»."""
    before = unread_of(writer, [user_id])[user_id]
    key = {"thread": thread_id, "user": user_id, "now": now}
    coming: datetime | None = read_value(
        writer,
        """SELECT min(delivered_at) FROM messages
        WHERE thread_id = $thread AND written_by <> $user AND delivered_at > $now""",
        key,
    )
    sql = """UPDATE thread_people SET read_at = $now, unread_since = $coming
        WHERE thread_id = $thread AND user_id = $user"""
    writer.keep(sql, key | {"coming": coming})
    left = tuple(each for each in before if each.thread_id != thread_id)
    if coming is not None:
        left += tuple(each._replace(since=coming) for each in before if each.thread_id == thread_id)
    writer.remember(UNREAD, {user_id: left})


class NewThread(NamedTuple):
    """A thread to be stored, with its people by role."""

    thread_id: int
    pupil_id: int | None
    people: Sequence[tuple[int, Role]]


_THREAD_KINDS = {"thread_id": "BIGINT", "kind": "VARCHAR", "title": "VARCHAR", "about": "VARCHAR"} | {
    "pupil_id": "BIGINT",
    "started_at": "TIMESTAMP",
    "started_by": "BIGINT",
}
_PEOPLE_KINDS = {"thread_id": "BIGINT", "user_id": "BIGINT", "role": "VARCHAR"}
_MESSAGE_KINDS = {
    "message_id": "BIGINT",
    "thread_id": "BIGINT",
    "text": "VARCHAR",
    "written_at": "TIMESTAMP",
} | {
    "written_by": "BIGINT",
    "delivered_at": "TIMESTAMP",
    "is_urgent": "BOOLEAN",
    "withdrawn_at": "TIMESTAMP",
    "settled_at": "TIMESTAMP",
}


def save_threads(
    writer: Writer,
    threads: Sequence[NewThread],
    kind: ThreadKind,
    title: str,
    about: str,
    at: datetime,
    by: int,
) -> None:
    """Add threads that differ in their people and the child alone: a letter to a thousand is three statements, not three thousand."""
    rows = [(each.thread_id, str(kind), title, about, each.pupil_id, at, by) for each in threads]
    _insert(writer, "threads", _THREAD_KINDS, rows)
    add_people(writer, [(each.thread_id, user, str(role)) for each in threads for user, role in each.people])


def add_people(writer: Writer, people: Sequence[tuple[int, int, str]]) -> None:
    """Add people to threads: (thread, user, role)."""
    _insert(writer, "thread_people", _PEOPLE_KINDS, people)


def save_messages(writer: Writer, messages: Sequence[Message]) -> None:
    """Add messages of one author, one a thread, and note for whom they are unread."""
    save_past_messages(writer, messages)
    first = messages[0]
    threads = [each.thread_id for each in messages]
    writer.change(
        f"""UPDATE thread_people SET unread_since = least(coalesce(unread_since, $delivered), $delivered)
        WHERE {among("thread_id", "threads", threads)} AND user_id <> $author""",
        {"delivered": first.delivered_at, "threads": threads, "author": first.written_by},
    )


def save_past_threads(writer: Writer, rows: Sequence[tuple[object, ...]]) -> None:
    """Add threads as they stand: the columns of the table in their order."""
    ends = {"taken_at": "TIMESTAMP", "taken_by": "BIGINT", "closed_at": "TIMESTAMP", "closed_by": "BIGINT"}
    _insert(writer, "threads", _THREAD_KINDS | ends, rows)


def save_past_people(writer: Writer, rows: Sequence[tuple[object, ...]]) -> None:
    """Add people of threads with how far they have read: the columns of the table in their order."""
    _insert(
        writer, "thread_people", _PEOPLE_KINDS | {"read_at": "TIMESTAMP", "unread_since": "TIMESTAMP"}, rows
    )


def save_past_messages(writer: Writer, messages: Sequence[Message]) -> None:
    """Add messages, which make nothing unread."""
    _insert(writer, "messages", _MESSAGE_KINDS, messages)


def save_files(writer: Writer, files: Sequence[MessageFile]) -> None:
    """Add files whose contents are kept already."""
    kinds = {"file_id": "BIGINT", "message_id": "BIGINT", "stored_name": "VARCHAR", "title": "VARCHAR"} | {
        "kind": "VARCHAR",
        "size_bytes": "BIGINT",
        "sha256": "VARCHAR",
    }
    _insert(writer, "message_files", kinds, files)


def _insert(writer: Writer, table: str, kinds: dict[str, str], rows: Sequence[Iterable[object]]) -> None:
    if rows:
        columns = dict(zip(kinds, map(list, zip(*rows, strict=True)), strict=True))
        sql, parameters = spread(columns, kinds)
        writer.change(f"INSERT INTO {table} ({', '.join(columns)}) {sql}", parameters)


def withdraw_message(writer: Writer, message_id: int, at: datetime) -> None:
    """Note that the author has taken a message back."""
    update(writer, "messages", {"message_id": message_id}, withdrawn_at=at)


def settle_messages(writer: Writer, message_ids: Collection[int], at: datetime) -> None:
    """Note that messages wait for no answer."""
    sql = f"UPDATE messages SET settled_at = $at WHERE {among('message_id', 'messages', message_ids)}"
    writer.change(sql, {"at": at, "messages": list(message_ids)})


def last_written(reader: Reader, user_id: int) -> tuple[datetime, str] | None:
    """Return when somebody wrote last, and what."""
    query = """SELECT written_at, text FROM messages WHERE written_by = $user ORDER BY written_at DESC, message_id DESC LIMIT 1"""
    return next(iter(reader.read(query, {"user": user_id})), None)


def count_started(reader: Reader, user_id: int, since: datetime) -> int:
    """Return how many threads somebody has begun as a family since a moment."""
    query = """SELECT count(*) FROM threads t JOIN thread_people h ON h.thread_id = t.thread_id AND h.user_id = t.started_by
        WHERE t.started_by = $user AND t.started_at >= $since AND h.role IN ('guardian', 'pupil')"""
    return int(read_value(reader, query, {"user": user_id, "since": since}) or 0)


def set_help_state(
    writer: Writer,
    thread_id: int,
    taken: tuple[datetime | None, int | None],
    closed: tuple[datetime | None, int | None],
) -> None:
    """Note where a call for help stands: when it was taken and when it was done, and by whom."""
    key = {"thread_id": thread_id}
    update(
        writer, "threads", key, taken_at=taken[0], taken_by=taken[1], closed_at=closed[0], closed_by=closed[1]
    )


def new_calls(reader: Reader) -> int:
    """Return how many calls for help nobody has taken."""
    query = "SELECT count(*) FROM threads WHERE kind = 'help' AND taken_at IS NULL AND closed_at IS NULL"
    return int(reader.steady(("threads",), query, {})[0][0])


def threads_with(reader: Reader, user_id: int) -> list[int]:
    """Return the threads that somebody writes or wrote in, calls for help apart, the newest first."""
    query = """SELECT thread_id FROM thread_people JOIN threads USING (thread_id) WHERE user_id = $user AND kind = 'letters'
        ORDER BY started_at DESC, thread_id DESC"""
    return read_column(reader, query, {"user": user_id})


def message_counts(reader: Reader, thread_ids: Collection[int]) -> dict[int, int]:
    """Return how many messages threads have."""
    query = f"""SELECT thread_id, count(*) FROM messages WHERE {among("thread_id", "threads", thread_ids)} GROUP BY thread_id"""
    return dict(reader.read(query, {"threads": list(thread_ids)}))
