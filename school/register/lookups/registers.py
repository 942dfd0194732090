"""The register as the signed-in user may see it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from school.access.action import Action
from school.access.checks import check_may, check_may_somewhere, may
from school.access.scopes import Rows
from school.errors import Refusal
from school.records import (
    AbsenceReason,
    Cell,
    Lesson,
    ListedPupil,
    RegisterKey,
    RegisterRow,
    Term,
    User,
    WorkType,
)
from school.register.rules.deadlines import is_late
from school.register.rules.marks import is_graded, weighted_mean
from school.register.rules.minimum_marks import minimum_in_term
from school.register.store.cells import StoredAbsence, absences_by_lesson
from school.register.store.corrections import permissions_in_force
from school.register.store.lessons import lessons_by_id
from school.register.store.pupil_marks import marks_beside
from school.register.store.registers import (
    MarkRow,
    class_terms,
    lesson_ids_of,
    listed_pupils,
    marks_of_lessons,
    registers,
    school_years,
    term_marks_of,
    work_types,
    year_of_class,
)
from school.spans import holds_all_days
from school.store.connection import Store
from school.store.events import cell_events
from school.store.names import staff_apart
from school.store.reading import Reader

Pair = tuple[int, int]  # lesson_id, pupil_id


@dataclass(frozen=True)
class PupilMarks:
    """A pupil's marks of a term in a subject, whoever of the school gave them: weighted mean (None without), count, control works."""

    mean: float | None
    count: int
    control_count: int


@dataclass(frozen=True)
class RegisterCell:
    """What a cell holds, and whether a mark in it came after the deadline (п. 5.5)."""

    cell: Cell
    is_late: bool


@dataclass(frozen=True)
class RegisterPage:
    """One register in one term: the pupils of a page, all lessons, and what stands in the cells."""

    register: RegisterRow
    term: Term
    pupils: list[ListedPupil]
    pupil_total: int
    first_pupil: int
    lessons: list[Lesson]
    cells: dict[Pair, RegisterCell]
    unlisted: frozenset[Pair]
    summaries: dict[int, PupilMarks]
    term_marks: dict[int, int]
    work_types: dict[int, WorkType]
    minimum: int | None
    editable_lesson_ids: frozenset[int]


def register_rows(register: RegisterRow) -> Rows:
    """Return whose rows a register is."""
    return Rows(teacher_ids=register.teacher_ids, class_id=register.key.class_id)


def readable_years(store: Store, user: User) -> list[int]:
    """Return the school years with registers, newest first; raises AccessRefused for who reads no register."""
    check_may_somewhere(user, Action.READ_REGISTER)
    return school_years(store)


def readable_registers(store: Store, user: User, school_year: int) -> list[RegisterRow]:
    """Return the registers of a school year that the user may read."""
    check_may_somewhere(user, Action.READ_REGISTER)
    state, choices = store.state_but_entries(), store.cache("choices")
    everything = registers_of_year(store, school_year)

    def compute() -> list[RegisterRow]:
        return [row for row in everything if may(user, Action.READ_REGISTER, register_rows(row))]

    return choices.get((user, school_year), state, compute)


def registers_of_year(store: Store, school_year: int) -> list[RegisterRow]:
    """Return all registers of a school year, from memory; whoever asks has checked whose they show."""
    state = store.state_but_entries()
    return store.cache("choices").get((school_year,), state, lambda: registers(store, school_year))


def registers_by_key(store: Store, school_year: int) -> dict[RegisterKey, RegisterRow]:
    """Return all registers of a school year by key, from memory; whoever asks has checked whose they show."""
    state = store.state_but_entries()
    return store.cache("choices").get(
        ("by key", school_year),
        state,
        lambda: {row.key: row for row in registers_of_year(store, school_year)},
    )


def register_terms(store: Store, user: User, key: RegisterKey) -> list[Term]:
    """Return the terms of a register's class, in order."""
    readable_register(store, user, key)
    return class_terms(store, key.class_id)


def register_lesson_ids(store: Store, user: User, key: RegisterKey, term_id: int) -> frozenset[int]:
    """Return the lessons of a register in a term, the same set for everybody; raises AccessRefused or Refusal."""
    readable_register(store, user, key)
    return store.cache("choices").get(
        (key, term_id), store.state_but_entries(), lambda: frozenset(lesson_ids_of(store, key, term_id))
    )


def term_on(terms: Collection[Term], day: date) -> Term | None:
    """Return the term of that day, or else the last one begun before it, or else the first."""
    begun = [term for term in terms if term.starts_on <= day]
    return max(begun, key=lambda term: term.starts_on) if begun else next(iter(terms), None)


def readable_register(store: Store, user: User, key: RegisterKey) -> RegisterRow:
    """Return a register; raises AccessRefused where the user may not read it, Refusal where there is none."""
    year = year_of_class(store, key.class_id)
    register = registers_by_key(store, year).get(key) if year is not None else None
    if register is None:
        check_may(user, Action.READ_REGISTER)
        raise Refusal("Такого журнала нет.", next_step="Выберите класс и предмет из списка.")
    check_may(user, Action.READ_REGISTER, register_rows(register))
    return register


def register_page(
    store: Store,
    user: User,
    key: RegisterKey,
    term: Term,
    *,
    today: date,
    first_pupil: int = 0,
    pupils_a_page: int = 60,
) -> RegisterPage:
    """Return a register in a term, with at most ``pupils_a_page`` pupils from ``first_pupil`` on.

    Raises AccessRefused where the user may not read it, Refusal where there is no such register.
    """
    register = readable_register(store, user, key)
    everybody = listed_pupils(store, key, term)
    pupils = everybody[first_pupil : first_pupil + pupils_a_page]
    known = lessons_by_id(store, ordered := lesson_ids_of(store, key, term.term_id))
    lessons = [known[lesson_id] for lesson_id in ordered]
    marks = marks_of_lessons(store, lessons)
    counted = [*marks, *marks_beside(store, key, term.term_id)]
    return RegisterPage(
        register=register,
        term=term,
        pupils=pupils,
        pupil_total=len(everybody),
        first_pupil=first_pupil,
        lessons=lessons,
        cells=_cells(known, marks, absences_by_lesson(store, ordered)),
        unlisted=_unlisted(pupils, lessons),
        summaries=summarise(counted),
        term_marks=term_marks_of(store, key, term.term_id),
        work_types=work_types(store),
        minimum=required_marks(register, term, today),
        editable_lesson_ids=_editable(store, user, lessons, today),
    )


def required_marks(register: RegisterRow, term: Term, today: date) -> int | None:
    """Return the least number of marks in a term of a register (п. 5.2), by the weekly hours in force today or as the term ended.

    None for unknown hours and classes taught without marks.
    """
    return minimum_in_term(register.loads, term, today) if is_graded(register.grade_level) else None


def _editable(store: Store, user: User, lessons: list[Lesson], today: date) -> frozenset[int]:
    is_closed = any(lesson.term_is_closed for lesson in lessons)
    permitted = (
        permissions_in_force(store, user.staff_id, datetime.combine(today, time())) if is_closed else {}
    )
    return frozenset(
        lesson.lesson_id
        for lesson in lessons
        if lesson.held_on <= today
        and (not lesson.term_is_closed or (lesson.key, lesson.term_id) in permitted)
        and lesson.status != "cancelled"
        and may(user, Action.ENTER_CELLS, Rows(teacher_ids=lesson.teacher_ids, class_id=lesson.class_id))
    )


def _unlisted(pupils: Iterable[ListedPupil], lessons: list[Lesson]) -> frozenset[Pair]:
    if not lessons:
        return frozenset()
    days = [lesson.held_on for lesson in lessons]
    first_day, last_day = min(days), max(days)
    return frozenset(
        (lesson.lesson_id, pupil.pupil_id)
        for pupil in pupils
        if not holds_all_days(pupil.spans, first_day, last_day)
        for lesson in lessons
        if not pupil.is_listed_on(lesson.held_on)
    )


def _cells(
    lessons: dict[int, Lesson], marks: Iterable[MarkRow], absences: Mapping[int, Iterable[StoredAbsence]]
) -> dict[Pair, RegisterCell]:
    values: dict[Pair, list[int]] = defaultdict(list)
    late: set[Pair] = set()
    for mark in marks:
        pair = (mark.lesson_id, mark.pupil_id)
        values[pair].append(mark.value)
        if mark.recorded_at and is_late(mark.recorded_at, lessons[mark.lesson_id].held_on):
            late.add(pair)
    reasons = {
        (lesson, absence.pupil_id): AbsenceReason(absence.reason)
        for lesson, absent in absences.items()
        for absence in absent
    }
    return {
        pair: RegisterCell(Cell(reasons.get(pair), tuple(values.get(pair, ()))), pair in late)
        for pair in values.keys() | reasons.keys()
    }


def summarise(marks: Iterable[MarkRow]) -> dict[int, PupilMarks]:
    """Return each pupil's weighted mean and counts; pupils without marks are missing."""
    by_pupil: dict[int, list[MarkRow]] = defaultdict(list)
    for mark in marks:
        by_pupil[mark.pupil_id].append(mark)
    return {
        pupil: PupilMarks(
            weighted_mean((row.value, row.weight) for row in rows),
            len(rows),
            sum(row.is_written_control for row in rows),
        )
        for pupil, rows in by_pupil.items()
    }


def entered_summaries(
    store: Store, user: User, lesson_ids: Collection[int], pupil_ids: Collection[int]
) -> dict[int, PupilMarks]:
    """Return the pupils' marks in the subjects of these lessons after an entry; lessons not readable are left out."""
    summaries: dict[int, PupilMarks] = {}
    for key, term_id in _registers_of(store, user, lesson_ids):
        lessons = lessons_by_id(store, lesson_ids_of(store, key, term_id))
        own = marks_of_lessons(store, lessons.values(), pupil_ids)
        found = summarise([*own, *marks_beside(store, key, term_id, pupil_ids)])
        summaries |= {pupil: found.get(pupil, PupilMarks(None, 0, 0)) for pupil in pupil_ids}
    return summaries


def _registers_of(store: Reader, user: User, lesson_ids: Collection[int]) -> set[tuple[RegisterKey, int]]:
    return {
        (lesson.key, lesson.term_id)
        for lesson in lessons_by_id(store, lesson_ids).values()
        if may(user, Action.READ_REGISTER, Rows(teacher_ids=lesson.reader_ids, class_id=lesson.class_id))
    }


@dataclass(frozen=True)
class CellEvent:
    """One line of a cell's history."""

    happened_at: datetime
    who: str
    old_text: str
    new_text: str
    reason: str
    user_id: int | None = None


def cell_history(store: Store, user: User, lesson_id: int, pupil_id: int) -> list[CellEvent]:
    """Return who changed a cell, when, from what to what and why, oldest first.

    Raises AccessRefused where the user may not read the register.
    """
    lesson = lessons_by_id(store, [lesson_id]).get(lesson_id)
    if lesson is None:
        check_may(user, Action.READ_REGISTER)
        return []
    check_may(user, Action.READ_REGISTER, Rows(teacher_ids=lesson.reader_ids, class_id=lesson.class_id))
    events = [
        CellEvent(moment, who or "загрузка данных", old or "", new or "", reason, user_id)
        for moment, user_id, who, old, new, reason in cell_events(store.cursor(), lesson_id, pupil_id)
    ]
    return staff_apart(store, events, "who", "user_id", is_user=True)
