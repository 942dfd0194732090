"""What is taught to a class in a subject, as it stands in memory: its lessons, and the marks given at them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from school.records import Lesson
from school.register.store.lessons import lessons_by_id
from school.register.store.registers import MarkRow, lessons_of_subject, marks_of_lessons
from school.store.reading import Reader


@dataclass(frozen=True)
class Taught:
    """A class in a subject over some terms: the lessons by id, and their marks."""

    class_id: int
    subject_id: int
    term_ids: Collection[int]
    lessons: dict[int, Lesson]
    marks: list[MarkRow]


def terms_taught(reader: Reader, lesson_ids: Iterable[int]) -> dict[tuple[int, int], set[int]]:
    """Return the terms of lessons by class and subject."""
    found: dict[tuple[int, int], set[int]] = {}
    for lesson in lessons_by_id(reader, lesson_ids).values():
        found.setdefault((lesson.class_id, lesson.subject_id), set()).add(lesson.term_id)
    return found


def taught(reader: Reader, class_id: int, subject_id: int, term_ids: Collection[int]) -> Taught:
    """Return the lessons of a class in a subject in these terms, of whatever subgroup, with their marks."""
    rows = lessons_of_subject(reader, class_id, subject_id)
    lessons = lessons_by_id(reader, [lesson_id for lesson_id, term_id in rows if term_id in term_ids])
    return Taught(class_id, subject_id, term_ids, lessons, marks_of_lessons(reader, list(lessons.values())))


def facts_of_class(reader: Reader, class_id: int) -> dict[str, int | None]:
    """Return what a class says of all that is taught to it: school_id, grade_level."""
    query = "SELECT school_id, grade_level FROM classes WHERE class_id = $class"
    ((school_id, grade_level),) = reader.steady(("classes",), query, {"class": class_id})
    return {"class_id": class_id, "school_id": school_id, "grade_level": grade_level}


def facts_of_term(reader: Reader, term_id: int) -> dict[str, int | str]:
    """Return what a term says of all that is taught in it: school_year, term_kind, term_number."""
    query = "SELECT school_year, kind, number FROM terms WHERE term_id = $term"
    ((school_year, kind, number),) = reader.steady(("terms",), query, {"term": term_id})
    return {"school_year": school_year, "term_kind": kind, "term_number": number}
