"""The diary's marks by subject, absences and term marks of a term (п. 2.8, 3.6, 5.2)."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from school.calendar import school_year_title
from school.councils.rules import decision_text
from school.councils.store import latest_decision
from school.families.lookups.diary import (
    Correction,
    DiaryCell,
    DiaryMark,
    DiaryPupil,
    cells_of_pupil,
    diary_pupil,
)
from school.families.rules import family_mean
from school.families.store import diaries
from school.families.store.diaries import DiaryTermMark
from school.records import AbsenceReason, RegisterKey, Term, User
from school.register.lookups.registers import registers_of_year, required_marks
from school.register.store.lessons import lessons_by_id
from school.register.store.pupil_lessons import DatedLesson, lessons_of_classes, lessons_of_pupil
from school.register.store.registers import subject_names
from school.store.connection import Store


@dataclass(frozen=True)
class MarksOfDay:
    """The marks of a lesson and what became of earlier ones."""

    lesson_id: int
    held_on: date
    topic: str
    marks: tuple[DiaryMark, ...]
    corrections: tuple[Correction, ...]


@dataclass(frozen=True)
class DiarySubject:
    """A subject's marks of a term: the weighted mean (None of too few) and the least number of marks (п. 5.2), where known."""

    subject_id: int
    name: str
    days: tuple[MarksOfDay, ...]
    mean: float | None
    minimum: int | None

    @property
    def count(self) -> int:
        """How many marks there are."""
        return sum(len(each.marks) for each in self.days)


@dataclass(frozen=True)
class FinalMarks:
    """A subject's marks for the terms that are over, by term id, and for the year.

    ``of_former_school``: the terms whose mark the pupil brought from the former school.
    """

    subject_id: int
    subject_name: str
    by_term: dict[int, int]
    year_mark: int | None
    of_former_school: frozenset[int] = frozenset()


@dataclass(frozen=True)
class DiaryMarks:
    """A pupil's marks of a term by subject, the term marks so far, and what the council has last decided, in words."""

    pupil: DiaryPupil
    term: Term | None
    subjects: tuple[DiarySubject, ...]
    closed_terms: tuple[Term, ...]
    final_marks: tuple[FinalMarks, ...]
    decision: str = ""


@dataclass(frozen=True)
class MissedLesson:
    """A lesson missed, or come late to; ``recorded_by`` set the reason, empty where nobody is known."""

    held_on: date
    number: int
    subject_name: str
    absence: DiaryCell
    recorded_by: str = ""


@dataclass(frozen=True)
class DiaryAbsences:
    """What a pupil missed in a term: lessons by reason, whole days, of these by illness, and each lesson, the newest first.

    ``whole``: the days all of whose lessons were missed.
    """

    pupil: DiaryPupil
    term: Term | None
    by_reason: dict[AbsenceReason, int]
    whole_days: int
    whole_days_ill: int
    lessons: tuple[MissedLesson, ...]
    whole: frozenset[date] = frozenset()

    @property
    def by_day(self) -> dict[date, list[MissedLesson]]:
        """The lessons of each day in their order, the newest day first."""
        days: dict[date, list[MissedLesson]] = {}
        for each in self.lessons:
            days.setdefault(each.held_on, []).insert(0, each)
        return days


def diary_marks(
    store: Store,
    user: User,
    pupil_id: int,
    *,
    today: date,
    term_id: int | None = None,
    now: datetime | None = None,
    is_for_family: bool = False,
) -> DiaryMarks:
    """Return a pupil's marks in a term of their class, by default that of today, as ``diary_pupil`` lets them be seen.

    Raises AccessRefused or Refusal.
    """
    pupil = diary_pupil(store, user, pupil_id, today, now, is_for_family=is_for_family)
    term = pupil.term(term_id, today)
    closed = closed_terms(pupil, today)
    return DiaryMarks(
        pupil,
        term,
        subjects_of_term(store, pupil, term, today) if term else (),
        closed,
        final_marks(store, pupil, {each.term_id for each in closed}),
        council_words(store, pupil_id),
    )


def council_words(store: Store, pupil_id: int) -> str:
    """Return what the council has last decided about a pupil, «2026/27: перевести в 8 класс, …»; an empty text for nothing."""
    found = latest_decision(store, pupil_id)
    if found is None:
        return ""
    words = decision_text(found.decision, found.grade_level, subject_names(store))
    return f"{school_year_title(found.school_year)}: {words}"


def closed_terms(pupil: DiaryPupil, today: date) -> tuple[Term, ...]:
    """Return the terms whose marks a diary shows: those that are closed, or over."""
    return tuple(each for each in pupil.terms if each.is_closed or each.ends_on < today)


def diary_absences(
    store: Store,
    user: User,
    pupil_id: int,
    *,
    today: date,
    term_id: int | None = None,
    now: datetime | None = None,
) -> DiaryAbsences:
    """Return what a pupil missed in a term, by default that of today. Raises AccessRefused or Refusal."""
    pupil = diary_pupil(store, user, pupil_id, today, now)
    term = pupil.term(term_id, today)
    if term is None:
        return DiaryAbsences(pupil, None, {}, 0, 0, ())
    dated = _lessons_of_term(store, pupil, term)
    cells = cells_of_pupil(store, pupil, [each.lesson_id for each in dated])
    absences = {key: cell for key, cell in cells.items() if cell.absence}
    subjects = subject_names(store)
    authors = diaries.absence_authors(store, pupil_id, absences) if absences else {}
    missed = [
        MissedLesson(
            each.held_on,
            each.number,
            subjects[each.subject_id],
            absences[each.lesson_id],
            authors.get(each.lesson_id, ""),
        )
        for each in reversed(dated)
        if each.lesson_id in absences
    ]
    counts = Counter(each.absence.absence for each in missed)
    days = _whole_days(lessons_of_pupil(store, pupil_id, term.starts_on, term.ends_on), absences)
    return DiaryAbsences(
        pupil,
        term,
        {reason: counts[reason] for reason in AbsenceReason if reason in counts},
        len(days),
        sum(reasons == {AbsenceReason.ILLNESS} for reasons in days.values()),
        tuple(missed),
        frozenset(days),
    )


def _whole_days(
    dated: Iterable[DatedLesson], absences: Mapping[int, DiaryCell]
) -> dict[date, set[AbsenceReason | None]]:
    """Return the reasons of each day all of whose lessons were missed, by day."""
    by_day: dict[date, set[AbsenceReason | None]] = defaultdict(set)
    for each in dated:
        if not each.is_cancelled:
            by_day[each.held_on].add(absences[each.lesson_id].absence if each.lesson_id in absences else None)
    return {day: reasons for day, reasons in by_day.items() if not reasons & {None, AbsenceReason.LATE}}


def _lessons_of_term(store: Store, pupil: DiaryPupil, term: Term) -> list[DatedLesson]:
    """Return the lessons of a term in all classes of a pupil: a mark counts wherever it was given (п. 5.2)."""
    dated = lessons_of_classes(store, pupil.class_ids, term.starts_on, term.ends_on)
    own = {each.term_id for each in pupil.terms}
    return [each for each in dated if each.term_id == term.term_id or each.term_id not in own]


def lessons_of_year(store: Store, pupil: DiaryPupil) -> list[DatedLesson]:
    """Return a pupil's lessons of the school year of their class."""
    year = pupil.school_year or date.min.year
    dated = lessons_of_pupil(store, pupil.pupil_id, date(year, 8, 1), date(year + 1, 7, 31))
    return [each for each in dated if each.class_id == pupil.class_id]


def subjects_of_term(store: Store, pupil: DiaryPupil, term: Term, today: date) -> tuple[DiarySubject, ...]:
    """Return the subjects in which a pupil has lessons or marks in a term, by name."""
    dated = _lessons_of_term(store, pupil, term)
    cells = cells_of_pupil(store, pupil, [each.lesson_id for each in dated])
    topics = lessons_by_id(store, [key for key, cell in cells.items() if cell.marks or cell.corrections])
    days: dict[int, list[MarksOfDay]] = defaultdict(list)
    for each in dated:
        if (lesson := topics.get(each.lesson_id)) is not None:
            cell = cells[each.lesson_id]
            days[each.subject_id].append(
                MarksOfDay(each.lesson_id, each.held_on, lesson.topic, cell.marks, cell.corrections)
            )
    minimums = _minimums(store, pupil, term, today)
    names = subject_names(store)
    return tuple(
        DiarySubject(
            key,
            name,
            tuple(days[key]),
            family_mean([(mark.value, mark.weight) for each in days[key] for mark in each.marks]),
            minimums.get(key),
        )
        for key, name in names.items()
        if key in days or key in minimums
    )


def _minimums(store: Store, pupil: DiaryPupil, term: Term, today: date) -> dict[int, int | None]:
    """Return the subjects in which a pupil has lessons in a term, each with its least number of marks, where known."""
    if pupil.class_id is None or pupil.school_year is None:
        return {}
    rows = {row.key: row for row in registers_of_year(store, pupil.school_year)}
    # By day: who has moved meanwhile needs what the new register asks for.
    own = {
        each.subject_id: RegisterKey(each.class_id, each.subject_id, each.subgroup_id)
        for each in lessons_of_pupil(store, pupil.pupil_id, term.starts_on, min(term.ends_on, today))
        or lessons_of_pupil(store, pupil.pupil_id, term.starts_on, term.ends_on)
    }
    return {
        subject: required_marks(rows[key], term, today) if key in rows else None
        for subject, key in own.items()
    }


def final_marks(store: Store, pupil: DiaryPupil, closed: set[int]) -> tuple[FinalMarks, ...]:
    """Return a pupil's marks for these terms and for the year, by subject."""
    if pupil.school_year is None:
        return ()
    by_subject: dict[int, list[DiaryTermMark]] = defaultdict(list)
    # What the class of today gave comes last and so counts; before all what the pupil brought from the former school.
    classes = list(reversed(pupil.class_ids))
    for each in diaries.term_marks_of_pupil(store, pupil.pupil_id, classes, pupil.school_year):
        by_subject[each.subject_id].append(each)
    final = []
    for subject_id, name in subject_names(store).items():
        rows = by_subject.get(subject_id, [])
        counted = {row.term_id: row for row in rows if row.term_id in closed and row.term_id}
        by_term = {term_id: row.value for term_id, row in counted.items()}
        former = frozenset(term_id for term_id, row in counted.items() if row.is_of_former_school)
        year_mark = next((row.value for row in reversed(rows) if row.term_id is None), None)
        if by_term or year_mark is not None:
            final.append(FinalMarks(subject_id, name, by_term, year_mark, former))
    return tuple(final)
