"""Homework beyond its text: the day it is due, tasks of single pupils, files."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from school.records import Lesson
from school.store.reading import Reader, Writer, read_one, steady_as
from school.store.selection import IN_REGISTER, is_there
from school.store.writing import insert


@dataclass(frozen=True)
class HomeworkFile:
    """A kept file; its content lies in the files' folder under ``stored_name``. ``task_id``: for that task's pupils."""

    file_id: int
    lesson_id: int
    task_id: int | None
    stored_name: str
    title: str
    kind: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True)
class HomeworkTask:
    """A task of some pupils of a lesson: the named ones, or a subgroup's."""

    task_id: int
    lesson_id: int
    text: str
    subgroup_id: int | None
    subgroup_name: str
    pupil_ids: frozenset[int]


_FILE_COLUMNS = "file_id, lesson_id, task_id, stored_name, title, kind, size_bytes, sha256"


def files_of_lessons(reader: Reader, lesson_ids: Iterable[int]) -> list[HomeworkFile]:
    """Return the files of these lessons, those for everybody and those of tasks, in the order they were added."""
    query = f"""SELECT {_FILE_COLUMNS} FROM homework_files
        WHERE lesson_id IN (SELECT unnest($lessons::BIGINT[])) ORDER BY file_id"""
    parameters = {"lessons": sorted(set(lesson_ids))}
    return steady_as(reader, HomeworkFile, ("homework_files",), query, parameters)


def file_by_id(reader: Reader, file_id: int) -> HomeworkFile | None:
    """Return a file, or None."""
    query = f"SELECT {_FILE_COLUMNS} FROM homework_files WHERE file_id = $file"
    return read_one(reader, HomeworkFile, query, {"file": file_id})


def tasks_of_lessons(reader: Reader, lesson_ids: Iterable[int]) -> list[HomeworkTask]:
    """Return the tasks of these lessons in the order they were given."""
    query = """SELECT t.task_id, any_value(t.lesson_id) AS lesson_id, any_value(t.text) AS text,
            any_value(t.subgroup_id) AS subgroup_id, coalesce(any_value(g.name), '') AS subgroup_name,
            list(p.pupil_id) FILTER (p.pupil_id IS NOT NULL) AS pupil_ids
        FROM homework_tasks t LEFT JOIN homework_task_pupils p USING (task_id)
            LEFT JOIN subgroups g ON g.subgroup_id = t.subgroup_id
        WHERE t.lesson_id IN (SELECT unnest($lessons::BIGINT[])) GROUP BY t.task_id ORDER BY t.task_id"""
    tables = ("homework_tasks", "homework_task_pupils", "subgroups")
    return steady_as(reader, HomeworkTask, tables, query, {"lessons": sorted(set(lesson_ids))})


def due_days(reader: Reader, lesson_ids: Iterable[int]) -> dict[int, date]:
    """Return the days that teachers chose for homework, by lesson."""
    query = """SELECT lesson_id, due_on FROM homework_due_days
        WHERE lesson_id IN (SELECT unnest($lessons::BIGINT[]))"""
    return dict(reader.steady(("homework_due_days",), query, {"lessons": sorted(set(lesson_ids))}))


def next_lesson_day(reader: Reader, lesson: Lesson) -> date | None:
    """Return the day of the register's next lesson that is not cancelled; None while none is dated."""
    query = (
        f"SELECT min(held_on) FROM lessons WHERE {IN_REGISTER} AND status <> 'cancelled' AND held_on > $day"
    )
    parameters = {**vars(lesson.key), "day": lesson.held_on}
    rows: list[tuple[date | None]] = reader.steady(("lessons",), query, parameters, but_entries=True)
    return rows[0][0]


def class_subgroups(reader: Reader, class_id: int) -> dict[int, str]:
    """Return the subgroups of a class by id: the subject and the subgroup's name."""
    query = """SELECT g.subgroup_id, s.name || ', ' || g.name FROM subgroups g JOIN subjects s USING (subject_id)
        WHERE g.class_id = $class_id ORDER BY s.name COLLATE ru, g.name"""
    return dict(reader.read(query, {"class_id": class_id}))


def listed_at(reader: Reader, lesson_ids: Iterable[int], pupil_ids: Collection[int]) -> set[tuple[int, int]]:
    """Return the pairs (lesson, pupil) where the pupil was in the lesson's class and subgroup on its day."""
    query = f"""SELECT DISTINCT l.lesson_id, e.pupil_id FROM lessons l
        JOIN enrolments e ON e.class_id = l.class_id AND {is_there("e", "l.held_on")}
        LEFT JOIN subgroup_members g ON g.subgroup_id = l.subgroup_id AND g.pupil_id = e.pupil_id
            AND {is_there("g", "l.held_on")}
        WHERE l.lesson_id IN (SELECT unnest($lessons::BIGINT[]))
            AND e.pupil_id IN (SELECT unnest($pupils::BIGINT[]))
            AND (l.subgroup_id IS NULL OR g.pupil_id IS NOT NULL)"""
    return set(reader.read(query, {"lessons": sorted(set(lesson_ids)), "pupils": sorted(pupil_ids)}))


def task_recipients(
    reader: Reader, task_ids: Iterable[int], pupil_ids: Collection[int]
) -> set[tuple[int, int]]:
    """Return the pairs (task, pupil) where the task is the pupil's: by name, or as a member of its subgroup."""
    query = f"""WITH asked AS (SELECT t.task_id, t.subgroup_id, l.held_on FROM homework_tasks t JOIN lessons l USING (lesson_id)
            WHERE t.task_id IN (SELECT unnest($tasks::BIGINT[])))
        SELECT a.task_id, p.pupil_id FROM asked a JOIN homework_task_pupils p USING (task_id)
            WHERE p.pupil_id IN (SELECT unnest($pupils::BIGINT[]))
        UNION SELECT a.task_id, m.pupil_id FROM asked a JOIN subgroup_members m ON m.subgroup_id = a.subgroup_id
            AND {is_there("m", "a.held_on")}
            WHERE m.pupil_id IN (SELECT unnest($pupils::BIGINT[]))"""
    return set(reader.read(query, {"tasks": sorted(set(task_ids)), "pupils": sorted(pupil_ids)}))


def save_due_day(writer: Writer, lesson_id: int, due_on: date | None) -> None:
    """Keep the day chosen for homework; None: the next lesson, whenever that is."""
    if due_on is None:
        sql = "DELETE FROM homework_due_days WHERE lesson_id = $lesson"
        writer.change(sql, {"lesson": lesson_id}, entered_in=[lesson_id])
        return
    sql = """INSERT INTO homework_due_days VALUES ($lesson, $due)
        ON CONFLICT (lesson_id) DO UPDATE SET due_on = excluded.due_on"""
    writer.change(sql, {"lesson": lesson_id, "due": due_on}, entered_in=[lesson_id])


def save_task(writer: Writer, task: HomeworkTask, *, at: datetime, user_id: int) -> None:
    """Add a task with its pupils."""
    insert(
        writer,
        "homework_tasks",
        task_id=task.task_id,
        lesson_id=task.lesson_id,
        subgroup_id=task.subgroup_id,
        text=task.text,
        created_at=at,
        created_by=user_id,
    )
    sql = "INSERT INTO homework_task_pupils SELECT $task, unnest($pupils::BIGINT[])"
    writer.change(sql, {"task": task.task_id, "pupils": sorted(task.pupil_ids)})


def delete_task(writer: Writer, task_id: int) -> None:
    """Remove a task with its pupils and files."""
    for table in ("homework_files", "homework_task_pupils", "homework_tasks"):
        writer.change(f"DELETE FROM {table} WHERE task_id = $task", {"task": task_id})


def save_file(writer: Writer, file: HomeworkFile, *, at: datetime, user_id: int) -> None:
    """Add a file whose content is kept already."""
    insert(writer, "homework_files", **vars(file), added_at=at, added_by=user_id)


def delete_file(writer: Writer, file_id: int) -> None:
    """Remove a file's row."""
    writer.change("DELETE FROM homework_files WHERE file_id = $file", {"file": file_id})
