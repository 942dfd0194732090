"""Events for reading: newest first, a page at a time, with the names of people, classes and subjects."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from school.store.names import short_name, surname_and_initials
from school.store.reading import Reader, read_as


@dataclass(frozen=True)
class EventFilter:
    """Which events: of some days, both inclusive, of a person, of a kind, of people or the program itself; None leaves that open.

    ``without``: kinds that the reader may not know of.
    """

    days: tuple[date, date] | None = None
    user_id: int | None = None
    kind: str | None = None
    is_by_people: bool | None = None
    without: tuple[str, ...] = ()


@dataclass(frozen=True)
class NamedEvent:
    """An event with names; empty where it has none."""

    happened_at: datetime
    user_id: int | None
    who: str
    kind: str
    old_value: str | None
    new_value: str | None
    reason: str
    class_name: str
    subject_name: str
    held_on: date | None
    pupil_id: int | None
    pupil_name: str


_FILTER = """($first::DATE IS NULL OR (happened_at >= $first::DATE AND happened_at < $next::DATE))
    AND ($user::BIGINT IS NULL OR user_id = $user) AND ($kind::VARCHAR IS NULL OR kind = $kind)
    AND ($people::BOOLEAN IS NULL OR (user_id IS NOT NULL) = $people)
    AND NOT list_contains($without::VARCHAR[], kind)"""

_USER_NAME = f"""coalesce(nullif({surname_and_initials("s")}, ''), nullif({surname_and_initials("g")}, ''),
    {short_name("p")})"""
_USER_JOINS = """LEFT JOIN users u ON u.user_id = e.user_id LEFT JOIN staff s ON s.staff_id = u.staff_id
    LEFT JOIN guardians g ON g.guardian_id = u.guardian_id LEFT JOIN pupils p ON p.pupil_id = u.pupil_id"""


def _parameters(wanted: EventFilter) -> dict[str, object]:
    first, last = wanted.days or (None, None)
    return {
        "first": first,
        "next": last + timedelta(days=1) if last else None,
        "user": wanted.user_id,
        "kind": wanted.kind,
        "people": wanted.is_by_people,
        "without": list(wanted.without),
    }


def count_events(reader: Reader, wanted: EventFilter) -> int:
    """Return how many events there are."""
    rows = reader.read(f"SELECT count(*) FROM events WHERE {_FILTER}", _parameters(wanted))
    return int(rows[0][0])


def event_rows(reader: Reader, wanted: EventFilter, *, offset: int, limit: int) -> list[NamedEvent]:
    """Return a page of events, newest first."""
    query = f"""WITH e AS (SELECT * FROM events WHERE {_FILTER}
            ORDER BY happened_at DESC, event_id DESC LIMIT $limit OFFSET $offset)
        SELECT e.happened_at, e.user_id, {_USER_NAME} AS who, e.kind, e.old_value, e.new_value, e.reason,
            coalesce(c.name, '') AS class_name, coalesce(b.name, '') AS subject_name, l.held_on,
            e.pupil_id, {short_name("k")} AS pupil_name
        FROM e {_USER_JOINS} LEFT JOIN lessons l ON l.lesson_id = e.lesson_id
            LEFT JOIN classes c ON c.class_id = coalesce(l.class_id, e.class_id)
            LEFT JOIN subjects b ON b.subject_id = coalesce(l.subject_id, e.subject_id)
            LEFT JOIN pupils k ON k.pupil_id = e.pupil_id
        ORDER BY e.happened_at DESC, e.event_id DESC"""
    return read_as(reader, NamedEvent, query, {**_parameters(wanted), "limit": limit, "offset": offset})


class EventAuthor(NamedTuple):
    """Somebody who has left events."""

    user_id: int
    name: str


def event_authors(reader: Reader) -> list[EventAuthor]:
    """Return who has left events, by name."""
    query = f"""SELECT e.user_id, {_USER_NAME} AS name
        FROM (SELECT DISTINCT user_id FROM events WHERE user_id IS NOT NULL) e
        {_USER_JOINS} WHERE name <> '' ORDER BY name COLLATE ru, e.user_id"""
    return [EventAuthor(*row) for row in reader.read(query)]
