"""Homework as the signed-in user may see it: what stands at a lesson, what a family has to do, one file."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from school.access.action import Action
from school.access.checks import check_may, may
from school.access.scopes import Rows
from school.errors import AccessRefused, Refusal
from school.files.kept import content_of
from school.homework import store as stored
from school.homework.rules.due_days import LONGEST_DAYS, change_since
from school.homework.rules.late_entry import HOUR_SETTING, hour_of_setting
from school.homework.store import HomeworkFile, HomeworkTask
from school.records import Lesson, Term, User
from school.register.store.lessons import lessons_by_id
from school.register.store.pupil_lessons import (
    DatedLesson,
    lessons_of_classes,
    lessons_of_pupil,
    subgroups_of_pupil,
)
from school.register.store.registers import class_terms, listed_pupils, subject_names
from school.store.connection import Store
from school.store.settings import setting

__all__ = ["HomeworkFile"]

READERS = (Action.READ_REGISTER, Action.READ_DIARY)


@dataclass(frozen=True)
class LessonHomework:
    """What a lesson has beside its text: ``due_on`` is the day chosen, ``next_on`` the day that holds without a choice."""

    due_on: date | None
    next_on: date | None
    files: tuple[HomeworkFile, ...]
    tasks: tuple[HomeworkTask, ...]

    def files_of(self, task_id: int | None) -> list[HomeworkFile]:
        """Return the files of a task, or with None those for everybody."""
        return [file for file in self.files if file.task_id == task_id]


@dataclass(frozen=True)
class Recipients:
    """Whom a task of a lesson may be given to, by id: pupils and subgroups by name."""

    pupils: dict[int, str]
    subgroups: dict[int, str]


def _lesson_rows(lesson: Lesson) -> Rows:
    return Rows(teacher_ids=lesson.reader_ids, class_id=lesson.class_id)


def lesson_homework(store: Store, user: User, lesson: Lesson) -> LessonHomework:
    """Return a lesson's homework beside its text; raises AccessRefused for who may not read the register."""
    check_may(user, Action.READ_REGISTER, _lesson_rows(lesson))
    beside = stored.beside_text(store, [lesson.lesson_id])[lesson.lesson_id]
    return LessonHomework(beside.due_on, stored.next_lesson_day(store, lesson), beside.files, beside.tasks)


def late_words(store: Store, user: User, lesson: Lesson, now: datetime) -> str:
    """Return a calm word for who writes homework of a lesson late now, empty in time; raises AccessRefused."""
    check_may(user, Action.READ_REGISTER, _lesson_rows(lesson))
    if not stored.is_written_late(store, lesson.held_on, now):
        return ""
    return (
        f"Сейчас {now:%H:%M}{', выходной' if stored.is_day_off(store, now.date()) else ''}: задание запишется, "
        "семья увидит, что оно записано поздно."
    )


def late_hour(store: Store) -> int:
    """Return the hour from which homework counts as written late."""
    return hour_of_setting(setting(store, HOUR_SETTING))


def read_homework_ahead(store: Store, lessons: Collection[Lesson]) -> None:
    """Read what stands beside the homework of lessons before the first teacher asks for it."""
    stored.beside_text(store, [lesson.lesson_id for lesson in lessons])
    for key in {lesson.key for lesson in lessons}:
        stored.lesson_days(store, key)


def task_recipients_of(store: Store, user: User, lesson: Lesson, term: Term) -> Recipients:
    """Return whom a task may be given to; raises AccessRefused for who may not write at the lesson's head."""
    check_may(user, Action.EDIT_LESSON, Rows(teacher_ids=lesson.teacher_ids, class_id=lesson.class_id))
    listed = listed_pupils(store, lesson.key, term)
    subgroups = {} if lesson.subgroup_id is not None else stored.class_subgroups(store, lesson.class_id)
    names = {pupil.pupil_id: pupil.name.short for pupil in listed if pupil.is_listed_on(lesson.held_on)}
    return Recipients(names, subgroups)


@dataclass(frozen=True)
class LessonScene:
    """A lesson as its teacher prepares it: its homework, and whom a task may be given to."""

    lesson: Lesson
    user: User
    homework: LessonHomework
    recipients: Recipients


def lesson_scene(store: Store, user: User, lesson_id: int) -> LessonScene:
    """Return a lesson for who may write at its head; raises AccessRefused, or Refusal where there is none."""
    lesson = lessons_by_id(store, [lesson_id]).get(lesson_id)
    if lesson is None:
        check_may(user, Action.EDIT_LESSON)
        raise Refusal("Такого урока нет.", next_step="Обновите страницу.")
    check_may(user, Action.EDIT_LESSON, Rows(teacher_ids=lesson.teacher_ids, class_id=lesson.class_id))
    term = next(term for term in class_terms(store, lesson.class_id) if term.term_id == lesson.term_id)
    homework = lesson_homework(store, user, lesson)
    return LessonScene(lesson, user, homework, task_recipients_of(store, user, lesson, term))


@dataclass(frozen=True)
class DueTask:
    """A task that is this pupil's own, with its files."""

    task_id: int
    text: str
    files: tuple[HomeworkFile, ...]


@dataclass(frozen=True)
class PupilHomework:
    """What a pupil has to do from one lesson: the text for everybody, files, the pupil's own tasks.

    ``due_on``: the day that the teacher chose, or else the next day with a lesson of the register, None while none is dated.
    ``done_at``: when the pupil ticked it as done, None where they did not.
    ``changed_at``: when it changed after that. ``late_at``: when it was written, where that was late.
    """

    lesson: Lesson
    subject_name: str
    due_on: date | None
    files: tuple[HomeworkFile, ...]
    tasks: tuple[DueTask, ...]
    done_at: datetime | None = None
    changed_at: datetime | None = None
    late_at: datetime | None = None

    @property
    def is_work(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.lesson.homework or self.files or self.tasks)


def pupil_homework(store: Store, pupil_id: int, first_day: date, last_day: date) -> list[PupilHomework]:
    """Return the homework of a pupil's lessons up to the last day that is given or due on the first day or later.

    By day and number of the lesson, with lessons that set nothing. Whoever asks has checked that the pupil's diary may be read.
    """
    longest = timedelta(LONGEST_DAYS)
    dated = [
        each
        for each in lessons_of_pupil(store, pupil_id, first_day - longest, last_day + longest)
        if not each.is_cancelled
    ]
    given = [each for each in dated if each.held_on <= last_day]
    beside = stored.beside_text(store, [each.lesson_id for each in given])
    due_days = _due_days(dated) | {key: each.due_on for key, each in beside.items() if each.due_on}
    wanted = [
        each.lesson_id
        for each in given
        if each.held_on >= first_day or due_days.get(each.lesson_id, date.min) >= first_day
    ]
    lessons, subjects = lessons_by_id(store, wanted), subject_names(store)
    files = [file for each in wanted for file in beside[each].files]
    tasks = [task for each in wanted for task in beside[each].tasks]
    subgroups, ticks = subgroups_of_pupil(store, pupil_id), stored.ticks_of_lessons(store, wanted)
    own = [
        task
        for task in tasks
        if stored.is_own_task(task, pupil_id, subgroups, lessons[task.lesson_id].held_on)
    ]
    done = {each: ticks.get(each, {}).get(pupil_id) for each in wanted}
    own_ids = {task.task_id for task in own}
    return [
        PupilHomework(
            lessons[each],
            subjects[lessons[each].subject_id],
            due_days.get(each),
            _files(files, each, None),
            tuple(
                DueTask(task.task_id, task.text, _files(files, each, task.task_id))
                for task in own
                if task.lesson_id == each
            ),
            done_at=done[each],
            changed_at=change_since(done[each], beside[each].changed_at(own_ids)) if done[each] else None,
            late_at=written.moment if (written := beside[each].written) and written.is_late else None,
        )
        for each in wanted
    ]


@dataclass(frozen=True)
class ClassHomework:
    """What a class has to do by a day in a subject, for everybody or one subgroup."""

    due_on: date
    lesson: Lesson
    subject_name: str
    has_files: bool


def class_homework(
    store: Store, user: User, class_id: int, first_day: date, last_day: date
) -> list[ClassHomework]:
    """Return what a class has to do by these days, in the order in which it was given. Raises AccessRefused."""
    check_may(user, Action.READ_REGISTER, Rows(class_id=class_id))
    longest = timedelta(LONGEST_DAYS)
    dated = [
        each
        for each in lessons_of_classes(store, [class_id], first_day - longest, last_day + longest)
        if not each.is_cancelled
    ]
    given = [each.lesson_id for each in dated if each.held_on <= last_day]
    beside = stored.beside_text(store, given)
    due_days = _due_days(dated) | {key: each.due_on for key, each in beside.items() if each.due_on}
    wanted = [each for each in given if first_day <= due_days.get(each, date.min) <= last_day]
    lessons, subjects = lessons_by_id(store, wanted), subject_names(store)
    return [
        ClassHomework(due_days[each], lessons[each], subjects[lessons[each].subject_id], has_files)
        for each in wanted
        for has_files in (bool(_files(beside[each].files, each, None)),)
        if lessons[each].homework or has_files
    ]


def _due_days(lessons: Iterable[DatedLesson]) -> dict[int, date]:
    """Return the next day with a lesson of the same register by lesson; the last ones have none."""
    days: dict[tuple[int, int, int | None], list[DatedLesson]] = {}
    for each in lessons:
        days.setdefault((each.class_id, each.subject_id, each.subgroup_id), []).append(each)
    found: dict[int, date] = {}
    for of_register in days.values():
        next_on: date | None = None
        for number in range(len(of_register) - 1, 0, -1):
            later, each = of_register[number], of_register[number - 1]
            next_on = later.held_on if later.held_on > each.held_on else next_on
            if next_on is not None:
                found[each.lesson_id] = next_on
    return found


def _files(files: Iterable[HomeworkFile], lesson_id: int, task_id: int | None) -> tuple[HomeworkFile, ...]:
    return tuple(file for file in files if (file.lesson_id, file.task_id) == (lesson_id, task_id))


@dataclass(frozen=True)
class ReadFile:
    """A file's name, kind and content."""

    title: str
    kind: str
    content: bytes


def read_file(store: Store, user: User, file_id: int) -> ReadFile:
    """Return a homework file to a reader of its register, or to a family whose child it was given to (п. 3.6).

    Raises AccessRefused, in the same words for a file that is not there.
    """
    file = stored.file_by_id(store, file_id)
    if file is None or not _may_read(store, user, file):
        raise AccessRefused(
            "Файл не открывается.", "Его нет или он не для вас.", "Вернитесь в дневник или журнал."
        )
    return ReadFile(file.title, file.kind, content_of(store, file.stored_name, file.sha256))


def _may_read(store: Store, user: User, file: HomeworkFile) -> bool:
    lesson = lessons_by_id(store, [file.lesson_id]).get(file.lesson_id)
    if lesson is None:
        return False
    if any(may(user, action, _lesson_rows(lesson)) for action in READERS):
        return True
    children = [pupil for pupil in user.pupil_ids if may(user, Action.READ_DIARY, Rows(pupil_id=pupil))]
    if not children or not stored.listed_at(store, [lesson.lesson_id], children):
        return False
    return file.task_id is None or bool(stored.task_recipients(store, [file.task_id], children))
