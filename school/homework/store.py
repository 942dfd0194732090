"""Homework beyond its text: the day it is due, tasks of single pupils, files."""

from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from school.homework.rules.late_entry import HOUR_SETTING, hour_of_setting, is_late
from school.records import Lesson, RegisterKey
from school.spans import Span, is_in_span
from school.store.memory.entered import Kind
from school.store.reading import Reader, Writer, read_as, read_one
from school.store.selection import IN_REGISTER, among, is_there
from school.store.settings import setting
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
    added_at: datetime


@dataclass(frozen=True)
class HomeworkTask:
    """A task of some pupils of a lesson: the named ones, or a subgroup's."""

    task_id: int
    lesson_id: int
    text: str
    subgroup_id: int | None
    subgroup_name: str
    pupil_ids: frozenset[int]
    created_at: datetime


def is_own_task(
    task: HomeworkTask, pupil_id: int, subgroups: Mapping[int, Collection[Span]], day: date
) -> bool:
    """Whether a task of a lesson on a day is a pupil's: by name, or as a member of its subgroup (spans by subgroup)."""
    return pupil_id in task.pupil_ids or is_in_span(subgroups.get(task.subgroup_id or 0, ()), day)


# Of a year whose calendar does not say: Sunday alone is off.
DAYS_A_WEEK = 6
_FILE_COLUMNS = "file_id, lesson_id, task_id, stored_name, title, kind, size_bytes, sha256, added_at"


@dataclass(frozen=True)
class WrittenAt:
    """When a lesson's homework was written as it stands, and whether late by the school's hour of that time."""

    moment: datetime
    is_late: bool


@dataclass(frozen=True)
class BesideText:
    """What stands beside the text of a lesson's homework: files and tasks in the order they were added, the day it is due.

    ``written`` is None where nobody knows when the text was written.
    """

    files: tuple[HomeworkFile, ...] = ()
    tasks: tuple[HomeworkTask, ...] = ()
    due_on: date | None = None
    written: WrittenAt | None = None

    def changed_at(self, tasks: Collection[int]) -> datetime | None:
        """Return when a pupil with these tasks was last given anything here: words, files, a task of their own."""
        moments = [self.written.moment] if self.written else []
        moments += [each.added_at for each in self.files if each.task_id is None or each.task_id in tasks]
        moments += [each.created_at for each in self.tasks if each.task_id in tasks]
        return max(moments, default=None)


NOTHING = BesideText()
BESIDE = Kind(
    "homework_files",
    ("homework_tasks", "homework_task_pupils", "homework_due_days", "homework_times", "subgroups"),
)


def beside_text(reader: Reader, lesson_ids: Collection[int]) -> dict[int, BesideText]:
    """Return what stands beside the text of each of these lessons' homework."""
    return reader.entered(BESIDE, lesson_ids, lambda unknown: _beside_text(reader, unknown))


def _beside_text(reader: Reader, lesson_ids: list[int]) -> dict[int, BesideText]:
    files, tasks = _files_of_lessons(reader, lesson_ids), _tasks_of_lessons(reader, lesson_ids)
    due_days, times = _due_days(reader, lesson_ids), _times(reader, lesson_ids)
    found = {
        key: BesideText(
            tuple(file for file in files if file.lesson_id == key),
            tuple(task for task in tasks if task.lesson_id == key),
            due_days.get(key),
            times.get(key),
        )
        for key in {
            *(file.lesson_id for file in files),
            *(task.lesson_id for task in tasks),
            *due_days,
            *times,
        }
    }
    return {key: found.get(key, NOTHING) for key in lesson_ids}


def files_of_lessons(reader: Reader, lesson_ids: Collection[int]) -> list[HomeworkFile]:
    """Return the files of these lessons, those for everybody and those of tasks, in the order they were added."""
    return [file for beside in beside_text(reader, lesson_ids).values() for file in beside.files]


def _files_of_lessons(reader: Reader, lesson_ids: list[int]) -> list[HomeworkFile]:
    query = f"""SELECT {_FILE_COLUMNS} FROM homework_files
        WHERE lesson_id IN (SELECT unnest($lessons::BIGINT[])) ORDER BY file_id"""
    return read_as(reader, HomeworkFile, query, {"lessons": lesson_ids})


TICKS = Kind("homework_ticks")


def ticks_of_lessons(reader: Reader, lesson_ids: Collection[int]) -> dict[int, dict[int, datetime]]:
    """Return when pupils ticked a lesson's homework as done, by lesson and pupil."""
    return reader.entered(TICKS, lesson_ids, lambda unknown: _ticks_of_lessons(reader, unknown))


def _ticks_of_lessons(reader: Reader, lesson_ids: list[int]) -> dict[int, dict[int, datetime]]:
    query = f"SELECT lesson_id, pupil_id, done_at FROM homework_ticks WHERE {among('lesson_id', 'lessons', lesson_ids)}"
    found: dict[int, dict[int, datetime]] = {}
    for lesson_id, pupil_id, done_at in reader.read(query, {"lessons": lesson_ids}):
        found.setdefault(lesson_id, {})[pupil_id] = done_at
    return found


def file_by_id(reader: Reader, file_id: int) -> HomeworkFile | None:
    """Return a file, or None."""
    query = f"SELECT {_FILE_COLUMNS} FROM homework_files WHERE file_id = $file"
    return read_one(reader, HomeworkFile, query, {"file": file_id})


def tasks_of_lessons(reader: Reader, lesson_ids: Collection[int]) -> list[HomeworkTask]:
    """Return the tasks of these lessons, of each in the order they were given."""
    return [task for beside in beside_text(reader, lesson_ids).values() for task in beside.tasks]


def _tasks_of_lessons(reader: Reader, lesson_ids: list[int]) -> list[HomeworkTask]:
    query = """SELECT t.task_id, any_value(t.lesson_id) AS lesson_id, any_value(t.text) AS text,
            any_value(t.created_at) AS created_at, any_value(t.subgroup_id) AS subgroup_id, coalesce(any_value(g.name), '') AS subgroup_name,
            list(p.pupil_id) FILTER (p.pupil_id IS NOT NULL) AS pupil_ids
        FROM homework_tasks t LEFT JOIN homework_task_pupils p USING (task_id)
            LEFT JOIN subgroups g ON g.subgroup_id = t.subgroup_id
        WHERE t.lesson_id IN (SELECT unnest($lessons::BIGINT[])) GROUP BY t.task_id ORDER BY t.task_id"""
    return read_as(reader, HomeworkTask, query, {"lessons": lesson_ids})


def _due_days(reader: Reader, lesson_ids: list[int]) -> dict[int, date]:
    query = """SELECT lesson_id, due_on FROM homework_due_days
        WHERE lesson_id IN (SELECT unnest($lessons::BIGINT[]))"""
    return dict(reader.read(query, {"lessons": lesson_ids}))


def _times(reader: Reader, lesson_ids: list[int]) -> dict[int, WrittenAt]:
    query = """SELECT lesson_id, written_at, is_late FROM homework_times
        WHERE lesson_id IN (SELECT unnest($lessons::BIGINT[]))"""
    rows = reader.read(query, {"lessons": lesson_ids})
    return {lesson: WrittenAt(moment, is_late) for lesson, moment, is_late in rows}


def is_day_off(reader: Reader, day: date) -> bool:
    """Whether the school has no lessons on a day: a weekend of its week, or a day off of its calendar."""
    moved = reader.steady(("moved_days",), "SELECT day FROM moved_days", {})
    if (day,) in moved:
        return False
    off = reader.steady(("days_off",), "SELECT day FROM days_off", {})
    years = reader.steady(("school_years",), "SELECT starts_on, ends_on, days_a_week FROM school_years", {})
    days_a_week = next((days for first, last, days in years if first <= day <= last and days), DAYS_A_WEEK)
    return day.isoweekday() > days_a_week or (day,) in off


def is_written_late(reader: Reader, held_on: date, now: datetime) -> bool:
    """Whether homework of a lesson written now is late by the school's hour and calendar."""
    hour = hour_of_setting(setting(reader, HOUR_SETTING))
    return is_late(now, held_on, hour=hour, is_day_off=is_day_off(reader, now.date()))


def save_time(writer: Writer, lesson_id: int, written: WrittenAt | None) -> None:
    """Keep when a lesson's homework was written; None: nothing is set."""
    writer.change(
        "DELETE FROM homework_times WHERE lesson_id = $lesson", {"lesson": lesson_id}, entered_in=[lesson_id]
    )
    if written is not None:
        values = {"written_at": written.moment, "is_late": written.is_late}
        insert(writer, "homework_times", "", [lesson_id], lesson_id=lesson_id, **values)


def next_lesson_day(reader: Reader, lesson: Lesson) -> date | None:
    """Return the day of the register's next lesson that is not cancelled; None while none is dated."""
    days = lesson_days(reader, lesson.key)
    place = bisect_right(days, lesson.held_on)
    return days[place] if place < len(days) else None


def lesson_days(reader: Reader, key: RegisterKey) -> list[date]:
    """Return the days with lessons of a register that are not cancelled, in order."""
    query = f"""SELECT DISTINCT held_on FROM lessons WHERE {IN_REGISTER} AND status <> 'cancelled' ORDER BY held_on"""
    return [day for (day,) in reader.steady(("lessons",), query, vars(key), but_entries=True)]


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


def save_task(writer: Writer, task: HomeworkTask, *, user_id: int) -> None:
    """Add a task with its pupils."""
    insert(
        writer,
        "homework_tasks",
        "",
        [task.lesson_id],
        task_id=task.task_id,
        lesson_id=task.lesson_id,
        subgroup_id=task.subgroup_id,
        text=task.text,
        created_at=task.created_at,
        created_by=user_id,
    )
    sql = "INSERT INTO homework_task_pupils SELECT $task, unnest($pupils::BIGINT[])"
    parameters = {"task": task.task_id, "pupils": sorted(task.pupil_ids)}
    writer.change(sql, parameters, entered_in=[task.lesson_id])


def count_steps(reader: Reader, task_id: int) -> int:
    """Return how many steps a task has had since it was given: answers, and what the teacher said."""
    query = "SELECT count(*) FROM task_steps WHERE task_id = $task"
    return int(reader.read(query, {"task": task_id})[0][0])


def delete_task(writer: Writer, task: HomeworkTask) -> None:
    """Remove a task with its pupils and files."""
    for table in ("homework_files", "homework_task_pupils", "homework_tasks"):
        sql = f"DELETE FROM {table} WHERE task_id = $task"
        writer.change(sql, {"task": task.task_id}, entered_in=[task.lesson_id])


def save_file(writer: Writer, file: HomeworkFile, *, user_id: int) -> None:
    """Add a file whose content is kept already."""
    insert(writer, "homework_files", "", [file.lesson_id], **vars(file), added_by=user_id)


def delete_file(writer: Writer, file: HomeworkFile) -> None:
    """Remove a file's row."""
    sql = "DELETE FROM homework_files WHERE file_id = $file"
    writer.change(sql, {"file": file.file_id}, entered_in=[file.lesson_id])


def save_tick(writer: Writer, lesson_id: int, pupil_id: int, *, at: datetime, user_id: int) -> None:
    """Note that a pupil has done the homework of a lesson."""
    insert(
        writer,
        "homework_ticks",
        "OR REPLACE",
        [lesson_id],
        [pupil_id],
        lesson_id=lesson_id,
        pupil_id=pupil_id,
        done_at=at,
        done_by=user_id,
    )


def delete_tick(writer: Writer, lesson_id: int, pupil_id: int) -> None:
    """Take a pupil's tick back."""
    sql = "DELETE FROM homework_ticks WHERE lesson_id = $lesson AND pupil_id = $pupil"
    parameters = {"lesson": lesson_id, "pupil": pupil_id}
    writer.change(sql, parameters, entered_in=[lesson_id], of_pupils=[pupil_id])
