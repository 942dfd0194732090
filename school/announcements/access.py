"""Who may read an announcement and who may see how it was answered (п. 2.9, 4.1–4.3)."""

from collections.abc import Collection
from datetime import datetime

from school.access.action import Action
from school.access.checks import may
from school.access.scopes import Rows
from school.announcements import store as stored
from school.announcements.store import Announcement, Recipient
from school.audiences.rules import Part
from school.errors import AccessRefused
from school.records import Role, User
from school.store.reading import Reader


def is_own(row: Recipient, user: User, guardian_id: int | None) -> bool:
    """Whether a row is a reader's own: of the guardian about a child that is theirs today, of the pupil, of the employee."""
    if row.part == Part.STAFF:
        return user.staff_id is not None and row.person_id == user.staff_id
    if row.owner_id not in user.pupil_ids:
        return False
    if row.part == Part.GUARDIAN:
        return guardian_id is not None and row.person_id == guardian_id
    return Role.PUPIL in user.roles


def own_rows(reader: Reader, user: User, announcement_id: int) -> list[Recipient]:
    """Return the user's own rows of an announcement: about each of their children, and as an employee."""
    guardian = stored.guardian_of_user(reader, user.user_id)
    found = stored.recipients_of_owners(reader, [*user.pupil_ids, *user.own_lessons])
    return [
        row
        for rows in found.values()
        for row in rows
        if row.announcement_id == announcement_id and is_own(row, user, guardian)
    ]


def check_reads(reader: Reader, user: User, announcement_id: int, now: datetime) -> Announcement:
    """Return an announcement that the user may read: its author, whom it reached while it is not withdrawn, who follows it.

    Raises AccessRefused, in the same words for one that is not there.
    """
    found = stored.announcements_by_id(reader, [announcement_id]).get(announcement_id)
    if found is not None:
        is_to_see = found.has_appeared(now.date())
        if (is_to_see and own_rows(reader, user, announcement_id)) or _follows_any(reader, user, found):
            return found
    raise AccessRefused(
        "Объявление не открывается.",
        "Его нет, оно отозвано или не для вас.",
        "Вернитесь к списку объявлений.",
    )


def answerable(
    reader: Reader, user: User, announcement_id: int, child: int | None, now: datetime
) -> Announcement | None:
    """Return an announcement that takes answers and that the user may read, about a child of theirs or (None) as an employee."""
    found = stored.announcements_by_id(reader, [announcement_id]).get(announcement_id)
    if found is None or not found.takes_answers or not found.has_appeared(now.date()):
        return None
    own = own_rows(reader, user, announcement_id)
    is_own = any(
        row.part == Part.STAFF if child is None else row.part != Part.STAFF and row.owner_id == child
        for row in own
    )
    return found if is_own else None


def _follows_any(reader: Reader, user: User, announcement: Announcement) -> bool:
    if follows_all(user, announcement):
        return True
    rows = stored.recipients_of(reader, [announcement.announcement_id]) if user.homeroom_class_ids else []
    return bool(rows_followed(user, announcement, rows))


def follows_all(user: User, announcement: Announcement) -> bool:
    """Whether the user sees everybody's answers: the author, the deputy, the head."""
    return announcement.written_by == user.user_id or may(user, Action.FOLLOW_ANNOUNCEMENTS)


def rows_followed(user: User, announcement: Announcement, rows: Collection[Recipient]) -> list[Recipient]:
    """Return the rows whose answers the user sees: all, or those about pupils who were in their class then."""
    if follows_all(user, announcement):
        return list(rows)
    return [
        row
        for row in rows
        if row.part != Part.STAFF and may(user, Action.FOLLOW_ANNOUNCEMENTS, Rows(class_id=row.class_id))
    ]


def checked_rows(reader: Reader, user: User, announcement_id: int) -> tuple[Announcement, list[Recipient]]:
    """Return an announcement with the rows whose answers the user sees. Raises AccessRefused where there is none."""
    announcement = stored.announcements_by_id(reader, [announcement_id]).get(announcement_id)
    if announcement is not None:
        rows = rows_followed(user, announcement, stored.recipients_of(reader, [announcement_id]))
        if rows or follows_all(user, announcement):
            return announcement, rows
    raise AccessRefused(
        "Кто прочитал это объявление, видит его автор.",
        "Классный руководитель видит ответы своего класса, завуч и директор — все.",
        "Если ответы нужны, спросите автора.",
    )
