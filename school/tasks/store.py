"""Tasks without a lesson, the steps of all tasks, and their files as rows."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import NamedTuple

from school.files.attachments.keeping import KeptFile
from school.homework.store import beside_text, next_lesson_day
from school.records import PersonName, RegisterKey
from school.register.store.class_members import members_on
from school.register.store.lessons import lessons_by_id
from school.register.store.registers import teachers_of
from school.store.memory.entered import Kind
from school.store.names import short_name, surname_and_initials, tell_apart
from school.store.reading import Reader, Writer, read_as, read_one
from school.store.selection import among, is_there
from school.store.writing import insert
from school.tasks.rules import StepKind, TaskState, state_of


class TaskFile(NamedTuple):
    """A kept file of an answer, or of a task without a lesson (``step_id`` None)."""

    file_id: int
    task_id: int
    step_id: int | None
    stored_name: str
    title: str
    kind: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True)
class RegisterTask:
    """A task for named pupils of a register, without a lesson."""

    task_id: int
    key: RegisterKey
    text: str
    due_on: date
    created_at: datetime
    created_by: int
    pupil_ids: frozenset[int]
    files: tuple[TaskFile, ...] = ()


@dataclass(frozen=True)
class Step:
    """What was done about a pupil's task, by whom."""

    step_id: int
    task_id: int
    pupil_id: int
    kind: StepKind
    text: str
    made_at: datetime
    made_by: int
    files: tuple[TaskFile, ...] = ()


class LessonTask(NamedTuple):
    """A task of a lesson as its teacher looks for it."""

    task_id: int
    lesson_id: int
    text: str
    subgroup_id: int | None
    created_at: datetime
    pupil_ids: tuple[int, ...]


_FILE_COLUMNS = ", ".join(TaskFile._fields)
# By class: whoever gives a task changes nothing that other classes read.
REGISTER_TASKS = Kind("register_tasks", ("homework_task_pupils", "task_files"))
# By task.
STEPS = Kind("task_steps", ("task_files",))


def register_tasks(reader: Reader, class_ids: Collection[int]) -> list[RegisterTask]:
    """Return the tasks without a lesson of classes, the newest last: from memory, for every page of a diary asks."""
    found = reader.entered(REGISTER_TASKS, [*dict.fromkeys(class_ids)], lambda wanted: _tasks(reader, wanted))
    return [task for of_class in found.values() for task in of_class]


def _tasks(reader: Reader, class_ids: list[int]) -> dict[int, list[RegisterTask]]:
    query = f"""SELECT t.task_id, any_value(t.class_id) AS class_id, any_value(t.subject_id) AS subject_id,
            any_value(t.subgroup_id) AS subgroup_id, any_value(t.text) AS text, any_value(t.due_on) AS due_on,
            any_value(t.created_at) AS created_at, any_value(t.created_by) AS created_by, list(p.pupil_id) AS pupil_ids
        FROM register_tasks t JOIN homework_task_pupils p USING (task_id)
        WHERE {among("t.class_id", "classes", class_ids)} GROUP BY t.task_id ORDER BY t.task_id"""
    rows = read_as(reader, RegisterTask, query, {"classes": class_ids})
    files = _files_of(reader, "step_id IS NULL AND", [row.task_id for row in rows])
    found: dict[int, list[RegisterTask]] = {each: [] for each in class_ids}
    for row in rows:
        own = tuple(file for file in files if file.task_id == row.task_id)
        found[row.key.class_id].append(_with_files(row, own))
    return found


def _with_files(task: RegisterTask, files: tuple[TaskFile, ...]) -> RegisterTask:
    return RegisterTask(**vars(task) | {"files": files}) if files else task


def _files_of(reader: Reader, which: str, task_ids: Collection[int]) -> list[TaskFile]:
    if not task_ids:
        return []
    query = f"SELECT {_FILE_COLUMNS} FROM task_files WHERE {which} {among('task_id', 'tasks', task_ids)} ORDER BY file_id"
    return read_as(reader, TaskFile, query, {"tasks": sorted(task_ids)})


def register_task(reader: Reader, task_id: int) -> RegisterTask | None:
    """Return a task without a lesson, or None."""
    rows = reader.read("SELECT class_id FROM register_tasks WHERE task_id = $task", {"task": task_id})
    of_class = register_tasks(reader, [row[0] for row in rows])
    return next((task for task in of_class if task.task_id == task_id), None)


def lesson_of_task(reader: Reader, task_id: int) -> int | None:
    """Return the lesson that a task was given at; None for a task without one, and for none."""
    rows = reader.read("SELECT lesson_id FROM homework_tasks WHERE task_id = $task", {"task": task_id})
    return rows[0][0] if rows else None


def lesson_tasks_of_classes(reader: Reader, class_ids: Collection[int], since: date) -> list[LessonTask]:
    """Return the tasks given at lessons of classes since a day, with those whom they are for: a subgroup's members of that day too."""
    query = f"""SELECT t.task_id, any_value(t.lesson_id) AS lesson_id, any_value(t.text) AS text,
            any_value(t.subgroup_id) AS subgroup_id, any_value(t.created_at) AS created_at,
            list(DISTINCT coalesce(p.pupil_id, m.pupil_id)) AS pupil_ids
        FROM homework_tasks t JOIN lessons l USING (lesson_id) LEFT JOIN homework_task_pupils p USING (task_id)
            LEFT JOIN subgroup_members m ON m.subgroup_id = t.subgroup_id AND {is_there("m", "l.held_on")}
        WHERE l.held_on >= $since AND {among("l.class_id", "classes", class_ids)}
            AND coalesce(p.pupil_id, m.pupil_id) IS NOT NULL
        GROUP BY t.task_id ORDER BY t.task_id"""
    return read_as(reader, LessonTask, query, {"classes": sorted(class_ids), "since": since})


def steps_of_tasks(reader: Reader, task_ids: Collection[int]) -> dict[int, tuple[Step, ...]]:
    """Return the steps of tasks by task, those of all its pupils, the oldest first: from memory."""
    return reader.entered(STEPS, [*dict.fromkeys(task_ids)], lambda wanted: _steps(reader, wanted))


def _steps(reader: Reader, task_ids: list[int]) -> dict[int, tuple[Step, ...]]:
    query = f"""SELECT step_id, task_id, pupil_id, kind, text, made_at, made_by FROM task_steps
        WHERE {among("task_id", "tasks", task_ids)} ORDER BY step_id"""
    rows = read_as(reader, Step, query, {"tasks": task_ids})
    files = _files_of(reader, "step_id IS NOT NULL AND", {row.task_id for row in rows})
    found: dict[int, tuple[Step, ...]] = dict.fromkeys(task_ids, ())
    for row in rows:
        own = tuple(file for file in files if file.step_id == row.step_id)
        found[row.task_id] += (Step(**vars(row) | {"files": own}) if own else row,)
    return found


def steps_of_pupil(reader: Reader, task_id: int, pupil_id: int) -> list[Step]:
    """Return the steps of one pupil's task, the oldest first."""
    return [step for step in steps_of_tasks(reader, [task_id])[task_id] if step.pupil_id == pupil_id]


def states_of_pupil(reader: Reader, task_ids: Collection[int], pupil_id: int) -> dict[int, TaskState]:
    """Return how a pupil's tasks stand, by task."""
    return {
        task: state_of([step.kind for step in steps if step.pupil_id == pupil_id])
        for task, steps in steps_of_tasks(reader, task_ids).items()
    }


def waiting_by_register(reader: Reader, since: date) -> dict[RegisterKey, int]:
    """Return how many pupils' answers nobody has replied to, by register, of tasks due or given since a day: from memory.

    Only steps change it: a task that was answered is not taken back.
    """
    query = f"""SELECT class_id, subject_id, subgroup_id, count(*)
        FROM (SELECT task_id, pupil_id FROM task_steps GROUP BY ALL HAVING arg_max(kind, step_id) = '{StepKind.ANSWERED}')
            JOIN (SELECT task_id, class_id, subject_id, subgroup_id FROM register_tasks WHERE due_on >= $since
                UNION ALL SELECT task_id, class_id, subject_id, l.subgroup_id FROM homework_tasks JOIN lessons l USING (lesson_id)
                WHERE held_on >= $since) USING (task_id)
        GROUP BY ALL"""
    rows = reader.steady(("task_steps",), query, {"since": since})
    return {RegisterKey(*key): count for *key, count in rows}


def file_by_id(reader: Reader, file_id: int) -> TaskFile | None:
    """Return a file, or None."""
    return read_one(
        reader, TaskFile, f"SELECT {_FILE_COLUMNS} FROM task_files WHERE file_id = $file", {"file": file_id}
    )


def pupil_of_step(reader: Reader, step_id: int) -> int:
    """Return whose step it is."""
    return int(reader.read("SELECT pupil_id FROM task_steps WHERE step_id = $step", {"step": step_id})[0][0])


def names_of_users(reader: Reader, user_ids: Collection[int]) -> dict[int, str]:
    """Return who made steps: of staff the surname with initials, of a family the last and first name."""
    query = f"""SELECT u.user_id, coalesce(nullif({surname_and_initials("s")}, ''), nullif({short_name("g")}, ''), {short_name("p")})
        FROM users u LEFT JOIN staff s ON s.staff_id = u.staff_id LEFT JOIN guardians g ON g.guardian_id = u.guardian_id
            LEFT JOIN pupils p ON p.pupil_id = u.pupil_id WHERE {among("u.user_id", "users", user_ids)}"""
    return dict(reader.read(query, {"users": sorted(user_ids)})) if user_ids else {}


def save_register_task(writer: Writer, task: RegisterTask) -> None:
    """Add a task without a lesson, with its pupils and files."""
    whose, keys = sorted(task.pupil_ids), [task.key.class_id]
    values = {name: value for name, value in vars(task).items() if name not in {"key", "pupil_ids", "files"}}
    insert(writer, "register_tasks", "", keys, whose, **values, **vars(task.key))
    sql = "INSERT INTO homework_task_pupils SELECT $task, unnest($pupils::BIGINT[])"
    writer.change(sql, {"task": task.task_id, "pupils": whose}, entered_in=keys, of_pupils=whose)
    _save_files(writer, task.files, keys, whose)


def _save_files(writer: Writer, files: Iterable[TaskFile], keys: Sequence[int], whose: Sequence[int]) -> None:
    for file in files:
        insert(writer, "task_files", "", keys, whose, **file._asdict())


def delete_register_task(writer: Writer, task: RegisterTask) -> None:
    """Remove a task without a lesson, with its pupils and files."""
    whose, keys = sorted(task.pupil_ids), [task.key.class_id]
    for table in ("task_files", "homework_task_pupils", "register_tasks"):
        sql = f"DELETE FROM {table} WHERE task_id = $task"
        writer.change(sql, {"task": task.task_id}, entered_in=keys, of_pupils=whose)


def save_step(writer: Writer, step: Step) -> None:
    """Add a step with its files: only the pages of its pupil change."""
    values = {name: value for name, value in vars(step).items() if name != "files"}
    insert(writer, "task_steps", "", [step.task_id], [step.pupil_id], **values | {"kind": str(step.kind)})
    _save_files(writer, step.files, [step.task_id], [step.pupil_id])


def task_files(
    kept: Iterable[KeptFile], ids: Iterable[int], task_id: int, step_id: int | None
) -> tuple[TaskFile, ...]:
    """Return kept files as those of a task or of a step."""
    return tuple(
        TaskFile(file_id, task_id, step_id, **asdict(file)) for file_id, file in zip(ids, kept, strict=True)
    )


class FoundTask(NamedTuple):
    """A task with all that decides who may answer, read and review it."""

    task_id: int
    key: RegisterKey
    text: str
    given_on: date
    due_on: date | None
    pupil_ids: frozenset[int]
    teacher_ids: frozenset[int]
    lesson_id: int | None = None


def find_task(reader: Reader, task_id: int) -> FoundTask | None:
    """Return a task of a lesson or of a register, or None where there is none."""
    own = register_task(reader, task_id)
    if own is not None:
        given_on, teachers = own.created_at.date(), teachers_of(reader, own.key)
        return FoundTask(task_id, own.key, own.text, given_on, own.due_on, own.pupil_ids, teachers)
    lesson_id = lesson_of_task(reader, task_id)
    lesson = lessons_by_id(reader, [lesson_id]).get(lesson_id) if lesson_id is not None else None
    if lesson is None:
        return None
    beside = beside_text(reader, [lesson.lesson_id])[lesson.lesson_id]
    task = next(each for each in beside.tasks if each.task_id == task_id)
    members = (
        members_on(reader, [lesson.class_id], lesson.held_on, task.subgroup_id) if task.subgroup_id else []
    )
    return FoundTask(
        task_id,
        lesson.key,
        task.text,
        lesson.held_on,
        beside.due_on or next_lesson_day(reader, lesson),
        task.pupil_ids | {each.pupil_id for each in members},
        lesson.reader_ids | lesson.teacher_ids,
        lesson.lesson_id,
    )


def names_of_pupils(reader: Reader, pupil_ids: Collection[int]) -> dict[int, PersonName]:
    """Return the names of pupils by id, in alphabetical order, namesakes told apart."""
    if not pupil_ids:
        return {}
    query = f"""SELECT pupil_id, last_name, first_name, middle_name FROM pupils WHERE {among("pupil_id", "pupils", pupil_ids)}
        ORDER BY last_name COLLATE ru, first_name COLLATE ru, middle_name COLLATE ru, pupil_id"""
    rows = reader.steady(("pupils",), query, {"pupils": sorted(pupil_ids)})
    return tell_apart(reader, {pupil: PersonName(*parts) for pupil, *parts in rows})
