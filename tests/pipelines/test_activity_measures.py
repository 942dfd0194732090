"""How teachers keep the register: п. 4.5 and 5.5 say when, п. 6.3 what an inspection looks at."""

from datetime import date, datetime

import pytest

from pipelines.measures.tables import collected
from pipelines.measures.teacher_activity import (
    LESSON_COUNTS,
    MARK_COUNTS,
    activity_of_counts,
    lesson_counts,
    lessons_of_counts,
    mark_counts,
    teacher_activity,
)

MONDAY, TUESDAY, WEDNESDAY = (date(2024, 9, day) for day in (2, 3, 4))
LATE_TUESDAY = datetime(2024, 9, 3, 20, 0)
LESSONS = "lesson_id teacher_id held_on has_topic homework_state recorded_at is_held"
MARKS = "lesson_id teacher_id given_on is_written_control recorded_at"


def lesson(held_on, recorded_at, *, teacher=1, has_topic=True, homework="set", is_held=True):
    return (1, teacher, held_on, has_topic, homework, recorded_at, is_held)


def activity(table, rows_of, lessons=(), marks=(), *, now=LATE_TUESDAY, by=("teacher_id",)):
    return rows_of(teacher_activity(table(LESSONS, *lessons), table(MARKS, *marks), by, now=now))


def test_lessons_alone_are_told_as_they_are_told_with_their_marks(table, rows_of):
    """What does not look at marks does not have to be asked again when a mark is entered."""
    at = datetime(2024, 9, 2, 9, 30)
    lessons = [
        lesson(MONDAY, at),
        lesson(MONDAY, datetime(2024, 9, 3, 8, 0), has_topic=False),
        lesson(MONDAY, None, teacher=None),
        lesson(MONDAY, at, homework="unset", is_held=False),
    ]
    by, marks = ("teacher_id",), [(1, 1, MONDAY, False, at), (1, 2, MONDAY, True, at)]
    counted = collected(lesson_counts(table(LESSONS, *lessons), by, now=LATE_TUESDAY))
    alone = rows_of(lessons_of_counts(counted, by))
    together = rows_of(
        activity_of_counts(counted, collected(mark_counts(table(MARKS, *marks), by, now=LATE_TUESDAY)), by)
    )
    assert together == activity(table, rows_of, lessons, marks)
    whole = {row["teacher_id"]: row for row in together}
    assert {row["teacher_id"] for row in alone} == {1, None}
    for row in alone:
        assert row == {name: whole[row["teacher_id"]][name] for name in row}
        assert set(row) == {
            "teacher_id", *LESSON_COUNTS, "filled_in_time_share", "without_topic_share", "without_homework_share",
        }  # fmt: skip


@pytest.mark.parametrize(
    ("recorded_at", "counted_as"),
    [
        (datetime(2024, 9, 2, 9, 30), "lessons_filled_in_time"),
        (datetime(2024, 9, 2, 16, 0), "lessons_filled_in_time"),  # «не позднее 16.00» includes 16:00
        (datetime(2024, 9, 2, 16, 0, 0, 1), "lessons_filled_late"),
        (datetime(2024, 9, 3, 8, 0), "lessons_filled_late"),
        (datetime(2024, 9, 1, 20, 0), "lessons_filled_in_time"),  # prepared the evening before
        (None, "lessons_not_filled"),
    ],
)
def test_a_lesson_is_filled_on_its_day_by_16_00(table, rows_of, recorded_at, counted_as):
    (row,) = activity(table, rows_of, [lesson(MONDAY, recorded_at)])
    outcomes = ("lessons_filled_in_time", "lessons_filled_late", "lessons_not_filled")
    assert {name: row[name] for name in outcomes} == {name: int(name == counted_as) for name in outcomes}
    assert row["lessons_held"] == 1


@pytest.mark.parametrize(
    ("held_on", "now", "held"),
    [
        (TUESDAY, datetime(2024, 9, 3, 15, 59), 0),  # there is still time: no reproach before 16:00
        (TUESDAY, datetime(2024, 9, 3, 16, 0), 0),
        (TUESDAY, datetime(2024, 9, 3, 16, 1), 1),
        (WEDNESDAY, LATE_TUESDAY, 0),  # not held yet
    ],
)
def test_an_empty_lesson_counts_once_its_time_is_over(table, rows_of, held_on, now, held):
    found = activity(table, rows_of, [lesson(held_on, None)], now=now)
    assert [row["lessons_not_filled"] for row in found] == [1] * held


def test_a_lesson_of_tomorrow_that_is_prepared_is_not_yet_held(table, rows_of):
    assert activity(table, rows_of, [lesson(WEDNESDAY, datetime(2024, 9, 3, 10, 0))]) == []


def test_cancelled_lessons_are_left_out(table, rows_of):
    assert activity(table, rows_of, [lesson(MONDAY, None, is_held=False)]) == []


def test_topics_and_homework_are_looked_for_in_filled_lessons(table, rows_of):
    in_time = datetime(2024, 9, 2, 12, 0)
    lessons = [
        lesson(MONDAY, in_time, has_topic=False, homework="unset"),
        lesson(MONDAY, in_time, homework="none"),  # «не задано» is a decision, not an omission
        lesson(MONDAY, in_time),
        lesson(MONDAY, in_time),
        lesson(MONDAY, None, has_topic=False, homework="unset"),  # reproached once: as not filled
    ]
    (row,) = activity(table, rows_of, lessons)
    assert (row["lessons_filled"], row["lessons_without_topic"], row["lessons_without_homework"]) == (4, 1, 1)
    assert (row["without_topic_share"], row["without_homework_share"]) == (25.0, 25.0)
    assert row["filled_in_time_share"] == 80.0


def test_two_marks_in_one_lesson_are_two_marks(table, rows_of):
    in_time = datetime(2024, 9, 2, 12, 0)
    marks = [(1, 1, MONDAY, False, in_time), (1, 1, MONDAY, True, in_time)]
    (row,) = activity(table, rows_of, [lesson(MONDAY, in_time)], marks)
    assert (row["marks_given"], row["control_marks"], row["marks_per_lesson"]) == (2, 1, 2.0)


def test_marks_are_late_after_16_00_of_the_lessons_day(table, rows_of):
    marks = [
        (1, 1, MONDAY, False, datetime(2024, 9, 2, 16, 0)),
        (1, 1, MONDAY, False, datetime(2024, 9, 2, 17, 0)),
        (1, 1, MONDAY, True, datetime(2024, 9, 3, 9, 0)),
        (1, 1, MONDAY, False, None),  # an imported mark has no time of entry and is neither
    ]
    (row,) = activity(table, rows_of, [], marks)
    assert (row["marks_with_time"], row["late_marks"]) == (3, 2)
    assert row["late_marks_share"] == pytest.approx(200 / 3)


def test_marks_without_lessons_have_no_marks_per_lesson(table, rows_of):
    # An extract without the optional table of lessons.
    (row,) = activity(table, rows_of, [], [(1, 1, MONDAY, False, None)])
    assert (row["lessons_held"], row["marks_per_lesson"], row["filled_in_time_share"]) == (0, None, None)
    assert row["late_marks_share"] is None


def test_lessons_without_a_teacher_are_a_row_of_their_own(table, rows_of):
    # A vacancy is work for the deputy: lessons and marks of nobody stay together in one row.
    in_time = datetime(2024, 9, 2, 12, 0)
    found = activity(
        table, rows_of, [lesson(MONDAY, in_time, teacher=None)], [(1, None, MONDAY, False, None)]
    )
    assert [(row["teacher_id"], row["lessons_held"], row["marks_given"]) for row in found] == [(None, 1, 1)]


def test_before_the_first_lesson(table, rows_of):
    assert activity(table, rows_of) == []
    (school,) = activity(table, rows_of, by=())
    assert all(school[name] == 0 for name in (*LESSON_COUNTS, *MARK_COUNTS))
    assert (school["filled_in_time_share"], school["marks_per_lesson"]) == (None, None)
