"""The diary's week: lessons, marks and homework by day (п. 2.8, 3.6)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from school.families.lookups.diary import DiaryCell, DiaryPupil, cells_of_pupil, diary_pupil
from school.families.store import diaries
from school.homework.lookups import PupilHomework, pupil_homework
from school.records import HomeworkState, User
from school.register.store.lessons import lessons_by_id
from school.register.store.pupil_lessons import DatedLesson, lessons_of_pupil
from school.register.store.registers import subject_names, work_types
from school.store.connection import Store

DAYS_OF_A_WEEK = 7
# Sunday, and Saturday where there are no lessons, stand in the week only with something to say.
WORKING_DAYS = 5


@dataclass(frozen=True)
class DiaryLesson:
    """A lesson of a pupil's week; ``control_work`` names a written control work, ``starts_at`` is None without bells."""

    number: int
    starts_at: time | None
    ends_at: time | None
    subject_id: int
    subject_name: str
    teacher: str
    room: str
    is_substituted: bool
    is_cancelled: bool
    topic: str
    control_work: str
    cell: DiaryCell


@dataclass(frozen=True)
class DiaryDay:
    """A day: its lessons, the homework to be ready by then, the homework given then, the name of a day off.

    ``without_work``: the subjects that set nothing for the day, or have not written anything yet and still may.
    """

    day: date
    lessons: tuple[DiaryLesson, ...]
    due: tuple[PupilHomework, ...]
    without_work: dict[HomeworkState, list[str]]
    given: tuple[PupilHomework, ...]
    day_off: str


@dataclass(frozen=True)
class DiaryWeek:
    """A week from its Monday on; ``later`` is what was given by its end and is due after it."""

    pupil: DiaryPupil
    monday: date
    days: tuple[DiaryDay, ...]
    later: tuple[PupilHomework, ...]


def monday_of(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(day.weekday())


def diary_week(
    store: Store, user: User, pupil_id: int, *, day: date, today: date, now: datetime | None = None
) -> DiaryWeek:
    """Return the week of a day in a pupil's diary. Raises AccessRefused or Refusal, as ``diary_pupil``."""
    pupil = diary_pupil(store, user, pupil_id, today, now)
    monday = monday_of(day)
    sunday = monday + timedelta(DAYS_OF_A_WEEK - 1)
    dated = lessons_of_pupil(store, pupil_id, monday, sunday)
    homework = pupil_homework(store, pupil_id, monday, sunday)
    lessons = _lessons(store, pupil, dated)
    names = diaries.days_off(store)
    days = [
        DiaryDay(
            each,
            tuple(lesson for held_on, lesson in lessons if held_on == each),
            tuple(work for work in homework if work.due_on == each and work.is_work),
            _without_work([work for work in homework if work.due_on == each], today),
            tuple(work for work in homework if work.lesson.held_on == each and work.is_work),
            names.get(each, ""),
        )
        for each in (monday + timedelta(number) for number in range(DAYS_OF_A_WEEK))
    ]
    return DiaryWeek(
        pupil,
        monday,
        tuple(
            each
            for number, each in enumerate(days)
            if number < WORKING_DAYS or each.lessons or each.due or each.given
        ),
        tuple(
            sorted(
                (work for work in homework if work.due_on and work.due_on > sunday and work.is_work),
                key=lambda work: work.due_on or date.max,
            )
        ),
    )


def _without_work(due: Iterable[PupilHomework], today: date) -> dict[HomeworkState, list[str]]:
    """Return the subjects without work for a day by what their teachers said; of days that are over nothing is said."""
    found: dict[HomeworkState, list[str]] = {}
    for each in due:
        if not each.is_work and each.due_on is not None and each.due_on >= today >= each.lesson.held_on:
            names = found.setdefault(HomeworkState(each.lesson.homework_state), [])
            names += [each.subject_name] * (each.subject_name not in names)
    return found


def _lessons(store: Store, pupil: DiaryPupil, dated: Sequence[DatedLesson]) -> list[tuple[date, DiaryLesson]]:
    ids = [each.lesson_id for each in dated]
    lessons, cells = lessons_by_id(store, ids), cells_of_pupil(store, pupil, ids)
    subjects, staff, bells = subject_names(store), diaries.staff_names(store), diaries.bell_times(store)
    controls = {key: kind.name for key, kind in work_types(store).items() if kind.is_written_control}
    class_ids = {each.class_id for each in dated}
    rooms = {key: diaries.rooms_of_class(store, key) for key in class_ids}
    substituted = frozenset().union(*(diaries.substituted_lessons(store, key) for key in class_ids))
    found = []
    for each in dated:
        lesson = lessons[each.lesson_id]
        starts_at, ends_at = bells.get(each.number, (None, None))
        teacher = staff.get(lesson.teacher_id or 0)
        found.append(
            (
                each.held_on,
                DiaryLesson(
                    each.number,
                    starts_at,
                    ends_at,
                    each.subject_id,
                    subjects[each.subject_id],
                    teacher.initials if teacher else "",
                    _room(rooms[each.class_id], each),
                    each.lesson_id in substituted,
                    each.is_cancelled,
                    lesson.topic,
                    controls.get(lesson.work_type_id or 0, ""),
                    cells.get(each.lesson_id, DiaryCell()),
                ),
            )
        )
    return found


def _room(rooms: Iterable[diaries.Room], lesson: DatedLesson) -> str:
    place = (lesson.subject_id, lesson.subgroup_id, lesson.held_on.isoweekday(), lesson.number)
    return next(
        (
            each.room
            for each in rooms
            if each[:4] == place
            and (each.starts_on is None or each.starts_on <= lesson.held_on)
            and (each.ends_on is None or lesson.held_on <= each.ends_on)
        ),
        "",
    )
