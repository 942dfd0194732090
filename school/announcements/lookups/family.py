"""Announcements in a child's diary: each reader's own, whether it is read, whether it waits for their confirmation (п. 2.9, 4.7)."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from school.access.action import Action
from school.access.checks import may
from school.access.scopes import Rows
from school.announcements import store as stored
from school.announcements.access import is_own
from school.announcements.rules import Answer, answer_of, appears_at, missing
from school.announcements.store import Announcement, AnnouncementFile, Recipient
from school.audiences.rules import Part
from school.audiences.store import audience_words
from school.errors import Refusal
from school.records import User
from school.register.lookups.diary_readers import stays_of_readable_pupil
from school.store.connection import Store

__all__ = ["Announcement", "AnnouncementFile"]

# A family sees what was announced within a school year.
SHOWN_DAYS = 300
SHOWN_TABLES = ("announcements", "users", "staff")


@dataclass(frozen=True)
class FamilyAnnouncement:
    """An announcement about a child. ``own``: the reader's row, None where staff read the diary.

    ``waits``: the reader's confirmation is wanted; ``is_new``: they have not opened it, or not since they were reminded;
    ``confirmed``: who of the family has, by part.
    """

    announcement: Announcement
    own: Recipient | None
    answer: Answer
    waits: bool
    is_new: bool
    appeared_at: datetime
    confirmed: tuple[Recipient, ...]

    @property
    def is_open(self) -> bool:
        """Whether the reader still has something to do with it."""
        return self.is_new or self.waits


@dataclass(frozen=True)
class OpenedAnnouncement:
    """An announcement that is read, whom it is for in words, its files, and for which other children of the reader it waits too."""

    found: FamilyAnnouncement
    audience: str
    files: tuple[AnnouncementFile, ...]
    also_for: tuple[int, ...]


def family_announcements(
    store: Store, user: User, pupil_id: int, *, now: datetime
) -> list[FamilyAnnouncement]:
    """Return what was announced about a pupil and is or was shown, the newest first.

    A family reads its own rows, staff everything that the family was sent. Raises AccessRefused for another's child.
    """
    stays_of_readable_pupil(store, user, pupil_id, now.date())
    return _of_pupil(store, user, pupil_id, now)


def _of_pupil(store: Store, user: User, pupil_id: int, now: datetime) -> list[FamilyAnnouncement]:
    rows = stored.recipients_of_owners(store, [pupil_id]).get(pupil_id, ())
    if not rows:
        return []
    # Asked for with every page of a diary. That somebody has opened it is in the rows alone.
    key = ("announced", user, pupil_id, now.date(), rows)
    return store.cache("choices").get(
        key, store.state_of(SHOWN_TABLES), lambda: _found(store, user, pupil_id, rows, now)
    )


def _found(
    store: Store, user: User, pupil_id: int, rows: tuple[Recipient, ...], now: datetime
) -> list[FamilyAnnouncement]:
    by_announcement: dict[int, list[Recipient]] = defaultdict(list)
    for row in rows:
        if row.part != Part.STAFF:
            by_announcement[row.announcement_id].append(row)
    if not by_announcement:
        return []
    is_family = pupil_id in user.pupil_ids
    guardian = stored.guardian_of_user(store, user.user_id) if is_family else None
    announcements, found = stored.announcements_by_id(store, by_announcement), []
    for key, of_child in by_announcement.items():
        own = next((row for row in of_child if is_own(row, user, guardian)), None) if is_family else None
        announcement = announcements[key]
        if (own or not is_family) and is_to_see(announcement, now.date()):
            found.append(_seen_by(announcement, of_child, own, now.date()))
    return sorted(found, key=lambda each: (each.appeared_at, each.announcement.announcement_id), reverse=True)


def is_to_see(announcement: Announcement, today: date) -> bool:
    """Whether whom it reached finds it, if only as a line that it was withdrawn: then not what was withdrawn unseen."""
    withdrawn, shown_from = announcement.withdrawn_at, announcement.shown_from
    is_of_this_year = announcement.sent_at.date() >= today - timedelta(SHOWN_DAYS)
    return (
        shown_from <= today
        and (is_of_this_year or announcement.is_shown_on(today))
        and (withdrawn is None or withdrawn.date() >= shown_from)
    )


def _seen_by(
    announcement: Announcement, of_child: list[Recipient], own: Recipient | None, today: date
) -> FamilyAnnouncement:
    is_shown = announcement.is_shown_on(today)
    joined, reminded, seen = (own.joined_at, own.reminded_at, own.seen_at) if own else (None, None, None)
    is_missing = own is not None and (own.part, own.person_id) in missing(announcement.wanted, of_child)
    is_unread = own is not None and (
        seen is None or (reminded is not None and reminded > seen and is_missing)
    )
    return FamilyAnnouncement(
        announcement,
        own,
        answer_of(announcement.wanted, of_child),
        is_shown and is_missing,
        is_shown and is_unread,
        appears_at(announcement.sent_at, announcement.shown_from, joined, reminded),
        tuple(each for each in of_child if each.confirmed_at),
    )


def opened_announcement(
    store: Store, user: User, pupil_id: int, announcement_id: int, *, now: datetime
) -> OpenedAnnouncement:
    """Return an announcement about a pupil. Raises AccessRefused for another's child, Refusal where there is none to see."""
    everything = family_announcements(store, user, pupil_id, now=now)
    found = next((each for each in everything if each.announcement.announcement_id == announcement_id), None)
    if found is None:
        raise Refusal("Такого объявления нет.", next_step="Откройте «Школа»: там все объявления.")
    others = sorted(user.pupil_ids - {pupil_id}) if pupil_id in user.pupil_ids else []
    also_for = tuple(
        other
        for other in others
        for each in _of_pupil(store, user, other, now)
        if each.announcement.announcement_id == announcement_id and each.waits
    )
    files = (
        [] if found.announcement.withdrawn_at else stored.files_of(store, [announcement_id])[announcement_id]
    )
    audience = audience_words(store, found.announcement.audience)
    return OpenedAnnouncement(found, audience, tuple(files), also_for)


def new_announcements(store: Store, user: User, pupil_id: int, *, now: datetime) -> list[FamilyAnnouncement]:
    """Return what is shown now and the reader has not opened; to staff all that is shown. Raises AccessRefused."""
    return [
        each
        for each in family_announcements(store, user, pupil_id, now=now)
        if each.is_new or (each.own is None and each.announcement.is_shown_on(now.date()))
    ]


def open_counts(store: Store, user: User, *, now: datetime) -> dict[int, int]:
    """Return how many announcements wait to be opened or confirmed, by child of the user: from memory, for every page of a diary."""
    return {
        pupil_id: sum(each.is_open for each in _of_pupil(store, user, pupil_id, now))
        for pupil_id in user.pupil_ids
        if may(user, Action.CONFIRM_ANNOUNCEMENT, Rows(pupil_id=pupil_id))
    }


class AtOnce(NamedTuple):
    """Something that is told at once: when it appeared to the reader, whether they are only reminded of it."""

    appeared_at: datetime
    is_reminder: bool


def announced_at_once(store: Store, user: User, *, now: datetime) -> dict[tuple[int, str], AtOnce]:
    """Return what is told at once, by child and what tells it from others.

    It is what is important, and what the reader was reminded of, as long as they have not opened it.
    """
    return {
        (pupil_id, _period(each)): AtOnce(each.appeared_at, each.own.reminded_at is not None)
        for pupil_id in user.pupil_ids
        for each in _of_pupil(store, user, pupil_id, now)
        if each.is_new and each.own and (each.announcement.is_important or each.own.reminded_at)
    }


def _period(found: FamilyAnnouncement) -> str:
    reminded = found.own.reminded_at if found.own else None
    return f"{found.announcement.announcement_id}" + (f" {reminded:%Y-%m-%d}" if reminded else "")


def read_announcements_ahead(store: Store) -> None:
    """Read what was announced to everybody before the first of them asks: one question serves a thousand families."""
    owners, announcements = stored.everything_reached(store)
    stored.recipients_of_owners(store, owners)
    stored.announcements_by_id(store, announcements)
