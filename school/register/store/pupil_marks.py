"""The marks of a pupil in a subject, whichever class of the school gave them: what term marks and п. 5.2 stand on.

A mark counts in the class and term in which the pupil is: ``former_places`` (a view) says which days of which former classes
count where. Python reads them in memory, figures in the database (``former_mark_rows``); tests hold the two together.
"""

from collections.abc import Collection, Iterator
from datetime import date
from typing import NamedTuple

from school.records import RegisterKey, TermPlace
from school.register.store.lessons import lessons_by_id
from school.register.store.pupil_lessons import lessons_of_classes
from school.register.store.registers import (
    MarkRow,
    class_terms,
    lesson_ids_of,
    lessons_of_subject,
    marks_of_lessons,
)
from school.store.reading import Reader

PLACE_TABLES = ("enrolments", "classes", "class_terms", "terms")


class FormerPlace(NamedTuple):
    """Days of a pupil's former class (both inclusive) that count in a term of a class."""

    pupil_id: int
    class_id: int
    term_id: int
    from_class_id: int
    first_day: date
    last_day: date


class FormerMark(NamedTuple):
    """A mark that a pupil brought from another class: the term in which it counts, and where and when it was given."""

    term_id: int
    from_class_id: int
    subject_id: int
    held_on: date
    number: int
    mark: MarkRow


def former_places(
    reader: Reader, class_id: int | None = None, term_ids: Collection[int] | None = None
) -> list[FormerPlace]:
    """Return the days of former classes that count in a class (None: in any) and its terms (None: in any)."""
    # The whole school's, which is short, once: not a query a class.
    rows = reader.steady(PLACE_TABLES, "SELECT * FROM former_places ORDER BY ALL", {})
    places = (FormerPlace(*row) for row in rows if class_id is None or row[1] == class_id)
    return [each for each in places if term_ids is None or each.term_id in term_ids]


def has_moves(reader: Reader, class_id: int, term_ids: Collection[int]) -> bool:
    """Whether marks of pupils of a class count elsewhere, or marks of others here, in any of these terms."""
    return any(term_id in term_ids for term_id, _ in left_terms(reader, class_id)) or bool(
        former_places(reader, class_id, term_ids)
    )


def left_terms(reader: Reader, class_id: int) -> frozenset[TermPlace]:
    """Return (term, pupil) of those who were in a class during a term and ended it in another: their mark is given there."""
    rows = reader.steady(PLACE_TABLES, "SELECT class_id, term_id, pupil_id FROM left_places ORDER BY ALL", {})
    return frozenset((term_id, pupil_id) for of_class, term_id, pupil_id in rows if of_class == class_id)


def former_marks(
    reader: Reader,
    class_id: int,
    *,
    subject_id: int | None = None,
    term_ids: Collection[int] | None = None,
    pupil_ids: Collection[int] | None = None,
) -> Iterator[FormerMark]:
    """Yield the marks that pupils of a class brought from other classes of the school year, of some subject, terms or pupils."""
    places = former_places(reader, class_id, term_ids)
    if not places:
        return
    own_terms = {term.term_id for term in class_terms(reader, class_id)}
    for place in places:
        if pupil_ids is not None and place.pupil_id not in pupil_ids:
            continue
        dated = {
            each.lesson_id: each
            for each in lessons_of_classes(reader, [place.from_class_id], place.first_day, place.last_day)
            if subject_id in (None, each.subject_id)
            # A lesson of a term that both classes report by is of that term whatever its day.
            and (each.term_id == place.term_id or each.term_id not in own_terms)
        }
        lessons = lessons_by_id(reader, dated)
        for mark in marks_of_lessons(reader, list(lessons.values()), {place.pupil_id}):
            lesson = dated[mark.lesson_id]
            yield FormerMark(
                place.term_id, place.from_class_id, lesson.subject_id, lesson.held_on, lesson.number, mark
            )


def marks_beside(
    reader: Reader, key: RegisterKey, term_id: int, pupil_ids: Collection[int] | None = None
) -> list[MarkRow]:
    """Return the marks that count in a register's term beside those of its own lessons: of other subgroups and former classes."""
    own = set(lesson_ids_of(reader, key, term_id))
    others = [
        lesson_id
        for lesson_id, of_term in lessons_of_subject(reader, key.class_id, key.subject_id)
        if of_term == term_id and lesson_id not in own
    ]
    beside = (
        marks_of_lessons(reader, list(lessons_by_id(reader, others).values()), pupil_ids) if others else []
    )
    former = former_marks(
        reader, key.class_id, subject_id=key.subject_id, term_ids=[term_id], pupil_ids=pupil_ids
    )
    return [*beside, *(each.mark for each in former)]
