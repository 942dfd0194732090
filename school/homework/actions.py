"""Homework beyond its text: the day it is due, tasks of single pupils, files, the pupil's own tick (п. 2.8, 3.4, 4.5, 4.7)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from school.access.action import Action
from school.access.checks import check_may
from school.access.scopes import Rows
from school.errors import RuleRefused
from school.files.attachments.kinds import check_file
from school.files.kept import drop_content, keep_content
from school.homework import store as stored
from school.homework.rules.due_days import change_since, check_due_day, check_task, check_unanswered
from school.homework.rules.files import check_file_count
from school.homework.rules.late_entry import HOUR_SETTING, check_hour, hour_of_setting
from school.homework.store import HomeworkFile, HomeworkTask, WrittenAt
from school.lesson_plans.store import link_lesson, linked_topic, plan_of
from school.records import HomeworkState, Lesson, User
from school.register.actions.entries import LessonHead, lesson_to_describe, write_head
from school.register.store.lessons import lessons_by_id
from school.store.connection import Store, Transaction, in_transaction
from school.store.events import Event
from school.store.settings import save_setting, setting

FILE_HOMEWORK = "Задание в приложенном файле."
DONE = "сделано"


@dataclass(frozen=True)
class LessonEntry:
    """A lesson's whole head: its texts and work type, the day homework is due, the plan's topic.

    ``due_on`` None is the next lesson; ``plan_topic_id`` None is a topic that was not taken from the plan.
    """

    head: LessonHead
    due_on: date | None = None
    plan_topic_id: int | None = None


@in_transaction
def write_lesson(
    transaction: Transaction, user: User, lesson_id: int, entry: LessonEntry, *, now: datetime
) -> None:
    """Write a lesson's head, the day its homework is due and the topic of the plan it was given by, all or nothing.

    Raises AccessRefused or RuleRefused.
    """
    lesson = lesson_to_describe(transaction, user, lesson_id, now)
    if entry.head.homework_state == HomeworkState.NONE and _files_for_all(transaction, lesson_id):
        raise RuleRefused(
            "Выбрано «без задания», но к уроку приложен файл.", next_step="Уберите файл или снимите отметку."
        )
    write_head(transaction, user, lesson_id, entry.head, now)
    _note_time(transaction, lesson, entry.head, now)
    due_on = entry.due_on if entry.head.homework_state == HomeworkState.SET else None
    _write_due_day(transaction, user, lesson, due_on, now)
    _write_plan_topic(transaction, user, lesson, entry, now)


def _note_time(transaction: Transaction, before: Lesson, head: LessonHead, now: datetime) -> None:
    """Note when homework was written, where its words have changed: the verdict of that hour stays when the school's hour changes."""
    is_set = head.homework_state == HomeworkState.SET
    if (before.homework_state, before.homework) == (head.homework_state, head.homework.strip() * is_set):
        return
    late = stored.is_written_late(transaction, before.held_on, now) if is_set else False
    stored.save_time(transaction, before.lesson_id, WrittenAt(now, late) if is_set else None)


@in_transaction
def set_late_hour(transaction: Transaction, user: User, hour: int, *, now: datetime) -> None:
    """Set from which hour homework counts as written late. Raises AccessRefused, RuleRefused."""
    check_may(user, Action.EDIT_MARKING)
    check_hour(hour)
    before = hour_of_setting(setting(transaction, HOUR_SETTING))
    if hour != before:
        save_setting(transaction, HOUR_SETTING, str(hour))
        transaction.record(
            Event(now, user.user_id, "late_homework_hour", old_value=f"{before}:00", new_value=f"{hour}:00")
        )


def _files_for_all(transaction: Transaction, lesson_id: int) -> list[HomeworkFile]:
    return [file for file in stored.files_of_lessons(transaction, [lesson_id]) if file.task_id is None]


@in_transaction
def set_due_day(
    transaction: Transaction, user: User, lesson_id: int, due_on: date | None, *, now: datetime
) -> None:
    """Set the day that a lesson's homework is due; None: the next lesson. Raises AccessRefused or RuleRefused."""
    _write_due_day(transaction, user, lesson_to_describe(transaction, user, lesson_id, now), due_on, now)


def _write_due_day(
    transaction: Transaction, user: User, lesson: Lesson, due_on: date | None, now: datetime
) -> None:
    if due_on is not None:
        check_due_day(lesson.held_on, due_on)
        due_on = None if due_on == stored.next_lesson_day(transaction, lesson) else due_on
    old = stored.beside_text(transaction, [lesson.lesson_id])[lesson.lesson_id].due_on
    if old == due_on:
        return
    stored.save_due_day(transaction, lesson.lesson_id, due_on)
    transaction.record(
        Event(
            now,
            user.user_id,
            "homework_due",
            lesson_id=lesson.lesson_id,
            old_value=_day_text(old),
            new_value=_day_text(due_on),
        )
    )


def _day_text(day: date | None) -> str:
    return f"{day:%d.%m.%Y}" if day else "к следующему уроку"


def _write_plan_topic(
    transaction: Transaction, user: User, lesson: Lesson, entry: LessonEntry, now: datetime
) -> None:
    wanted = entry.plan_topic_id if entry.head.topic.strip() else None
    plan = plan_of(transaction, lesson.key)
    titles = {topic.topic_id: topic.title for topic in plan.topics} if plan else {}
    new, old = (wanted if wanted in titles else None), linked_topic(transaction, lesson.lesson_id)
    if new == old:
        return
    link_lesson(transaction, lesson.lesson_id, new)
    transaction.record(
        Event(
            now,
            user.user_id,
            "topic_of_plan",
            lesson_id=lesson.lesson_id,
            old_value=titles.get(old),
            new_value=titles.get(new),
        )
    )


def add_file(
    store: Store,
    user: User,
    lesson_id: int,
    name: str,
    content: bytes,
    *,
    now: datetime,
    task_id: int | None = None,
) -> None:
    """Add a file to a lesson's homework, or to a task for its pupils only.

    Homework that was not decided yet becomes set. Raises AccessRefused, or RuleRefused for a file that may not be kept.
    """
    file = check_file(name, content)
    # A cheap first look keeps refused contents off the disk; the transaction looks again.
    store.write(lambda transaction: _check_takes_file(transaction, user, lesson_id, task_id, now))
    stored_name, sha256 = keep_content(store, file.content)
    kept = HomeworkFile(
        0, lesson_id, task_id, stored_name, file.title, file.kind, len(file.content), sha256, now
    )
    try:
        store.write(lambda transaction: _add_file(transaction, user, kept, now))
    except BaseException:
        drop_content(store, stored_name)
        raise


def _check_takes_file(
    transaction: Transaction, user: User, lesson_id: int, task_id: int | None, now: datetime
) -> Lesson:
    lesson = lesson_to_describe(transaction, user, lesson_id, now)
    check_file_count(len(stored.files_of_lessons(transaction, [lesson_id])))
    if task_id is None and lesson.homework_state == HomeworkState.NONE:
        raise RuleRefused(
            "У урока выбрано «без задания».", next_step="Снимите отметку, запишите и приложите файл снова."
        )
    if task_id is not None and task_id not in {
        task.task_id for task in stored.tasks_of_lessons(transaction, [lesson_id])
    }:
        raise RuleRefused("Такого задания у урока нет.", next_step="Обновите страницу.")
    return lesson


def _add_file(transaction: Transaction, user: User, kept: HomeworkFile, now: datetime) -> None:
    lesson = _check_takes_file(transaction, user, kept.lesson_id, kept.task_id, now)
    file_id = transaction.new_ids(1)[0]
    stored.save_file(transaction, replace(kept, file_id=file_id), user_id=user.user_id)
    transaction.record(_file_event(user, kept.lesson_id, file_id, now, new=kept.title))
    if kept.task_id is None and lesson.homework_state == HomeworkState.UNSET:
        head = LessonHead(lesson.topic, lesson.work_type_id, HomeworkState.SET, FILE_HOMEWORK)
        write_head(transaction, user, lesson.lesson_id, head, now)
        _note_time(transaction, lesson, head, now)


def _file_event(
    user: User, lesson_id: int, file_id: int, now: datetime, *, old: str | None = None, new: str | None = None
) -> Event:
    return Event(
        now,
        user.user_id,
        "homework_file",
        lesson_id=lesson_id,
        record_id=file_id,
        old_value=old,
        new_value=new,
    )


def remove_file(store: Store, user: User, file_id: int, *, now: datetime) -> None:
    """Remove a file from a lesson; raises AccessRefused or RuleRefused."""
    drop_content(store, _remove_file(store, user, file_id, now))


@in_transaction
def _remove_file(transaction: Transaction, user: User, file_id: int, now: datetime) -> str:
    file = stored.file_by_id(transaction, file_id)
    if file is None:
        raise RuleRefused("Этого файла уже нет.", next_step="Обновите страницу.")
    lesson_to_describe(transaction, user, file.lesson_id, now)
    stored.delete_file(transaction, file)
    transaction.record(_file_event(user, file.lesson_id, file_id, now, old=file.title))
    return file.stored_name


@dataclass(frozen=True)
class NewTask:
    """A task for some pupils of a lesson: those named, or a subgroup of the class."""

    text: str
    pupil_ids: Collection[int] = ()
    subgroup_id: int | None = None


@in_transaction
def add_task(transaction: Transaction, user: User, lesson_id: int, task: NewTask, *, now: datetime) -> int:
    """Give a task to single pupils or a subgroup (п. 4.7); return its id.

    Raises AccessRefused; RuleRefused without words or recipients, or for pupils who are not at the lesson.
    """
    check_task(task.text, len(task.pupil_ids) + (task.subgroup_id is not None))
    lesson = lesson_to_describe(transaction, user, lesson_id, now)
    _check_recipients(transaction, lesson, task)
    task_id = transaction.new_ids(1)[0]
    pupils = frozenset(task.pupil_ids)
    saved = HomeworkTask(task_id, lesson_id, task.text.strip(), task.subgroup_id, "", pupils, now)
    stored.save_task(transaction, saved, user_id=user.user_id)
    transaction.record(*_task_events(user, saved, now, new=saved.text))
    return task_id


def _check_recipients(transaction: Transaction, lesson: Lesson, task: NewTask) -> None:
    if task.subgroup_id is not None and task.subgroup_id not in stored.class_subgroups(
        transaction, lesson.class_id
    ):
        raise RuleRefused("Такой подгруппы в классе нет.", next_step="Обновите страницу.")
    pupils = set(task.pupil_ids)
    if len(stored.listed_at(transaction, [lesson.lesson_id], pupils)) < len(pupils):
        raise RuleRefused(
            "Не все выбранные ученики числились в классе в день урока.", next_step="Выберите учеников заново."
        )


def _task_events(
    user: User, task: HomeworkTask, now: datetime, *, old: str | None = None, new: str | None = None
) -> list[Event]:
    pupils: Sequence[int | None] = sorted(task.pupil_ids) or [None]
    return [
        Event(now, user.user_id, "homework_task", task.lesson_id, pupil, task.task_id, old, new)
        for pupil in pupils
    ]


def remove_task(store: Store, user: User, lesson_id: int, task_id: int, *, now: datetime) -> None:
    """Take a task that nobody has answered back, with its files; raises AccessRefused or RuleRefused."""
    for stored_name in _remove_task(store, user, lesson_id, task_id, now):
        drop_content(store, stored_name)


@in_transaction
def _remove_task(
    transaction: Transaction, user: User, lesson_id: int, task_id: int, now: datetime
) -> list[str]:
    lesson_to_describe(transaction, user, lesson_id, now)
    tasks = {task.task_id: task for task in stored.tasks_of_lessons(transaction, [lesson_id])}
    if task_id not in tasks:
        raise RuleRefused("Этого задания уже нет.", next_step="Обновите страницу.")
    check_unanswered(stored.count_steps(transaction, task_id))
    files = [file for file in stored.files_of_lessons(transaction, [lesson_id]) if file.task_id == task_id]
    stored.delete_task(transaction, tasks[task_id])
    transaction.record(*_task_events(user, tasks[task_id], now, old=tasks[task_id].text))
    return [file.stored_name for file in files]


@in_transaction
def tick_homework(
    transaction: Transaction, user: User, pupil_id: int, lesson_id: int, is_done: bool, *, now: datetime
) -> None:
    """Note that a pupil has done the homework of a lesson, or take that back (п. 2.8).

    Once more changes nothing, unless the homework has changed since: then the pupil has done it as it stands now. Only the pupil says so: raises AccessRefused for anybody else, RuleRefused where the lesson sets this pupil nothing.
    """
    check_may(user, Action.TICK_HOMEWORK, Rows(pupil_id=pupil_id))
    done_at = stored.ticks_of_lessons(transaction, [lesson_id]).get(lesson_id, {}).get(pupil_id)
    if is_done:
        sets_work, changed_at = _work_of(transaction, lesson_id, pupil_id)
        if not sets_work:
            raise RuleRefused("Такого задания у вас нет.", "Учитель мог его снять.", "Откройте неделю снова.")
        if done_at is not None and change_since(done_at, changed_at) is None:
            return
        stored.save_tick(transaction, lesson_id, pupil_id, at=now, user_id=user.user_id)
    elif done_at is None:
        return
    else:
        stored.delete_tick(transaction, lesson_id, pupil_id)
    old, new = (None, DONE) if is_done else (DONE, None)
    transaction.record(
        Event(now, user.user_id, "homework_done", lesson_id, pupil_id, old_value=old, new_value=new)
    )


def _work_of(transaction: Transaction, lesson_id: int, pupil_id: int) -> tuple[bool, datetime | None]:
    """Return whether a lesson sets this pupil anything (words or files for everybody, a task of their own) and when it last changed."""
    lesson = lessons_by_id(transaction, [lesson_id]).get(lesson_id)
    if lesson is None or not stored.listed_at(transaction, [lesson_id], [pupil_id]):
        return False, None
    beside = stored.beside_text(transaction, [lesson_id])[lesson_id]
    tasks = [task.task_id for task in beside.tasks]
    own = {task for task, _ in stored.task_recipients(transaction, tasks, [pupil_id])}
    sets_work = bool(lesson.homework or _files_for_all(transaction, lesson_id) or own)
    return sets_work, beside.changed_at(own)
