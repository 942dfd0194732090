"""Questions about 8Б to the actions and lookups of homework."""

from asking import (
    HEAD_OF_8B,
    NOBODY,
    REGISTER_READERS,
    TEACHER,
    TERM,
    TODAY,
    Question,
    lesson_of_8b,
    was_done,
)
from small_school import CLASS_8B, NOW, STRANGE_CHILD, STRANGERS_LESSON_TODAY, USER_IDS

from school.homework import actions as homework
from school.homework import lookups as homework_lookup
from school.records import User
from school.sign_in.store.users import users_by_id
from school.store.connection import Store


def _task_of_8b(store: Store, user: User) -> int:
    task = homework.NewTask("Доклад", [STRANGE_CHILD])
    return homework.add_task(store, user, STRANGERS_LESSON_TODAY, task, now=NOW)


def _add_file_of_8b(store: Store, user: User) -> None:
    homework.add_file(store, user, STRANGERS_LESSON_TODAY, "Задание.txt", b"8", now=NOW)


def _file_of_8b(store: Store) -> int:
    if not store.read("SELECT 1 FROM homework_files"):
        _add_file_of_8b(store, _stranger(store))
    return store.read("SELECT max(file_id) FROM homework_files")[0][0]


def _stranger(store: Store) -> User:
    return users_by_id(store, [USER_IDS["stranger"]])[USER_IDS["stranger"]]


def _remove_task(store: Store, user: User) -> None:
    task_id = _task_of_8b(store, _stranger(store))
    homework.remove_task(store, user, STRANGERS_LESSON_TODAY, task_id, now=NOW)


QUESTIONS: dict[str, Question] = {
    "homework.lookups.class_homework": Question(
        lambda store, user: homework_lookup.class_homework(store, user, CLASS_8B, TODAY, TODAY),
        REGISTER_READERS - {"stranger"},
        was_done,
    ),
    "homework.actions.write_lesson": Question(
        lambda store, user: homework.write_lesson(
            store, user, STRANGERS_LESSON_TODAY, homework.LessonEntry(HEAD_OF_8B), now=NOW
        ),
        TEACHER,
        was_done,
    ),
    "homework.actions.set_due_day": Question(
        lambda store, user: homework.set_due_day(store, user, STRANGERS_LESSON_TODAY, None, now=NOW),
        TEACHER,
        was_done,
    ),
    "homework.actions.add_file": Question(_add_file_of_8b, TEACHER, was_done),
    "homework.actions.remove_file": Question(
        lambda store, user: homework.remove_file(store, user, _file_of_8b(store), now=NOW), TEACHER, was_done
    ),
    "homework.actions.add_task": Question(_task_of_8b, TEACHER, was_done),
    "homework.actions.remove_task": Question(_remove_task, TEACHER, was_done),
    "homework.actions.tick_homework": Question(
        lambda store, user: homework.tick_homework(
            store, user, STRANGE_CHILD, STRANGERS_LESSON_TODAY, True, now=NOW
        ),
        NOBODY,
        was_done,
    ),
    "homework.actions.set_late_hour": Question(
        lambda store, user: homework.set_late_hour(store, user, 20, now=NOW), {"deputy", "admin"}, was_done
    ),
    "homework.lookups.late_words": Question(
        lambda store, user: homework_lookup.late_words(
            store, user, lesson_of_8b(store), NOW.replace(hour=21)
        ),
        REGISTER_READERS,
        was_done,
    ),
    "homework.lookups.lesson_homework": Question(
        lambda store, user: homework_lookup.lesson_homework(store, user, lesson_of_8b(store)),
        REGISTER_READERS,
        was_done,
    ),
    "homework.lookups.lesson_scene": Question(
        lambda store, user: homework_lookup.lesson_scene(store, user, STRANGERS_LESSON_TODAY),
        TEACHER,
        was_done,
    ),
    "homework.lookups.task_recipients_of": Question(
        lambda store, user: homework_lookup.task_recipients_of(store, user, lesson_of_8b(store), TERM),
        TEACHER,
    ),
    "homework.lookups.read_file": Question(
        lambda store, user: homework_lookup.read_file(store, user, _file_of_8b(store)),
        REGISTER_READERS,
        was_done,
    ),
}
