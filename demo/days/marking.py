"""Marks and absences of one load: who is asked, how well it goes, and what the teacher enters when."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time

import numpy as np
from numpy.typing import NDArray

from demo.days.absences import LATE, PRESENT, REASONS, UNKNOWN
from demo.plan.habits import WRITTEN_CONTROL, Habits
from demo.plan.lessons import FIRST_MARKED_GRADE, DatedLesson
from demo.plan.load import Load
from school.records import Cell
from school.register.actions.batch import CellEdit
from school.register.rules.cells import HIGHEST_MARK, LOWEST_MARK
from school.year.records import ONE_DAY

# Standard deviations of the parts of a mark; together about one.
ABILITY_SD, SUBJECT_SD, TERM_SD, WEEK_SD, DAY_SD = 0.7, 0.42, 0.1, 0.12, 0.5
LEVEL_BOUNDS = (-2.15, -1.25, -0.25)  # from below: 2 | 3 | 4 | 5
# Marks a quarter by weekly hours; п. 5.2 asks for 3, 5 and more than 5.
MARKS_A_QUARTER = {1: 4.7, 2: 7.2, 3: 8.8, 4: 10.5, 5: 12.5}
WORK_SHARE = {"control": 0.96, "check": 0.88, "laboratory": 0.85, "practical": 0.85, "": 0.0}
CHECKED_LATER_SHARE = 0.3
SECOND_MARK_SHARE, LATE_PUPIL_SHARE, ATTENDED_ON_UNKNOWN_SHARE = 0.02, 0.012, 0.25
CORRECTED_SHARE = 0.004
CORRECTION_REASONS = ("ошибка при вводе", "работа пересдана", "отметка поставлена не тому ученику")
DAYS_UNTIL_A_CORRECTION = 6
LAST_DAYS_OF_A_TERM, RARELY = 7, 0.03


@dataclass
class Abilities:
    """Ability of the pupils, general and by subject, in standard deviations of all marks; the same over the years."""

    rng: np.random.Generator
    general: dict[int, float] = field(default_factory=dict)
    by_subject: dict[tuple[int, str], float] = field(default_factory=dict)

    def of(self, pupil_ids: Sequence[int], subject: str) -> np.ndarray:
        """Return the pupils' levels in a subject, shape (pupils,), in standard deviations of all marks."""
        levels = []
        for pupil_id in pupil_ids:
            if pupil_id not in self.general:
                self.general[pupil_id] = float(self.rng.normal(0, ABILITY_SD))
            if (pupil_id, subject) not in self.by_subject:
                self.by_subject[pupil_id, subject] = float(self.rng.normal(0, SUBJECT_SD))
            levels.append(self.general[pupil_id] + self.by_subject[pupil_id, subject])
        return np.array(levels)


@dataclass(frozen=True)
class TermLessons:
    """The filled lessons of one load in one term, with who was there.

    Tables are lessons × pupils. ``planned`` counts all lessons of the term, the coming ones too; ``marked_at``
    is when the marks of each lesson were entered, None: not yet.
    """

    load: Load
    lessons: list[DatedLesson]
    marked_at: list[datetime | None]
    planned: int
    ends_on: date
    pupil_ids: list[int]
    is_listed_at_end: list[bool]
    is_listed: np.ndarray
    missed: np.ndarray


@dataclass(frozen=True)
class Entries:
    """Final entries of the register, lessons × pupils (0: none); ``first_tries`` are marks entered wrongly at first."""

    marks: np.ndarray
    second_marks: np.ndarray
    absences: np.ndarray
    first_tries: np.ndarray


def term_entries(rng: np.random.Generator, term: TermLessons, levels: np.ndarray, habits: Habits) -> Entries:
    """Return the marks and absences of a term."""
    shape = term.is_listed.shape
    absences = _absences(rng, term)
    is_there = term.is_listed & ((absences == PRESENT) | (absences == LATE))
    if term.load.school_class.grade_level < FIRST_MARKED_GRADE:
        nothing = np.zeros(shape, dtype=np.int8)
        return Entries(nothing, nothing, absences, nothing)
    is_entered = np.array([[at is not None] for at in term.marked_at])
    is_marked = _is_marked(rng, term, habits, is_there) & is_entered
    drawn = _drawn_marks(rng, term, levels, habits)
    marks = np.where(is_marked, drawn, 0).astype(np.int8)
    is_answer = np.array([[lesson.work == ""] for lesson in term.lessons])
    has_second = is_marked & is_answer & (rng.random(shape) < SECOND_MARK_SHARE)
    second = np.where(has_second, _drawn_marks(rng, term, levels, habits), 0).astype(np.int8)
    return Entries(marks, second, absences, _first_tries(rng, marks))


def _absences(rng: np.random.Generator, term: TermLessons) -> np.ndarray:
    shape = term.is_listed.shape
    codes = term.missed.copy()
    codes[(codes == UNKNOWN) & (rng.random(shape) < ATTENDED_ON_UNKNOWN_SHARE)] = PRESENT
    is_first = np.array([[lesson.number == 1] for lesson in term.lessons])
    late_share = np.where(is_first, LATE_PUPIL_SHARE, LATE_PUPIL_SHARE / 10)
    codes[(codes == PRESENT) & (rng.random(shape) < late_share)] = LATE
    return np.where(term.is_listed, codes, PRESENT)


def _is_marked(
    rng: np.random.Generator, term: TermLessons, habits: Habits, is_there: np.ndarray
) -> np.ndarray:
    """Return who gets a mark when: nearly all for a work, in other lessons everybody in turn."""
    works = np.array([WORK_SHARE[lesson.work] for lesson in term.lessons])
    quarters = term.planned / (term.load.hours * 8)
    wanted = MARKS_A_QUARTER[min(term.load.hours, 5)] * quarters * habits.activity
    answers = np.where(works == 0, 1.0, 0.0)
    if habits.marks_late_in_term:
        answers *= _weights_of_a_late_marker(term)
    coming = max(0, term.planned - len(term.lessons))
    share_held = len(term.lessons) / max(1, len(term.lessons) + coming)
    answers *= max(0.0, wanted * share_held - works.sum()) / max(1.0, answers.sum())
    asked_often = rng.lognormal(-0.03, 0.25, len(term.pupil_ids))
    has_work = rng.random(is_there.shape) < works[:, None]
    turns = np.cumsum(is_there * np.minimum(answers[:, None] * asked_often[None, :], 0.97), axis=0)
    turns = np.floor(turns + rng.random(len(term.pupil_ids)))
    is_asked = np.diff(turns, axis=0, prepend=np.floor(rng.random((1, len(term.pupil_ids))))) > 0
    return is_there & (has_work | is_asked)


def _weights_of_a_late_marker(term: TermLessons) -> np.ndarray:
    return np.array(
        [
            1.0 if (term.ends_on - lesson.held_on).days < LAST_DAYS_OF_A_TERM else RARELY
            for lesson in term.lessons
        ]
    )


def _drawn_marks(
    rng: np.random.Generator, term: TermLessons, levels: np.ndarray, habits: Habits
) -> NDArray[np.int64]:
    lessons, pupils = term.is_listed.shape
    weeks = np.array([lesson.held_on.isocalendar().week for lesson in term.lessons])
    by_week = rng.normal(0, WEEK_SD, 54)[weeks]
    is_control = np.array([lesson.work == WRITTEN_CONTROL for lesson in term.lessons])
    shift = habits.leniency + np.where(is_control, habits.control_shift, habits.current_shift)
    by_pupil = levels + rng.normal(0, TERM_SD, pupils)
    drawn = by_pupil[None, :] + (by_week + shift)[:, None] + rng.normal(0, DAY_SD, (lessons, pupils))
    marks: NDArray[np.int64] = LOWEST_MARK + np.searchsorted(LEVEL_BOUNDS, drawn)
    return marks


def _first_tries(rng: np.random.Generator, marks: np.ndarray) -> np.ndarray:
    is_corrected = (marks > 0) & (rng.random(marks.shape) < CORRECTED_SHARE)
    wrong = np.where(marks == HIGHEST_MARK, marks - 1, marks + 1)
    return np.where(is_corrected, wrong, 0).astype(np.int8)


def checked_later(
    rng: np.random.Generator, lessons: Sequence[DatedLesson], now: datetime
) -> list[datetime | None]:
    """Return when the marks of each lesson were entered: some works are checked at home; None: not yet."""
    moments: list[datetime | None] = []
    for lesson, chance in zip(lessons, rng.random(len(lessons)), strict=True):
        at = lesson.filled_at
        if at and lesson.work and chance < CHECKED_LATER_SHARE:
            days = 1 + int(chance / CHECKED_LATER_SHARE * 2)
            at = max(at, datetime.combine(lesson.held_on + days * ONE_DAY, time(14, 30)))
        moments.append(at if at and at <= now else None)
    return moments


@dataclass(frozen=True)
class TypedCells:
    """What a teacher typed, in two passes: the entries, then the corrections on later days."""

    entries: list[CellEdit]
    corrections: list[CellEdit]


def typed_cells(
    rng: np.random.Generator, term: TermLessons, entries: Entries, now: datetime
) -> dict[int, TypedCells]:
    """Return the edits of a term by the teacher who gave the lesson."""
    typed: dict[int, TypedCells] = {}
    for place, pupil in np.argwhere((entries.marks > 0) | (entries.absences > 0)):
        lesson, pupil_id = term.lessons[place], term.pupil_ids[pupil]
        cell = _cell(entries, place, pupil)
        cells = typed.setdefault(lesson.teacher_id, TypedCells([], []))
        at = term.marked_at[place] if cell.marks else lesson.filled_at
        if first_try := int(entries.first_tries[place, pupil]):
            wrong = Cell(cell.absence, (first_try, *cell.marks[1:]))
            cells.entries.append(CellEdit(lesson.lesson_id, pupil_id, wrong.text, at=at))
            edit = CellEdit(lesson.lesson_id, pupil_id, cell.text)
            cells.corrections.append(_corrected(rng, edit, at or now, now))
        else:
            cells.entries.append(CellEdit(lesson.lesson_id, pupil_id, cell.text, at=at))
    return typed


def _corrected(rng: np.random.Generator, edit: CellEdit, at: datetime, now: datetime) -> CellEdit:
    days = int(rng.integers(1, DAYS_UNTIL_A_CORRECTION))
    reason = CORRECTION_REASONS[int(rng.integers(len(CORRECTION_REASONS)))]
    return replace(edit, reason=reason, at=min(at + days * ONE_DAY, now))


def _cell(entries: Entries, place: int, pupil: int) -> Cell:
    absence = REASONS.get(int(entries.absences[place, pupil]))
    marks = (int(entries.marks[place, pupil]), int(entries.second_marks[place, pupil]))
    return Cell(absence, tuple(mark for mark in marks if mark))
