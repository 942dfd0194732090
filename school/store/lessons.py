"""Lessons as rows: what checks need to know of them, and what is written at their head."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
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

    def keep(self, sql: str, parameters: Any = None) -> None:
        """Keep the writer's own books."""


_LESSONS = """
SELECT l.lesson_id, l.class_id, l.subject_id, l.term_id, l.held_on, l.number, l.teacher_id, l.subgroup_id,
    l.status, l.topic, l.work_type_id, l.homework_state, l.homework, l.attendance_taken_at, l.recorded_at,
    t.closed_at IS NOT NULL, c.homeroom_id
FROM lessons l JOIN terms t USING (term_id) JOIN classes c ON c.class_id = l.class_id
WHERE l.lesson_id IN (SELECT unnest($lessons::BIGINT[]))
"""

_LOAD = """
SELECT class_id, subject_id, subgroup_id, teacher_id, ends_on FROM teaching_load
WHERE class_id IN (SELECT unnest($classes::BIGINT[])) AND teacher_id IS NOT NULL
"""


def lessons_by_id(reader: Reader, lesson_ids: Iterable[int]) -> dict[int, Lesson]:
    """Return the lessons that exist among ``lesson_ids``, each with everybody who may teach it."""
    rows = reader.read(_LESSONS, {"lessons": sorted(set(lesson_ids))})
    lessons = [replace(Lesson(*row[:-1]), homeroom_id=row[-1]) for row in rows]
    taught_by = _load_teachers(reader, {lesson.class_id for lesson in lessons})
    return {lesson.lesson_id: replace(lesson, teacher_ids=_teachers(lesson, taught_by)) for lesson in lessons}


_Taught = tuple[int, int, int | None]  # class, subject, subgroup


def _load_teachers(reader: Reader, class_ids: set[int]) -> dict[_Taught, list[tuple[int, date | None]]]:
    teachers: dict[_Taught, list[tuple[int, date | None]]] = {}
    for class_id, subject_id, subgroup_id, teacher_id, ends_on in reader.read(
        _LOAD, {"classes": sorted(class_ids)}
    ):
        teachers.setdefault((class_id, subject_id, subgroup_id), []).append((teacher_id, ends_on))
    return teachers


def _teachers(lesson: Lesson, taught_by: dict[_Taught, list[tuple[int, date | None]]]) -> frozenset[int]:
    load = taught_by.get((lesson.class_id, lesson.subject_id, lesson.subgroup_id), [])
    present = [teacher for teacher, ends_on in load if ends_on is None or ends_on >= lesson.held_on]
    own = [] if lesson.teacher_id is None else [lesson.teacher_id]
    return frozenset([*present, *own])


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
