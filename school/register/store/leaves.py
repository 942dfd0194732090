"""Leaves in force over lessons, as whoever takes attendance needs them (п. 4.3)."""

from collections.abc import Collection
from datetime import date

from school.records import Leave
from school.register.store.lessons import lessons_by_id
from school.store.reading import Reader, steady_as
from school.store.selection import among

LEAVE_COLUMNS = "f.class_id, f.pupil_id, f.starts_on, f.ends_on, f.reason, f.lesson_numbers, f.note, f.certified_on, f.leave_id"


def leaves_over(reader: Reader, lesson_ids: Collection[int]) -> list[Leave]:
    """Return the leaves in force whose days hold any of these lessons of their class, the newest first."""
    days: dict[int, set[date]] = {}
    for lesson in lessons_by_id(reader, lesson_ids).values():
        days.setdefault(lesson.class_id, set()).add(lesson.held_on)
    query = f"""SELECT {LEAVE_COLUMNS} FROM leaves f
        WHERE f.withdrawn_at IS NULL AND {among("f.class_id", "classes", days)} ORDER BY f.leave_id DESC"""
    leaves = steady_as(reader, Leave, ("leaves",), query, {"classes": sorted(days)}) if days else []
    return [
        leave
        for leave in leaves
        if any(leave.starts_on <= day <= leave.ends_on for day in days[leave.class_id])
    ]
