"""Whose diary somebody may open, and what all of its pages have in common (п. 2.8, 3.6)."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from school.access.action import Action
from school.access.checks import check_may, check_may_somewhere, may
from school.access.scopes import Rows
from school.errors import Refusal
from school.families.rules import is_correction
from school.families.store import diaries
from school.records import AbsenceReason, Lesson, Term, User
from school.register.lookups.registers import term_on
from school.register.store.cells import absences_by_lesson, marks_by_lesson
from school.register.store.lessons import lessons_by_id
from school.register.store.pupil_lessons import classes_of_pupil, lessons_of_classes
from school.register.store.registers import class_terms, work_types
from school.store.connection import Store


@dataclass(frozen=True)
class DiaryPupil:
    """Whose diary it is: the class of today, or else the last one, and its terms that have begun.

    ``class_ids``: all classes that the pupil is or was in.
    """

    pupil_id: int
    name: str
    class_id: int | None
    class_name: str
    school_year: int | None
    class_ids: tuple[int, ...]
    terms: tuple[Term, ...]

    def term(self, term_id: int | None, today: date) -> Term | None:
        """Return a term by its id, or that of today, or the last one; None before the first."""
        return next((each for each in self.terms if each.term_id == term_id), None) or term_on(
            self.terms, today
        )


@dataclass(frozen=True)
class Correction:
    """A change of marks that stood already; ``new_text`` is empty where they were taken back."""

    changed_at: datetime
    old_text: str
    new_text: str
    reason: str


@dataclass(frozen=True)
class DiaryMark:
    """A mark as a family reads it."""

    value: int
    weight: float
    work_type: str
    recorded_at: datetime | None


@dataclass(frozen=True)
class DiaryCell:
    """What a pupil has at a lesson."""

    marks: tuple[DiaryMark, ...] = ()
    absence: AbsenceReason | None = None
    absence_recorded_at: datetime | None = None
    corrections: tuple[Correction, ...] = ()


def children_of(store: Store, user: User) -> dict[int, str]:
    """Return a guardian's children, or the pupil themself, by id: last and first name. Others have none."""
    check_may_somewhere(user, Action.READ_DIARY)
    return {pupil: name.short for pupil, name in diaries.pupil_names(store, user.pupil_ids).items()}


def diary_pupil(store: Store, user: User, pupil_id: int, today: date) -> DiaryPupil:
    """Return whose diary it is.

    Raises AccessRefused for a pupil who is not the user's to see, known or not; Refusal where nobody has the id.
    """
    stays = classes_of_pupil(store, pupil_id, today)
    rows = [Rows(pupil_id=pupil_id), *(Rows(pupil_id=pupil_id, class_id=each.class_id) for each in stays)]
    if not any(may(user, Action.READ_DIARY, each) for each in rows):
        check_may(user, Action.READ_DIARY, Rows(pupil_id=pupil_id))
    name = diaries.pupil_names(store, frozenset([pupil_id])).get(pupil_id)
    if name is None:
        raise Refusal("Такого ученика нет.", next_step="Откройте дневник по ссылке из списка класса.")
    current = stays[0] if stays else None
    terms = class_terms(store, current.class_id) if current else []
    return DiaryPupil(
        pupil_id,
        name.short,
        current.class_id if current else None,
        current.class_name if current else "",
        current.school_year if current else None,
        tuple(dict.fromkeys(each.class_id for each in stays)),
        tuple(each for each in terms if each.starts_on <= today),
    )


def diary_lesson_ids(
    store: Store, user: User, pupil_id: int, first_day: date, last_day: date
) -> frozenset[int]:
    """Return the lessons whose entries may change what a diary says of these days. Raises AccessRefused or Refusal."""
    pupil = diary_pupil(store, user, pupil_id, first_day)
    lessons = lessons_of_classes(store, pupil.class_ids, first_day, last_day)
    return frozenset(each.lesson_id for each in lessons)


def cells_of_pupil(store: Store, pupil_id: int, lesson_ids: Collection[int]) -> dict[int, DiaryCell]:
    """Return what a pupil has at lessons; those with nothing are missing. Whoever asks has checked the access."""
    marks = {
        lesson: own
        for lesson, of_all in marks_by_lesson(store, lesson_ids).items()
        if (own := [each for each in of_all if each.pupil_id == pupil_id])
    }
    absences = {
        lesson: absence
        for lesson, of_all in absences_by_lesson(store, lesson_ids).items()
        for absence in of_all
        if absence.pupil_id == pupil_id
    }
    corrections = _corrections(store, pupil_id, lesson_ids)
    lessons, types = lessons_by_id(store, marks), work_types(store)

    def mark_of(
        lesson: Lesson, value: int, weight: float | None, type_id: int | None, at: datetime | None
    ) -> DiaryMark:
        kind = types.get(type_id or lesson.work_type_id or 0)
        own = (kind.weight if kind else 1.0) if weight is None else weight
        return DiaryMark(value, own, kind.name if kind else "", at)

    return {
        lesson: DiaryCell(
            tuple(
                mark_of(lessons[lesson], each.value, each.weight, each.work_type_id, each.recorded_at)
                for each in marks.get(lesson, ())
            ),
            AbsenceReason(absences[lesson].reason) if lesson in absences else None,
            absences[lesson].recorded_at if lesson in absences else None,
            corrections.get(lesson, ()),
        )
        for lesson in (*marks, *(absences.keys() | corrections.keys()) - marks.keys())
    }


def _corrections(
    store: Store, pupil_id: int, lesson_ids: Collection[int]
) -> Mapping[int, tuple[Correction, ...]]:
    found: dict[int, tuple[Correction, ...]] = defaultdict(tuple)
    for lesson, changes in diaries.changes_by_lesson(store, lesson_ids).items():
        for each in changes:
            if each.pupil_id == pupil_id and is_correction(each.old_text, each.new_text):
                found[lesson] += (Correction(each.changed_at, each.old_text, each.new_text, each.reason),)
    return found
