"""The diary: what a family sees of its child, and a homeroom teacher, deputy or head of a chosen pupil (п. 2.8, 3.6)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from school.access.action import Action
from school.access.checks import check_may, check_may_somewhere, may
from school.access.scopes import Rows
from school.errors import Refusal
from school.families.store import diaries
from school.families.store.diaries import DiaryLesson, DiaryMark, DiaryTermMark, PupilClass
from school.homework.lookups import DueHomework, due_homework
from school.records import AbsenceReason, HomeworkState, Term, User
from school.register.lookups.registers import term_on
from school.register.rules.marks import weighted_mean
from school.register.store.registers import class_terms
from school.store.connection import Store

__all__ = ["DiaryMark"]


@dataclass(frozen=True)
class DiarySubject:
    """A subject's marks of a term and their weighted mean (None where all weigh nothing)."""

    name: str
    marks: tuple[DiaryMark, ...]
    mean: float | None


@dataclass(frozen=True)
class DiaryWork:
    """A lesson of a day with what is due by it; ``number`` is None where work is due without a lesson."""

    number: int | None
    subject_name: str
    due: tuple[DueHomework, ...] = ()

    @property
    def homework_state(self) -> HomeworkState:
        """Whether anything is set for everybody: set, none on purpose, or not written down yet."""
        states = {each.lesson.state for each in self.due}
        order = (HomeworkState.SET, HomeworkState.UNSET)
        return next((state for state in order if state in states), HomeworkState.NONE)

    @property
    def homework(self) -> str:
        """The text for everybody."""
        return "\n".join(each.lesson.text for each in self.due if each.lesson.text)


@dataclass(frozen=True)
class DiaryDay:
    """A day's lessons with the homework to be ready by then."""

    day: date
    lessons: tuple[DiaryWork, ...]


@dataclass(frozen=True)
class FinalMarks:
    """A subject's marks for the terms that are over, by term id, and for the year."""

    subject_name: str
    by_term: dict[int, int]
    year_mark: int | None


@dataclass(frozen=True)
class Diary:
    """A pupil's diary in one term of those begun; ``missed`` counts lessons by reason."""

    pupil_name: str
    class_name: str
    terms: tuple[Term, ...]
    term: Term | None
    subjects: tuple[DiarySubject, ...]
    missed: dict[AbsenceReason, int]
    days: tuple[DiaryDay, ...]
    later: tuple[DueHomework, ...]
    closed_terms: tuple[Term, ...]
    final_marks: tuple[FinalMarks, ...]


def children_of(store: Store, user: User) -> dict[int, str]:
    """Return a guardian's children, or the pupil themself, by id: last and first name. Others have none."""
    check_may_somewhere(user, Action.READ_DIARY)
    return {pupil: name.short for pupil, name in diaries.pupil_names(store, user.pupil_ids).items()}


def diary(store: Store, user: User, pupil_id: int, *, today: date, term_id: int | None = None) -> Diary:
    """Return a pupil's diary in a term of their class, by default the term of the day.

    Raises AccessRefused for a pupil who is not the user's to see, known or not; Refusal where nobody has the id.
    """
    classes = diaries.classes_of_pupil(store, pupil_id, today)
    _check_may_read(user, pupil_id, classes)
    name = diaries.pupil_names(store, frozenset([pupil_id])).get(pupil_id)
    if name is None:
        raise Refusal("Такого ученика нет.", next_step="Откройте дневник по ссылке из списка класса.")
    current = classes[0] if classes else None
    terms = (
        [each for each in class_terms(store, current.class_id) if each.starts_on <= today] if current else []
    )
    term = next((each for each in terms if each.term_id == term_id), None) or term_on(terms, today)
    closed = [each for each in terms if each.is_closed or each.ends_on < today]
    final = diaries.term_marks_of_pupil(store, pupil_id, current.school_year) if current else []
    days, later = _homework(store, pupil_id, today)
    return Diary(
        pupil_name=name.short,
        class_name=current.class_name if current else "",
        terms=tuple(terms),
        term=term,
        subjects=_subjects(diaries.marks_of_pupil(store, pupil_id, term.term_id)) if term else (),
        missed=_reasons(diaries.absences_of_pupil(store, pupil_id, term.term_id)) if term else {},
        days=days,
        later=later,
        closed_terms=tuple(closed),
        final_marks=_final_marks(final, {each.term_id for each in closed}),
    )


def _check_may_read(user: User, pupil_id: int, classes: Iterable[PupilClass]) -> None:
    rows = [Rows(pupil_id=pupil_id), *(Rows(pupil_id=pupil_id, class_id=each.class_id) for each in classes)]
    if not any(may(user, Action.READ_DIARY, each) for each in rows):
        check_may(user, Action.READ_DIARY, Rows(pupil_id=pupil_id))


def _subjects(marks: Iterable[DiaryMark]) -> tuple[DiarySubject, ...]:
    subjects = []
    for (_, name), group in groupby(marks, key=lambda mark: (mark.subject_id, mark.subject_name)):
        rows = tuple(group)
        subjects.append(DiarySubject(name, rows, weighted_mean((row.value, row.weight) for row in rows)))
    return tuple(subjects)


def _reasons(counts: dict[str, int]) -> dict[AbsenceReason, int]:
    return {reason: counts[reason] for reason in AbsenceReason if reason in counts}


def _homework(
    store: Store, pupil_id: int, today: date
) -> tuple[tuple[DiaryDay, ...], tuple[DueHomework, ...]]:
    """Return today and the next day with lessons, and what is due after them."""
    following = diaries.next_day_of_pupil(store, pupil_id, today)
    days = [today] if following is None else [today, following]
    due = due_homework(store, pupil_id, today)
    shown = tuple(
        DiaryDay(
            day,
            _works(
                diaries.lessons_of_day(store, pupil_id, day),
                [each for each in due if each.lesson.due_on == day],
            ),
        )
        for day in days
    )
    return shown, tuple(each for each in due if each.lesson.due_on not in days and each.is_work)


def _works(lessons: Iterable[DiaryLesson], due: Iterable[DueHomework]) -> tuple[DiaryWork, ...]:
    by_register: dict[tuple[int, int | None], list[DueHomework]] = defaultdict(list)
    for each in due:
        by_register[each.lesson.subject_id, each.lesson.subgroup_id].append(each)
    works = [
        DiaryWork(
            lesson.number,
            lesson.subject_name,
            tuple(by_register.pop((lesson.subject_id, lesson.subgroup_id), ())),
        )
        for lesson in lessons
    ]
    without_lesson = (
        DiaryWork(None, group[0].lesson.subject_name, tuple(group)) for group in by_register.values()
    )
    return (*works, *(work for work in without_lesson if any(each.is_work for each in work.due)))


def _final_marks(marks: Iterable[DiaryTermMark], closed: set[int]) -> tuple[FinalMarks, ...]:
    final = []
    for (_, name), group in groupby(marks, key=lambda mark: (mark.subject_id, mark.subject_name)):
        rows = list(group)
        by_term = {
            row.term_id: row.value for row in rows if row.term_id in closed and row.term_id is not None
        }
        year_mark = next((row.value for row in rows if row.term_id is None), None)
        if by_term or year_mark is not None:
            final.append(FinalMarks(name, by_term, year_mark))
    return tuple(final)
