"""Whom to ask in a register today, for those who read it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from school.access.action import Action
from school.access.checks import check_may
from school.records import Lesson, ListedPupil, PersonName, RegisterRow, Term, User
from school.register.lookups.registers import register_rows, required_marks
from school.register.rules.marks import is_graded
from school.register.store.days import absent_on
from school.register.store.lessons import lessons_by_id
from school.register.store.pupil_marks import marks_beside
from school.register.store.registers import MarkRow, lesson_ids_of, listed_pupils, marks_of_lessons
from school.store.connection import Store
from school.term_marks.rules.whom_to_ask import PupilNeed, whom_to_ask


@dataclass(frozen=True)
class PupilToAsk:
    """A pupil to ask, by name, with the need."""

    name: PersonName
    need: PupilNeed


def pupils_to_ask(
    store: Store, user: User, register: RegisterRow, term: Term, *, today: date
) -> list[PupilToAsk]:
    """Return whom to ask in a register on this day of a term, the most needing first (п. 5.2).

    Today's absentees and those with a mark today are passed over. Raises AccessRefused.
    """
    check_may(user, Action.READ_REGISTER, register_rows(register))
    if not is_graded(register.grade_level):
        return []
    key = register.key
    known = lessons_by_id(store, lesson_ids_of(store, key, term.term_id))
    lessons = [
        lesson for lesson in known.values() if lesson.held_on <= today and lesson.status != "cancelled"
    ]
    marks = marks_of_lessons(store, lessons)
    counts = Counter(
        mark.pupil_id
        for mark in (*marks_of_lessons(store, list(known.values())), *marks_beside(store, key, term.term_id))
    )
    minimum = required_marks(register, term, today)
    pupils = {pupil.pupil_id: pupil for pupil in listed_pupils(store, key, term) if pupil.is_listed_on(today)}
    needs = [
        PupilNeed(pupil_id, counts[pupil_id], minimum, _lessons_without_mark(pupil, lessons, marks, today))
        for pupil_id, pupil in pupils.items()
    ]
    passed_over = absent_on(store, key.class_id, today) | _marked_on(today, known, marks)
    return [PupilToAsk(pupils[need.pupil_id].name, need) for need in whom_to_ask(needs, passed_over)]


def _marked_on(day: date, lessons: dict[int, Lesson], marks: Iterable[MarkRow]) -> set[int]:
    return {mark.pupil_id for mark in marks if lessons[mark.lesson_id].held_on == day}


def _lessons_without_mark(
    pupil: ListedPupil, lessons: Iterable[Lesson], marks: Iterable[MarkRow], today: date
) -> int:
    """Count the lessons before today since the pupil's last mark; a lesson before the pupil came does not count."""
    own = {mark.lesson_id for mark in marks if mark.pupil_id == pupil.pupil_id}
    past = sorted(
        (lesson for lesson in lessons if lesson.held_on < today and pupil.is_listed_on(lesson.held_on)),
        key=lambda lesson: (lesson.held_on, lesson.number),
        reverse=True,
    )
    return next((place for place, lesson in enumerate(past) if lesson.lesson_id in own), len(past))
