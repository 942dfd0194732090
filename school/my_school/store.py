"""Systems that may ask for timetables, whose they asked for, and pupils by their number in ЕСИА."""

from collections.abc import Collection
from datetime import date, datetime

from school.my_school.records import KnownPupil, ScheduleClient
from school.store.reading import Reader, Writer, read_as, read_one
from school.store.writing import insert, update

ON_SETTING = "my_school.is_on"


def pupil_of_esia(reader: Reader, esia_id: str) -> KnownPupil | None:
    """Return the pupil with a number in ЕСИА, or None."""
    query = """SELECT p.pupil_id, p.school_id, s.name AS school_name FROM pupils p JOIN schools s USING (school_id)
        WHERE p.esia_id = $esia ORDER BY p.pupil_id LIMIT 1"""
    return read_one(reader, KnownPupil, query, {"esia": esia_id})


def esia_id_of(reader: Reader, pupil_id: int) -> str | None:
    """Return a pupil's number in ЕСИА, or None."""
    rows = reader.read("SELECT esia_id FROM pupils WHERE pupil_id = $pupil", {"pupil": pupil_id})
    return rows[0][0] if rows else None


def set_esia_id(writer: Writer, pupil_id: int, esia_id: str | None) -> None:
    """Write down a pupil's number in ЕСИА, or that there is none."""
    update(writer, "pupils", {"pupil_id": pupil_id}, esia_id=esia_id)


def pupils_with_esia(reader: Reader) -> int:
    """Return how many pupils have a number in ЕСИА."""
    return int(reader.read("SELECT count(*) FROM pupils WHERE esia_id IS NOT NULL")[0][0])


def clients(reader: Reader) -> list[ScheduleClient]:
    """Return the systems, the newest first, with how they asked."""
    query = """SELECT c.client_id, c.name, c.made_at, c.closed_at, coalesce(sum(r.times), 0)::BIGINT AS readings,
            count(DISTINCT r.pupil_id) AS pupils, max(r.read_on) AS last_read_on
        FROM schedule_clients c LEFT JOIN schedule_readings r USING (client_id)
        GROUP BY ALL ORDER BY c.made_at DESC, c.client_id"""
    return read_as(reader, ScheduleClient, query)


def secret_hash_of(reader: Reader, client_id: str) -> str | None:
    """Return the hash of the secret of a system that is not closed, or None."""
    rows = reader.read(
        "SELECT secret_hash FROM schedule_clients WHERE client_id = $id AND closed_at IS NULL",
        {"id": client_id},
    )
    return rows[0][0] if rows else None


def add_client(writer: Writer, client_id: str, name: str, secret_hash: str, *, at: datetime, by: int) -> None:
    """Add a system."""
    insert(
        writer,
        "schedule_clients",
        client_id=client_id,
        name=name,
        secret_hash=secret_hash,
        made_at=at,
        made_by=by,
    )


def close_client(writer: Writer, client_id: str, *, at: datetime, by: int) -> None:
    """Let a system ask no more."""
    update(writer, "schedule_clients", {"client_id": client_id}, closed_at=at, closed_by=by)


def note_reading(writer: Writer, client_id: str, pupil_id: int, day: date) -> None:
    """Count an answer about a pupil to a system."""
    writer.keep(
        """INSERT INTO schedule_readings VALUES ($client, $pupil, $day, 1)
           ON CONFLICT DO UPDATE SET times = times + 1""",
        {"client": client_id, "pupil": pupil_id, "day": day},
    )


def classes_named(reader: Reader, class_ids: Collection[int]) -> dict[int, tuple[str, str, int]]:
    """Return class → name, grade as text, school year."""
    rows = reader.read(
        """SELECT class_id, name, coalesce(grade_level::VARCHAR, ''), school_year FROM classes
           WHERE list_contains($ids::BIGINT[], class_id)""",
        {"ids": sorted(class_ids)},
    )
    return {class_id: (name, grade, year) for class_id, name, grade, year in rows}
