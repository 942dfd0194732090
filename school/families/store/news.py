"""What is new in a diary: the events of one pupil, how far each reader has read, from which hour families see marks."""

from collections.abc import Collection
from datetime import date, datetime, time
from typing import NamedTuple

from school.store.memory.entered import Kind
from school.store.reading import Reader, Writer, read_as
from school.store.selection import among
from school.store.settings import save_setting, settings_under

# After it stands the day from which the hour holds.
MARKS_HOUR = "families.marks_hour."
# Of one pupil; of a lesson, and so of everybody at it.
OWN_KINDS = ("cell", "remark", "year_mark", "consultation", "task", "task_review")
VISITS = Kind("diary_visits")
LESSON_KINDS = ("homework", "homework_due", "homework_file", "homework_task")
# Of a class; of a class, a grade or the school: for whom, its own rows say.
CLASS_KINDS = ("material",)
SCHOOL_KINDS = ("occasion", "parents_evening")


class NewsEvent(NamedTuple):
    """An event that a family may read of; ``pupil_id`` is None where it is of a lesson."""

    event_id: int
    happened_at: datetime
    kind: str
    lesson_id: int | None
    pupil_id: int | None
    record_id: int | None
    old_value: str | None
    new_value: str | None
    reason: str
    subject_id: int | None
    class_id: int | None = None


class Visit(NamedTuple):
    """How far somebody has read: what had appeared by ``seen_at``, and no event after ``last_event``."""

    seen_at: datetime
    last_event: int


class AskedNews(NamedTuple):
    """Which events are asked for: of a pupil and of the homework of their classes, since a moment, and all after an event.

    ``term_marks_since``: from when on the events of term marks are asked for besides.
    """

    pupil_id: int
    class_ids: Collection[int]
    since: datetime
    after_event: int | None
    term_marks_since: datetime | None


def news_events(reader: Reader, asked: AskedNews) -> list[NewsEvent]:
    """Return the events that are asked for, in their order."""
    query = f"""SELECT {", ".join(NewsEvent._fields)} FROM events e WHERE (
            (happened_at >= $since OR event_id > $after) AND (
                (pupil_id = $pupil AND kind IN {OWN_KINDS})
                OR (kind IN {LESSON_KINDS} AND coalesce(pupil_id, $pupil) = $pupil AND lesson_id IN (
                    SELECT lesson_id FROM lessons WHERE class_id IN (SELECT unnest($classes::BIGINT[]))))
                OR kind IN (SELECT unnest($school_kinds))
                OR (kind IN (SELECT unnest($class_kinds)) AND class_id IN (SELECT unnest($classes::BIGINT[]))))
            ) OR (kind = 'term_mark' AND pupil_id = $pupil AND (
                happened_at >= coalesce($term_marks, $since) OR event_id > $after))
        ORDER BY event_id"""
    return read_as(
        reader,
        NewsEvent,
        query,
        {
            "since": asked.since,
            "after": asked.after_event,
            "pupil": asked.pupil_id,
            "classes": sorted(asked.class_ids),
            "term_marks": asked.term_marks_since,
            "class_kinds": list(CLASS_KINDS),
            "school_kinds": list(SCHOOL_KINDS),
        },
    )


def last_event(reader: Reader) -> int:
    """Return the number of the newest event."""
    return int(reader.read("SELECT coalesce(max(event_id), 0) FROM events")[0][0])


def closing_moments(reader: Reader) -> dict[int, datetime | None]:
    """Return when each term was closed; None where it is not."""
    return dict(reader.steady(("terms",), "SELECT term_id, closed_at FROM terms", {}))


def visits_of(reader: Reader, user_ids: Collection[int]) -> dict[int, dict[int, Visit]]:
    """Return how far users have read, by user and pupil: asked for with every page of a diary, and so kept in memory."""
    return reader.entered(VISITS, user_ids, lambda unknown: _visits(reader, unknown))


def _visits(reader: Reader, user_ids: list[int]) -> dict[int, dict[int, Visit]]:
    query = f"""SELECT user_id, pupil_id, seen_at, last_event FROM diary_visits WHERE {among("user_id", "users", user_ids)}"""
    found: dict[int, dict[int, Visit]] = {user: {} for user in user_ids}
    for user, pupil, *visit in reader.read(query, {"users": user_ids}):
        found[user][pupil] = Visit(*visit)
    return found


def save_visit(writer: Writer, user_id: int, pupil_id: int, visit: Visit) -> None:
    """Note how far a user has read. Nothing that others read depends on it."""
    sql = """INSERT INTO diary_visits VALUES ($user, $pupil, $seen, $event)
        ON CONFLICT (user_id, pupil_id) DO UPDATE SET seen_at = excluded.seen_at, last_event = excluded.last_event"""
    before = visits_of(writer, [user_id])[user_id]
    writer.keep(sql, {"user": user_id, "pupil": pupil_id, "seen": visit.seen_at, "event": visit.last_event})
    writer.remember(VISITS, {user_id: before | {pupil_id: visit}})


def marks_hours(reader: Reader) -> dict[date, time | None]:
    """Return from which day on families see new marks from which hour; None: at once."""
    return {
        date.fromisoformat(day): time.fromisoformat(hour) if hour else None
        for day, hour in settings_under(reader, MARKS_HOUR).items()
    }


def save_marks_hour(writer: Writer, day: date, hour: time | None) -> None:
    """Set the hour from which families see new marks, from a day on."""
    save_setting(writer, f"{MARKS_HOUR}{day}", f"{hour:%H:%M}" if hour else "")
