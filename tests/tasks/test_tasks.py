"""Tasks of single pupils: the family answers, the teacher accepts or asks again, and all that was said stays (п. 4.7)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from small_school import (
    CHILD,
    CLASS_7A,
    CLASS_8B,
    CLASSMATE,
    MATHS,
    NOW,
    OWNERS_LESSON_YESTERDAY,
    STRANGE_CHILD,
    People,
)

from school.errors import AccessRefused, RuleRefused
from school.homework.actions import NewTask, add_task, remove_task
from school.records import RegisterKey, Role, User
from school.store.connection import Store
from school.tasks.actions import (
    Answer,
    NewRegisterTask,
    Review,
    answer_task,
    give_task,
    review_task,
    take_task_back,
)
from school.tasks.lookups import (
    TASK_DAYS,
    pupil_task,
    pupil_tasks,
    pupils_for_task,
    read_task_file,
    taught_tasks,
    waiting_answers,
)
from school.tasks.rules import (
    ANSWER_LENGTH,
    FILES_AN_ANSWER,
    LONGEST_DAYS,
    MOST_ANSWERS,
    StepKind,
    TaskState,
    check_answer,
    check_due,
    check_review,
    is_overdue,
    state_of,
)
from tests.homework.made_pictures import PHOTO

TODAY = NOW.date()
NEXT_WEEK = TODAY + timedelta(7)
REGISTER = RegisterKey(CLASS_7A, MATHS)
A, OK, AGAIN = StepKind.ANSWERED, StepKind.ACCEPTED, StepKind.AGAIN


def loose_task(store: Store, people: People, pupils: tuple[int, ...] = (CHILD,)) -> int:
    new = NewRegisterTask(REGISTER, "Подготовить доклад", NEXT_WEEK, pupils, [("План.txt", b"1")])
    return give_task(store, people.owner, new, now=NOW)


def lesson_task(store: Store, people: People) -> int:
    return add_task(store, people.owner, OWNERS_LESSON_YESTERDAY, NewTask("Карточка 4", [CHILD]), now=NOW)


def answer(store: Store, user: User, task_id: int, text: str = "Готово", pupil: int = CHILD) -> None:
    answer_task(store, user, Answer(pupil, task_id, text, [("Тетрадь.jpg", PHOTO)]), now=NOW)


def review(store: Store, user: User, task_id: int, kind: StepKind, text: str = "") -> None:
    review_task(store, user, Review(task_id, CHILD, kind, text), now=NOW)


def state(store: Store, user: User, task_id: int) -> TaskState:
    return pupil_task(store, user, CHILD, task_id, today=TODAY).task.state


@pytest.mark.parametrize(
    ("kinds", "is_state"),
    [
        ((), "given"),
        ((A,), "answered"),
        ((A, AGAIN), "again"),
        ((A, AGAIN, A), "answered"),
        ((OK,), "accepted"),
    ],
)
def test_the_last_step_says_how_a_task_stands(kinds: tuple[StepKind, ...], is_state: str) -> None:
    assert state_of(kinds) == is_state


@pytest.mark.parametrize(
    ("text", "files", "kinds", "is_there", "refused"),
    [
        ("да", 0, (), True, ""),
        ("", 1, (A,), True, ""),
        ("  ", 0, (), True, "ничего нет"),
        ("я" * (ANSWER_LENGTH + 1), 0, (), True, "длиннее"),
        ("да", FILES_AN_ANSWER + 1, (), True, "Файлов больше"),
        ("да", 0, (A, OK), True, "уже принял"),
        ("да", 0, (A,) * MOST_ANSWERS, True, "уже отправлено"),
        ("да", 0, (), False, "не в этом классе"),
    ],
)
def test_what_a_family_may_answer(
    text: str, files: int, kinds: tuple[StepKind, ...], is_there: bool, refused: str
) -> None:
    if not refused:
        assert check_answer(text, files, kinds, is_there=is_there) == text
        return
    with pytest.raises(RuleRefused, match=refused):
        check_answer(text, files, kinds, is_there=is_there)


@pytest.mark.parametrize(
    ("kind", "text", "kinds", "refused"),
    [
        (OK, "", (), ""),
        (OK, "Молодец", (A, OK), ""),
        (AGAIN, "Допиши вывод", (A,), ""),
        (AGAIN, "Допиши вывод", (A, OK), ""),
        (AGAIN, "", (A,), "что доделать"),
        (AGAIN, "Где?", (), "Ответа ещё нет"),
        (OK, "", (A, OK), "уже отмечено"),
        (A, "Готово", (), "Отвечает на задание ученик"),
    ],
)
def test_what_a_teacher_may_say(kind: StepKind, text: str, kinds: tuple[StepKind, ...], refused: str) -> None:
    if not refused:
        assert check_review(kind, text, kinds) == text
        return
    with pytest.raises(RuleRefused, match=refused):
        check_review(kind, text, kinds)


@pytest.mark.parametrize(
    ("days", "is_taken"),
    [(-1, False), (0, False), (1, True), (LONGEST_DAYS, True), (LONGEST_DAYS + 1, False)],
)
def test_a_task_is_due_on_a_day_to_come(days: int, is_taken: bool) -> None:
    if is_taken:
        check_due(TODAY + timedelta(days), TODAY)
        return
    with pytest.raises(RuleRefused):
        check_due(TODAY + timedelta(days), TODAY)


def test_only_what_waits_for_the_pupil_is_overdue() -> None:
    yesterday, is_late = TODAY - timedelta(1), [TaskState.GIVEN, TaskState.AGAIN]
    assert [each for each in TaskState if is_overdue(each, yesterday, TODAY)] == is_late
    assert not is_overdue(TaskState.GIVEN, TODAY, TODAY)
    assert not is_overdue(TaskState.GIVEN, None, TODAY)


@pytest.mark.parametrize("give", [loose_task, lesson_task])
def test_an_answer_comes_back_until_it_is_accepted_and_all_of_it_stays(
    school_store: Store, people: People, give: Callable[[Store, People], int]
) -> None:
    task = give(school_store, people)
    assert state(school_store, people.guardian, task) == TaskState.GIVEN
    answer(school_store, people.pupil, task)
    review(school_store, people.owner, task, AGAIN, "Допиши вывод")
    answer(school_store, people.guardian, task, "Вывод дописан")
    assert state(school_store, people.pupil, task) == TaskState.ANSWERED
    review(school_store, people.owner, task, OK, "Молодец")
    page = pupil_task(school_store, people.guardian, CHILD, task, today=TODAY)
    assert not page.may_answer
    said = [
        (each.step.kind, each.step.text, each.who, each.is_own, len(each.step.files)) for each in page.steps
    ]
    assert said == [
        (A, "Готово", "Алёшин Пётр", False, 1),
        (AGAIN, "Допиши вывод", "Орлова В.", False, 0),
        (A, "Вывод дописан", "Алёшина Ольга", True, 1),
        (OK, "Молодец", "Орлова В.", False, 0),
    ]
    with pytest.raises(RuleRefused, match="уже принял"):
        answer(school_store, people.guardian, task)
    recorded = school_store.read(
        "SELECT new_value FROM events WHERE kind IN ('task_answer', 'task_review') ORDER BY event_id"
    )
    assert [value for (value,) in recorded] == [
        "отправлен, файлов: 1",
        "доделать",
        "отправлен, файлов: 1",
        "принято",
    ]
    assert "Вывод" not in repr(recorded), "the record of changes says nothing of what was written"


def test_the_teacher_sees_who_has_answered(school_store: Store, people: People) -> None:
    task = loose_task(school_store, people, (CHILD, CLASSMATE))
    answer(school_store, people.pupil, task)
    (found,) = taught_tasks(school_store, people.owner, 2026, today=TODAY).tasks
    assert [(each.name.short, each.state) for each in found.pupils] == [
        ("Алёшин Пётр", TaskState.ANSWERED),
        ("Ёлкина Анна", TaskState.GIVEN),
    ]
    assert found.count(TaskState.ANSWERED) == 1
    assert taught_tasks(school_store, people.stranger, 2026, today=TODAY).tasks == ()


def test_a_task_that_was_answered_is_not_taken_back(school_store: Store, people: People) -> None:
    loose, of_lesson = loose_task(school_store, people), lesson_task(school_store, people)
    for task in (loose, of_lesson):
        answer(school_store, people.pupil, task)
    with pytest.raises(RuleRefused, match="уже ответили"):
        take_task_back(school_store, people.owner, loose, now=NOW)
    with pytest.raises(RuleRefused, match="уже ответили"):
        remove_task(school_store, people.owner, OWNERS_LESSON_YESTERDAY, of_lesson, now=NOW)


def test_a_task_taken_back_leaves_no_file(school_store: Store, people: People) -> None:
    task = loose_task(school_store, people)
    take_task_back(school_store, people.owner, task, now=NOW)
    assert pupil_tasks(school_store, people.guardian, CHILD, today=TODAY) == []
    assert list((school_store.path.parent / "files").glob("??/*")) == []
    with pytest.raises(AccessRefused):
        take_task_back(school_store, people.owner, task, now=NOW)


def test_a_refused_answer_keeps_no_file(school_store: Store, people: People) -> None:
    task = lesson_task(school_store, people)
    bad = Answer(CHILD, task, "", [("Тетрадь.jpg", PHOTO), ("Фото.jpg", b"no picture")])
    with pytest.raises(RuleRefused, match="не принят"):
        answer_task(school_store, people.pupil, bad, now=NOW)
    with pytest.raises(AccessRefused):
        answer(school_store, people.guardian, task, pupil=CLASSMATE)
    assert list((school_store.path.parent / "files").glob("??/*")) == []
    assert school_store.read("FROM task_steps") == []


@pytest.mark.parametrize("pupils", [(STRANGE_CHILD,), ()])
def test_a_task_is_given_to_pupils_of_the_register(
    school_store: Store, people: People, pupils: tuple[int, ...]
) -> None:
    assert pupils_for_task(school_store, people.owner, REGISTER, today=TODAY).keys() >= {CHILD, CLASSMATE}
    with pytest.raises(RuleRefused):
        loose_task(school_store, people, pupils)
    new = NewRegisterTask(RegisterKey(CLASS_8B, MATHS), "Доклад", NEXT_WEEK, (STRANGE_CHILD,))
    with pytest.raises(AccessRefused):
        give_task(school_store, people.owner, new, now=NOW)


def test_files_of_an_answer_are_the_family_s_and_the_teacher_s(school_store: Store, people: People) -> None:
    task = loose_task(school_store, people, (CHILD, CLASSMATE))
    answer(school_store, people.pupil, task)
    given, sent = (
        row[0] for row in school_store.read("SELECT file_id FROM task_files ORDER BY step_id NULLS FIRST")
    )
    readers = {"owner", "homeroom", "head", "deputy", "guardian", "pupil"}
    classmates = replace(people.guardian, pupil_ids=frozenset([CLASSMATE]))
    everybody = {name: getattr(people, name) for name in vars(people)} | {"classmates": classmates}
    for file, allowed in ((given, readers | {"classmates"}), (sent, readers)):
        for name, user in everybody.items():
            if name in allowed:
                assert read_task_file(school_store, user, file, today=TODAY).content, name
                continue
            with pytest.raises(AccessRefused):
                read_task_file(school_store, user, file, today=TODAY)


def test_a_pupil_who_changed_class_reads_the_old_task_and_answers_it_no_more(
    school_store: Store, people: People, change: Callable[[str], None]
) -> None:
    loose, of_lesson = loose_task(school_store, people), lesson_task(school_store, people)
    answer(school_store, people.pupil, loose)
    change(f"UPDATE enrolments SET ends_on = DATE '{TODAY}' WHERE pupil_id = {CHILD}")
    change(f"INSERT INTO enrolments VALUES (9001, {CHILD}, {CLASS_8B}, '{TODAY}', NULL)")
    listed = pupil_tasks(school_store, people.guardian, CHILD, today=NEXT_WEEK + timedelta(1))
    # The one that was answered waits for the teacher; of the other nothing is expected, however long ago it was due.
    assert {each.task_id: (each.is_open, each.is_void, each.is_overdue) for each in listed} == {
        loose: (False, False, False),
        of_lesson: (False, True, False),
    }
    taught = taught_tasks(school_store, people.owner, 2026, today=TODAY).tasks
    assert {each.task_id: [(one.is_there, one.is_open) for one in each.pupils] for each in taught} == {
        loose: [(False, False)],
        of_lesson: [(False, False)],
    }
    for task in (loose, of_lesson):
        assert not pupil_task(school_store, people.guardian, CHILD, task, today=TODAY).may_answer
        with pytest.raises(RuleRefused, match="не в этом классе"):
            answer(school_store, people.guardian, task)
    review(school_store, people.owner, loose, OK)
    with pytest.raises(AccessRefused):
        review(school_store, people.stranger, loose, OK)


def test_a_guardian_who_teaches_another_class_gains_nothing_by_it(
    school_store: Store, people: People
) -> None:
    task = loose_task(school_store, people)
    both = replace(
        people.stranger, roles=frozenset({Role.TEACHER, Role.GUARDIAN}), pupil_ids=frozenset([STRANGE_CHILD])
    )
    with pytest.raises(AccessRefused):
        answer(school_store, both, task)
    with pytest.raises(AccessRefused):
        review(school_store, both, task, OK)
    own = replace(both, staff_id=people.owner.staff_id, pupil_ids=frozenset([CHILD]))
    answer(school_store, own, task)
    review(school_store, own, task, OK)
    assert state(school_store, own, task) == TaskState.ACCEPTED


def test_a_task_past_its_day_says_so(school_store: Store, people: People) -> None:
    loose_task(school_store, people)
    (later,) = pupil_tasks(school_store, people.guardian, CHILD, today=NEXT_WEEK + timedelta(1))
    assert (later.due_on, later.is_overdue) == (date(2026, 11, 26), True)


def test_a_pupil_who_left_is_given_nothing_and_waited_for_by_nobody(
    school_store: Store, people: People, change: Callable[[str], None]
) -> None:
    task = loose_task(school_store, people, (CHILD, CLASSMATE))
    change(f"UPDATE enrolments SET ends_on = DATE '{TODAY}' WHERE pupil_id = {CHILD}")
    assert CHILD not in pupils_for_task(school_store, people.owner, REGISTER, today=TODAY)
    with pytest.raises(RuleRefused, match="Не все выбранные"):
        loose_task(school_store, people)
    (found,) = taught_tasks(school_store, people.owner, 2026, today=TODAY).tasks
    assert [(each.pupil_id, each.is_open) for each in found.pupils] == [(CHILD, False), (CLASSMATE, True)]
    page = pupil_task(school_store, people.guardian, CHILD, task, today=TODAY)
    assert (page.task.text, page.task.is_void, page.may_answer) == ("Подготовить доклад", True, False)


def test_answers_are_counted_until_the_teacher_has_replied(school_store: Store, people: People) -> None:
    def waiting(user: User, day: date = TODAY) -> int:
        return waiting_answers(school_store, user, 2026, today=day)

    loose, of_lesson = loose_task(school_store, people, (CHILD, CLASSMATE)), lesson_task(school_store, people)
    assert waiting(people.owner) == 0
    answer(school_store, people.pupil, loose)
    answer(school_store, people.guardian, loose)
    answer(school_store, people.guardian, of_lesson)
    assert waiting(people.owner) == 2
    assert [waiting(user) for user in (people.stranger, people.homeroom, people.deputy)] == [0, 0, 0]
    assert waiting(people.owner, NEXT_WEEK + timedelta(TASK_DAYS + 1)) == 0
    review(school_store, people.owner, loose, AGAIN, "Допиши вывод")
    assert waiting(people.owner) == 1
    answer(school_store, people.pupil, loose)
    review(school_store, people.owner, of_lesson, OK)
    assert waiting(people.owner) == 1
    found = taught_tasks(school_store, people.owner, 2026, today=TODAY).tasks
    assert sum(each.count(TaskState.ANSWERED) for each in found) == 1
