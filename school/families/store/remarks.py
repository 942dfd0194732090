"""Remarks and recommendations to families (п. 3.6, 4.7)."""

from collections.abc import Collection
from datetime import date, datetime
from typing import NamedTuple

from school.records import PersonName
from school.store.names import name_parts, short_name, surname_and_initials
from school.store.reading import Reader, Writer, read_as, read_one, steady_as
from school.store.selection import holds_on, is_there
from school.store.writing import insert, update


class StoredRemark(NamedTuple):
    """A remark with the names that people read; ``read_at`` is when a guardian first confirmed it."""

    remark_id: int
    pupil_id: int
    pupil_name: str
    class_id: int
    class_name: str
    subject_name: str
    kind: str
    text: str
    written_at: datetime
    written_by: int
    author: str
    withdrawn_at: datetime | None
    read_at: datetime | None


class TaughtPupil(NamedTuple):
    """A pupil of a class today with everybody who teaches them there, by subject."""

    pupil_id: int
    name: PersonName
    class_id: int
    class_name: str
    teacher_ids: frozenset[int]


_REMARKS = f"""
SELECT r.remark_id, r.pupil_id, {short_name("p")} AS pupil_name, r.class_id, c.name AS class_name,
    coalesce(b.name, '') AS subject_name, r.kind, r.text, r.written_at, r.written_by,
    {surname_and_initials("s")} AS author,
    r.withdrawn_at, (SELECT min(read_at) FROM remark_readings k WHERE k.remark_id = r.remark_id) AS read_at
FROM remarks r JOIN pupils p USING (pupil_id) JOIN classes c ON c.class_id = r.class_id
    LEFT JOIN subjects b ON b.subject_id = r.subject_id LEFT JOIN users u ON u.user_id = r.written_by
    LEFT JOIN staff s ON s.staff_id = u.staff_id
"""
_REMARK_TABLES = ("remarks", "remark_readings", "pupils", "classes", "subjects", "users", "staff")
_NEWEST_FIRST = "ORDER BY r.written_at DESC, r.remark_id DESC"


def remarks_of_pupil(reader: Reader, pupil_id: int, since: date) -> list[StoredRemark]:
    """Return what was written of a pupil since a day and not withdrawn, the newest first."""
    # Of most pupils nothing was written: asking for each costs more than the rest of a page.
    written_of = reader.steady(("remarks",), "SELECT DISTINCT pupil_id FROM remarks", {})
    if (pupil_id,) not in written_of:
        return []
    query = f"""{_REMARKS} WHERE r.pupil_id = $pupil AND r.written_at >= $since AND r.withdrawn_at IS NULL
        {_NEWEST_FIRST}"""
    return steady_as(reader, StoredRemark, _REMARK_TABLES, query, {"pupil": pupil_id, "since": since})


def remarks_of_classes(
    reader: Reader, class_ids: Collection[int] | None, author_id: int | None, since: date
) -> list[StoredRemark]:
    """Return what was written since a day in these classes (None: in all) or by this author, the newest first."""
    query = f"""{_REMARKS} WHERE r.written_at >= $since AND ($every OR r.written_by = $author
        OR r.class_id IN (SELECT unnest($classes::BIGINT[]))) {_NEWEST_FIRST}"""
    return read_as(
        reader,
        StoredRemark,
        query,
        {"since": since, "every": class_ids is None, "author": author_id, "classes": sorted(class_ids or ())},
    )


def remark_by_id(reader: Reader, remark_id: int) -> StoredRemark | None:
    """Return a remark, or None."""
    return read_one(reader, StoredRemark, f"{_REMARKS} WHERE r.remark_id = $remark", {"remark": remark_id})


def taught_pupils(reader: Reader, day: date, pupil_id: int | None = None) -> list[TaughtPupil]:
    """Return the pupils in classes on a day (or one of them), by class and name, with who teaches them."""
    query = f"""SELECT p.pupil_id, {name_parts("p")}, c.class_id, c.name AS class_name,
            (SELECT list(DISTINCT t.teacher_id) FROM teaching_load t WHERE t.class_id = c.class_id
                 AND t.teacher_id IS NOT NULL AND {holds_on("t", "$day")}
                 AND (t.subgroup_id IS NULL OR EXISTS (SELECT 1 FROM subgroup_members g
                     WHERE g.subgroup_id = t.subgroup_id AND g.pupil_id = p.pupil_id
                         AND {is_there("g", "$day")}))) AS teacher_ids
        FROM enrolments e JOIN pupils p USING (pupil_id) JOIN classes c USING (class_id)
        WHERE {is_there("e", "$day")}
            AND ($pupil IS NULL OR p.pupil_id = $pupil)
        ORDER BY c.school_year DESC, c.grade_level, c.name COLLATE ru, p.last_name COLLATE ru,
            p.first_name COLLATE ru, p.pupil_id"""
    return read_as(reader, TaughtPupil, query, {"day": day, "pupil": pupil_id})


def subjects_taught(reader: Reader, class_id: int, teacher_id: int) -> dict[int, str]:
    """Return the subjects that a teacher teaches in a class."""
    query = """SELECT DISTINCT s.subject_id, s.name FROM teaching_load t JOIN subjects s USING (subject_id)
        WHERE t.class_id = $class_id AND t.teacher_id = $teacher ORDER BY s.name COLLATE ru"""
    return dict(reader.read(query, {"class_id": class_id, "teacher": teacher_id}))


def save_remark(
    writer: Writer,
    remark_id: int,
    *,
    pupil_id: int,
    class_id: int,
    subject_id: int | None,
    kind: str,
    text: str,
    at: datetime,
    user_id: int,
) -> None:
    """Add a remark."""
    insert(
        writer,
        "remarks",
        "",
        None,
        [pupil_id],
        remark_id=remark_id,
        pupil_id=pupil_id,
        class_id=class_id,
        subject_id=subject_id,
        kind=kind,
        text=text,
        written_at=at,
        written_by=user_id,
    )


def withdraw_remark(writer: Writer, remark: StoredRemark, at: datetime) -> None:
    """Take a remark back: families no longer see it."""
    update(writer, "remarks", {"remark_id": remark.remark_id}, [remark.pupil_id], withdrawn_at=at)


def has_read(reader: Reader, remark_id: int, user_id: int) -> bool:
    """Whether a user has confirmed a remark."""
    query = "SELECT 1 FROM remark_readings WHERE remark_id = $remark AND user_id = $user"
    return bool(reader.read(query, {"remark": remark_id, "user": user_id}))


def save_reading(writer: Writer, remark: StoredRemark, user_id: int, at: datetime) -> None:
    """Note that a guardian has read a remark."""
    row = {"remark_id": remark.remark_id, "user_id": user_id, "read_at": at}
    insert(writer, "remark_readings", "", None, [remark.pupil_id], **row)
