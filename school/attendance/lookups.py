"""«Пропуски»: a class by week for its homeroom teacher, warnings with names, and leaves in the register (п. 4.3)."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from school.access.action import Action
from school.access.checks import check_may, may
from school.access.scopes import Rows
from school.attendance.rules.absences import is_chronic, is_missed, missed_days, missed_percent
from school.attendance.rules.running_absences import is_explained, is_long_run, running_missed_days
from school.attendance.store import (
    PupilLesson,
    StoredLeave,
    class_leaves,
    class_lesson_ids,
    names_in_class,
    pupil_lessons,
    subject_names,
)
from school.records import Cell, CellState, Leave, Lesson, PersonName, Term, User
from school.register.lookups.registers import CellEvent, cell_history, term_on
from school.register.rules.leaves import covers, is_expected
from school.register.store.cells import Pair, cell_states, listed_pairs
from school.register.store.leaves import leaves_over
from school.register.store.lessons import lessons_by_id
from school.register.store.registers import class_terms
from school.store.connection import Store
from school.store.names import tell_apart
from school.store.reading import Reader

# A run of missed days may have begun before a break: this far back the days are read.
RUN_WEEKS = 6


@dataclass(frozen=True)
class LessonColumn:
    """Lessons of one day and number of which each pupil has at most one: of the class, or of its subgroups."""

    lessons: tuple[Lesson, ...]

    @property
    def first(self) -> Lesson:
        """The lesson that stands for the column."""
        return self.lessons[0]


@dataclass(frozen=True)
class PupilAbsence:
    """A pupil's absence in a term: filled lessons, those missed, and the school days missed in a row up to the last."""

    pupil_lessons: int
    missed_lessons: int
    run: tuple[date, ...]
    run_is_explained: bool

    @property
    def percent(self) -> float | None:
        """Percent of lessons missed; None without lessons."""
        return missed_percent(self.missed_lessons, self.pupil_lessons)

    @property
    def is_chronic(self) -> bool:
        """Whether a tenth of the lessons or more was missed."""
        return is_chronic(self.missed_lessons, self.pupil_lessons)

    @property
    def is_long_run(self) -> bool:
        """Whether so many days were missed in a row that the homeroom teacher is warned."""
        return is_long_run(self.run)


NO_ABSENCE = PupilAbsence(0, 0, (), run_is_explained=True)


@dataclass(frozen=True)
class AbsenceWeek:
    """A class in a week: columns of lessons, pupils, what stands in their cells, leaves, absence over the term."""

    class_id: int
    first_day: date
    term: Term | None
    pupils: dict[int, PersonName]
    columns: list[LessonColumn]
    subjects: dict[int, str]
    cells: dict[Pair, Cell]
    listed: set[Pair]
    leaves: list[StoredLeave]
    expected: dict[Pair, Leave]
    absences: dict[int, PupilAbsence]
    may_edit: bool


def week_of(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def absence_week(store: Store, user: User, class_id: int, first_day: date, *, today: date) -> AbsenceWeek:
    """Return a class's absences from Monday ``first_day`` to Sunday; raises AccessRefused for another's class."""
    check_may(user, Action.READ_ABSENCES, Rows(class_id=class_id))
    last_day = first_day + timedelta(days=6)
    ids = class_lesson_ids(store, class_id, first_day, last_day)
    lessons = lessons_by_id(store, ids)
    pupils = tell_apart(store, names_in_class(store, class_id, first_day, last_day))
    pairs = [(lesson, pupil) for lesson in ids for pupil in pupils]
    listed = listed_pairs(store, lessons, pairs) if pairs else set()
    cells = {pair: state.cell for pair, state in (cell_states(store, pairs) if pairs else {}).items()}
    leaves = [
        each._replace(pupil_name=pupils.get(each.leave.pupil_id, each.pupil_name))
        for each in class_leaves(store, class_id, first_day, last_day)
    ]
    term = term_on(class_terms(store, class_id), min(last_day, today) if first_day <= today else first_day)
    return AbsenceWeek(
        class_id=class_id,
        first_day=first_day,
        term=term,
        pupils=pupils,
        columns=columns_of([lessons[lesson] for lesson in ids], listed),
        subjects=subject_names(store, class_id),
        cells=cells,
        listed=listed,
        leaves=leaves,
        expected=_expected(store, lessons, cells, listed),
        absences=_absences(store, class_id, term, today) if term else {},
        may_edit=may(user, Action.EDIT_ABSENCES, Rows(class_id=class_id)),
    )


def columns_of(lessons: Sequence[Lesson], listed: set[Pair]) -> list[LessonColumn]:
    """Return lessons as columns: those of one day and number stand together where no pupil has two of them."""
    pupils: dict[int, set[int]] = defaultdict(set)
    for lesson_id, pupil in listed:
        pupils[lesson_id].add(pupil)
    columns: list[list[Lesson]] = []
    for lesson in lessons:
        place = next((column for column in columns if _fits(lesson, column, pupils)), None)
        if place is None:
            columns.append([lesson])
        else:
            place.append(lesson)
    return [LessonColumn(tuple(column)) for column in columns]


def _fits(lesson: Lesson, column: Sequence[Lesson], pupils: Mapping[int, set[int]]) -> bool:
    is_same_time = (column[0].held_on, column[0].number) == (lesson.held_on, lesson.number)
    return is_same_time and not any(pupils[lesson.lesson_id] & pupils[other.lesson_id] for other in column)


def _expected(
    reader: Reader, lessons: Mapping[int, Lesson], cells: Mapping[Pair, Cell], listed: set[Pair]
) -> dict[Pair, Leave]:
    """Return the cells that a leave still waits for: no attendance taken, nothing entered."""
    expected: dict[Pair, Leave] = {}
    for leave in leaves_over(reader, list(lessons)):
        for lesson in lessons.values():
            pair = (lesson.lesson_id, leave.pupil_id)
            is_theirs = lesson.class_id == leave.class_id and covers(leave, lesson) and pair in listed
            if is_theirs and is_expected(lesson, cells.get(pair, Cell())):
                expected.setdefault(pair, leave)
    return expected


def _absences(reader: Reader, class_id: int, term: Term, today: date) -> dict[int, PupilAbsence]:
    last_day = min(today, term.ends_on)
    first_day = min(term.starts_on, last_day - timedelta(weeks=RUN_WEEKS))
    by_pupil: dict[int, list[PupilLesson]] = defaultdict(list)
    for row in pupil_lessons(reader, class_id, first_day, last_day):
        by_pupil[row.pupil_id].append(row)
    return {pupil: _pupil_absence(rows, term.term_id) for pupil, rows in by_pupil.items()}


def _pupil_absence(rows: Sequence[PupilLesson], term_id: int) -> PupilAbsence:
    of_term = [row for row in rows if row.term_id == term_id]
    run = running_missed_days(missed_days((row.held_on, row.reason) for row in rows))
    return PupilAbsence(
        len(of_term),
        sum(is_missed(row.reason) for row in of_term),
        run,
        is_explained(row.reason for row in rows if row.held_on in run),
    )


def absences_of_pupils(
    store: Store, user: User, lesson_ids: Collection[int], pupil_ids: Collection[int], *, today: date
) -> dict[int, PupilAbsence]:
    """Return the pupils' absence over the term of these lessons after an entry; lessons not readable are left out."""
    found: dict[int, PupilAbsence] = {}
    for class_id, term_id in {
        (lesson.class_id, lesson.term_id) for lesson in lessons_by_id(store, lesson_ids).values()
    }:
        term = next((each for each in class_terms(store, class_id) if each.term_id == term_id), None)
        if term and may(user, Action.READ_ABSENCES, Rows(class_id=class_id)):
            found |= _absences(store, class_id, term, today)
    return {pupil: found.get(pupil, NO_ABSENCE) for pupil in pupil_ids if found}


def lesson_of_pupil(store: Store, lesson_ids: Collection[int], pupil_id: int) -> int | None:
    """Return that lesson of a column which the pupil has, or None."""
    pairs = [(lesson, pupil_id) for lesson in lesson_ids]
    listed = listed_pairs(store, lessons_by_id(store, lesson_ids), pairs) if pairs else set()
    return min((lesson for lesson, _ in listed), default=None)


def absence_history(store: Store, user: User, lesson_ids: Collection[int], pupil_id: int) -> list[CellEvent]:
    """Return a cell's history, oldest first, for who may read the register of the class."""
    lesson = lesson_of_pupil(store, lesson_ids, pupil_id)
    return [] if lesson is None else cell_history(store, user, lesson, pupil_id)


def expected_leaves(store: Store, user: User, lesson_ids: Collection[int]) -> dict[Pair, Leave]:
    """Return the cells of these lessons that a leave waits for; lessons that the user may not read are left out."""
    known = lessons_by_id(store, lesson_ids)
    lessons = {key: lesson for key, lesson in known.items() if _may_read(user, lesson)}
    pairs = [(lesson, leave.pupil_id) for leave in leaves_over(store, list(lessons)) for lesson in lessons]
    if not pairs:
        return {}
    cells = {pair: state.cell for pair, state in cell_states(store, pairs).items()}
    return _expected(store, lessons, cells, listed_pairs(store, lessons, pairs))


def cells_of_leaves(store: Store, user: User, lesson_ids: Collection[int]) -> dict[Pair, Cell]:
    """Return what stands in the cells of pupils on leave in these lessons, as taking attendance left them."""
    known = lessons_by_id(store, lesson_ids)
    lessons = {key: lesson for key, lesson in known.items() if _may_read(user, lesson)}
    pairs = {
        (lesson.lesson_id, leave.pupil_id)
        for leave in leaves_over(store, list(lessons))
        for lesson in lessons.values()
        if lesson.class_id == leave.class_id and covers(leave, lesson)
    }
    states = cell_states(store, pairs) if pairs else {}
    return {pair: states.get(pair, CellState()).cell for pair in pairs}


def _may_read(user: User, lesson: Lesson) -> bool:
    return may(user, Action.READ_REGISTER, Rows(teacher_ids=lesson.reader_ids, class_id=lesson.class_id))
