"""The lessons of one pupil, found in memory among those of their classes."""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Sequence
from datetime import date
from functools import partial
from itertools import chain
from operator import itemgetter
from typing import Any, NamedTuple

from school.records import LessonStatus
from school.spans import Span, is_in_span
from school.store.memory.entered import Kind
from school.store.reading import Reader

# By class: no entry changes where its lessons stand.
DATED = Kind("lessons")


class PupilClass(NamedTuple):
    """A class that a pupil is or was in, with the first day and the day of leaving."""

    class_id: int
    class_name: str
    school_year: int
    starts_on: date | None
    ends_on: date | None


class DatedLesson(NamedTuple):
    """Where and when a lesson stands: what no entry changes."""

    lesson_id: int
    held_on: date
    number: int
    class_id: int
    subject_id: int
    subgroup_id: int | None
    term_id: int
    is_cancelled: bool


def classes_of_pupil(reader: Reader, pupil_id: int, today: date) -> list[PupilClass]:
    """Return a pupil's stays in classes: that of today first, then the others from the newest."""
    query = """SELECT e.pupil_id, c.class_id, c.name, c.school_year, e.starts_on, e.ends_on
        FROM enrolments e JOIN classes c USING (class_id)
        ORDER BY e.pupil_id, c.school_year DESC, e.starts_on DESC, c.class_id"""
    rows = reader.steady(("enrolments", "classes"), query, {})
    stays = [PupilClass(*row[1:]) for row in of_pupil(rows, pupil_id)]
    return sorted(stays, key=lambda stay: not is_in_span([(stay.starts_on, stay.ends_on)], today))


def classes_on(reader: Reader, pupil_id: int, day: date) -> frozenset[int]:
    """Return the classes that a pupil is in on a day: from memory."""
    return frozenset(
        each.class_id
        for each in classes_of_pupil(reader, pupil_id, day)
        if is_in_span([(each.starts_on, each.ends_on)], day)
    )


def of_pupil(rows: Sequence[tuple[Any, ...]], pupil_id: int) -> Sequence[tuple[Any, ...]]:
    """Return a pupil's rows of those of the whole school, ordered by pupil: one question serves a thousand families."""
    pupil = itemgetter(0)
    return rows[bisect_left(rows, pupil_id, key=pupil) : bisect_right(rows, pupil_id, key=pupil)]


def lessons_of_classes(
    reader: Reader, class_ids: Collection[int], first_day: date, last_day: date
) -> list[DatedLesson]:
    """Return the lessons of these classes from one day to another, cancelled ones too, by day and number."""
    day, of_classes = itemgetter(1), list[list[DatedLesson]]()
    for lessons in reader.entered(DATED, [*dict.fromkeys(class_ids)], partial(_dated, reader)).values():
        first, last = bisect_left(lessons, first_day, key=day), bisect_right(lessons, last_day, key=day)
        if first < last:
            of_classes.append(lessons[first:last])
    # Of the classes of earlier years nothing is in most spans of days: then all is in order.
    return of_classes[0] if len(of_classes) == 1 else sorted(chain(*of_classes), key=itemgetter(1, 2))


def _dated(reader: Reader, class_ids: list[int]) -> dict[int, list[DatedLesson]]:
    query = f"""SELECT lesson_id, held_on, number, class_id, subject_id, subgroup_id, term_id,
            status = '{LessonStatus.CANCELLED}' FROM lessons
        WHERE class_id = $class_id ORDER BY held_on, number, lesson_id"""
    return {each: [DatedLesson(*row) for row in reader.read(query, {"class_id": each})] for each in class_ids}


def lessons_of_pupil(reader: Reader, pupil_id: int, first_day: date, last_day: date) -> list[DatedLesson]:
    """Return the lessons of the classes and subgroups that a pupil was in on their day, cancelled ones too."""
    in_class: dict[int, list[Span]] = {}
    for stay in classes_of_pupil(reader, pupil_id, first_day):
        in_class.setdefault(stay.class_id, []).append((stay.starts_on, stay.ends_on))
    in_subgroup = subgroups_of_pupil(reader, pupil_id)
    return [
        each
        for each in lessons_of_classes(reader, in_class, first_day, last_day)
        if is_in_span(in_class[each.class_id], each.held_on)
        and (each.subgroup_id is None or is_in_span(in_subgroup.get(each.subgroup_id, ()), each.held_on))
    ]


def subgroups_of_pupil(reader: Reader, pupil_id: int) -> dict[int, list[Span]]:
    """Return when a pupil is or was in subgroups, by subgroup."""
    query = "SELECT pupil_id, subgroup_id, starts_on, ends_on FROM subgroup_members ORDER BY pupil_id"
    spans: dict[int, list[Span]] = {}
    for _, subgroup_id, *span in of_pupil(reader.steady(("subgroup_members",), query, {}), pupil_id):
        spans.setdefault(subgroup_id, []).append((span[0], span[1]))
    return spans
