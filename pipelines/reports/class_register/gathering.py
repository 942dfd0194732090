"""Reads what a printed register holds, by the lookups and stores that the screens of the register read by."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from pipelines.reports.class_register.sheets import (
    ClassSheets,
    MovementRow,
    Note,
    Pair,
    PrintedLesson,
    PupilFacts,
    Remark,
    SubjectSheet,
)
from pipelines.reports.summary.asked import asked_year
from pipelines.reports.summary.sheet import summary_sheet
from school import __version__
from school.attendance.store import PupilLesson, names_in_class, pupil_lessons
from school.errors import RuleRefused
from school.inspections.rules import MEND_TITLES, words_of
from school.inspections.store import Inspection, all_inspections, author_name, findings_of, rechecks_of
from school.paper.records import Correction
from school.paper.request import PaperRequest
from school.paper.store import corrections_after_closing, newest_event
from school.people.lookups.pupils import movement_title
from school.people.records import Movement, MovementKind
from school.people.store.class_lists import homeroom_on, school_year_days
from school.people.store.movements import movements_of_class
from school.people.store.pupils import guardians_of, pupil_by_id
from school.records import (
    HomeworkState,
    Lesson,
    LessonStatus,
    ListedPupil,
    PersonName,
    RegisterKey,
    RegisterRow,
    Role,
    Term,
    TermPlace,
    User,
    WorkType,
)
from school.register.lookups.registers import register_page, registers_of_year
from school.register.rules.marks import is_graded
from school.register.store.registers import (
    class_names,
    class_terms,
    listed_pupils,
    subject_names,
    work_types,
    year_of_class,
)
from school.register.store.work_types import school_rounding
from school.sign_in.lookups.sessions import school_name
from school.store.connection import Store
from school.store.names import staff_full_names, tell_apart
from school.substitutions.store import LogRow, log_of_days
from school.term_marks.rules.term_marks import ROUNDINGS, Rounding
from school.term_marks.store import held_marks

# The printing reads all that a deputy head reads; who may ask for it is decided before. It has no account and cannot sign in.
PRINTER = User(0, "", "печать", frozenset({Role.DEPUTY}))
MOST_PUPILS = 10_000


@dataclass(frozen=True)
class ClassYear:
    """A class and its year: terms, first and last day, as of which moment."""

    store: Store
    class_id: int
    school_year: int
    terms: tuple[Term, ...]
    first_day: date
    last_day: date
    now: datetime

    @property
    def whole_year(self) -> Term:
        """The year as one term."""
        return Term(0, self.school_year, "year", 1, self.first_day, self.last_day)


def class_year(store: Store, class_id: int, now: datetime) -> ClassYear:
    """Return a class with its year. Raises RuleRefused where there is no such class, or no terms that it reports by."""
    year = year_of_class(store, class_id)
    terms = tuple(class_terms(store, class_id))
    if year is None or not terms:
        raise RuleRefused(
            "Печатать нечего: у класса нет учебных периодов.",
            next_step="Задайте их на странице «Открытие учебного года».",
        )
    days = school_year_days(store).get(year) or (terms[0].starts_on, terms[-1].ends_on)
    first_day, last_day = min(days[0], terms[0].starts_on), max(days[1], terms[-1].ends_on)
    return ClassYear(store, class_id, year, terms, first_day, last_day, now)


def class_sheets(request: PaperRequest) -> ClassSheets:
    """Return everything that the printed register of a class holds. Raises RuleRefused where there is nothing to print."""
    store = request.store
    place = class_year(store, request.class_id, request.now)
    log = [
        row
        for row in log_of_days(store, place.first_day, place.last_day)
        if row.lesson.class_id == place.class_id
    ]
    moves = movements_of_class(store, place.class_id)
    return ClassSheets(
        school_name=school_name(store),
        class_id=place.class_id,
        class_name=class_names(store)[place.class_id],
        school_year=place.school_year,
        first_day=place.first_day,
        last_day=place.last_day,
        homeroom=homeroom_on(store, place.class_id, min(request.now.date(), place.last_day)),
        terms=place.terms,
        subjects=_subjects(place, log, moves),
        pupils=_pupils(place),
        marks=summary_sheet(*asked_year(request)),
        attendance=attendance_rows(place),
        movements=_movements(store, moves),
        substitutions=tuple(log),
        remarks=tuple(_remarks(place)),
        work_types=tuple(work_types(store).values()),
        rounding=ROUNDINGS[Rounding(school_rounding(store) or Rounding.HALF_UP)].title,
        made_at=request.now,
        made_by=request.user.name,
        made_from=newest_event(store),
        program=__version__,
    )


def attendance_rows(place: ClassYear) -> tuple[PupilLesson, ...]:
    """Return the filled lessons of a class's pupils up to now."""
    last_day = min(place.last_day, place.now.date())
    return tuple(pupil_lessons(place.store, place.class_id, place.first_day, last_day))


def names_of_class(place: ClassYear) -> dict[int, PersonName]:
    """Return who was in a class during its year, in alphabetical order, namesakes told apart."""
    found = names_in_class(place.store, place.class_id, place.first_day, place.last_day)
    return tell_apart(place.store, found)


def _subjects(place: ClassYear, log: Sequence[LogRow], moves: Sequence[Movement]) -> tuple[SubjectSheet, ...]:
    store = place.store
    names = staff_full_names(store)
    substitutes = {row.lesson.lesson_id: row.substitute_name for row in log if row.substitute_id}
    corrections: dict[int, list[Correction]] = defaultdict(list)
    for each in corrections_after_closing(store, place.class_id):
        corrections[each.subject_id].append(each)
    left = _left(store, place, moves)
    return tuple(
        _subject(place, row, names, substitutes, corrections[row.key.subject_id], left)
        for row in registers_of_year(store, place.school_year)
        if row.key.class_id == place.class_id
    )


def _subject(
    place: ClassYear,
    row: RegisterRow,
    names: Mapping[int, str],
    substitutes: Mapping[int, str],
    corrections: Sequence[Correction],
    left: Mapping[tuple[int, date], str],
) -> SubjectSheet:
    pages = [
        register_page(place.store, PRINTER, row.key, term, today=place.now.date(), pupils_a_page=MOST_PUPILS)
        for term in place.terms
    ]
    kinds = work_types(place.store)
    held = held_marks(place.store, place.class_id, row.key.subject_id)
    cell_notes: dict[Pair, list[Note]] = defaultdict(list)
    mark_notes: dict[TermPlace, list[Note]] = defaultdict(list)
    for each in corrections:
        note = Note(each.happened_at.date(), each.old_text, each.new_text, each.reason)
        if each.lesson_id is None:
            mark_notes[each.term_id, each.pupil_id].append(note)
        else:
            cell_notes[each.lesson_id, each.pupil_id].append(note)
    pupils = tuple(listed_pupils(place.store, row.key, place.whole_year))
    return SubjectSheet(
        title=row.subject_name + (f" ({row.subgroup_name})" if row.subgroup_name else ""),
        teachers=", ".join(sorted(names[each] for each in row.teacher_ids)),
        pupils=pupils,
        terms=place.terms,
        lessons=tuple(
            _lesson(lesson, kinds, substitutes.get(lesson.lesson_id, ""))
            for page in pages
            for lesson in page.lessons
            if lesson.status != LessonStatus.CANCELLED and lesson.held_on <= place.now.date()
        ),
        cells={pair: held.cell.text for page in pages for pair, held in page.cells.items()},
        marks={(term, pupil): state.value for (_, _, term, pupil), state in held.items() if state.value},
        cell_notes={pair: tuple(notes) for pair, notes in cell_notes.items()},
        mark_notes={mark: tuple(notes) for mark, notes in mark_notes.items()},
        departures=_departures(place, row.key, pupils, left),
        is_graded=is_graded(row.grade_level),
    )


def _lesson(lesson: Lesson, kinds: Mapping[int, WorkType], substitute: str) -> PrintedLesson:
    kind = kinds.get(lesson.work_type_id) if lesson.work_type_id is not None else None
    # What is no ordinary work stands before the topic, as teachers write it.
    topic = f"{kind.name}: {lesson.topic}" if kind and kind.is_written_control else lesson.topic
    homework = "без задания" if lesson.homework_state == HomeworkState.NONE else lesson.homework
    return PrintedLesson(lesson.lesson_id, lesson.term_id, lesson.held_on, topic, homework, substitute)


def _left(store: Store, place: ClassYear, moves: Iterable[Movement]) -> dict[tuple[int, date], str]:
    """Return in words who left a class on which day and by which order: «выб. 12.11.2026, приказ № 5»."""
    names = class_names(store)
    words = {}
    for each in moves:
        if each.from_class_id != place.class_id:
            continue
        is_moved = each.kind is MovementKind.TRANSFER and each.to_class_id in names
        where = f"перев. в {names[each.to_class_id]}" if is_moved and each.to_class_id else "выб."
        order = f", {each.order_title}" if each.order_title else ""
        words[each.pupil_id, each.happened_on] = f"{where} {each.happened_on:%d.%m.%Y}{order}"
    return words


def _departures(
    place: ClassYear, key: RegisterKey, pupils: Iterable[ListedPupil], left: Mapping[tuple[int, date], str]
) -> dict[int, str]:
    """Return in words when those left who are in a register no more: the class, or only its subgroup."""
    whole = replace(key, subgroup_id=None)
    in_class = {each.pupil_id: each.spans for each in listed_pupils(place.store, whole, place.whole_year)}
    words = {}
    for pupil in pupils:
        ends = [ends_on for _, ends_on in pupil.spans if ends_on is not None]
        if len(ends) < len(pupil.spans) or not ends:
            continue
        last = max(ends)
        has_left = all(ends_on is not None and ends_on <= last for _, ends_on in in_class[pupil.pupil_id])
        plain = f"выб. {last:%d.%m.%Y}" if has_left else f"в другой подгруппе с {last:%d.%m.%Y}"
        words[pupil.pupil_id] = left.get((pupil.pupil_id, last), plain)
    return words


def _pupils(place: ClassYear) -> tuple[PupilFacts, ...]:
    names = names_of_class(place)
    families = guardians_of(place.store, list(names))
    rows = []
    for pupil_id, name in names.items():
        pupil, guardians = pupil_by_id(place.store, pupil_id), families.get(pupil_id, [])
        rows.append(
            PupilFacts(
                pupil_id,
                name,
                pupil.born_on if pupil else None,
                "; ".join(each.name.full for each in guardians),
                "; ".join(each.phone for each in guardians if each.phone),
                pupil.file_number if pupil else "",
            )
        )
    return tuple(rows)


def _movements(store: Store, moves: Iterable[Movement]) -> tuple[MovementRow, ...]:
    names = class_names(store)
    rows = []
    for each in moves:
        pupil = pupil_by_id(store, each.pupil_id)
        title = movement_title(
            each.kind, names.get(each.from_class_id or 0, ""), names.get(each.to_class_id or 0, "")
        )
        rows.append(
            MovementRow(
                each.happened_on, pupil.name.full if pupil else "", title, each.order_title, each.reason
            )
        )
    return tuple(rows)


def _remarks(place: ClassYear) -> Iterable[Remark]:
    """Yield what inspections found in the registers of a class, oldest first (п. 6.4)."""
    store = place.store
    subjects = subject_names(store)
    published = [
        each
        for each in reversed(all_inspections(store))
        if each.school_year == place.school_year and each.published_at
    ]
    outcomes = _outcomes(store, published)
    for inspection in published:
        author = author_name(store, inspection)
        for finding in findings_of(store, inspection.inspection_id):
            if finding.is_kept and finding.found.class_id == place.class_id:
                subject = subjects.get(finding.found.subject_id or 0, "")
                text = f"{subject}: {words_of(finding.found)}" if subject else words_of(finding.found)
                assert inspection.published_at is not None
                yield Remark(
                    inspection.published_at.date(), author, text, outcomes.get(finding.finding_id, "")
                )


def _outcomes(store: Store, inspections: Iterable[Inspection]) -> dict[int, str]:
    return {
        recheck.finding.finding_id: MEND_TITLES[recheck.state]
        for inspection in inspections
        for recheck in rechecks_of(store, inspection.inspection_id)
    }
