"""Rows of who is found, and of where people were last."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from school.store.names import full_name
from school.store.reading import Reader, Writer, read_as, read_column

PLACES_KEPT = 10


@dataclass(frozen=True)
class FoundTeacher:
    """An employee who teaches in a school year."""

    staff_id: int
    name: str
    position: str


def teachers_of_year(reader: Reader, school_year: int, today: date) -> list[FoundTeacher]:
    """Return who teaches in a school year and is not dismissed, by name."""
    query = f"""SELECT s.staff_id, {full_name("s")} AS name, s.position FROM staff s
        WHERE s.staff_id IN (SELECT teacher_id FROM teaching_load WHERE school_year = $year)
            AND (s.dismissed_on IS NULL OR s.dismissed_on > $today)
        ORDER BY s.last_name COLLATE ru, s.first_name COLLATE ru, s.staff_id"""
    return read_as(reader, FoundTeacher, query, {"year": school_year, "today": today})


def last_paths(reader: Reader, user_id: int) -> list[str]:
    """Return the pages that somebody used last, the newest first."""
    query = "SELECT path FROM last_places WHERE user_id = $user ORDER BY used_at DESC, path"
    return read_column(reader, query, {"user": user_id})


def save_places(writer: Writer, used: Mapping[tuple[int, str], datetime]) -> None:
    """Keep when users last opened pages, of each user only the newest: the program's own books."""
    writer.keep(
        """INSERT OR REPLACE INTO last_places
            SELECT unnest($users::BIGINT[]), unnest($paths::VARCHAR[]), unnest($moments::TIMESTAMP[])""",
        {
            "users": [user_id for user_id, _ in used],
            "paths": [path for _, path in used],
            "moments": list(used.values()),
        },
    )
    writer.keep(
        """DELETE FROM last_places WHERE list_contains($users::BIGINT[], user_id) AND (user_id, path) NOT IN (
            SELECT (user_id, path) FROM last_places
            QUALIFY row_number() OVER (PARTITION BY user_id ORDER BY used_at DESC, path) <= $kept)""",
        {"users": sorted({user_id for user_id, _ in used}), "kept": PLACES_KEPT},
    )
