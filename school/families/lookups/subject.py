"""One subject of a diary: marks, what the next mark takes, the programme, term marks, what teachers wrote (п. 2.8, 3.6, 5.2, 5.4)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from school.errors import Refusal
from school.families.lookups.diary import DiaryPupil, diary_pupil
from school.families.lookups.marks import (
    DiarySubject,
    FinalMarks,
    closed_terms,
    final_marks,
    lessons_of_year,
    subjects_of_term,
)
from school.families.rules import NeededMarks, needed_marks
from school.families.store import diaries
from school.families.store.remarks import StoredRemark, remarks_of_pupil
from school.lesson_plans.rules.plans import lay_over, progress
from school.lesson_plans.store import plan_lessons, plan_of
from school.materials.lookups import MaterialSeries, subject_materials
from school.records import RegisterKey, Term, User
from school.register.store.lessons import lessons_by_id
from school.register.store.pupil_lessons import DatedLesson
from school.register.store.registers import class_terms
from school.register.store.work_types import rounding_of
from school.store.connection import Store
from school.tasks.lookups import PupilTask, pupil_tasks
from school.term_marks.rules.term_marks import Rounding
from school.term_marks.rules.year_needed import YearNeeded, needed_in_terms

TOPICS_AHEAD = 5
# An older forecast says nothing of the marks that have come since.
FORECAST_DAYS = 14
REMARK_DAYS = 300
# The rest stand on the page of tasks.
TASKS_SHOWN = 5


@dataclass(frozen=True)
class Programme:
    """How far the lesson plan has come, in lessons, and its next topics with the day each begins, where it is known."""

    held: int
    total: int
    ahead: tuple[tuple[date | None, str], ...]


@dataclass(frozen=True)
class Chance:
    """How likely the wanted mark or a better one was as of a day: 0 to 1."""

    as_of: date
    chance: float


@dataclass(frozen=True)
class SubjectPage:
    """A subject in a term; ``needed`` and ``chance`` only while the term goes on."""

    pupil: DiaryPupil
    term: Term | None
    subject: DiarySubject
    teachers: tuple[str, ...]
    lessons_held: int
    lessons_of_year: int
    lessons_left: int
    programme: Programme | None
    needed: NeededMarks | None
    chance: Chance | None
    closed_terms: tuple[Term, ...]
    final: FinalMarks | None
    remarks: tuple[StoredRemark, ...]
    tasks: tuple[PupilTask, ...] = ()
    materials: tuple[MaterialSeries, ...] = ()
    year_needed: YearNeeded | None = None


def diary_subject(
    store: Store,
    user: User,
    pupil_id: int,
    subject_id: int,
    *,
    today: date,
    term_id: int | None = None,
    now: datetime | None = None,
) -> SubjectPage:
    """Return a subject of a pupil's term. Raises AccessRefused or Refusal, that too where the pupil has no such subject."""
    pupil = diary_pupil(store, user, pupil_id, today, now)
    term = pupil.term(term_id, today)
    of_term = subjects_of_term(store, pupil, term, today) if term else ()
    subject = next((each for each in of_term if each.subject_id == subject_id), None)
    if term is None or subject is None:
        raise Refusal("Такого предмета у ученика в этом периоде нет.", next_step="Откройте «Отметки».")
    year = [
        each
        for each in lessons_of_year(store, pupil)
        if each.subject_id == subject_id and not each.is_cancelled
    ]
    left = sum(each.term_id == term.term_id and each.held_on > today for each in year)
    needed = _needed(store, subject, term, left, today)
    closed = closed_terms(pupil, today)
    finals = final_marks(store, pupil, {each.term_id for each in closed})
    final = next((each for each in finals if each.subject_id == subject_id), None)
    remarks = remarks_of_pupil(store, pupil_id, today - timedelta(REMARK_DAYS))
    return SubjectPage(
        pupil,
        term,
        subject,
        _teachers(store, [each.lesson_id for each in year if each.term_id == term.term_id]),
        sum(each.held_on < today for each in year),
        len(year),
        left,
        _programme(store, year, today),
        needed,
        _chance(store, pupil_id, subject_id, term, needed, today) if needed else None,
        closed,
        final,
        tuple(each for each in remarks if each.subject_name == subject.name),
        tuple(pupil_tasks(store, user, pupil_id, today=today, subject_id=subject_id)[:TASKS_SHOWN]),
        tuple(subject_materials(store, pupil_id, subject_id, today)),
        _year_needed(store, pupil, final, subject_id),
    )


def _year_needed(
    store: Store, pupil: DiaryPupil, final: FinalMarks | None, subject_id: int
) -> YearNeeded | None:
    """Return what the terms left must bring; None before the first term mark and once the year mark is given."""
    if final is None or final.year_mark is not None or pupil.class_id is None or pupil.school_year is None:
        return None
    terms = class_terms(store, pupil.class_id)
    held = diaries.term_marks_of_pupil(store, pupil.pupil_id, pupil.class_ids, pupil.school_year)
    own = {each.term_id for each in terms}
    foreign = {
        each.term_id: each.value
        for each in held
        if each.subject_id == subject_id and each.term_id and each.term_id not in own
    }
    return needed_in_terms(terms, {**final.by_term, **foreign})


def _teachers(store: Store, lesson_ids: list[int]) -> tuple[str, ...]:
    staff = diaries.staff_names(store)
    ids = dict.fromkeys(each.teacher_id for each in lessons_by_id(store, lesson_ids).values())
    return tuple(staff[each].full for each in ids if each is not None and each in staff)


def _needed(
    store: Store, subject: DiarySubject, term: Term, lessons_left: int, today: date
) -> NeededMarks | None:
    if term.is_closed or not term.starts_on <= today <= term.ends_on:
        return None
    marks = [(mark.value, mark.weight) for day in subject.days for mark in day.marks]
    rounding = Rounding(rounding_of(store, subject.subject_id) or Rounding.HALF_UP)
    return needed_marks(marks, rounding, lessons_left)


def _chance(
    store: Store, pupil_id: int, subject_id: int, term: Term, needed: NeededMarks, today: date
) -> Chance | None:
    """Return the chance of the wanted mark by the forecast that the school remembered last; nothing is computed for a visit."""
    found = diaries.remembered_forecast(store, pupil_id, subject_id, term.term_id)
    if found is None or found.as_of < today - timedelta(FORECAST_DAYS):
        return None
    chances = {2: found.p2, 3: found.p3, 4: found.p4, 5: found.p5}
    return Chance(found.as_of, sum(each for mark, each in chances.items() if mark >= needed.target))


def _programme(store: Store, year: list[DatedLesson], today: date) -> Programme | None:
    """Return how far the plan of the pupil's register has come (п. 2.8); None without a plan."""
    if not year:
        return None
    last = next((each for each in reversed(year) if each.held_on <= today), year[0])
    key = RegisterKey(last.class_id, last.subject_id, last.subgroup_id)
    plan = plan_of(store, key)
    if plan is None or not plan.topics:
        return None
    lessons = plan_lessons(store, [key.class_id], key.subject_id).get(key, [])
    figures = progress(plan.topics, lessons, today, plan.replanned_on)
    begins: dict[int, date] = {}
    hours = [0] * len(plan.topics)
    for each in lay_over(plan.topics, lessons):
        if each.place is not None and each.is_planned:
            hours[each.place] += 1
            if each.lesson.held_on > today:
                begins.setdefault(each.place, each.lesson.held_on)
    ahead: list[tuple[date | None, str]] = [
        (begins.get(place), topic.title)
        for place, topic in enumerate(plan.topics)
        if place in begins or hours[place] < topic.hours
    ]
    ahead.sort(key=lambda each: each[0] or date.max)
    return Programme(figures.held, figures.total, tuple(ahead[:TOPICS_AHEAD]))
