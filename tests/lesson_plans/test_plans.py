"""Who keeps a register's plan, what becomes of it in the store, and what others see of it."""

from datetime import timedelta

import pytest
from small_school import (
    CLASS_7A,
    CLASS_8B,
    MATHS,
    NOW,
    OWNERS_LESSON_TODAY,
    QUARTER_1,
    QUARTER_2,
    SCHOOL,
    People,
)

from school.errors import AccessRefused, RuleRefused
from school.homework.actions import LessonEntry, write_lesson
from school.lesson_plans.actions import PlanChange, save_plan
from school.lesson_plans.lookups import copy_sources, lesson_topics, plan_page, plan_registers, topics_to_copy
from school.records import HomeworkState, PlanTopic, RegisterKey, User
from school.register.actions.entries import LessonHead
from school.register.store.lessons import lessons_by_id
from school.store.connection import Store
from school.store.events import Event

KEY, KEY_8B = RegisterKey(CLASS_7A, MATHS), RegisterKey(CLASS_8B, MATHS)
TODAY = NOW.date()
PLAN = [PlanTopic("Дроби", 1), PlanTopic("Степени", 2), PlanTopic("Корни", 1)]


def topics_of(store: Store, user: User, key: RegisterKey = KEY) -> tuple[PlanTopic, ...]:
    return plan_page(store, user, key, today=TODAY).topics


def save(
    store: Store, user: User, topics: list[PlanTopic], key: RegisterKey = KEY, *, replanning: bool = False
) -> None:
    plan = next(row for row in (plan_page(store, user, key, today=TODAY),))
    save_plan(store, user, key, PlanChange(topics, plan.topics, "проверка", replanning), now=NOW)


def plan_events(store: Store) -> list[tuple[str | None, str | None]]:
    return store.read("SELECT old_value, new_value FROM events WHERE kind = 'lesson_plan' ORDER BY event_id")


def change(store: Store, sql: str) -> None:
    def work(transaction) -> None:
        transaction.change(sql)
        transaction.record(Event(NOW, None, "school"))

    store.write(work)


def test_the_teacher_of_the_register_makes_its_plan_and_others_read_it(
    school_store: Store, people: People
) -> None:
    save(school_store, people.owner, PLAN)
    for name in ("owner", "homeroom", "head", "deputy", "admin"):
        page = plan_page(school_store, getattr(people, name), KEY, today=TODAY)
        assert [(topic.title, topic.hours) for topic in page.topics] == [
            ("Дроби", 1),
            ("Степени", 2),
            ("Корни", 1),
        ]
        assert page.may_edit is (name == "owner")


@pytest.mark.parametrize("name", ["stranger", "guardian", "pupil", "secretary"])
def test_others_do_not_read_it(school_store: Store, people: People, name: str) -> None:
    with pytest.raises(AccessRefused):
        plan_page(school_store, getattr(people, name), KEY, today=TODAY)


@pytest.mark.parametrize(
    "name", ["stranger", "homeroom", "head", "deputy", "admin", "secretary", "guardian", "pupil"]
)
def test_nobody_but_the_registers_teacher_changes_it(school_store: Store, people: People, name: str) -> None:
    with pytest.raises(AccessRefused):
        save_plan(school_store, getattr(people, name), KEY, PlanChange(PLAN, (), "проверка"), now=NOW)
    assert topics_of(school_store, people.owner) == ()


def test_a_substitute_of_one_lesson_does_not_change_the_plan(school_store: Store, people: People) -> None:
    change(
        school_store,
        f"UPDATE lessons SET teacher_id = {people.stranger.staff_id} WHERE lesson_id = {OWNERS_LESSON_TODAY}",
    )
    assert not plan_page(school_store, people.stranger, KEY, today=TODAY).may_edit
    with pytest.raises(AccessRefused):
        save_plan(school_store, people.stranger, KEY, PlanChange(PLAN, (), "проверка"), now=NOW)


def test_each_changed_topic_leaves_its_event(school_store: Store, people: People) -> None:
    save(school_store, people.owner, PLAN)
    assert plan_events(school_store) == [(None, "Дроби, 1 ч"), (None, "Степени, 2 ч"), (None, "Корни, 1 ч")]
    first, second, third = topics_of(school_store, people.owner)
    save(
        school_store,
        people.owner,
        [third, PlanTopic("Дроби и проценты", 1, first.topic_id), PlanTopic("Степени", 3)],
    )
    assert plan_events(school_store)[3:] == [
        ("Дроби, 1 ч", "Дроби и проценты, 1 ч"),
        ("Степени, 2 ч", "Степени, 3 ч"),
        (None, "порядок тем изменён"),
    ]
    assert topics_of(school_store, people.owner)[2].topic_id == second.topic_id, (
        "the same words are the same topic"
    )


def test_saving_the_same_plan_writes_nothing(school_store: Store, people: People) -> None:
    save(school_store, people.owner, PLAN)
    version = school_store.version
    save(school_store, people.owner, list(topics_of(school_store, people.owner)))
    assert (len(plan_events(school_store)), school_store.version) == (3, version)


def test_a_plan_changed_in_another_window_is_not_overwritten(school_store: Store, people: People) -> None:
    save(school_store, people.owner, PLAN)
    with pytest.raises(RuleRefused, match="изменили в другом окне"):
        save_plan(school_store, people.owner, KEY, PlanChange(PLAN[:1], (), "проверка"), now=NOW)
    assert len(topics_of(school_store, people.owner)) == 3


REFUSED = {
    "no topics": ([], "ни одной темы"),
    "no words": ([PlanTopic(" ", 1)], "Строка 1: нет темы"),
    "no hours": ([PlanTopic("Дроби", 1), PlanTopic("Корни", 0)], "Строка 2: часов должно быть"),
    "too long": ([PlanTopic("Т" * 501, 1)], "длиннее 500"),
    "too many": ([PlanTopic("Дроби", 1)] * 501, "больше 500 тем"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_topics_that_cannot_be_are_refused_and_nothing_is_saved(
    school_store: Store, people: People, case: str
) -> None:
    topics, words = REFUSED[case]
    with pytest.raises(RuleRefused, match=words):
        save(school_store, people.owner, topics)
    assert topics_of(school_store, people.owner) == ()


def test_a_closed_year_is_read_only(school_store: Store, people: People) -> None:
    change(
        school_store, f"UPDATE terms SET closed_at = '2026-11-19' WHERE term_id IN ({QUARTER_1}, {QUARTER_2})"
    )
    assert not plan_page(school_store, people.owner, KEY, today=TODAY).may_edit
    with pytest.raises(RuleRefused, match="год закрыт"):
        save(school_store, people.owner, PLAN)


def test_the_deputy_sees_each_register_against_its_plan(school_store: Store, people: People) -> None:
    save(school_store, people.owner, PLAN)
    change(school_store, f"UPDATE lessons SET status = 'cancelled' WHERE lesson_id = {OWNERS_LESSON_TODAY}")
    rows = plan_registers(school_store, people.deputy, 2026, today=TODAY)
    assert [(row.register.class_name, row.progress and row.progress.lag) for row in rows] == [
        ("7А", 1),
        ("8Б", None),
    ]
    assert [row.register.key for row in plan_registers(school_store, people.stranger, 2026, today=TODAY)] == [
        KEY_8B
    ]


def test_accepting_a_replanned_rest_closes_the_lag(school_store: Store, people: People) -> None:
    save(school_store, people.owner, PLAN)
    change(school_store, f"UPDATE lessons SET status = 'cancelled' WHERE lesson_id = {OWNERS_LESSON_TODAY}")
    first, second, third = topics_of(school_store, people.owner)
    shorter = [first, PlanTopic(second.title, 1, second.topic_id), third]
    save(school_store, people.owner, shorter, replanning=True)
    page = plan_page(school_store, people.owner, KEY, today=TODAY)
    assert (page.progress.lag, page.compressed_hours, page.replanned_on) == (0, 1, TODAY)


def test_lessons_ahead_are_those_of_the_timetable_up_to_the_last_term(
    school_store: Store, people: People
) -> None:
    page = plan_page(school_store, people.owner, KEY, today=TODAY)
    promised = [each.lesson.held_on for each in page.lessons if each.lesson.lesson_id is None]
    assert (promised[0], promised[-1]) == (TODAY + timedelta(1), TODAY.replace(month=12, day=29))
    assert page.lessons_left == len(promised) + 1


def write(store: Store, user: User, topic: str, plan_topic_id: int | None) -> None:
    head = LessonHead(topic, None, HomeworkState.NONE)
    write_lesson(store, user, OWNERS_LESSON_TODAY, LessonEntry(head, None, plan_topic_id), now=NOW)


def test_a_topic_taken_from_the_plan_may_be_worded_otherwise(school_store: Store, people: People) -> None:
    save(school_store, people.owner, PLAN)
    lesson = lessons_by_id(school_store, [OWNERS_LESSON_TODAY])[OWNERS_LESSON_TODAY]
    offered = lesson_topics(school_store, people.owner, lesson).planned
    assert offered is not None
    assert offered.title == "Степени"
    write(school_store, people.owner, "Степень с целым показателем", offered.topic_id)
    assert plan_page(school_store, people.owner, KEY, today=TODAY).progress.off_plan == 0
    write(school_store, people.owner, "Экскурсия", None)
    assert plan_page(school_store, people.owner, KEY, today=TODAY).progress.off_plan == 1


def test_a_topic_of_another_plan_is_not_taken(school_store: Store, people: People) -> None:
    save(school_store, people.stranger, PLAN, KEY_8B)
    foreign = topics_of(school_store, people.stranger, KEY_8B)[0]
    write(school_store, people.owner, "Дроби", foreign.topic_id)
    assert school_store.read("SELECT * FROM lesson_plan_topics") == []


@pytest.fixture
def parallel(school_store: Store, people: People) -> RegisterKey:
    """7Б with a plan in maths, by the stranger."""
    change(
        school_store,
        f"""INSERT INTO classes (class_id, school_id, school_year, name, grade_level, term_kind)
                VALUES (13, {SCHOOL}, 2026, '7Б', 7, 'quarter');
            INSERT INTO teaching_load (load_id, school_year, class_id, subject_id, teacher_id, hours_a_week)
                VALUES (93, 2026, 13, {MATHS}, {people.stranger.staff_id}, 5)""",
    )
    key = RegisterKey(13, MATHS)
    save(school_store, people.stranger, PLAN, key)
    save(school_store, people.stranger, PLAN, KEY_8B)
    return key


def test_a_colleagues_plan_of_the_parallel_class_may_be_copied(
    school_store: Store, people: People, parallel: RegisterKey
) -> None:
    (source,) = copy_sources(school_store, people.owner, KEY)
    assert (source.key, source.title, source.topic_count, source.hours) == (parallel, "7Б, 2026/27", 3, 4)
    assert topics_to_copy(school_store, people.owner, KEY, parallel) == PLAN


def test_a_plan_of_another_grade_is_not_copied(
    school_store: Store, people: People, parallel: RegisterKey
) -> None:
    with pytest.raises(AccessRefused):
        topics_to_copy(school_store, people.owner, KEY, KEY_8B)
    for name in ("stranger", "deputy", "head"):
        with pytest.raises(AccessRefused):
            copy_sources(school_store, getattr(people, name), KEY)
