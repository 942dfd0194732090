"""Reading ahead: what the registers of the running term show is in memory before the first teacher asks for it."""

from collections.abc import Iterator
from datetime import date

from school.records import Lesson, RegisterRow
from school.register.lookups.registers import registers_of_year, term_on
from school.register.store.cells import absences_by_lesson, listed_pairs, marks_by_lesson
from school.register.store.leaves import leaves_over
from school.register.store.lessons import lessons_by_id
from school.register.store.pupil_marks import former_places
from school.register.store.registers import (
    class_terms,
    lesson_ids_of,
    lessons_of_subject,
    listed_pupils,
    school_years,
    term_marks_of,
    year_of_class,
)
from school.store.connection import Store


def read_ahead(store: Store, today: date) -> Iterator[list[Lesson]]:
    """Read each class's registers of the term of a day, one class at a step; yields its lessons."""
    year = next((year for year in school_years(store) if year <= today.year), None)
    rows = registers_of_year(store, year) if year is not None else []
    by_class: dict[int, list[RegisterRow]] = {}
    for row in rows:
        by_class.setdefault(row.key.class_id, []).append(row)
    for class_id, own in by_class.items():
        term = term_on(class_terms(store, class_id), today)
        if term is None:
            continue
        lessons: list[int] = []
        for row in own:
            lessons += lesson_ids_of(store, row.key, term.term_id)
            lessons_of_subject(store, class_id, row.key.subject_id)
            listed_pupils(store, row.key, term)
            term_marks_of(store, row.key, term.term_id)
        year_of_class(store, class_id)
        former_places(store, class_id)
        known = lessons_by_id(store, lessons)
        if known:
            listed_pairs(
                store, {key: lesson for key, lesson in known.items() if lesson.subgroup_id is None}, []
            )
            marks_by_lesson(store, lessons)
            absences_by_lesson(store, lessons)
            leaves_over(store, lessons)
        yield list(known.values())
