"""What the class's teachers have not filled, and requests to fill it (п. 4.3)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from school.access.action import Action
from school.access.checks import check_may, check_may_somewhere, may
from school.access.scopes import Rows
from school.attendance.store import subject_names
from school.control import store as stored
from school.control.rules import RequestState, default_deadline, request_state
from school.control.store import ControlledLesson, MarkCount, StoredRequest
from school.records import Term, User
from school.register.lookups.registers import term_on
from school.register.rules.completeness import REQUIRED_PARTS, Part, missing_parts
from school.register.rules.deadlines import time_left
from school.register.rules.minimum_marks import minimum_marks
from school.register.store.registers import class_terms
from school.store.connection import Store
from school.store.names import staff_initials
from school.store.reading import Reader

# How far back the list of requests goes; those still open are always in it.
REQUEST_DAYS = 90
DEADLINE_DAYS = 40


@dataclass(frozen=True)
class LessonGap:
    """A lesson past its deadline with the parts of its record that are missing."""

    lesson_id: int
    held_on: date
    number: int
    missing: tuple[Part, ...]
    subgroup_id: int | None


@dataclass(frozen=True)
class TeacherGaps:
    """What a teacher has not filled in a subject of a class.

    ``days_late`` counts from the oldest unfilled lesson; ``short_pupils`` have fewer marks than п. 5.2 asks for;
    ``asked_until`` is the deadline of a request that is open, None without one.
    """

    teacher_id: int | None
    teacher_name: str
    subject_id: int
    subject_name: str
    lessons: tuple[LessonGap, ...]
    days_late: int
    short_pupils: int
    pupils: int
    asked_until: date | None = None

    def count(self, part: Part) -> int:
        """How many lessons lack a part."""
        return sum(part in lesson.missing for lesson in self.lessons)


@dataclass(frozen=True)
class ClassControl:
    """A class in the term of the day: who has gaps, and the deadline that a new request is given."""

    term: Term
    rows: list[TeacherGaps]
    deadline: date


@dataclass(frozen=True)
class GapRequest:
    """A request with where it stands and what is left of it."""

    row: StoredRequest
    state: RequestState
    lessons: tuple[LessonGap, ...]
    lesson_total: int
    pupils_left: int

    def is_overdue(self, today: date) -> bool:
        """Whether the request is open past its deadline."""
        return self.state is RequestState.OPEN and self.row.due_on < today


def class_control(store: Store, user: User, class_id: int, *, now: datetime) -> ClassControl | None:
    """Return what the teachers of a class have not filled in the term of the day; None where there is no term.

    A lesson counts once its deadline (п. 5.5) is over; who has no gaps is left out. Raises AccessRefused for a
    class that is not the user's.
    """
    check_may(user, Action.READ_CLASS_CONTROL, Rows(class_id=class_id))
    term = term_on(class_terms(store, class_id), now.date())
    if term is None:
        return None
    return ClassControl(term, _class_gaps(store, class_id, term, now), _deadline(store, class_id, now.date()))


def _deadline(reader: Reader, class_id: int, today: date) -> date:
    days = stored.school_days(reader, class_id, today, today + timedelta(days=DEADLINE_DAYS))
    return default_deadline(today, days.__contains__)


def _class_gaps(store: Reader, class_id: int, term: Term, now: datetime) -> list[TeacherGaps]:
    lessons = _lesson_gaps(stored.lessons_of_term(store, class_id, term.term_id, now.date()), now)
    counts = stored.mark_counts(store, class_id, term.term_id, min(now.date(), term.ends_on))
    short, pupils = _pupils(counts, only_short=True), _pupils(counts, only_short=False)
    keys = lessons.keys() | short.keys()
    names = staff_initials(store)
    subjects, asked = subject_names(store, class_id), _asked(store, class_id)
    rows = [
        TeacherGaps(
            teacher_id=key[0],
            teacher_name=names.get(key[0], "") if key[0] is not None else "",
            subject_id=key[1],
            subject_name=subjects.get(key[1], ""),
            lessons=tuple(lessons.get(key, ())),
            days_late=_days_late(lessons.get(key, ()), now.date()),
            short_pupils=len(short.get(key, ())),
            pupils=len(pupils.get(key, ())),
            asked_until=asked.get(key),
        )
        for key in keys
    ]
    return sorted(
        rows, key=lambda row: (-row.days_late, -row.short_pupils, row.subject_name, row.teacher_name)
    )


_Taught = tuple[int | None, int]  # teacher_id, subject_id


def _lesson_gaps(lessons: Iterable[ControlledLesson], now: datetime) -> dict[_Taught, list[LessonGap]]:
    gaps: dict[_Taught, list[LessonGap]] = defaultdict(list)
    for lesson in lessons:
        gap = lesson_gap(lesson)
        if gap.missing and not time_left(now, lesson.held_on):
            gaps[lesson.teacher_id, lesson.subject_id].append(gap)
    return gaps


def lesson_gap(lesson: ControlledLesson) -> LessonGap:
    """Return a lesson with those required parts that are missing (п. 4.5); none where it is filled."""
    missing = missing_parts(lesson.topic, lesson.homework_state, lesson.attendance_taken_at, 0)
    return LessonGap(
        lesson.lesson_id,
        lesson.held_on,
        lesson.number,
        tuple(part for part in missing if part in REQUIRED_PARTS),
        lesson.subgroup_id,
    )


def _days_late(lessons: Sequence[LessonGap], today: date) -> int:
    return max(((today - lesson.held_on).days for lesson in lessons), default=0)


def _pupils(counts: Iterable[MarkCount], *, only_short: bool) -> dict[_Taught, set[int]]:
    """Return pupils by teacher and subject: all of them, or those with fewer marks than the minimum (п. 5.2).

    A class in which nobody has a mark in the term, as a first grade, is not judged by marks.
    """
    rows = list(counts)
    pupils: dict[_Taught, set[int]] = defaultdict(set)
    if only_short and not any(row.mark_count for row in rows):
        return pupils
    for row in rows:
        is_short = row.hours_a_week > 0 and row.mark_count < minimum_marks(row.hours_a_week)
        if is_short or not only_short:
            pupils[row.teacher_id, row.subject_id].add(row.pupil_id)
    return pupils


def _asked(reader: Reader, class_id: int) -> dict[_Taught, date]:
    open_rows = [
        row for row in stored.requests_since(reader, None) if row.class_id == class_id and not row.closed_at
    ]
    return {
        (request.row.teacher_id, request.row.subject_id): request.row.due_on
        for request in _with_state(reader, open_rows)
        if request.state is RequestState.OPEN
    }


def requests(store: Store, user: User, *, now: datetime) -> list[GapRequest]:
    """Return the requests that the user may read, the newest first: a homeroom teacher's, or all of the school."""
    check_may_somewhere(user, Action.READ_CLASS_CONTROL)
    since = now - timedelta(days=REQUEST_DAYS)
    rows = [
        row
        for row in stored.requests_since(store, since)
        if may(user, Action.READ_CLASS_CONTROL, Rows(class_id=row.class_id))
    ]
    return _with_state(store, rows)


def open_requests_to(store: Store, user: User) -> list[GapRequest]:
    """Return the requests to the signed-in teacher that are still open, those due first in front."""
    check_may(user, Action.READ_DAY, Rows(teacher_ids=user.own_lessons))
    found = _with_state(store, stored.requests_to_teacher(store, next(iter(user.own_lessons))))
    return [request for request in found if request.state is RequestState.OPEN]


def _with_state(reader: Reader, rows: Sequence[StoredRequest]) -> list[GapRequest]:
    lessons = stored.lessons_of_requests(reader, [row.request_id for row in rows]) if rows else {}
    found = []
    for row in rows:
        gaps = [lesson_gap(lesson) for lesson in lessons.get(row.request_id, ())]
        left = tuple(gap for gap in gaps if gap.missing)
        pupils = _pupils_left(reader, row) if row.short_pupils and not row.closed_at else 0
        state = request_state(is_closed=row.closed_at is not None, lessons_left=len(left), pupils_left=pupils)
        found.append(GapRequest(row, state, left, len(gaps), pupils))
    return found


def _pupils_left(reader: Reader, row: StoredRequest) -> int:
    counts = stored.mark_counts(reader, row.class_id, row.term_id, row.sent_at.date())
    return len(_pupils(counts, only_short=True).get((row.teacher_id, row.subject_id), ()))
