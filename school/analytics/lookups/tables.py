"""Tables and lists for quality, teacher activity and forecasts, narrowed to what the signed-in user may see."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

from school.access.action import Action
from school.access.checks import check_may_somewhere, scopes_of
from school.access.scopes import Scope
from school.analytics.store import frames
from school.analytics.store.former_marks import FORMER_MARKS, keep_places
from school.analytics.store.frames import (
    NO_SELECTION,
    PeriodRow,
    PupilPlace,
    ReadScope,
    Selection,
    TaughtRow,
    UnfilledLesson,
)
from school.records import ClassFacts, User
from school.register.rules.marks import round_half_up, weighted_mean
from school.register.store.registers import subject_names
from school.store.connection import Cursor, Relation, Store
from school.store.names import rows_apart, staff_initials

__all__ = ["NO_SELECTION", "PeriodRow", "Selection", "UnfilledLesson"]


def scope_of(user: User, action: Action) -> ReadScope:
    """Return whose rows the action reaches for this user; raises AccessRefused where no role grants it.

    Two users of one scope see the same figures: it is the key under which figures may be remembered.
    """
    check_may_somewhere(user, action)
    scopes = scopes_of(user, action)
    if Scope.WHOLE_SCHOOL in scopes:
        return ReadScope(is_whole_school=True)
    return ReadScope(
        class_ids=user.homeroom_class_ids if Scope.OWN_CLASS in scopes else frozenset(),
        teacher_id=user.staff_id if Scope.OWN_LESSONS in scopes else None,
    )


@dataclass(frozen=True)
class ScopedTables:
    """The tables of one reader's scope, all from one cursor, so that measures may join them."""

    store: Store
    cursor: Cursor
    scope: ReadScope

    def kept(self, name: str, selection: Selection = NO_SELECTION) -> Relation:
        """The rows in scope of the answer kept under a name (``Store.keep``), as of the newest commit.

        The answer has class_id, subject_id and, where readers see parts of a school, subgroup_id.
        """
        sql = frames.rows_in_scope(f"kept.{name}", self.scope, frames.OWN_LESSON, selection)
        self.store.refresh(sql)
        return self.cursor.sql(sql)

    def marks_of_all(self) -> Relation:
        """Current marks of the whole school, to be kept added up: never to be shown without ``kept``."""
        return frames.mark_table(self.cursor, ReadScope(is_whole_school=True))

    def former_marks(self, selection: Selection = NO_SELECTION) -> Relation:
        """Current marks that pupils brought from former classes, as marks of the class and term in which they count."""
        keep_places(self.store)
        self.store.refresh("FROM kept.former_places")
        sql = frames.rows_in_scope(FORMER_MARKS, self.scope, frames.OWN_LESSON, selection)
        return self.cursor.sql(sql)

    def counted_once(self, rows: Relation) -> Relation:
        """Rows of pupils by class and term without those of classes that the pupil left before the term ended."""
        keep_places(self.store)
        self.store.refresh("FROM kept.left_places")
        keys = "class_id, term_id, pupil_id"
        return self.cursor.sql(
            f"SELECT r.* FROM ({rows.sql_query()}) r ANTI JOIN kept.left_places USING ({keys})"
        )

    def left_pupils(self, term_ids: Collection[int]) -> frozenset[tuple[int, int]]:
        """Class and pupil of every pupil who ended one of these terms in another class."""
        keep_places(self.store)
        self.store.refresh("FROM kept.left_places")
        rows = self.cursor.sql(
            f"SELECT class_id, pupil_id FROM kept.left_places WHERE term_id IN ({frames.ids_text(term_ids)})"
        )
        return frozenset(rows.fetchall())

    def marks(self, selection: Selection = NO_SELECTION) -> Relation:
        """Current marks."""
        return frames.mark_table(self.cursor, self.scope, selection)

    def term_marks(self, selection: Selection = NO_SELECTION) -> Relation:
        """Term marks."""
        return frames.term_mark_table(self.cursor, self.scope, selection)

    def year_marks(self, selection: Selection = NO_SELECTION) -> Relation:
        """Year marks, in the columns of term marks."""
        return frames.year_mark_rows(self.cursor, self.scope, selection)

    def final_marks(self, period: PeriodRow, selection: Selection = NO_SELECTION) -> Relation:
        """Term marks of a period; of a whole year its year marks (п. 7.2)."""
        if period.is_whole_year:
            return self.year_marks({**selection, "school_year": (period.school_year,)})
        return self.term_marks({**selection, "term_id": period.term_ids})

    def lessons(self, selection: Selection = NO_SELECTION) -> Relation:
        """Lessons, held or planned."""
        return frames.lesson_table(self.cursor, self.scope, selection)

    def absences(self, selection: Selection = NO_SELECTION) -> Relation:
        """Absences by lesson."""
        return frames.absence_table(self.cursor, self.scope, selection)

    def teaching_load(self, selection: Selection = NO_SELECTION) -> Relation:
        """Teaching load."""
        return frames.load_table(self.cursor, self.scope, selection)

    def enrolments(self, selection: Selection = NO_SELECTION) -> Relation:
        """Pupils in classes."""
        return frames.enrolment_table(self.cursor, self.scope, selection)

    def class_terms(self, selection: Selection = NO_SELECTION) -> Relation:
        """Terms that classes report by."""
        return frames.class_term_table(self.cursor, self.scope, selection)

    def subgroup_members(self) -> Relation:
        """Pupils in subgroups."""
        return frames.member_table(self.cursor)


def tables(store: Store, user: User, action: Action) -> ScopedTables:
    """Return the tables that the action reaches for this user; raises AccessRefused where it reaches none."""
    return ScopedTables(store, store.cursor(), scope_of(user, action))


def readable_periods(store: Store, user: User, action: Action) -> list[PeriodRow]:
    """Return the reporting periods of the classes in the user's scope, oldest first."""
    return frames.periods(store, scope_of(user, action))


def state_of_periods(store: Store, user: User, action: Action) -> tuple[object, ...]:
    """Return what changes whenever ``readable_periods`` may answer otherwise.

    Of entries in lessons only a term's first mark and its last do.
    """
    check_may_somewhere(user, action)
    return (store.state_but_entries(), *sorted(frames.terms_with_marks(store)))


def default_period(periods: Collection[PeriodRow], today: date) -> PeriodRow | None:
    """Return the period of the day, of more classes first; without marks there yet, the latest that has data.

    None where no period has begun and none has data. A whole year is never chosen by itself.
    """
    periods = [period for period in periods if not period.is_whole_year]
    with_data = [period for period in periods if period.has_marks or period.has_term_marks]
    current = [period for period in with_data if period.starts_on <= today <= period.ends_on]
    if current:
        return max(current, key=lambda period: (period.class_count, period.starts_on))
    past = [period for period in with_data if period.starts_on <= today] or with_data
    begun = past or [period for period in periods if period.starts_on <= today] or list(periods)
    return max(begun, key=lambda period: (period.ends_on, period.class_count), default=None)


@dataclass(frozen=True)
class Choices:
    """What a reader may choose from in a period, each list in the order of a school's papers."""

    classes: list[ClassFacts] = field(default_factory=list)
    taught: list[TaughtRow] = field(default_factory=list)
    subjects: dict[int, str] = field(default_factory=dict)
    teachers: dict[int, str] = field(default_factory=dict)


def choices(store: Store, user: User, action: Action, term_ids: Collection[int]) -> Choices:
    """Return the classes, subjects and teachers of these terms within the user's scope."""
    scope, cursor = scope_of(user, action), store.cursor()
    taught = frames.taught(cursor, scope, term_ids)
    subject_ids = {row.subject_id for row in taught}
    teacher_ids = {row.teacher_id for row in taught}
    return Choices(
        frames.classes_of_terms(cursor, scope, term_ids),
        taught,
        {key: name for key, name in subject_names(store).items() if key in subject_ids},
        {key: name for key, name in staff_initials(store).items() if key in teacher_ids},
    )


@dataclass(frozen=True)
class PupilInSubject:
    """A pupil behind a figure: the marks of a term in a subject and what follows from them."""

    pupil_id: int
    pupil_name: str
    class_id: int
    subject_id: int
    marks: tuple[int, ...]
    mean: float | None
    mark_so_far: int | None
    term_mark: int | None
    missed_lessons: int


def pupils_in_subjects(
    store: Store, user: User, action: Action, period: PeriodRow, selection: Selection
) -> list[PupilInSubject]:
    """Return the pupils of the selected classes and subjects in a period, by name.

    In a single subject of a single class the pupils without any mark are listed too.
    """
    scoped = tables(store, user, action)
    picked = {**selection, "term_id": period.term_ids}
    marks = _marks_by_pupil(scoped.marks(picked), scoped.former_marks(picked))
    term_marks = _term_marks_by_pupil(scoped.final_marks(period, selection))
    missed = _missed_by_pupil(scoped.absences(picked))
    keys = marks.keys() | term_marks.keys()
    class_ids = {class_id for class_id, _, _ in keys} | set(selection.get("class_id", ()))
    listed = frames.pupils_of_classes(
        scoped.cursor, scoped.scope, class_ids, period.starts_on, period.ends_on
    )
    names = {(row.class_id, row.pupil_id): row.name for row in rows_apart(store, listed)}
    keys |= _pupils_of_one_register(scoped, picked, names)
    left = scoped.left_pupils(period.term_ids)
    rows = [
        _pupil_row(
            key,
            names[key[0], key[2]],
            marks.get(key, []),
            term_marks.get(key),
            missed.get(key, 0),
            is_left=(key[0], key[2]) in left,
        )
        for key in keys
        if (key[0], key[2]) in names
    ]
    order = {place: index for index, place in enumerate(names)}
    return sorted(rows, key=lambda row: (order[row.class_id, row.pupil_id], row.subject_id))


def class_pupils(
    store: Store, user: User, action: Action, class_id: int, starts_on: date, ends_on: date
) -> list[PupilPlace]:
    """Return the pupils who were in a class at any time between two days, if the class is in the user's scope."""
    scope = scope_of(user, action)
    return rows_apart(store, frames.pupils_of_classes(store.cursor(), scope, [class_id], starts_on, ends_on))


PupilKey = tuple[int, int, int]  # class_id, subject_id, pupil_id


def _pupils_of_one_register(
    scoped: ScopedTables, picked: Selection, names: Collection[tuple[int, int]]
) -> set[PupilKey]:
    subjects, classes = picked.get("subject_id", ()), picked.get("class_id", ())
    # Only where the whole class is the reader's: of a subgroup's teacher the others are not pupils.
    if len(subjects) != 1 or len(classes) != 1 or "teacher_id" in picked:
        return set()
    (subject_id,) = subjects
    if not scoped.scope.is_whole_school and not scoped.scope.class_ids.issuperset(classes):
        return set()
    return {(class_id, subject_id, pupil_id) for class_id, pupil_id in names}


def _marks_by_pupil(given: Relation, brought: Relation) -> dict[PupilKey, list[tuple[int, float]]]:
    """Return the marks of pupils in a subject, those of former classes among them, in the order of their days (п. 5.2)."""
    columns = "class_id, subject_id, pupil_id, value, weight, given_on, lesson_id, slot"
    grouped = (
        given.project(columns)
        .union(brought.project(columns))
        .aggregate(
            "class_id, subject_id, pupil_id, list({'v': value, 'w': weight} ORDER BY given_on, lesson_id, slot) AS given",
            "class_id, subject_id, pupil_id",
        )
        .fetchall()
    )
    return {
        (class_id, subject_id, pupil_id): [(mark["v"], mark["w"]) for mark in given]
        for class_id, subject_id, pupil_id, given in grouped
    }


def _term_marks_by_pupil(term_marks: Relation) -> dict[PupilKey, int]:
    rows = term_marks.select("class_id", "subject_id", "pupil_id", "value").fetchall()
    return {(class_id, subject_id, pupil_id): value for class_id, subject_id, pupil_id, value in rows}


def _missed_by_pupil(absences: Relation) -> dict[PupilKey, int]:
    rows = absences.filter("reason <> 'late'").select("class_id", "subject_id", "pupil_id").fetchall()
    missed: dict[PupilKey, int] = {}
    for key in rows:
        missed[key] = missed.get(key, 0) + 1
    return missed


def _pupil_row(
    key: PupilKey,
    name: str,
    marks: list[tuple[int, float]],
    term_mark: int | None,
    missed_lessons: int,
    *,
    is_left: bool,
) -> PupilInSubject:
    class_id, subject_id, pupil_id = key
    mean = weighted_mean(marks)
    return PupilInSubject(
        pupil_id=pupil_id,
        pupil_name=name,
        class_id=class_id,
        subject_id=subject_id,
        marks=tuple(value for value, _ in marks),
        mean=mean,
        # Who ended the term in another class counts there.
        mark_so_far=None if mean is None or is_left else round_half_up(mean),
        term_mark=term_mark,
        missed_lessons=missed_lessons,
    )


def lessons_not_filled(
    store: Store, user: User, teacher_id: int | None, period: PeriodRow, last_day: date
) -> list[UnfilledLesson]:
    """Return a teacher's lessons of a period, held by ``last_day``, in which nothing is entered (п. 5.5)."""
    scoped = tables(store, user, Action.READ_TEACHER_ACTIVITY)
    selection: Selection = {"term_id": period.term_ids}
    if teacher_id is not None:
        selection = {**selection, "teacher_id": [teacher_id]}
    return frames.unfilled_lessons(scoped.cursor, scoped.scope, selection, last_day)


def period_code(period: PeriodRow) -> str:
    """«2026-quarter-2»."""
    return f"{period.school_year}-{period.kind}-{period.number}"
