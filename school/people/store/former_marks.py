"""Term marks of the former school as rows."""

from collections.abc import Mapping
from datetime import datetime

from school.people.records import FormerMarkPlace
from school.store.reading import Reader, Writer
from school.store.selection import has_come


def first_days(stays: str, columns: str) -> str:
    """Return SQL of the day on which each pupil first came, ``came_on``, by the columns of stays that name pupil and school year.

    ``rules.former_marks.terms_before`` says it in Python.
    """
    return f"""SELECT {columns}, min(coalesce(e.starts_on, DATE '0001-01-01')) AS came_on
        FROM {stays} e WHERE {has_come("e")} GROUP BY {columns}"""


FIRST_DAYS = first_days("(enrolments JOIN classes USING (class_id))", "pupil_id, school_year")

# Written with the rows to save in its place, one a mark.
SAVE_MARKS = """INSERT INTO former_school_marks (pupil_id, subject_id, term_id, value, recorded_at, recorded_by)
    {} ON CONFLICT DO UPDATE SET value = excluded.value,
        recorded_at = excluded.recorded_at, recorded_by = excluded.recorded_by"""
_SAVE = SAVE_MARKS.format("VALUES ($pupil, $subject, $term, $value, $at, $user)")
_REMOVE = """DELETE FROM former_school_marks
    WHERE pupil_id = $pupil AND subject_id = $subject AND term_id = $term"""


def former_marks_of(reader: Reader, pupil_id: int) -> dict[FormerMarkPlace, int]:
    """Return what a pupil brought from the former school: (subject, term) → mark."""
    query = "SELECT subject_id, term_id, value FROM former_school_marks WHERE pupil_id = $pupil ORDER BY ALL"
    return {(subject, term): value for subject, term, value in reader.read(query, {"pupil": pupil_id})}


def save_former_marks(
    writer: Writer, pupil_id: int, changes: Mapping[FormerMarkPlace, int | None], at: datetime, user_id: int
) -> None:
    """Bring marks of the former school to their new state; None takes one back."""
    for (subject_id, term_id), value in changes.items():
        place = {"pupil": pupil_id, "subject": subject_id, "term": term_id}
        if value is None:
            writer.change(_REMOVE, place)
        else:
            writer.change(_SAVE, {**place, "value": value, "at": at, "user": user_id})
