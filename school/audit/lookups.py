"""The record of changes in words, as the signed-in user may see it."""

from dataclasses import dataclass, replace
from datetime import datetime

from school.access.action import Action
from school.access.checks import check_may, may
from school.audit.rules import EVENT_TITLES, event_sentence
from school.audit.store import EventFilter, NamedEvent, count_events, event_authors, event_rows
from school.records import User
from school.store.connection import Store
from school.store.names import rows_apart, staff_apart

__all__ = ["EventFilter"]

NOBODY = "программа"
# Of measures the head and the person alone know, even that there is one (п. 4.1).
OF_THE_HEAD = ("measure",)


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


def event_page(store: Store, user: User, wanted: EventFilter, *, number: int, size: int) -> EventPage:
    """Return a page (from 0) of the record of changes, newest first, of measures for the head alone. Raises AccessRefused."""
    check_may(user, Action.READ_EVENTS)
    wanted = replace(wanted, without=_hidden_from(user))
    rows = rows_apart(store, event_rows(store, wanted, offset=number * size, limit=size), "pupil_name")
    rows = staff_apart(store, rows, "who", "user_id", is_user=True)
    return EventPage([_line(row) for row in rows], count_events(store, wanted))


def authors_of_events(store: Store, user: User) -> dict[int, str]:
    """Return who has left events: user id to name, by name. Raises AccessRefused."""
    check_may(user, Action.READ_EVENTS)
    return dict(staff_apart(store, event_authors(store), "name", "user_id", is_user=True))


def event_kinds(user: User) -> dict[str, str]:
    """Return the kinds of events that the user may read of, with their titles. Raises AccessRefused."""
    check_may(user, Action.READ_EVENTS)
    return {kind: title for kind, title in EVENT_TITLES.items() if kind not in _hidden_from(user)}


def _hidden_from(user: User) -> tuple[str, ...]:
    return () if may(user, Action.KEEP_MEASURES) else OF_THE_HEAD


def _line(row: NamedEvent) -> EventLine:
    day = f"урок {row.held_on:%d.%m.%Y}" if row.held_on else ""
    place = ", ".join(part for part in (row.class_name, row.subject_name, day) if part)
    sentence = event_sentence(row.kind, row.old_value, row.new_value, row.reason)
    return EventLine(row.happened_at, row.who or NOBODY, sentence, place, row.pupil_name)
