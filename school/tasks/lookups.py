"""Tasks as the pupil, the family, the teacher and who leads the class may see them (п. 4.7)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from school.access.action import Action
from school.access.checks import check_may, check_may_somewhere, may, may_somewhere
from school.access.scopes import Rows
from school.errors import AccessRefused
from school.files.kept import content_of
from school.homework.store import HomeworkFile, beside_text, next_lesson_day
from school.records import PersonName, RegisterKey, RegisterRow, User
from school.register.lookups.diary_readers import stays_of_readable_pupil
from school.register.lookups.registers import register_rows, registers_by_key, registers_of_year
from school.register.store.class_members import members_on
from school.register.store.lessons import lessons_by_id
from school.register.store.pupil_lessons import classes_of_pupil, classes_on
from school.register.store.registers import subject_names, teachers_of
from school.store.connection import Store
from school.tasks import store as stored
from school.tasks.rules import OPEN, TaskState, is_overdue, state_of
from school.tasks.store import FoundTask, LessonTask, RegisterTask, Step, TaskFile

__all__ = ["Step", "TaskFile"]

# A family reads the tasks of so many days; a teacher reviews them.
TASK_DAYS = 180


@dataclass(frozen=True)
class PupilTask:
    """A task as its pupil reads it; ``is_there``: the pupil is still in the class it was given in.

    ``lesson_files`` lie with the homework of its lesson, ``files`` with the task.
    """

    task_id: int
    subject_id: int
    subject_name: str
    text: str
    given_on: date
    due_on: date | None
    state: TaskState
    is_overdue: bool
    is_there: bool
    lesson_files: tuple[HomeworkFile, ...] = ()
    files: tuple[TaskFile, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether the pupil has something to do."""
        return self.state in OPEN and self.is_there

    @property
    def is_void(self) -> bool:
        """Whether nothing is expected any more: the pupil has left the class without an answer that was accepted."""
        return self.state in OPEN and not self.is_there


def tasks_due(
    store: Store, pupil_id: int, class_ids: Collection[int], first_day: date, today: date
) -> list[PupilTask]:
    """Return a pupil's tasks without a lesson that are due from a day on, by day: from memory.

    Whoever asks has checked that the pupil's diary may be read.
    """
    own = [
        task
        for task in stored.register_tasks(store, class_ids)
        if pupil_id in task.pupil_ids and task.due_on >= first_day
    ]
    if not own:
        return []
    states, subjects = states_of(store, pupil_id, [task.task_id for task in own]), subject_names(store)
    here = classes_on(store, pupil_id, today)
    found = [
        _of_register(task, subjects, states[task.task_id], today, is_there=task.key.class_id in here)
        for task in own
    ]
    return sorted(found, key=lambda task: (task.due_on or date.max, task.task_id))


def _of_register(
    task: RegisterTask, subjects: Mapping[int, str], state: TaskState, today: date, *, is_there: bool
) -> PupilTask:
    return PupilTask(
        task.task_id,
        task.key.subject_id,
        subjects[task.key.subject_id],
        task.text,
        task.created_at.date(),
        task.due_on,
        state,
        is_there and is_overdue(state, task.due_on, today),
        is_there,
        files=task.files,
    )


def states_of(store: Store, pupil_id: int, task_ids: Collection[int]) -> dict[int, TaskState]:
    """Return how a pupil's tasks stand, by task: from memory. Whoever asks has checked that the diary may be read."""
    return stored.states_of_pupil(store, task_ids, pupil_id) if task_ids else {}


def read_tasks_ahead(store: Store, class_ids: Collection[int], task_ids: Collection[int]) -> None:
    """Read tasks without a lesson, and how all stand, before the first family asks."""
    own = [task.task_id for task in stored.register_tasks(store, class_ids)]
    stored.steps_of_tasks(store, [*own, *task_ids])


def pupil_tasks(
    store: Store, user: User, pupil_id: int, *, today: date, subject_id: int | None = None
) -> list[PupilTask]:
    """Return a pupil's tasks of the last ``TASK_DAYS``, the newest first; of one subject where one is given. Raises AccessRefused."""
    class_ids = {each.class_id for each in stays_of_readable_pupil(store, user, pupil_id, today)}
    since = today - timedelta(TASK_DAYS)
    found = tasks_due(store, pupil_id, class_ids, since, today)
    given = stored.lesson_tasks_of_classes(store, class_ids, since)
    found += _of_lessons(store, [task for task in given if pupil_id in task.pupil_ids], pupil_id, today)
    wanted = [task for task in found if subject_id in (None, task.subject_id)]
    return sorted(wanted, key=lambda task: (task.given_on, task.task_id), reverse=True)


def _of_lessons(store: Store, tasks: Iterable[LessonTask], pupil_id: int, today: date) -> list[PupilTask]:
    own = list(tasks)
    ids = [task.lesson_id for task in own]
    lessons, beside, subjects = lessons_by_id(store, ids), beside_text(store, ids), subject_names(store)
    states = states_of(store, pupil_id, [task.task_id for task in own])
    here = classes_on(store, pupil_id, today)
    found = []
    for task in own:
        lesson, extra, state = lessons[task.lesson_id], beside[task.lesson_id], states[task.task_id]
        due_on = extra.due_on or next_lesson_day(store, lesson)
        is_there = lesson.class_id in here
        found.append(
            PupilTask(
                task.task_id,
                lesson.subject_id,
                subjects[lesson.subject_id],
                task.text,
                lesson.held_on,
                due_on,
                state,
                is_there and is_overdue(state, due_on, today),
                is_there,
                tuple(file for file in extra.files if file.task_id == task.task_id),
            )
        )
    return found


@dataclass(frozen=True)
class SeenStep:
    """A step with who made it; ``is_own``: the reader."""

    step: Step
    who: str
    is_own: bool


@dataclass(frozen=True)
class TaskPage:
    """A pupil's task with all that was said, the oldest first; ``may_answer``: the reader may send an answer now."""

    task: PupilTask
    steps: tuple[SeenStep, ...]
    may_answer: bool


def pupil_task(store: Store, user: User, pupil_id: int, task_id: int, *, today: date) -> TaskPage:
    """Return one task of a pupil. Raises AccessRefused, in the same words for a task that is not there."""
    found = stored.find_task(store, task_id)
    if found is None or pupil_id not in found.pupil_ids:
        raise AccessRefused("Такого задания у ученика нет.", "Учитель мог его снять.", "Вернитесь в дневник.")
    stays_of_readable_pupil(store, user, pupil_id, today)
    steps = stored.steps_of_pupil(store, task_id, pupil_id)
    state = state_of([step.kind for step in steps])
    names = stored.names_of_users(store, {step.made_by for step in steps})
    files = (
        beside_text(store, [found.lesson_id])[found.lesson_id].files if found.lesson_id is not None else ()
    )
    own = stored.register_task(store, task_id) if found.lesson_id is None else None
    is_there = found.key.class_id in classes_on(store, pupil_id, today)
    task = PupilTask(
        task_id,
        found.key.subject_id,
        subject_names(store)[found.key.subject_id],
        found.text,
        found.given_on,
        found.due_on,
        state,
        is_there and is_overdue(state, found.due_on, today),
        is_there,
        tuple(file for file in files if file.task_id == task_id),
        own.files if own else (),
    )
    answers = may(user, Action.ANSWER_TASK, Rows(pupil_id=pupil_id))
    return TaskPage(
        task,
        tuple(SeenStep(step, names.get(step.made_by, ""), step.made_by == user.user_id) for step in steps),
        answers and is_there and state != TaskState.ACCEPTED,
    )


@dataclass(frozen=True)
class TaskOfPupil:
    """How a task stands with one of its pupils, with all that was said, the oldest first; ``is_there``: still in the class."""

    pupil_id: int
    name: PersonName
    state: TaskState
    steps: tuple[Step, ...]
    is_there: bool

    @property
    def is_open(self) -> bool:
        """Whether an answer may still come."""
        return self.state in OPEN and self.is_there


@dataclass(frozen=True)
class TaskToReview:
    """A task of one's register with its pupils by name; ``lesson_id`` None: it was given without a lesson."""

    task_id: int
    lesson_id: int | None
    register: RegisterRow
    text: str
    given_on: date
    due_on: date | None
    pupils: tuple[TaskOfPupil, ...]
    files: tuple[TaskFile, ...] = ()

    def count(self, *states: TaskState) -> int:
        """Return with how many pupils it stands so."""
        return sum(each.state in states for each in self.pupils)


@dataclass(frozen=True)
class TaughtTasks:
    """A teacher's tasks, the newest first, the registers in which they may give more, and the names of who answered, by user."""

    tasks: tuple[TaskToReview, ...]
    registers: tuple[RegisterRow, ...]
    names: Mapping[int, str]


def taught_registers(store: Store, user: User, school_year: int) -> list[RegisterRow]:
    """Return the registers of a school year that the user teaches. Raises AccessRefused."""
    check_may_somewhere(user, Action.EDIT_LESSON)
    rows = registers_of_year(store, school_year)
    return [row for row in rows if may(user, Action.EDIT_LESSON, register_rows(row))]


def taught_tasks(store: Store, user: User, school_year: int, *, today: date) -> TaughtTasks:
    """Return the tasks of the last ``TASK_DAYS`` in the registers that the user teaches. Raises AccessRefused."""
    rows = {row.key: row for row in taught_registers(store, user, school_year)}
    if not rows:
        return TaughtTasks((), (), {})
    class_ids, since = {key.class_id for key in rows}, today - timedelta(TASK_DAYS)
    given = stored.lesson_tasks_of_classes(store, class_ids, since)
    lessons = lessons_by_id(store, [task.lesson_id for task in given])
    beside = beside_text(store, list(lessons))
    loose: list[RegisterTask] = [
        task for task in stored.register_tasks(store, class_ids) if task.key in rows and task.due_on >= since
    ]
    of_lessons = [task for task in given if lessons[task.lesson_id].key in rows]
    every: list[RegisterTask | LessonTask] = [*loose, *of_lessons]
    steps = stored.steps_of_tasks(store, [task.task_id for task in every])
    names = stored.names_of_pupils(store, {pupil for task in every for pupil in task.pupil_ids})
    here = {(each.class_id, each.pupil_id) for each in members_on(store, class_ids, today)}
    found = [
        TaskToReview(
            task.task_id,
            None,
            rows[task.key],
            task.text,
            task.created_at.date(),
            task.due_on,
            _pupils(task.key.class_id, task.pupil_ids, names, steps[task.task_id], here),
            task.files,
        )
        for task in loose
    ]
    for task in of_lessons:
        lesson = lessons[task.lesson_id]
        found.append(
            TaskToReview(
                task.task_id,
                lesson.lesson_id,
                rows[lesson.key],
                task.text,
                lesson.held_on,
                beside[lesson.lesson_id].due_on or next_lesson_day(store, lesson),
                _pupils(lesson.class_id, task.pupil_ids, names, steps[task.task_id], here),
            )
        )
    found.sort(key=lambda task: (task.given_on, task.task_id), reverse=True)
    users = {step.made_by for of_task in steps.values() for step in of_task}
    return TaughtTasks(tuple(found), tuple(rows.values()), stored.names_of_users(store, users))


def waiting_answers(store: Store, user: User, school_year: int, *, today: date) -> int:
    """Return how many answers of ``taught_tasks`` wait for the user's word: from memory, for the menu."""
    if not may_somewhere(user, Action.EDIT_LESSON):
        return 0
    rows = registers_by_key(store, school_year)
    return sum(
        count
        for key, count in stored.waiting_by_register(store, today - timedelta(TASK_DAYS)).items()
        if key in rows and may(user, Action.EDIT_LESSON, register_rows(rows[key]))
    )


def _pupils(
    class_id: int,
    pupil_ids: Iterable[int],
    names: Mapping[int, PersonName],
    steps: Iterable[Step],
    here: Collection[tuple[int, int]],
) -> tuple[TaskOfPupil, ...]:
    found = []
    by_pupil: dict[int, tuple[Step, ...]] = {}
    for step in steps:
        by_pupil[step.pupil_id] = (*by_pupil.get(step.pupil_id, ()), step)
    places = {pupil: place for place, pupil in enumerate(names)}
    for pupil in sorted(pupil_ids, key=lambda each: places.get(each, 0)):
        own = by_pupil.get(pupil, ())
        state = state_of([step.kind for step in own])
        found.append(TaskOfPupil(pupil, names[pupil], state, own, (class_id, pupil) in here))
    return tuple(found)


def pupils_for_task(store: Store, user: User, key: RegisterKey, *, today: date) -> dict[int, str]:
    """Return the pupils of a register by id, whom a task may be given today. Raises AccessRefused."""
    check_may(user, Action.EDIT_LESSON, _rows(teachers_of(store, key), key))
    members = members_on(store, [key.class_id], today, key.subgroup_id)
    return {each.pupil_id: each.name.short for each in members}


def _rows(teacher_ids: frozenset[int], key: RegisterKey) -> Rows:
    return Rows(teacher_ids=teacher_ids, class_id=key.class_id)


@dataclass(frozen=True)
class ReadTaskFile:
    """A file's name, kind and content."""

    title: str
    kind: str
    content: bytes


def read_task_file(store: Store, user: User, file_id: int, *, today: date) -> ReadTaskFile:
    """Return a file of a task to its pupils' families and its teacher, one of an answer to that family and the teacher alone.

    Besides to who may read the pupil's diary. Raises AccessRefused, in the same words for a file that is not there.
    """
    file = stored.file_by_id(store, file_id)
    task = stored.find_task(store, file.task_id) if file else None
    if file is None or task is None or not _may_read(store, user, file, task, today):
        raise AccessRefused("Файл не открывается.", "Его нет или он не для вас.", "Вернитесь на страницу.")
    return ReadTaskFile(file.title, file.kind, content_of(store, file.stored_name, file.sha256))


def _may_read(store: Store, user: User, file: TaskFile, task: FoundTask, today: date) -> bool:
    if may(user, Action.EDIT_LESSON, _rows(task.teacher_ids, task.key)):
        return True
    whose = task.pupil_ids if file.step_id is None else {stored.pupil_of_step(store, file.step_id)}
    rows = [
        Rows(pupil_id=pupil, class_id=class_id)
        for pupil in whose
        for class_id in (None, *(each.class_id for each in classes_of_pupil(store, pupil, today)))
    ]
    return any(may(user, Action.READ_DIARY, each) for each in rows)
