"""Announcements, whom they reached and their files as rows; what a family or an employee asks for with every page is in memory."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from functools import partial
from typing import Any, NamedTuple

from school.announcements.rules import Draft, Wanted
from school.audiences.rules import Audience, Part
from school.audiences.store import Member
from school.store.memory.entered import Kind
from school.store.names import full_name, short_name, surname_and_initials
from school.store.reading import Reader, Writer, read_as, read_one, read_value
from school.store.selection import among
from school.store.writing import insert, spread


class Announcement(NamedTuple):
    """An announcement with its author's name; ``is_pinned``: it stands above the others."""

    announcement_id: int
    written_by: int
    author: str
    sent_at: datetime
    after_event: int
    audience: Audience
    subject: str
    text: str
    shown_from: date
    shown_until: date
    is_pinned: bool
    is_important: bool
    wanted: Wanted
    withdrawn_at: datetime | None
    takes_answers: bool

    def has_appeared(self, day: date) -> bool:
        """Whether its words are to be read: from its first day on, unless it was withdrawn; also once it is over."""
        return self.shown_from <= day and self.withdrawn_at is None

    def is_shown_on(self, day: date) -> bool:
        """Whether it is shown on a day, unless it was withdrawn."""
        return self.has_appeared(day) and day <= self.shown_until


class Recipient(NamedTuple):
    """Somebody whom an announcement reached: see the table's own words."""

    announcement_id: int
    part: Part
    person_id: int
    owner_id: int
    class_id: int | None
    joined_at: datetime | None = None
    seen_at: datetime | None = None
    confirmed_at: datetime | None = None
    paper_by: int | None = None
    reminded_at: datetime | None = None

    @property
    def key(self) -> tuple[int, Part, int, int]:
        """What tells it from every other row."""
        return self.announcement_id, self.part, self.person_id, self.owner_id


class AnnouncementFile(NamedTuple):
    """A file of an announcement; its content lies in the files' folder under ``stored_name``."""

    file_id: int
    announcement_id: int
    stored_name: str
    title: str
    kind: str
    size_bytes: int
    sha256: str


# By announcement; by child or employee.
ANNOUNCEMENTS = Kind("announcements", ("users", "staff"))
RECIPIENTS = Kind("announcement_recipients")
_ANNOUNCEMENTS = f"""SELECT a.announcement_id, a.written_by, coalesce({surname_and_initials("s")}, '') AS author, a.sent_at,
        a.after_event, a.target, a.target_ids, a.target_roles, a.for_staff, a.for_pupils, a.for_guardians, a.subject, a.text,
        a.shown_from, a.shown_until, a.is_pinned, a.is_important, a.wanted, a.withdrawn_at, a.takes_answers
    FROM announcements a LEFT JOIN users u ON u.user_id = a.written_by LEFT JOIN staff s ON s.staff_id = u.staff_id"""
_RECIPIENTS = f"SELECT {', '.join(Recipient._fields)} FROM announcement_recipients"


def announcements_by_id(reader: Reader, ids: Collection[int]) -> dict[int, Announcement]:
    """Return announcements by their ids, from memory while they have not changed; those that are not there are missing."""
    return reader.entered(ANNOUNCEMENTS, ids, partial(_announcements, reader))


def _announcements(reader: Reader, ids: list[int]) -> dict[int, Announcement]:
    query = f"{_ANNOUNCEMENTS} WHERE {among('a.announcement_id', 'ids', ids)}"
    return {each.announcement_id: each for each in read_as(reader, Announcement, query, {"ids": ids})}


def written_since(
    reader: Reader, day: date, author_id: int | None, class_ids: Collection[int] = ()
) -> list[Announcement]:
    """Return what was announced since a day by somebody, or to a pupil of these classes, the newest first; None: everything."""
    query = f"""{_ANNOUNCEMENTS} WHERE a.sent_at >= $since AND ($author IS NULL OR a.written_by = $author
            OR a.announcement_id IN (SELECT announcement_id FROM announcement_recipients
                WHERE class_id IN (SELECT unnest($classes::BIGINT[]))))
        ORDER BY a.sent_at DESC, a.announcement_id DESC"""
    given = {"since": day, "author": author_id, "classes": sorted(class_ids)}
    return read_as(reader, Announcement, query, given)


def shown_on(reader: Reader, day: date) -> list[Announcement]:
    """Return what is shown on a day."""
    query = f"""{_ANNOUNCEMENTS} WHERE $day BETWEEN a.shown_from AND a.shown_until AND a.withdrawn_at IS NULL
        ORDER BY a.announcement_id"""
    return read_as(reader, Announcement, query, {"day": day})


def recipients_of_owners(reader: Reader, owner_ids: Collection[int]) -> dict[int, tuple[Recipient, ...]]:
    """Return what reached whom about these children and to these employees, by them: from memory while nothing changed."""
    return reader.entered(RECIPIENTS, owner_ids, partial(_of_owners, reader))


def everything_reached(reader: Reader) -> tuple[set[int], set[int]]:
    """Return about which children and to which employees anything was announced, and what."""
    rows = reader.read("SELECT DISTINCT owner_id, announcement_id FROM announcement_recipients")
    return {owner for owner, _ in rows}, {announcement for _, announcement in rows}


def _of_owners(reader: Reader, owner_ids: list[int]) -> dict[int, tuple[Recipient, ...]]:
    found: dict[int, list[Recipient]] = {owner: [] for owner in owner_ids}
    query = f"{_RECIPIENTS} WHERE {among('owner_id', 'owners', owner_ids)} ORDER BY announcement_id, part, person_id"
    for each in read_as(reader, Recipient, query, {"owners": owner_ids}):
        found[each.owner_id].append(each)
    return {owner: tuple(rows) for owner, rows in found.items()}


def recipients_of(reader: Reader, announcement_ids: Collection[int]) -> list[Recipient]:
    """Return everybody whom announcements reached."""
    query = f"{_RECIPIENTS} WHERE {among('announcement_id', 'ids', announcement_ids)} ORDER BY ALL"
    return read_as(reader, Recipient, query, {"ids": sorted(announcement_ids)})


def save_announcement(
    writer: Writer,
    announcement_id: int,
    draft: Draft,
    members: Collection[Member],
    *,
    subject: str,
    text: str,
    at: datetime,
    user_id: int,
    after_event: int,
) -> None:
    """Add an announcement and a row for each whom it reaches."""
    audience = draft.audience
    row = {
        "announcement_id": announcement_id,
        "written_by": user_id,
        "sent_at": at,
        "after_event": after_event,
        "target": str(audience.target),
        "target_ids": list(audience.target_ids),
        "target_roles": [str(role) for role in audience.target_roles],
        "for_staff": audience.for_staff,
        "for_pupils": audience.for_pupils,
        "for_guardians": audience.for_guardians,
        "subject": subject,
        "text": text,
        "shown_from": draft.shown_from,
        "shown_until": draft.shown_until,
        "is_pinned": draft.is_pinned,
        "is_important": draft.is_important,
        "wanted": str(draft.wanted),
        "takes_answers": draft.takes_answers,
    }
    # Diaries of other children stay in memory as they are.
    insert(writer, "announcements", "", [announcement_id], _children(members), **row)
    add_recipients(writer, announcement_id, members, None)


def _children(members: Iterable[Member | Recipient]) -> list[int]:
    return sorted({each.owner_id for each in members if each.part != Part.STAFF})


def add_recipients(
    writer: Writer, announcement_id: int, members: Collection[Member], joined_at: datetime | None
) -> None:
    """Add a row for each whom an announcement reaches; ``joined_at``: they came to its audience later."""
    columns: dict[str, list[Any]] = {
        "announcement_id": [announcement_id] * len(members),
        "part": [str(each.part) for each in members],
        "person_id": [each.person_id for each in members],
        "owner_id": [each.owner_id for each in members],
        "class_id": [each.class_id for each in members],
        "joined_at": [joined_at] * len(members),
    }
    kinds = dict.fromkeys(columns, "BIGINT") | {"part": "VARCHAR", "joined_at": "TIMESTAMP"}
    sql, parameters = spread(columns, kinds)
    owners = sorted({each.owner_id for each in members})
    writer.change(
        f"INSERT INTO announcement_recipients ({', '.join(columns)}) {sql}",
        parameters,
        entered_in=owners,
        of_pupils=_children(members),
    )


def save_answers(writer: Writer, rows: Collection[Recipient], *, is_noted: bool = True) -> None:
    """Keep what became of rows that are there; ``is_noted``: the caller records an event, else they are the program's own books."""
    sql = """UPDATE announcement_recipients SET seen_at = $seen_at, confirmed_at = $confirmed_at, paper_by = $paper_by,
            reminded_at = $reminded_at
        WHERE announcement_id = $announcement_id AND part = $part AND person_id = $person_id AND owner_id = $owner_id"""
    owners = {each.owner_id for each in rows}
    before = recipients_of_owners(writer, owners)
    for each in rows:
        values = {**each._asdict(), "part": str(each.part)}
        given = {name: value for name, value in values.items() if name not in {"class_id", "joined_at"}}
        if is_noted:
            writer.change(sql, given, entered_in=[each.owner_id], of_pupils=_children([each]))
        else:
            writer.keep(sql, given)
    changed = {each.key: each for each in rows}
    now = {owner: tuple(changed.get(row.key, row) for row in before[owner]) for owner in owners}
    writer.remember(RECIPIENTS, now)


def save_reminder(writer: Writer, rows: Collection[Recipient], announcement_id: int, at: datetime) -> None:
    """Note that people were reminded of an announcement."""
    columns: dict[str, list[Any]] = {
        "part": [str(each.part) for each in rows],
        "person_id": [each.person_id for each in rows],
        "owner_id": [each.owner_id for each in rows],
    }
    named, parameters = spread(columns, dict.fromkeys(columns, "BIGINT") | {"part": "VARCHAR"})
    writer.change(
        f"""UPDATE announcement_recipients SET reminded_at = $at WHERE announcement_id = $announcement
            AND (part, person_id, owner_id) IN ({named})""",
        {**parameters, "at": at, "announcement": announcement_id},
        entered_in=sorted({each.owner_id for each in rows}),
        of_pupils=_children(rows),
    )


def save_withdrawal(
    writer: Writer, announcement_id: int, rows: Collection[Recipient], at: datetime, user_id: int
) -> None:
    """Take an announcement back: those whom it reached see that it was."""
    writer.change(
        """UPDATE announcements SET withdrawn_at = $at, withdrawn_by = $user WHERE announcement_id = $announcement""",
        {"at": at, "user": user_id, "announcement": announcement_id},
        entered_in=[announcement_id],
        of_pupils=_children(rows),
    )


def save_files(writer: Writer, of_pupils: Collection[int], files: Iterable[AnnouncementFile]) -> None:
    """Add files whose contents are kept already."""
    for file in files:
        insert(writer, "announcement_files", "", None, of_pupils, **file._asdict())


def files_of(reader: Reader, announcement_ids: Collection[int]) -> dict[int, list[AnnouncementFile]]:
    """Return the files of announcements, by these, in the order they were added."""
    query = f"SELECT * FROM announcement_files WHERE {among('announcement_id', 'ids', announcement_ids)} ORDER BY file_id"
    found: dict[int, list[AnnouncementFile]] = {each: [] for each in announcement_ids}
    rows = (
        read_as(reader, AnnouncementFile, query, {"ids": sorted(announcement_ids)})
        if announcement_ids
        else []
    )
    for file in rows:
        found[file.announcement_id].append(file)
    return found


def file_by_id(reader: Reader, file_id: int) -> AnnouncementFile | None:
    """Return a file, or None."""
    query = "SELECT * FROM announcement_files WHERE file_id = $file"
    return read_one(reader, AnnouncementFile, query, {"file": file_id})


def guardian_of_user(reader: Reader, user_id: int) -> int | None:
    """Return which guardian an account is of; None where of none."""
    query = "SELECT guardian_id FROM users WHERE user_id = $user"
    rows = reader.steady(("users",), query, {"user": user_id})
    return rows[0][0] if rows else None


def last_event(reader: Reader) -> int:
    """Return the number of the newest event."""
    return int(read_value(reader, "SELECT coalesce(max(event_id), 0) FROM events") or 0)


class PersonName(NamedTuple):
    """A person of a report: the name in full, and short as in a list."""

    full: str
    short: str


def names_of(reader: Reader, ids: Mapping[Part, Collection[int]]) -> dict[tuple[Part, int], PersonName]:
    """Return the names of people by part and id."""
    tables = {Part.STAFF: "staff", Part.PUPIL: "pupils", Part.GUARDIAN: "guardians"}
    found = {}
    for part, wanted in ids.items():
        key = f"{part}_id"
        query = f"SELECT {key}, {full_name('p')}, {short_name('p')} FROM {tables[part]} p WHERE {among(key, 'ids', wanted)}"
        for person, *names in reader.read(query, {"ids": sorted(wanted)}) if wanted else []:
            found[part, person] = PersonName(*names)
    return found
