"""«С дневником ознакомлен»: which guardians have looked through which weeks (п. 3.6, 4.7)."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import NamedTuple

from school.store.names import short_name
from school.store.reading import Reader, Writer, read_column, steady_as
from school.store.selection import among, was_there
from school.store.writing import insert

_CONFIRMATIONS = f"""SELECT w.pupil_id, w.monday, w.user_id, u.guardian_id, {short_name("g")} AS guardian_name, w.confirmed_at
    FROM week_confirmations w JOIN users u USING (user_id) LEFT JOIN guardians g ON g.guardian_id = u.guardian_id"""
_TABLES = ("week_confirmations", "users", "guardians")


class StoredConfirmation(NamedTuple):
    """A guardian has looked through a pupil's week."""

    pupil_id: int
    monday: date
    user_id: int
    guardian_id: int | None
    guardian_name: str
    confirmed_at: datetime


def confirmations_of_week(reader: Reader, pupil_ids: Sequence[int], monday: date) -> list[StoredConfirmation]:
    """Return who confirmed a week of these pupils, in the order of time."""
    query = f"""{_CONFIRMATIONS} WHERE w.monday = $monday AND {among("w.pupil_id", "pupils", pupil_ids)}
        ORDER BY w.confirmed_at, w.user_id"""
    return steady_as(
        reader, StoredConfirmation, _TABLES, query, {"monday": monday, "pupils": sorted(pupil_ids)}
    )


def pupils_of_week(reader: Reader, class_id: int, monday: date, sunday: date) -> list[int]:
    """Return the pupils who were in a class on any day of a week, in alphabetical order."""
    query = f"""SELECT p.pupil_id FROM pupils p WHERE EXISTS (SELECT 1 FROM enrolments e WHERE e.pupil_id = p.pupil_id
            AND e.class_id = $class_id AND {was_there("e", "$monday", "$sunday")})
        ORDER BY p.last_name COLLATE ru, p.first_name COLLATE ru, p.pupil_id"""
    return read_column(reader, query, {"class_id": class_id, "monday": monday, "sunday": sunday})


def has_confirmed(reader: Reader, pupil_id: int, monday: date, user_id: int) -> bool:
    """Whether a user has confirmed a pupil's week."""
    query = (
        "SELECT 1 FROM week_confirmations WHERE pupil_id = $pupil AND monday = $monday AND user_id = $user"
    )
    return bool(reader.read(query, {"pupil": pupil_id, "monday": monday, "user": user_id}))


def save_confirmation(
    writer: Writer, pupil_id: int, monday: date, user_id: int, at: datetime, lesson_ids: Collection[int]
) -> None:
    """Note that a guardian has looked through a week with these lessons."""
    # Of this pupil only: else the diaries of the whole school would be drawn again for each family on Friday evening.
    insert(
        writer,
        "week_confirmations",
        "",
        lesson_ids,
        [pupil_id],
        pupil_id=pupil_id,
        monday=monday,
        user_id=user_id,
        confirmed_at=at,
    )
