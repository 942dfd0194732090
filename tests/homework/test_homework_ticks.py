"""«Сделано»: the pupil's own tick at homework; families and staff see it, nobody else sets it (п. 2.8)."""

from datetime import timedelta

import pytest
from diary_pages import diary_page
from small_school import (
    CHILD,
    CLASSMATE,
    NOW,
    OWNERS_LESSON_TODAY,
    OWNERS_LESSON_YESTERDAY,
    STRANGE_CHILD,
    People,
)

from school.errors import AccessRefused, RuleRefused
from school.families.lookups.week import diary_week
from school.homework.actions import LessonEntry, NewTask, add_file, add_task, tick_homework, write_lesson
from school.records import HomeworkState, User
from school.register.actions.entries import LessonHead
from school.store.connection import Store, Transaction

TEXT = LessonEntry(LessonHead("Дроби", None, HomeworkState.SET, "№ 12"))


def tick(store: Store | Transaction, people: People, is_done: bool = True) -> None:
    tick_homework(store, people.pupil, CHILD, OWNERS_LESSON_YESTERDAY, is_done, now=NOW)


def is_ticked(store: Store, reader: User, pupil_id: int = CHILD) -> bool:
    week = diary_week(store, reader, pupil_id, day=NOW.date(), today=NOW.date())
    (work,) = next(day for day in week.days if day.day == NOW.date()).due
    assert work.done_at in {None, NOW}
    return work.done_at is not None


@pytest.mark.parametrize("reader", ["pupil", "guardian", "homeroom", "deputy", "head"])
def test_a_pupil_sets_the_tick_and_takes_it_back_before_everybodys_eyes(
    school_store: Store, people: People, reader: str
) -> None:
    write_lesson(school_store, people.owner, OWNERS_LESSON_YESTERDAY, TEXT, now=NOW)
    user = getattr(people, reader)
    assert not is_ticked(school_store, user)
    tick(school_store, people)
    assert is_ticked(school_store, user)
    tick(school_store, people, is_done=False)
    assert not is_ticked(school_store, user)


def test_a_tick_is_this_pupils_only_and_kept_with_who_and_when(school_store: Store, people: People) -> None:
    write_lesson(school_store, people.owner, OWNERS_LESSON_YESTERDAY, TEXT, now=NOW)
    tick(school_store, people)
    tick(school_store, people)
    assert not is_ticked(school_store, people.homeroom, CLASSMATE)
    assert school_store.read("SELECT * FROM homework_ticks") == [
        (OWNERS_LESSON_YESTERDAY, CHILD, NOW, people.pupil.user_id)
    ]
    tick(school_store, people, is_done=False)
    query = "SELECT old_value, new_value FROM events WHERE kind = 'homework_done' ORDER BY event_id"
    assert school_store.read(query) == [(None, "сделано"), ("сделано", None)]


def test_a_restless_finger_ends_where_it_stopped(school_store: Store, people: People) -> None:
    write_lesson(school_store, people.owner, OWNERS_LESSON_YESTERDAY, TEXT, now=NOW)

    def press_three_times(transaction: Transaction) -> None:
        for is_done in (True, False, True):
            tick(transaction, people, is_done)

    school_store.write(press_three_times)
    assert is_ticked(school_store, people.pupil)


LATER = NOW + timedelta(minutes=10)
CHANGES = {
    "words": lambda store, owner: write_lesson(
        store,
        owner,
        OWNERS_LESSON_YESTERDAY,
        LessonEntry(LessonHead("Дроби", None, HomeworkState.SET, "№ 12–15")),
        now=LATER,
    ),
    "a file": lambda store, owner: add_file(
        store, owner, OWNERS_LESSON_YESTERDAY, "Карточка.txt", b"8", now=LATER
    ),
    "a task": lambda store, owner: add_task(
        store, owner, OWNERS_LESSON_YESTERDAY, NewTask("Таблица", [CHILD]), now=LATER
    ),
    "nothing of the homework": lambda store, owner: write_lesson(
        store,
        owner,
        OWNERS_LESSON_YESTERDAY,
        LessonEntry(LessonHead("Доли", None, HomeworkState.SET, "№ 12")),
        now=LATER,
    ),
    "a classmate's task": lambda store, owner: add_task(
        store, owner, OWNERS_LESSON_YESTERDAY, NewTask("Таблица", [CLASSMATE]), now=LATER
    ),
}


@pytest.mark.parametrize("what", CHANGES)
@pytest.mark.usefixtures("school_screens")
def test_a_tick_says_that_the_homework_has_changed_since(
    school_store: Store, people: People, what: str
) -> None:
    write_lesson(school_store, people.owner, OWNERS_LESSON_YESTERDAY, TEXT, now=NOW)
    tick(school_store, people)
    CHANGES[what](school_store, people.owner)
    has_changed = what in {"words", "a file", "a task"}
    for reader, words in ((people.guardian, "Сделано"), (people.pupil, "Отмечено сделанным")):
        page = diary_page(reader, f"/{CHILD}")
        assert (
            f"{words} 19 ноября в 12:00, но после этого, 19 ноября в 12:10, задание" in page
        ) == has_changed
    assert ("aria-pressed=true" in page) != has_changed
    # The pupil says once more that it is done, as it stands now.
    tick_homework(
        school_store, people.pupil, CHILD, OWNERS_LESSON_YESTERDAY, True, now=LATER + timedelta(minutes=1)
    )
    assert "задание изменилось" not in diary_page(people.guardian, f"/{CHILD}")
    ticks = school_store.read("SELECT done_at FROM homework_ticks")
    assert ticks == [(LATER + timedelta(minutes=1) if has_changed else NOW,)]


@pytest.mark.parametrize("name", ["guardian", "homeroom", "owner", "deputy", "head", "admin"])
def test_nobody_ticks_for_the_pupil(school_store: Store, people: People, name: str) -> None:
    write_lesson(school_store, people.owner, OWNERS_LESSON_YESTERDAY, TEXT, now=NOW)
    with pytest.raises(AccessRefused):
        tick_homework(school_store, getattr(people, name), CHILD, OWNERS_LESSON_YESTERDAY, True, now=NOW)


def test_a_pupil_ticks_for_no_other(school_store: Store, people: People) -> None:
    for other in (CLASSMATE, STRANGE_CHILD):
        with pytest.raises(AccessRefused):
            tick_homework(school_store, people.pupil, other, OWNERS_LESSON_YESTERDAY, True, now=NOW)


@pytest.mark.parametrize("lesson", [OWNERS_LESSON_YESTERDAY, 72, 999_999])
def test_where_nothing_is_set_there_is_nothing_to_tick(
    school_store: Store, people: People, lesson: int
) -> None:
    with pytest.raises(RuleRefused, match="задания у вас нет"):
        tick_homework(school_store, people.pupil, CHILD, lesson, True, now=NOW)


def test_a_file_and_a_task_of_ones_own_are_work_too(school_store: Store, people: People) -> None:
    others = NewTask("Доклад", [CLASSMATE])
    add_task(school_store, people.owner, OWNERS_LESSON_YESTERDAY, others, now=NOW)
    with pytest.raises(RuleRefused):
        tick(school_store, people)
    add_task(school_store, people.owner, OWNERS_LESSON_YESTERDAY, NewTask("Таблица", [CHILD]), now=NOW)
    tick(school_store, people)
    add_file(school_store, people.owner, OWNERS_LESSON_TODAY, "Задание.txt", b"8", now=NOW)
    tick_homework(school_store, people.pupil, CHILD, OWNERS_LESSON_TODAY, True, now=NOW)
    assert school_store.read("SELECT count(*) FROM homework_ticks") == [(2,)]
