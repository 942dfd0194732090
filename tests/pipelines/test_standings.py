"""Standings of pupils by term marks: disjoint, and quality counts the first three."""

import pytest

from pipelines.measures.standings import STANDINGS, lone_marks, pupil_standings, standings

TERM_MARKS = "class_id subject_id term_id pupil_id grade_level value"


def term_marks(pupil, *values, class_id=7):
    return [(class_id, subject, 3, pupil, 5, value) for subject, value in enumerate(values)]


@pytest.mark.parametrize(
    ("values", "standing"),
    [
        ((5, 5, 5), "all_fives"),
        ((5,), "all_fives"),
        ((5, 5, 4), "one_four"),
        ((4,), "one_four"),  # one subject, one «4»
        ((5, 4, 4), "fours_and_fives"),
        ((4, 4, 4), "fours_and_fives"),
        ((5, 5, 3), "one_three"),
        ((4, 4, 3), "one_three"),
        ((3,), "one_three"),
        ((5, 3, 3), "with_threes"),
        ((3, 3, 3), "with_threes"),
        ((5, 5, 2), "failing"),
        ((3, 3, 2), "failing"),
        ((2, 2, 2), "failing"),
        ((5, None, 5), "all_fives"),  # a subject not yet marked says nothing
    ],
)
def test_a_pupil_has_one_standing(table, rows_of, values, standing):
    (row,) = rows_of(pupil_standings(table(TERM_MARKS, *term_marks(1, *values))))
    assert row["standing"] == standing


def test_standings_add_up_to_the_pupils(table, rows_of):
    pupils = [(5, 5), (5, 4), (4, 4), (4, 3), (3, 3), (5, 2), (4, 4), (2, 2)]
    rows = [row for pupil, values in enumerate(pupils) for row in term_marks(pupil, *values)]
    (row,) = rows_of(standings(table(TERM_MARKS, *rows)))
    assert [row[name] for name in STANDINGS] == [1, 1, 2, 1, 1, 2]
    assert row["pupils_with_marks"] == 8
    assert (row["pupil_pass_rate"], row["pupil_quality_rate"]) == (75.0, 50.0)


def test_a_grade_level_counts_each_of_its_pupils(table, rows_of):
    rows = term_marks(1, 5, 5, class_id=7) + term_marks(2, 5, 4, class_id=8)
    (row,) = rows_of(standings(table(TERM_MARKS, *rows), ["grade_level"]))
    assert (row["pupils_with_marks"], row["all_fives"], row["one_four"]) == (2, 1, 1)


def test_a_pupil_counts_once_in_each_term(table, rows_of):
    rows = [(7, 1, term, 1, 5, value) for term, value in ((3, 5), (4, 2))]
    (row,) = rows_of(standings(table(TERM_MARKS, *rows), ["class_id"]))
    assert (row["pupils_with_marks"], row["all_fives"], row["failing"]) == (2, 1, 1)


def test_nobody_has_a_standing_before_term_marks(table, rows_of):
    assert rows_of(standings(table(TERM_MARKS))) == []
    (school,) = rows_of(standings(table(TERM_MARKS), []))
    assert (school["pupils_with_marks"], school["pupil_pass_rate"], school["pupil_quality_rate"]) == (
        0,
        None,
        None,
    )


@pytest.mark.parametrize("column", ["subject_id", "teacher_id"])
def test_a_standing_in_one_subject_is_refused(table, column):
    # It would call everyone with a single «3» in that subject «с одной 3».
    with pytest.raises(ValueError, match=column):
        standings(table(TERM_MARKS, *term_marks(1, 5)), [column])


NAMED = "class_id subject_id teacher_id term_id pupil_id value"


def test_the_one_mark_that_keeps_a_pupil_back_has_a_subject_and_a_teacher(table, rows_of):
    marks = [
        (7, 1, 9, 3, 1, 5), (7, 2, 8, 3, 1, 3),  # one «3»: history, teacher 8
        (7, 1, 9, 3, 2, 4), (7, 2, 8, 3, 2, 5),  # one «4»: maths, teacher 9
        (7, 1, 9, 3, 3, 3), (7, 2, 8, 3, 3, 3),  # two of them: nobody's one mark
        (7, 1, 9, 3, 4, 3), (7, 2, 8, 3, 4, 2),  # failing, the «3» is not what keeps back
        (7, 1, 9, 4, 1, 4), (7, 2, None, 4, 1, 3),  # the next term, a vacancy
    ]  # fmt: skip
    found = rows_of(lone_marks(table(NAMED, *marks)))
    assert {(row["term_id"], row["pupil_id"], row["standing"], row["subject_id"], row["teacher_id"]) for row in found} == {
        (3, 1, "one_three", 2, 8), (3, 2, "one_four", 1, 9), (4, 1, "one_three", 2, None)
    }  # fmt: skip
    assert {row["value"] for row in found} == {3, 4}
