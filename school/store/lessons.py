"""Lessons as rows: what checks need to know of them, and what is written at their head."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol

from school.records import Lesson


class Reader(Protocol):
    """A store or a transaction: both answer a query with rows."""

    def read(self, sql: str, parameters: Any = None) -> list[tuple[Any, ...]]:
        """Return all rows of the query."""


class Writer(Reader, Protocol):
    """A transaction that may change the current state."""

    def change(self, sql: str, parameters: Any = None) -> None:
        """Change the current state."""


_LESSONS = """
SELECT l.lesson_id, l.class_id, l.subject_id, l.term_id, l.held_on, l.number, l.teacher_id, l.subgroup_id,
    l.status, l.topic, l.work_type_id, l.homework_state, l.homework, l.attendance_taken_at, l.recorded_at,
    t.closed_at IS NOT NULL, list(DISTINCT tl.teacher_id) FILTER (tl.teacher_id IS NOT NULL), c.homeroom_id
FROM lessons l JOIN terms t USING (term_id) JOIN classes c ON c.class_id = l.class_id
LEFT JOIN teaching_load tl ON tl.class_id = l.class_id AND tl.subject_id = l.subject_id
    AND tl.subgroup_id IS NOT DISTINCT FROM l.subgroup_id
    AND coalesce(tl.ends_on, l.held_on) >= l.held_on
WHERE l.lesson_id IN (SELECT unnest($lessons::BIGINT[]))
GROUP BY ALL
"""


def lessons_by_id(reader: Reader, lesson_ids: Iterable[int]) -> dict[int, Lesson]:
    """Return the lessons that exist among ``lesson_ids``, each with everybody who may teach it."""
    rows = reader.read(_LESSONS, {"lessons": sorted(set(lesson_ids))})
    return {row[0]: _lesson(row) for row in rows}


def _lesson(row: tuple[Any, ...]) -> Lesson:
    taught_by, homeroom_id = row[-2:]
    lesson = Lesson(*row[:-2])
    own_teacher = [] if lesson.teacher_id is None else [lesson.teacher_id]
    return replace(lesson, teacher_ids=frozenset([*(taught_by or []), *own_teacher]), homeroom_id=homeroom_id)


def save_lesson_head(
    writer: Writer,
    lesson_id: int,
    *,
    topic: str,
    work_type_id: int | None,
    homework_state: str,
    homework: str,
    at: datetime,
) -> None:
    """Write the topic, work type and homework of a lesson."""
    writer.change(
        """UPDATE lessons SET topic = $topic, work_type_id = $work_type, homework_state = $state,
               homework = $homework, recorded_at = coalesce(recorded_at, $at) WHERE lesson_id = $lesson""",
        {
            "topic": topic,
            "work_type": work_type_id,
            "state": homework_state,
            "homework": homework,
            "at": at,
            "lesson": lesson_id,
        },
    )


def note_lessons_entered(writer: Writer, entered: Iterable[tuple[int, datetime, datetime | None]]) -> None:
    """Set when lessons were first filled and, where given, when attendance was taken.

    ``entered`` holds a row a lesson: lesson id, moment of entry, moment of attendance or None.
    """
    rows = list(entered)
    if not rows:
        return
    lesson_ids, entered_at, attendance_at = map(list, zip(*rows, strict=True))
    writer.change(
        """UPDATE lessons SET recorded_at = coalesce(lessons.recorded_at, k.entered_at),
               attendance_taken_at = coalesce(lessons.attendance_taken_at, k.attendance_at)
           FROM (SELECT unnest($lessons::BIGINT[]) AS lesson_id, unnest($entered_at::TIMESTAMP[]) AS entered_at,
                        unnest($attendance_at::TIMESTAMP[]) AS attendance_at) k
           WHERE lessons.lesson_id = k.lesson_id""",
        {"lessons": lesson_ids, "entered_at": entered_at, "attendance_at": attendance_at},
    )
