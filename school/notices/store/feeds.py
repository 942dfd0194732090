"""Private calendars as rows, and what an event of a calendar is made of beside the lesson."""

from collections.abc import Collection
from datetime import date, datetime
from typing import NamedTuple

from school.notices.records import CalendarFeed
from school.store.reading import Reader, Writer, read_as, read_column, read_one
from school.store.writing import insert

_COLUMNS = "feed_id, user_id, pupil_id, label, created_at, last_read_on"


class SubstitutionTrace(NamedTuple):
    """What substitutions did to a lesson: how many changes there were, when the last, whether a substitute gives it now."""

    changes: int
    changed_at: datetime
    is_substituted: bool


def feeds_of_user(reader: Reader, user_id: int) -> list[CalendarFeed]:
    """Return a user's calendars, oldest first."""
    query = f"SELECT {_COLUMNS} FROM calendar_feeds WHERE user_id = $user ORDER BY feed_id"
    return read_as(reader, CalendarFeed, query, {"user": user_id})


def feed_of_token(reader: Reader, token_hash: str) -> CalendarFeed | None:
    """Return the calendar behind an address by its hash, or None."""
    query = f"SELECT {_COLUMNS} FROM calendar_feeds WHERE token_hash = $hash"
    return read_one(reader, CalendarFeed, query, {"hash": token_hash})


def pupils_with_feeds(reader: Reader) -> list[int]:
    """Return whose calendars are read by programs."""
    return read_column(reader, "SELECT DISTINCT pupil_id FROM calendar_feeds ORDER BY pupil_id")


def feed_by_id(reader: Reader, feed_id: int) -> CalendarFeed | None:
    """Return a calendar, or None."""
    return read_one(
        reader,
        CalendarFeed,
        f"SELECT {_COLUMNS} FROM calendar_feeds WHERE feed_id = $feed",
        {"feed": feed_id},
    )


def save_feed(writer: Writer, feed: CalendarFeed, token_hash: str) -> None:
    """Keep a new calendar."""
    insert(writer, "calendar_feeds", **vars(feed), token_hash=token_hash)


def remove_feed(writer: Writer, feed_id: int) -> None:
    """Remove a calendar: its address opens nothing any more."""
    writer.change("DELETE FROM calendar_feeds WHERE feed_id = $feed", {"feed": feed_id})


def keep_read_on(writer: Writer, feed_id: int, day: date) -> None:
    """Note the day on which a program asked for a calendar last."""
    writer.keep(
        "UPDATE calendar_feeds SET last_read_on = $day WHERE feed_id = $feed", {"day": day, "feed": feed_id}
    )


def traces_of_substitutions(reader: Reader, class_ids: Collection[int]) -> dict[int, SubstitutionTrace]:
    """Return what substitutions did to the lessons of classes, by lesson (п. 4.5)."""
    query = """SELECT lesson_id, count(*) + count(withdrawn_at), max(greatest(assigned_at, coalesce(withdrawn_at, assigned_at))),
            bool_or(withdrawn_at IS NULL AND substitute_id IS NOT NULL)
        FROM substitutions WHERE class_id = $class_id GROUP BY lesson_id"""
    rows = [row for key in class_ids for row in reader.steady(("substitutions",), query, {"class_id": key})]
    return {lesson: SubstitutionTrace(*trace) for lesson, *trace in rows}


def surnames_of_classes(reader: Reader, class_ids: Collection[int]) -> frozenset[str]:
    """Return the last names of the pupils of classes."""
    query = "SELECT DISTINCT p.last_name FROM pupils p JOIN enrolments e USING (pupil_id) WHERE e.class_id = $class_id"
    rows = [
        row for key in class_ids for row in reader.steady(("pupils", "enrolments"), query, {"class_id": key})
    ]
    return frozenset(name for (name,) in rows)


def store_id(reader: Reader) -> str:
    """Return the random name of this database: part of the ids of events, which no other school may have."""
    return str(reader.steady(("store_marks",), "SELECT store_id FROM store_marks", {})[0][0])
