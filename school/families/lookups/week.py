"""The diary's week: lessons, marks and homework by day, what lies ahead, who has looked it through (п. 2.8, 3.6, 4.7)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from school.access.action import Action
from school.access.checks import may
from school.access.scopes import Rows
from school.calendar import first_of_september, school_year_of
from school.families.lookups.diary import DiaryCell, DiaryPupil, cells_of_pupil, diary_pupil
from school.families.rules import DAYS_AHEAD, breaks_of, confirmable_from, monday_of
from school.families.store import diaries
from school.families.store.confirmations import StoredConfirmation, confirmations_of_week
from school.homework.lookups import PupilHomework, pupil_homework
from school.lesson_plans.lookups import planned_controls
from school.occasions.lookups import PupilOccasion, pupil_occasions
from school.records import HomeworkState, User
from school.register.store.lessons import lessons_by_id
from school.register.store.pupil_lessons import DatedLesson, lessons_of_pupil
from school.register.store.registers import subject_names, work_types
from school.store.connection import Store
from school.tasks.lookups import PupilTask, states_of, tasks_due
from school.tasks.rules import TaskState

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
    """A day: its lessons, the homework and the tasks to be ready by then, the homework given then, its events, the name of a day off.

    ``without_work``: the subjects that set nothing for the day, or have not written anything yet and still may.
    """

    day: date
    lessons: tuple[DiaryLesson, ...]
    due: tuple[PupilHomework, ...]
    without_work: dict[HomeworkState, list[str]]
    given: tuple[PupilHomework, ...]
    day_off: str
    tasks: tuple[PupilTask, ...] = ()
    occasions: tuple[PupilOccasion, ...] = ()


@dataclass(frozen=True)
class ControlAhead:
    """A written control work of a lesson to come; ``kind`` is empty of one that only the plan has."""

    held_on: date
    subject_name: str
    kind: str
    topic: str


@dataclass(frozen=True)
class Confirming:
    """Who has looked through a week, in the order of time, and what the reader may do about it.

    ``may_now``: a guardian who has not confirmed it may do so today; ``since``: or from that day on.
    """

    done: tuple[StoredConfirmation, ...] = ()
    may_now: bool = False
    since: date | None = None


@dataclass(frozen=True)
class DiaryWeek:
    """A week from its Monday on; ``later`` is what was given by its end and is due after it.

    ``ahead``: the control works after today up to ``DAYS_AHEAD`` days after this week; none of other weeks. ``may_tick``: the
    reader is the pupil, who says what is done. ``later_tasks``: tasks without a lesson that are due after a week that is not over;
    ``task_states``: how the tasks of lessons stand.
    """

    pupil: DiaryPupil
    monday: date
    days: tuple[DiaryDay, ...]
    later: tuple[PupilHomework, ...]
    is_current: bool
    ahead: tuple[ControlAhead, ...]
    confirming: Confirming
    may_tick: bool
    later_tasks: tuple[PupilTask, ...] = ()
    task_states: dict[int, TaskState] = field(default_factory=dict)


def last_day_shown(day: date, today: date) -> date:
    """Return the last day of which the week of a day says anything."""
    sunday = monday_of(day) + timedelta(DAYS_OF_A_WEEK - 1)
    return sunday + timedelta(DAYS_AHEAD if monday_of(day) == monday_of(today) else 0)


def breaks_ahead(store: Store, user: User, pupil_id: int, *, today: date) -> list[tuple[str, date, date]]:
    """Return the name, the first and the last day of each break that a pupil has until the school year ends (п. 3.6, 5.1).

    Raises AccessRefused or Refusal, as ``diary_pupil``.
    """
    pupil = diary_pupil(store, user, pupil_id, today)
    if pupil.class_id is None:
        return []
    days = diaries.days_off(store) | diaries.grade_days_off(store, pupil.class_id)
    return breaks_of(days, today, first_of_september(school_year_of(today) + 1) - timedelta(1))


def diary_week(
    store: Store, user: User, pupil_id: int, *, day: date, today: date, now: datetime | None = None
) -> DiaryWeek:
    """Return the week of a day in a pupil's diary. Raises AccessRefused or Refusal, as ``diary_pupil``."""
    pupil = diary_pupil(store, user, pupil_id, today, now)
    monday = monday_of(day)
    sunday = monday + timedelta(DAYS_OF_A_WEEK - 1)
    is_current = monday == monday_of(today)
    known = lessons_of_pupil(store, pupil_id, monday, last_day_shown(day, today))
    dated = [each for each in known if each.held_on <= sunday]
    homework = pupil_homework(store, pupil_id, monday, sunday)
    lessons = _lessons(store, pupil, dated)
    tasks = [task for task in tasks_due(store, pupil_id, pupil.class_ids, monday, today) if not task.is_void]
    occasions = pupil_occasions(store, pupil_id, monday, sunday)
    names = diaries.days_off(store)
    days = [
        DiaryDay(
            each,
            tuple(lesson for held_on, lesson in lessons if held_on == each),
            tuple(work for work in homework if work.due_on == each and work.is_work),
            _without_work([work for work in homework if work.due_on == each], today),
            tuple(work for work in homework if work.lesson.held_on == each and work.is_work),
            names.get(each, ""),
            tuple(task for task in tasks if task.due_on == each),
            tuple(
                one for one in occasions if one.occasion.draft.starts_on <= each <= one.occasion.draft.ends_on
            ),
        )
        for each in (monday + timedelta(number) for number in range(DAYS_OF_A_WEEK))
    ]
    return DiaryWeek(
        pupil,
        monday,
        tuple(
            each
            for number, each in enumerate(days)
            if number < WORKING_DAYS or each.lessons or each.due or each.given or each.tasks or each.occasions
        ),
        tuple(
            sorted(
                (work for work in homework if work.due_on and work.due_on > sunday and work.is_work),
                key=lambda work: work.due_on or date.max,
            )
        ),
        is_current,
        _ahead(store, [each for each in known if each.held_on > today] if is_current else []),
        _confirming(store, user, pupil_id, dated, today),
        may(user, Action.TICK_HOMEWORK, Rows(pupil_id=pupil_id)),
        tuple(task for task in tasks if is_current and task.due_on and task.due_on > sunday),
        states_of(store, pupil_id, [task.task_id for work in homework for task in work.tasks]),
    )


def _ahead(store: Store, dated: Sequence[DatedLesson]) -> tuple[ControlAhead, ...]:
    """Return the control works of lessons to come: as the teacher wrote there, or else as the plan has it."""
    if not dated:
        return ()
    controls, subjects = _control_works(store), subject_names(store)
    lessons = lessons_by_id(store, [each.lesson_id for each in dated if not each.is_cancelled])
    planned: dict[int, str] = {}
    for class_id in {each.class_id for each in dated}:
        planned |= planned_controls(store, class_id)
    return tuple(
        ControlAhead(
            each.held_on,
            subjects[each.subject_id],
            controls.get(each.work_type_id or 0, ""),
            each.topic or planned.get(each.lesson_id, ""),
        )
        for each in lessons.values()
        if (each.work_type_id or 0) in controls or each.lesson_id in planned
    )


def _control_works(store: Store) -> dict[int, str]:
    return {key: kind.name for key, kind in work_types(store).items() if kind.is_written_control}


def _confirming(
    store: Store, user: User, pupil_id: int, dated: Sequence[DatedLesson], today: date
) -> Confirming:
    since = confirmable_from({each.held_on for each in dated if not each.is_cancelled})
    if since is None:
        return Confirming()
    done = tuple(confirmations_of_week(store, [pupil_id], monday_of(since))) if since <= today else ()
    is_asked = may(user, Action.CONFIRM_WEEK, Rows(pupil_id=pupil_id)) and all(
        each.user_id != user.user_id for each in done
    )
    return Confirming(done, is_asked and since <= today, since if is_asked and since > today else None)


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
    controls = _control_works(store)
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
                    diaries.room_of(rooms[each.class_id], each),
                    each.lesson_id in substituted,
                    each.is_cancelled,
                    lesson.topic,
                    controls.get(lesson.work_type_id or 0, ""),
                    cells.get(each.lesson_id, DiaryCell()),
                ),
            )
        )
    return found
