"""Leaves in force over lessons, as whoever takes attendance needs them (п. 4.3)."""

from collections.abc import Collection

from school.records import Leave
from school.store.reading import Reader, steady_as

LEAVE_COLUMNS = "f.class_id, f.pupil_id, f.starts_on, f.ends_on, f.reason, f.lesson_numbers, f.note, f.certified_on, f.leave_id"


def leaves_over(reader: Reader, lesson_ids: Collection[int]) -> list[Leave]:
    """Return the leaves in force whose days hold any of these lessons of their class, the newest first."""
    query = f"""SELECT {LEAVE_COLUMNS} FROM leaves f WHERE f.withdrawn_at IS NULL AND EXISTS (SELECT 1 FROM lessons l
            WHERE l.lesson_id IN (SELECT unnest($lessons::BIGINT[])) AND l.class_id = f.class_id
            AND l.held_on BETWEEN f.starts_on AND f.ends_on) ORDER BY f.leave_id DESC"""
    parameters = {"lessons": sorted(lesson_ids)}
    return steady_as(reader, Leave, ("leaves", "lessons"), query, parameters, but_entries=True)
