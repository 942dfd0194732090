"""Announcements to staff: what an employee reads and confirms, and the files of whatever somebody may read (п. 2.9)."""

from dataclasses import dataclass
from datetime import date, datetime

from school.access.action import Action
from school.access.checks import check_may, may
from school.access.scopes import Rows
from school.announcements import store as stored
from school.announcements.access import check_reads
from school.announcements.lookups.family import is_to_see
from school.announcements.rules import missing
from school.announcements.store import Announcement, AnnouncementFile, Recipient
from school.audiences.rules import Part
from school.files.kept import content_of
from school.records import User
from school.store.connection import Store

__all__ = ["Announcement", "AnnouncementFile"]


@dataclass(frozen=True)
class StaffAnnouncement:
    """An announcement to an employee; ``waits``: their confirmation is wanted, ``is_new``: they have not opened it."""

    announcement: Announcement
    own: Recipient
    waits: bool
    is_new: bool


def staff_inbox(store: Store, user: User, *, today: date) -> list[StaffAnnouncement]:
    """Return what was announced to the user as an employee and is or was shown, the newest first. Raises AccessRefused."""
    check_may(user, Action.READ_ANNOUNCEMENTS, Rows(user_id=user.user_id))
    return _inbox(store, user, today)


def _inbox(store: Store, user: User, today: date) -> list[StaffAnnouncement]:
    if user.staff_id is None:
        return []
    rows = stored.recipients_of_owners(store, [user.staff_id]).get(user.staff_id, ())
    own = {row.announcement_id: row for row in rows if row.part == Part.STAFF}
    found = stored.announcements_by_id(store, own) if own else {}
    inbox = [_seen_by(found[key], row, today) for key, row in own.items() if is_to_see(found[key], today)]
    return sorted(inbox, key=lambda each: each.announcement.sent_at, reverse=True)


def _seen_by(announcement: Announcement, row: Recipient, today: date) -> StaffAnnouncement:
    is_shown, is_missing = announcement.is_shown_on(today), bool(missing(announcement.wanted, [row]))
    is_unread = row.seen_at is None or (
        row.reminded_at is not None and row.reminded_at > row.seen_at and is_missing
    )
    return StaffAnnouncement(announcement, row, is_shown and is_missing, is_shown and is_unread)


def waiting_announcements(store: Store, user: User, *, today: date) -> int:
    """Return how many announcements an employee has not opened or confirmed: from memory, for the menu."""
    if not may(user, Action.READ_ANNOUNCEMENTS, Rows(user_id=user.user_id)):
        return 0
    return sum(each.is_new or each.waits for each in _inbox(store, user, today))


def files_of_announcement(
    store: Store, user: User, announcement_id: int, *, now: datetime
) -> list[AnnouncementFile]:
    """Return the files of an announcement that the user may read. Raises AccessRefused."""
    check_reads(store, user, announcement_id, now)
    return stored.files_of(store, [announcement_id])[announcement_id]


@dataclass(frozen=True)
class ReadFile:
    """A file's name, kind and content."""

    title: str
    kind: str
    content: bytes


def read_file(store: Store, user: User, file_id: int, *, now: datetime) -> ReadFile:
    """Return a file to whoever may read its announcement. Raises AccessRefused, in the same words for one that is not there."""
    file = stored.file_by_id(store, file_id)
    check_reads(store, user, file.announcement_id if file else 0, now)
    assert file is not None
    return ReadFile(file.title, file.kind, content_of(store, file.stored_name, file.sha256))
