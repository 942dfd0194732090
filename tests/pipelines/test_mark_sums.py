"""Sums of marks stand for the marks themselves: counted by hand, and the same answer from either."""

from datetime import date
from itertools import product

import pytest

from pipelines.measures.mark_coverage import mark_coverage
from pipelines.measures.mark_sums import mark_sums, register_sums
from pipelines.measures.quality import quality, standing_so_far
from pipelines.measures.same_pupils import change_of_same_pupils

MARKS = (
    "class_id subject_id term_id pupil_id teacher_id subgroup_id grade_level value weight is_written_control"
)


def test_the_marks_of_a_pupil_are_added_up(table, rows_of):
    # A five of weight 2 for a control work, a three of an empty weight, a four that does not count, a lesson without a mark.
    place = (7, 1, 3, 51, 9, None, 5)
    marks = [
        (*place, 5, 2.0, True),
        (*place, 3, None, False),
        (*place, 4, 0.0, False),
        (*place, None, 1.0, False),
    ]
    (row,) = rows_of(mark_sums(table(MARKS, *marks)))
    assert (row["marks_given"], row["marks_counted"]) == (3, 2)
    assert (row["n5"], row["n4"], row["n3"], row["n2"], row["control_marks"]) == (1, 1, 1, 0, 1)
    assert (row["weights"], row["squared_weights"], row["weighted_marks"]) == (3.0, 5.0, 13.0)
    assert (row["counted_values"], row["counted_squares"]) == (8.0, 34.0)
    assert (row["control_values"], row["current_values"]) == (5.0, 7.0)


def test_teachers_subgroups_and_terms_are_rows_of_their_own(table, rows_of):
    ways = list(product((3, 4), (9, None), (81, None)))
    rows = [(7, 1, term, 51, teacher, group, 5, 4, 1.0, False) for term, teacher, group in ways]
    found = rows_of(mark_sums(table(MARKS, *rows, *rows)))
    assert len(found) == len(ways)
    assert {row["marks_given"] for row in found} == {2}


def made_up_marks():
    """Return marks of twelve pupils in two classes and subjects, with a substitute, weights and control works."""
    return [
        (7 + pupil % 2, subject, 3, pupil, 8 if number == 2 else 9, None, 5, 2 + (pupil * number + subject) % 4, weight, control)
        for pupil in range(12)
        for subject in (1, 2)
        for number, (weight, control) in enumerate([(1.0, False), (None, False), (2.0, True), (0.0, False), (0.5, True)])
    ]  # fmt: skip


ROSTERS = {
    "teaching_load": ("class_id subgroup_id subject_id teacher_id hours_a_week", [(7, None, 1, 9, 2.0), (8, None, 2, 9, 3.0)]),
    "enrolments": ("class_id pupil_id", [(7 + pupil % 2, pupil) for pupil in range(14)]),
    "subgroup_members": ("subgroup_id pupil_id", []),
}  # fmt: skip


def coverage(table):
    rosters = {name: table(columns, *rows) for name, (columns, rows) in ROSTERS.items()}
    days = (date(2026, 9, 1), date(2026, 10, 25))
    terms = table("class_id term_id starts_on ends_on", *((class_id, 3, *days) for class_id in (7, 8)))
    return lambda marks: mark_coverage(
        marks, ["class_id"], **rosters, class_terms=terms, today=date(2026, 10, 20)
    )


def quality_of_teachers(marks):
    return quality(marks, ["teacher_id", "subject_id"])


def same_pupils(marks):
    return change_of_same_pupils(marks, marks, ["class_id"])


@pytest.mark.parametrize(
    "measure", [standing_so_far, register_sums, quality_of_teachers, same_pupils, "coverage"]
)
def test_a_measure_answers_the_same_of_marks_and_of_their_sums(table, rows_of, measure):
    asked = coverage(table) if measure == "coverage" else measure
    marks = table(MARKS, *made_up_marks())

    def answer(rows):
        found = rows_of(asked(rows))
        return sorted(found, key=lambda row: [row[name] or 0 for name in row if name.endswith("_id")])

    of_marks, of_sums = answer(marks), answer(mark_sums(marks))
    assert len(of_marks) == len(of_sums) > 1
    for one, other in zip(of_marks, of_sums, strict=True):
        assert one == pytest.approx(other)
