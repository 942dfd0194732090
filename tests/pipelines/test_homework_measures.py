"""Homework set, declined or left undecided, and how much of it comes together on a day (п. 4.5, 6.3)."""

from datetime import date, datetime

import pytest

from pipelines.measures.homework import COUNTS, homework, homework_load

MONDAY, TUESDAY, TODAY = date(2024, 9, 2), date(2024, 9, 3), date(2024, 9, 6)
FILLED = datetime(2024, 9, 2, 12, 0)
LESSONS = "lesson_id class_id subgroup_id subject_id teacher_id held_on homework_state recorded_at is_held"


def lesson(
    number, state, *, day=MONDAY, subject=1, subgroup=None, class_id=7, recorded_at=FILLED, is_held=True
):
    return (number, class_id, subgroup, subject, 9, day, state, recorded_at, is_held)


def set_homework(table, rows_of, lessons, *, tasks=(), files=(), by=("teacher_id",)):
    extras = {"tasks": table("lesson_id", *tasks), "files": table("lesson_id", *files)}
    return rows_of(homework(table(LESSONS, *lessons), by, **extras, today=TODAY))


def test_every_filled_lesson_is_one_of_three(table, rows_of):
    lessons = [
        lesson(1, "set"),
        lesson(2, "set"),
        lesson(3, "none"),  # «не задано» is a decision
        lesson(4, "unset"),
        lesson(5, "unset", recorded_at=None),  # not filled at all: reproached elsewhere
        lesson(6, "set", is_held=False),
        lesson(7, "set", day=date(2024, 9, 9)),  # prepared for next week
    ]
    # A lesson with two files is one lesson.
    (row,) = set_homework(table, rows_of, lessons, tasks=[(2,)], files=[(1,), (1,), (6,)])
    assert [row[name] for name in COUNTS] == [4, 2, 1, 1, 1, 2]
    assert row["homework_set_share"] == 50.0


def test_lessons_of_nobody_are_a_row_of_their_own(table, rows_of):
    (row,) = set_homework(table, rows_of, [(1, 7, None, 1, None, MONDAY, "set", FILLED, True)])
    assert (row["teacher_id"], row["lessons_with_homework"]) == (None, 1)


def test_without_lessons(table, rows_of):
    assert set_homework(table, rows_of, []) == []
    (school,) = set_homework(table, rows_of, [], by=())
    assert (school["lessons_filled"], school["homework_set_share"]) == (0, None)


def load(table, rows_of, lessons, by=("class_id",)):
    return rows_of(homework_load(table(LESSONS, *lessons), by, today=TODAY))


def test_a_days_homework_is_over_all_subjects_of_the_class(table, rows_of):
    lessons = [
        lesson(1, "set"),
        lesson(2, "set", subject=2),
        lesson(3, "set", subject=3, subgroup=71),
        lesson(4, "set", subject=3, subgroup=72),  # the other half of the class: no more for a pupil
        lesson(5, "set", subject=2),  # two lessons of a subject on a day set one
        lesson(6, "none", day=TUESDAY),  # a day without homework counts as a day
    ]
    assert load(table, rows_of, lessons) == [
        {
            "class_id": 7,
            "school_days": 2,
            "assignments": 3,
            "most_assignments_a_day": 3,
            "assignments_a_day": 1.5,
        }
    ]


def test_the_fullest_day_of_a_group_is_its_classes(table, rows_of):
    lessons = [lesson(1, "set"), lesson(2, "set", subject=2), lesson(3, "set", class_id=8)]
    (school,) = load(table, rows_of, lessons, by=())
    assert (school["school_days"], school["assignments"], school["most_assignments_a_day"]) == (2, 3, 2)


def test_no_days_no_load(table, rows_of):
    assert load(table, rows_of, []) == []
    (school,) = load(table, rows_of, [], by=())
    assert school["assignments_a_day"] is None


@pytest.mark.parametrize("column", ["subject_id", "teacher_id", "subgroup_id"])
def test_a_day_of_one_subject_is_refused(table, column):
    with pytest.raises(ValueError, match=column):
        homework_load(table(LESSONS), [column], today=TODAY)
