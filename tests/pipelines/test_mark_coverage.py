"""п. 5.2: at least 3 marks at one hour a week, 5 at two, more than 5 above."""

from datetime import date

import pytest

from pipelines.measures.mark_coverage import mark_coverage

SEP_2, OCT_1, OCT_27, NOV_15 = date(2024, 9, 2), date(2024, 10, 1), date(2024, 10, 27), date(2024, 11, 15)
LOAD = "class_id subgroup_id subject_id teacher_id hours_a_week"
ENROLMENTS = "class_id pupil_id starts_on ends_on"
TERMS = "class_id term_id grade_level starts_on ends_on"
MARKS = "class_id subject_id teacher_id term_id pupil_id value"

PUPIL_1, PUPIL_2 = (7, 1, None, None), (7, 2, None, None)


def marks_of(pupil, how_many, *, subject=1, teacher=9):
    return [(7, subject, teacher, 3, pupil, 4)] * how_many


def coverage(
    table, rows_of, marks, *, load=((7, None, 1, 9, 1.0),), enrolments=(PUPIL_1,), members=(),
    load_columns=LOAD, by=("teacher_id",), today=OCT_27,
):  # fmt: skip
    return rows_of(
        mark_coverage(
            table(MARKS, *marks),
            by,
            teaching_load=table(load_columns, *load),
            enrolments=table(ENROLMENTS, *enrolments),
            class_terms=table(
                TERMS, (7, 3, 5, SEP_2, OCT_27), (7, 4, 5, date(2024, 11, 5), date(2024, 12, 29))
            ),
            subgroup_members=table("subgroup_id pupil_id", *members),
            today=today,
        )
    )


@pytest.mark.parametrize(
    ("hours_a_week", "marks", "is_covered"),
    [(1, 2, 0), (1, 3, 1), (2, 4, 0), (2, 5, 1), (3, 5, 0), (3, 6, 1), (5, 6, 1), (0.5, 3, 1), (1.5, 4, 0)],
)
def test_the_minimum_follows_from_the_weekly_hours(table, rows_of, hours_a_week, marks, is_covered):
    (row,) = coverage(table, rows_of, marks_of(1, marks), load=[(7, None, 1, 9, hours_a_week)])
    assert (row["pairs"], row["pairs_covered"], row["mark_coverage"]) == (1, is_covered, 100.0 * is_covered)


@pytest.mark.parametrize(
    ("today", "marks", "is_on_pace"),
    [
        (OCT_27, 5, 1),
        (OCT_27, 4, 0),
        (date(2024, 9, 29), 2, 0),  # the 28th day of 56: half of five marks is more than two
        (date(2024, 9, 29), 3, 1),
        (SEP_2, 0, 0),
        (SEP_2, 1, 1),
    ],
)
def test_before_the_end_of_the_term_the_pace_is_told_apart(table, rows_of, today, marks, is_on_pace):
    (row,) = coverage(table, rows_of, marks_of(1, marks), load=[(7, None, 1, 9, 2.0)], today=today)
    assert (row["pairs_on_pace"], row["coverage_on_pace"]) == (is_on_pace, 100.0 * is_on_pace)
    assert row["pairs_covered"] == int(marks >= 5)


@pytest.mark.parametrize("marks", [2, 3])
def test_exactly_the_marks_of_the_elapsed_half_are_enough(table, rows_of, marks):
    # 28 of 56 days at three hours a week: half of six marks is three, to the mark.
    half = date(2024, 9, 29)
    (row,) = coverage(table, rows_of, marks_of(1, marks), load=[(7, None, 1, 9, 3.0)], today=half)
    assert row["pairs_on_pace"] == int(marks == 3)


def test_a_subject_without_marks_shows_as_wholly_uncovered(table, rows_of):
    found = coverage(table, rows_of, marks_of(1, 3), load=[(7, None, 1, 9, 1.0), (7, None, 2, 9, 1.0)],
                     by=("subject_id",))  # fmt: skip
    assert [(row["subject_id"], row["mark_coverage"], row["pairs_without_marks"]) for row in found] == [
        (1, 100.0, 0),
        (2, 0.0, 1),
    ]


def test_marks_of_a_substitute_count_for_the_pupil(table, rows_of):
    (row,) = coverage(table, rows_of, marks_of(1, 2) + marks_of(1, 1, teacher=8))
    assert (row["teacher_id"], row["pairs_covered"]) == (9, 1)


def test_two_marks_in_one_lesson_are_two_marks(table, rows_of):
    (row,) = coverage(table, rows_of, marks_of(1, 2) + marks_of(1, 1))
    assert row["pairs_covered"] == 1


def test_empty_cells_are_no_marks(table, rows_of):
    (row,) = coverage(table, rows_of, [(7, 1, 9, 3, 1, None)] * 3)
    assert (row["pairs_covered"], row["pairs_without_marks"]) == (0, 1)


@pytest.mark.parametrize(
    ("enrolment", "pairs"),
    [
        ((7, 1, OCT_1, None), 1),
        ((7, 1, None, OCT_27), 0),  # left on the last day: is not given a term mark
        ((7, 1, None, date(2024, 10, 28)), 1),
        ((7, 1, date(2024, 10, 28), None), 0),
    ],
)
def test_pupils_of_the_day_of_reckoning_are_counted(table, rows_of, enrolment, pairs):
    found = coverage(table, rows_of, [], enrolments=[enrolment])
    assert sum(row["pairs"] for row in found) == pairs


def test_a_term_that_is_over_is_reckoned_on_its_last_day(table, rows_of):
    # The pupil left in November: the first term still shows him, the second does not.
    found = coverage(table, rows_of, [], enrolments=[(7, 1, None, date(2024, 11, 10))], by=("term_id",),
                     today=NOV_15)  # fmt: skip
    assert [(row["term_id"], row["pairs"]) for row in found] == [(3, 1)]


def test_subgroups_count_their_own_pupils(table, rows_of):
    # English is taught in two subgroups: a pupil is one teacher's, never both teachers'.
    load = [(7, 71, 1, 8, 2.0), (7, 72, 1, 9, 2.0)]
    found = coverage(table, rows_of, marks_of(1, 5), load=load, enrolments=[PUPIL_1, PUPIL_2],
                     members=[(71, 1), (72, 2)])  # fmt: skip
    assert [(row["teacher_id"], row["pairs"], row["pairs_covered"]) for row in found] == [
        (8, 1, 1),
        (9, 1, 0),
    ]


def test_hours_in_class_and_in_subgroup_add_up(table, rows_of):
    # 2 + 1 hours make three: more than five marks. One pair for the subject, one for each of its teachers.
    load = [(7, None, 1, 8, 2.0), (7, 71, 1, 9, 1.0)]
    (subject,) = coverage(table, rows_of, marks_of(1, 5), load=load, members=[(71, 1)], by=("subject_id",))
    assert (subject["pairs"], subject["pairs_covered"]) == (1, 0)
    teachers = coverage(table, rows_of, marks_of(1, 6), load=load, members=[(71, 1)])
    assert [(row["pairs"], row["pairs_covered"]) for row in teachers] == [(1, 1), (1, 1)]


def test_a_teacher_who_handed_the_class_over_is_not_counted_twice(table, rows_of):
    load = [(7, None, 1, 8, 1.0, None, OCT_1), (7, None, 1, 9, 1.0, OCT_1, None)]
    found = coverage(table, rows_of, marks_of(1, 3), load=load, load_columns=f"{LOAD} starts_on ends_on")
    assert [(row["teacher_id"], row["pairs_covered"]) for row in found] == [(9, 1)]


def test_a_vacant_load_is_a_row_of_its_own(table, rows_of):
    # Nobody teaches the subject yet: the deputy has to see it.
    (row,) = coverage(table, rows_of, [], load=[(7, None, 1, None, 1.0)])
    assert (row["teacher_id"], row["pairs_without_marks"]) == (None, 1)


def test_dimensions_of_the_class_may_group(table, rows_of):
    (row,) = coverage(table, rows_of, marks_of(1, 3), by=("grade_level",))
    assert (row["grade_level"], row["mark_coverage"]) == (5, 100.0)


def test_no_rows_at_all(table, rows_of):
    # Before the year is opened there is no load and there are no pupils.
    assert coverage(table, rows_of, [], load=(), enrolments=()) == []
    (school,) = coverage(table, rows_of, [], load=(), enrolments=(), by=())
    assert (school["pairs"], school["mark_coverage"], school["coverage_on_pace"]) == (0, None, None)


def test_before_the_term_begins_nothing_is_expected(table, rows_of):
    assert coverage(table, rows_of, [], today=date(2024, 9, 1)) == []
