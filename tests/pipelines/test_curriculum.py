"""Curriculum coverage over columns is the rule of the lesson plan; groups, terms and registers without a plan."""

from datetime import date, timedelta

import duckdb
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.measures.curriculum import COUNTS, curriculum_coverage, words_expression
from pipelines.measures.tables import read
from school.lesson_plans.rules.plans import progress, words_of
from school.records import PlanLesson, PlanTopic

FIRST, TODAY, YEAR_END = date(2026, 9, 1), date(2026, 9, 10), date(2026, 12, 31)
REGISTERS = "class_id subgroup_id subject_id teacher_id plan_id replanned_on"
TOPICS = "plan_id topic_id title hours"
LESSONS = "lesson_id class_id subgroup_id subject_id held_on number topic topic_id is_held"
TERMS = "class_id term_id starts_on ends_on"
REGISTER = (7, None, 1, 9, 100, None)
PLAN = ((100, 501, "Дроби", 2), (100, 502, "Проценты", 1))


def lesson(day, topic="", *, topic_id=None, is_held=True, subgroup=None, number=1):
    return (day * 10 + number, 7, subgroup, 1, date(2026, 9, day), number, topic, topic_id, is_held)


def measured(table, rows_of, lessons, *, by=(), registers=(REGISTER,), topics=PLAN, terms=None, today=TODAY):
    return rows_of(
        curriculum_coverage(
            table(LESSONS, *lessons),
            by,
            registers=table(REGISTERS, *registers),
            plan_topics=table(TOPICS, *topics),
            class_terms=table(TERMS, *(terms or [(7, 3, FIRST, YEAR_END)])),
            today=today,
        )
    )


@pytest.mark.parametrize(
    ("lessons", "held", "due", "cancelled", "off_plan"),
    [
        ([], 0, 0, 0, 0),  # the year has begun, no lesson yet
        ([lesson(1, "Дроби"), lesson(2, "Дроби"), lesson(3, "Проценты")], 3, 3, 0, 0),
        ([lesson(1, "дроби."), lesson(2, " ДРОБИ ")], 2, 2, 0, 0),  # the same words
        ([lesson(1, "Экскурсия"), lesson(2, "Дроби")], 1, 2, 0, 1),
        ([lesson(1, is_held=False), lesson(2, "Дроби")], 1, 2, 1, 0),
        ([lesson(day, "Дроби") for day in (1, 2, 3)], 2, 3, 0, 1),  # one lesson more than the topic has hours
        ([lesson(1), lesson(2)], 2, 2, 0, 0),  # held, the topic is not written yet
        ([lesson(10)], 0, 0, 0, 0),  # today's lesson is not overdue before it is written
        ([lesson(10, "Дроби")], 1, 1, 0, 0),
        ([lesson(11, "Дроби")], 0, 0, 0, 0),  # prepared for tomorrow
        ([lesson(1, "Своими словами", topic_id=501)], 1, 1, 0, 0),  # taken from the plan, then reworded
        ([lesson(day, "Прочее") for day in (1, 2, 3, 4, 7)], 0, 3, 0, 5),  # a lag never exceeds the plan
    ],
)  # fmt: skip
def test_a_register_against_its_plan(table, rows_of, lessons, held, due, cancelled, off_plan):
    (row,) = measured(table, rows_of, lessons)
    assert (row["plan_hours"], row["hours_held"], row["hours_due"]) == (3, held, due)
    assert (row["hours_cancelled"], row["hours_off_plan"]) == (cancelled, off_plan)
    assert (row["hours_behind"], row["registers_behind"]) == (due - held, int(due > held))
    assert row["curriculum_coverage"] == pytest.approx(100 * held / 3)
    assert row["on_schedule_share"] == (None if due == 0 else pytest.approx(100 * held / due))


def test_lessons_lost_before_the_plan_was_changed_are_not_lost_again(table, rows_of):
    replanned = (7, None, 1, 9, 100, date(2026, 9, 2))
    (row,) = measured(
        table, rows_of, [lesson(day, is_held=False) for day in (1, 2, 3)], registers=[replanned]
    )
    assert row["hours_cancelled"] == 1


def test_a_subgroup_has_a_plan_of_its_own(table, rows_of):
    registers = [(7, 71, 1, 9, 100, None), (7, 72, 1, 8, 200, None)]
    topics = [*PLAN, (200, 601, "Дроби", 1)]
    lessons = [lesson(1, "Дроби", subgroup=71), lesson(1, "Экскурсия", subgroup=72, number=2)]
    found = measured(table, rows_of, lessons, by=("teacher_id",), registers=registers, topics=topics)
    assert [(row["teacher_id"], row["hours_held"], row["hours_behind"]) for row in found] == [
        (8, 0, 1),
        (9, 1, 0),
    ]


def test_at_the_end_of_each_term_the_plan_is_held_against_the_lessons_so_far(table, rows_of):
    terms = [
        (7, 3, FIRST, date(2026, 9, 2)),
        (7, 4, date(2026, 9, 3), date(2026, 9, 30)),
        (7, 5, date(2026, 10, 1), YEAR_END),
    ]
    lessons = [lesson(1, "Дроби"), lesson(2), lesson(3, "Проценты")]
    found = measured(table, rows_of, lessons, by=("term_id",), terms=terms)
    assert [(row["term_id"], row["hours_held"]) for row in found] == [
        (3, 2),
        (4, 3),
    ]  # the third has not begun


def test_a_register_without_a_plan_is_counted_apart(table, rows_of):
    (row,) = measured(
        table, rows_of, [lesson(1, "Дроби")], registers=[(7, None, 1, 9, None, None)], topics=()
    )
    assert (row["registers_with_plan"], row["registers_without_plan"], row["plan_hours"]) == (0, 1, 0)
    assert (row["curriculum_coverage"], row["on_schedule_share"]) == (None, None)


def test_a_school_without_registers(table, rows_of):
    assert measured(table, rows_of, [], by=("class_id",), registers=(), topics=()) == []
    (school,) = measured(table, rows_of, [], registers=(), topics=())
    assert [school[name] for name in COUNTS] == [0] * len(COUNTS)


@pytest.mark.parametrize(
    "title", ["Дроби", " Ёлка  и\u00a0ель. ", "ПОВТОРЕНИЕ...", "А.С. Пушкин", "§ 5.1", ""]
)
def test_words_over_a_column_are_the_rule(table, rows_of, title):
    topics = read(table("title", (title,))).select(words=words_expression("title"))
    assert rows_of(topics.to_native()) == [{"words": words_of(title)}]


titles = st.sampled_from(["Дроби", "дроби ", "Проценты", "Степени"])
plans = st.lists(st.builds(PlanTopic, titles, st.integers(1, 3)), max_size=5)
written = st.sampled_from(["", "", "Дроби", "ПРОЦЕНТЫ.", "Степени", "Экскурсия"])
given_lessons = st.lists(
    st.tuples(st.integers(0, 14), written, st.booleans(), st.integers(0, 6)), max_size=14
)


@given(plans, given_lessons, st.none() | st.integers(0, 14))
@settings(max_examples=25, deadline=None)
def test_the_measure_is_the_rule(topics, lessons, replanned_after):
    numbered = [PlanTopic(topic.title, topic.hours, 500 + place) for place, topic in enumerate(topics)]
    linked = {topic.topic_id for topic in numbered}
    ordered = sorted(enumerate(lessons), key=lambda each: (each[1][0], each[0]))
    rows = [
        PlanLesson(FIRST + timedelta(day), 1, number, is_cancelled, topic,
                   500 + link if topic and 500 + link in linked else None)
        for number, (day, topic, is_cancelled, link) in ordered
    ]  # fmt: skip
    replanned_on = None if replanned_after is None else FIRST + timedelta(replanned_after)
    ruled = progress(numbered, rows, TODAY, replanned_on)
    found = _measured_by_duckdb(numbered, rows, replanned_on)
    assert found["hours_held"] == ruled.held
    assert found["hours_due"] == ruled.due
    assert (found["hours_cancelled"], found["hours_off_plan"]) == (ruled.cancelled, ruled.off_plan)
    assert (found["lessons_without_written_topic"], found["hours_behind"]) == (ruled.unwritten, ruled.lag)


def _measured_by_duckdb(topics, lessons, replanned_on):
    connection = duckdb.connect()

    def relation(columns, rows):
        marks = ", ".join("?" * len(columns.split(",")))
        connection.execute(f"CREATE TEMP TABLE t{id(rows)} ({columns})")
        for row in rows:
            connection.execute(f"INSERT INTO t{id(rows)} VALUES ({marks})", row)
        return connection.table(f"t{id(rows)}")

    listed = [(100, topic.topic_id, topic.title, topic.hours) for topic in topics]
    held = [
        (row.lesson_id, 7, None, 1, row.held_on, row.number, row.topic, row.topic_id, not row.is_cancelled)
        for row in lessons
    ]
    registers, terms = [(7, None, 1, 100, replanned_on)], [(7, 3, FIRST, YEAR_END)]
    answer = curriculum_coverage(
        relation("lesson_id INT, class_id INT, subgroup_id INT, subject_id INT, held_on DATE, number INT, topic TEXT, "
                 "topic_id INT, is_held BOOL", held),
        (),
        registers=relation("class_id INT, subgroup_id INT, subject_id INT, plan_id INT, replanned_on DATE", registers),
        plan_topics=relation("plan_id INT, topic_id INT, title TEXT, hours INT", listed),
        class_terms=relation("class_id INT, term_id INT, starts_on DATE, ends_on DATE", terms),
        today=TODAY,
    )  # fmt: skip
    return pd.Series(answer.df().iloc[0])
