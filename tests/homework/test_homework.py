"""Homework: the day it is due, tasks of single pupils, and what a family sees of it (п. 3.4, 4.5, 4.7)."""

from datetime import date, timedelta

import pytest
from small_school import (
    CHILD,
    CLASS_7A,
    CLASS_8B,
    CLASSMATE,
    MATHS,
    NOW,
    OWNER_STAFF,
    OWNERS_LESSON_TODAY,
    OWNERS_LESSON_YESTERDAY,
    QUARTER_2,
    STRANGE_CHILD,
    People,
)

from school.errors import AccessRefused, RuleRefused
from school.families.lookups.week import DiaryWeek, diary_week
from school.homework.actions import LessonEntry, NewTask, add_task, remove_task, write_lesson
from school.homework.lookups import PupilHomework, lesson_homework, pupil_homework
from school.homework.rules.due_days import LONGEST_DAYS
from school.records import HomeworkState, User
from school.register.actions.entries import LessonHead
from school.register.store.lessons import lessons_by_id
from school.store.connection import Store
from school.store.events import Event

TODAY = NOW.date()
FRIDAY, TUESDAY, WEDNESDAY = date(2026, 11, 20), date(2026, 11, 24), date(2026, 11, 25)
GROUP = 401


@pytest.fixture(autouse=True)
def _lessons_ahead(school_store: Store) -> None:
    """Maths in 7А on Friday (cancelled) and on Tuesday; a subgroup with the classmate in it."""

    def work(transaction) -> None:
        for lesson_id, day, status in ((301, FRIDAY, "cancelled"), (302, TUESDAY, "planned")):
            transaction.change(
                """INSERT INTO lessons (lesson_id, class_id, subject_id, teacher_id, term_id, held_on, number, status)
                   VALUES (?, ?, ?, ?, ?, ?, 1, ?)""",
                [lesson_id, CLASS_7A, MATHS, OWNER_STAFF, QUARTER_2, day, status],
            )
        transaction.change(
            f"INSERT INTO subgroups VALUES ({GROUP}, {CLASS_7A}, {MATHS}, '1-я'), (402, {CLASS_8B}, {MATHS}, '1-я')"
        )
        transaction.change(f"INSERT INTO subgroup_members VALUES ({GROUP}, {CLASSMATE}, NULL, NULL)")
        transaction.record(Event(NOW, None, "school"))

    school_store.write(work)


def write(
    store: Store, user: User, text: str, due_on: date | None = None, lesson_id: int = OWNERS_LESSON_TODAY
) -> None:
    state = HomeworkState.SET if text else HomeworkState.NONE
    write_lesson(store, user, lesson_id, LessonEntry(LessonHead("Дроби", None, state, text), due_on), now=NOW)


def homework_of(store: Store, pupil_id: int = CHILD) -> list[PupilHomework]:
    return [each for each in pupil_homework(store, pupil_id, TODAY, WEDNESDAY) if each.is_work]


def due_of(store: Store, pupil_id: int = CHILD) -> list[tuple[date | None, str]]:
    return [(each.due_on, each.lesson.homework) for each in homework_of(store, pupil_id)]


def week_of(store: Store, user: User, day: date = TODAY) -> DiaryWeek:
    return diary_week(store, user, CHILD, day=day, today=TODAY)


def test_homework_is_due_at_the_next_lesson_that_is_not_cancelled(
    school_store: Store, people: People
) -> None:
    write(school_store, people.owner, "№ 12")
    assert due_of(school_store) == [(TUESDAY, "№ 12")]
    lesson = lessons_by_id(school_store, [OWNERS_LESSON_TODAY])[OWNERS_LESSON_TODAY]
    shown = lesson_homework(school_store, people.owner, lesson)
    assert (shown.due_on, shown.next_on) == (None, TUESDAY)


def test_the_teacher_may_choose_another_day(school_store: Store, people: People) -> None:
    write(school_store, people.owner, "Проект", WEDNESDAY)
    assert due_of(school_store) == [(WEDNESDAY, "Проект")]
    assert [each.lesson.homework for each in week_of(school_store, people.guardian).later] == ["Проект"]
    due = {each.day: each.due for each in week_of(school_store, people.guardian, TUESDAY).days}
    assert [(day, [each.lesson.homework for each in due[day]]) for day in (TUESDAY, WEDNESDAY)] == [
        (TUESDAY, []),
        (WEDNESDAY, ["Проект"]),
    ]


def test_a_day_that_is_the_next_lesson_moves_with_it(school_store: Store, people: People) -> None:
    write(school_store, people.owner, "№ 12", TUESDAY)
    assert school_store.read("SELECT * FROM homework_due_days") == []


def test_the_day_goes_with_the_homework(school_store: Store, people: People) -> None:
    write(school_store, people.owner, "Проект", WEDNESDAY)
    write(school_store, people.owner, "")
    assert due_of(school_store) == []
    assert school_store.read(
        "SELECT old_value, new_value FROM events WHERE kind = 'homework_due' ORDER BY event_id"
    ) == [("к следующему уроку", "25.11.2026"), ("25.11.2026", "к следующему уроку")]


@pytest.mark.parametrize("days", [0, -1, LONGEST_DAYS + 1])
def test_a_day_that_cannot_be_is_refused_with_everything(
    school_store: Store, people: People, days: int
) -> None:
    with pytest.raises(RuleRefused):
        write(school_store, people.owner, "№ 12", TODAY + timedelta(days))
    assert school_store.read(f"SELECT topic FROM lessons WHERE lesson_id = {OWNERS_LESSON_TODAY}") == [("",)]


def test_what_is_due_long_after_its_lesson_is_not_forgotten(school_store: Store, people: People) -> None:
    last = TODAY + timedelta(LONGEST_DAYS)
    write(school_store, people.owner, "Реферат", last)
    assert [each.due_on for each in pupil_homework(school_store, CHILD, last, last)] == [last]
    assert pupil_homework(school_store, CHILD, last + timedelta(1), last + timedelta(1)) == []


def test_homework_for_a_day_without_the_lesson_stands_there_all_the_same(
    school_store: Store, people: People
) -> None:
    write(school_store, people.owner, "К среде", TUESDAY + timedelta(1))
    wednesday = week_of(school_store, people.guardian, WEDNESDAY).days[2]
    assert (wednesday.day, wednesday.lessons) == (WEDNESDAY, ())
    assert [each.lesson.homework for each in wednesday.due] == ["К среде"]


# Who is given a task, and who finds it in the diary.
GIVEN = [
    (NewTask("Доклад", [CHILD]), {CHILD}),
    (NewTask("Доклад", [CHILD, CLASSMATE]), {CHILD, CLASSMATE}),
    (NewTask("Доклад", (), GROUP), {CLASSMATE}),
]


@pytest.mark.parametrize(("task", "readers"), GIVEN)
def test_a_task_is_seen_by_those_it_is_given_to(
    school_store: Store, people: People, task: NewTask, readers: set[int]
) -> None:
    add_task(school_store, people.owner, OWNERS_LESSON_TODAY, task, now=NOW)
    found = {
        pupil
        for pupil in (CHILD, CLASSMATE)
        if any(task.text == "Доклад" for each in homework_of(school_store, pupil) for task in each.tasks)
    }
    assert found == readers


REFUSED = {
    "no words": (NewTask("  ", [CHILD]), "не написано"),
    "too long": (NewTask("Д" * 2001, [CHILD]), "длиннее"),
    "for nobody": (NewTask("Доклад"), "кому"),
    "a pupil of another class": (NewTask("Доклад", [CHILD, STRANGE_CHILD]), "Не все"),
    "a subgroup of another class": (NewTask("Доклад", (), 402), "подгруппы"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_task_that_cannot_be_is_refused(school_store: Store, people: People, case: str) -> None:
    task, words = REFUSED[case]
    with pytest.raises(RuleRefused, match=words):
        add_task(school_store, people.owner, OWNERS_LESSON_TODAY, task, now=NOW)
    assert school_store.read("SELECT * FROM homework_tasks") == []


@pytest.mark.parametrize("name", ["stranger", "homeroom", "head", "deputy", "guardian", "pupil"])
def test_only_the_lessons_teacher_gives_and_takes_back_tasks(
    school_store: Store, people: People, name: str
) -> None:
    task_id = add_task(school_store, people.owner, OWNERS_LESSON_TODAY, NewTask("Доклад", [CHILD]), now=NOW)
    with pytest.raises(AccessRefused):
        add_task(
            school_store, getattr(people, name), OWNERS_LESSON_TODAY, NewTask("Доклад", [CHILD]), now=NOW
        )
    with pytest.raises(AccessRefused):
        remove_task(school_store, getattr(people, name), OWNERS_LESSON_TODAY, task_id, now=NOW)


def test_a_task_leaves_an_event_for_each_pupil(school_store: Store, people: People) -> None:
    task_id = add_task(
        school_store, people.owner, OWNERS_LESSON_TODAY, NewTask("Доклад", [CHILD, CLASSMATE]), now=NOW
    )
    remove_task(school_store, people.owner, OWNERS_LESSON_TODAY, task_id, now=NOW)
    assert school_store.read(
        "SELECT pupil_id, old_value, new_value FROM events WHERE kind = 'homework_task' ORDER BY event_id"
    ) == [
        (CHILD, None, "Доклад"),
        (CLASSMATE, None, "Доклад"),
        (CHILD, "Доклад", None),
        (CLASSMATE, "Доклад", None),
    ]


def test_a_pupil_who_came_later_is_not_given_earlier_homework(school_store: Store, people: People) -> None:
    def came(transaction) -> None:
        transaction.keep(f"UPDATE enrolments SET starts_on = '{FRIDAY}' WHERE pupil_id = {CHILD}")

    write(school_store, people.owner, "№ 12")
    school_store.write(came)
    assert due_of(school_store) == []
    assert due_of(school_store, CLASSMATE) == [(TUESDAY, "№ 12")]


def test_yesterdays_homework_is_due_today(school_store: Store, people: People) -> None:
    write(school_store, people.owner, "№ 7", lesson_id=OWNERS_LESSON_YESTERDAY)
    today = next(each for each in week_of(school_store, people.pupil).days if each.day == TODAY)
    assert [each.lesson.homework for each in today.due] == ["№ 7"]
