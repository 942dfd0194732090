"""The office: class lists, users and the record of changes, as the signed-in user may see them."""

from dataclasses import dataclass
from datetime import date, datetime

from school.access.actions import Action
from school.access.checks import check_may, check_may_somewhere, may
from school.access.scopes import Rows
from school.audit import EVENT_TITLES, event_sentence
from school.records import User
from school.store.accounts import Account, accounts
from school.store.class_lists import (
    ClassHead,
    EnrolledPupil,
    class_heads,
    enrolled_pupils,
    school_year_days,
)
from school.store.connection import Store
from school.store.event_pages import EventFilter, NamedEvent, count_events, event_authors, event_rows
from school.store.extract_rows import EXTRACT_TITLES, row_counts

__all__ = ["Account", "ClassHead", "EnrolledPupil", "EventFilter"]

NOBODY = "программа"


@dataclass(frozen=True)
class EventLine:
    """An event in words: when, who, what, at which lesson, about which pupil."""

    happened_at: datetime
    who: str
    sentence: str
    place: str
    pupil_name: str


@dataclass(frozen=True)
class EventPage:
    """A page of the record of changes and how many events there are in all."""

    lines: list[EventLine]
    total: int


def readable_classes(store: Store, user: User) -> list[ClassHead]:
    """Return the classes whose lists the user may read, newest school year first. Raises AccessRefused."""
    check_may_somewhere(user, Action.READ_CLASS_LISTS)
    return [head for head in class_heads(store) if may(user, Action.READ_CLASS_LISTS, _rows(head.class_id))]


def class_list(store: Store, user: User, class_id: int, day: date) -> list[EnrolledPupil]:
    """Return the class as it was on the day. Raises AccessRefused."""
    check_may(user, Action.READ_CLASS_LISTS, _rows(class_id))
    return enrolled_pupils(store, class_id, day)


def list_day(store: Store, school_year: int, today: date) -> date:
    """Return the day a class list opens at: today, or the nearest day of the school year."""
    days = school_year_days(store).get(school_year)
    return today if days is None else min(max(today, days[0]), days[1])


def _rows(class_id: int) -> Rows:
    return Rows(class_id=class_id)


def all_accounts(store: Store, user: User) -> list[Account]:
    """Return everybody who may sign in, by name. Raises AccessRefused."""
    check_may(user, Action.READ_USERS)
    return accounts(store)


def event_page(store: Store, user: User, wanted: EventFilter, *, number: int, size: int) -> EventPage:
    """Return a page (from 0) of the record of changes, newest first. Raises AccessRefused."""
    check_may(user, Action.READ_EVENTS)
    rows = event_rows(store, wanted, offset=number * size, limit=size)
    return EventPage([_line(row) for row in rows], count_events(store, wanted))


def authors_of_events(store: Store, user: User) -> dict[int, str]:
    """Return who has left events: user id to name, by name. Raises AccessRefused."""
    check_may(user, Action.READ_EVENTS)
    return dict(event_authors(store))


def event_kinds() -> dict[str, str]:
    """Return the kinds of events with their titles."""
    return dict(EVENT_TITLES)


def _line(row: NamedEvent) -> EventLine:
    day = f"урок {row.held_on:%d.%m.%Y}" if row.held_on else ""
    place = ", ".join(part for part in (row.class_name, row.subject_name, day) if part)
    sentence = event_sentence(row.kind, row.old_value, row.new_value, row.reason)
    return EventLine(row.happened_at, row.who or NOBODY, sentence, place, row.pupil_name)


def journal_size(store: Store, user: User, today: date) -> dict[str, int]:
    """Return how many records an export would hold, by title of the table. Raises AccessRefused."""
    check_may(user, Action.EXPORT_JOURNAL)
    return {EXTRACT_TITLES[table]: count for table, count in row_counts(store, today).items()}
