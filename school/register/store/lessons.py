"""Lessons as rows: what checks need to know of them, and what is written at their head."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date, datetime

from school.records import Lesson
from school.store.memory.entered import Kind
from school.store.reading import Reader, Writer
from school.store.selection import among

_COLUMNS = """lesson_id, class_id, subject_id, term_id, held_on, number, teacher_id, subgroup_id, status, topic,
    work_type_id, homework_state, homework, attendance_taken_at, recorded_at"""


LESSON = Kind("lessons", ("classes", "terms", "teaching_load", "substitutions"))


def lessons_by_id(reader: Reader, lesson_ids: Iterable[int]) -> dict[int, Lesson]:
    """Return the lessons that exist among ``lesson_ids``, each with who may enter in it and who reads it as their own."""
    return reader.entered(LESSON, sorted(set(lesson_ids)), lambda wanted: _lessons(reader, wanted))


def _lessons(reader: Reader, wanted: list[int]) -> dict[int, Lesson]:
    query = f"SELECT {_COLUMNS} FROM lessons WHERE {among('lesson_id', 'ids', wanted)}"
    lessons = [Lesson(*row) for row in reader.read(query, {"ids": wanted})]
    class_ids = sorted({lesson.class_id for lesson in lessons})
    term_ids = sorted({lesson.term_id for lesson in lessons})
    query = f"SELECT class_id, homeroom_id FROM classes WHERE {among('class_id', 'ids', class_ids)}"
    leaders = dict(reader.steady(("classes",), query, {"ids": class_ids}))
    query = f"SELECT term_id, closed_at IS NOT NULL FROM terms WHERE {among('term_id', 'ids', term_ids)}"
    closed = dict(reader.steady(("terms",), query, {"ids": term_ids}))
    taught_by = _load_teachers(reader, class_ids)
    substituted, readers = _substituted(reader, class_ids)
    # Thousands of lessons stay in memory, and a class has a few dozen teachers: equal sets are one.
    one = dict[frozenset[int], frozenset[int]]().setdefault

    def shared(teachers: frozenset[int]) -> frozenset[int]:
        return one(teachers, teachers)

    return {
        lesson.lesson_id: replace(
            lesson,
            term_is_closed=closed[lesson.term_id],
            homeroom_id=leaders[lesson.class_id],
            teacher_ids=shared(
                _own(lesson) if lesson.lesson_id in substituted else _teachers(lesson, taught_by)
            ),
            reader_ids=shared(_teachers(lesson, taught_by) | readers.get(_register_of(lesson), frozenset())),
        )
        for lesson in lessons
    }


_Taught = tuple[int, int, int | None]  # class, subject, subgroup


def _load_teachers(
    reader: Reader, class_ids: Collection[int]
) -> dict[_Taught, list[tuple[int, date | None]]]:
    teachers: dict[_Taught, list[tuple[int, date | None]]] = {}
    query = f"""SELECT class_id, subject_id, subgroup_id, teacher_id, ends_on FROM teaching_load
        WHERE teacher_id IS NOT NULL AND {among("class_id", "ids", class_ids)}"""
    rows = reader.steady(("teaching_load",), query, {"ids": list(class_ids)})
    for class_id, subject_id, subgroup_id, teacher_id, ends_on in rows:
        teachers.setdefault((class_id, subject_id, subgroup_id), []).append((teacher_id, ends_on))
    return teachers


def _teachers(lesson: Lesson, taught_by: dict[_Taught, list[tuple[int, date | None]]]) -> frozenset[int]:
    load = taught_by.get(_register_of(lesson), [])
    present = [teacher for teacher, ends_on in load if ends_on is None or ends_on >= lesson.held_on]
    return frozenset(present) | _own(lesson)


def _own(lesson: Lesson) -> frozenset[int]:
    return frozenset() if lesson.teacher_id is None else frozenset([lesson.teacher_id])


def _register_of(lesson: Lesson) -> _Taught:
    return lesson.class_id, lesson.subject_id, lesson.subgroup_id


def _substituted(
    reader: Reader, class_ids: Collection[int]
) -> tuple[set[int], dict[_Taught, frozenset[int]]]:
    """Return the substituted lessons of classes, and by register the substitutes and those they stood in for (п. 4.5)."""
    query = f"""SELECT lesson_id, class_id, subject_id, subgroup_id, regular_teacher_id, substitute_id
        FROM substitutions
        WHERE withdrawn_at IS NULL AND {among("class_id", "ids", class_ids)}"""
    rows = reader.steady(("substitutions",), query, {"ids": list(class_ids)})
    readers: dict[_Taught, frozenset[int]] = {}
    for _, class_id, subject_id, subgroup_id, *teachers in rows:
        key = (class_id, subject_id, subgroup_id)
        readers[key] = readers.get(key, frozenset()) | frozenset(
            each for each in teachers if each is not None
        )
    return {row[0] for row in rows}, readers


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
    sql = """UPDATE lessons SET topic = $topic, work_type_id = $work_type, homework_state = $state,
            homework = $homework, recorded_at = coalesce(recorded_at, $at) WHERE lesson_id = $lesson"""
    writer.change(
        sql,
        {
            "topic": topic,
            "work_type": work_type_id,
            "state": homework_state,
            "homework": homework,
            "at": at,
            "lesson": lesson_id,
        },
        entered_in=[lesson_id],
    )


_NOTE_LESSON = """UPDATE lessons SET recorded_at = coalesce(recorded_at, $entered_at),
    attendance_taken_at = coalesce(attendance_taken_at, $attendance_at) WHERE lesson_id = $lesson"""
_NOTE_LESSONS = """UPDATE lessons SET recorded_at = coalesce(lessons.recorded_at, k.entered_at),
        attendance_taken_at = coalesce(lessons.attendance_taken_at, k.attendance_at)
    FROM (SELECT unnest($lessons::BIGINT[]) AS lesson_id, unnest($entered_at::TIMESTAMP[]) AS entered_at,
                 unnest($attendance_at::TIMESTAMP[]) AS attendance_at) k
    WHERE lessons.lesson_id = k.lesson_id"""


def note_lessons_entered(writer: Writer, entered: Iterable[tuple[int, datetime, datetime | None]]) -> None:
    """Set when lessons were first filled and, where given, when attendance was taken.

    ``entered`` holds a row a lesson: lesson id, moment of entry, moment of attendance or None.
    """
    rows = list(entered)
    if not rows:
        return
    lesson_ids, entered_at, attendance_at = map(list, zip(*rows, strict=True))
    lessons = lessons_by_id(writer, lesson_ids)
    # One lesson, as when a teacher types, is updated in half the time of a join.
    sql = _NOTE_LESSON if len(rows) == 1 else _NOTE_LESSONS
    parameters = (
        dict(zip(("lesson", "entered_at", "attendance_at"), rows[0], strict=True))
        if len(rows) == 1
        else {"lessons": lesson_ids, "entered_at": entered_at, "attendance_at": attendance_at}
    )
    writer.change(sql, parameters, entered_in=lesson_ids)
    writer.remember(
        LESSON,
        {
            lesson_id: replace(
                lessons[lesson_id],
                recorded_at=lessons[lesson_id].recorded_at or entered,
                attendance_taken_at=lessons[lesson_id].attendance_taken_at or attendance,
            )
            for lesson_id, entered, attendance in rows
        },
    )
