"""Quality figures: the school's published reports, the three bases, and the change between terms."""

from datetime import date

import duckdb
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.measures.quality import (
    change_against_previous_term,
    quality,
    quality_counts,
    quality_of_counts,
    standing_so_far,
)
from pipelines.measures.tables import collected
from school.register.rules.marks import round_half_up, weighted_mean

# Public school reports, algebra, grade 9: n, (n5, n4, n3, n2) → mean, pass, quality, attainment.
PUBLISHED = {
    "city 2007": (2460, (357, 991, 857, 255), (3.59, 89.63, 54.80, 54.49)),
    "school 2007": (70, (10, 27, 22, 11), (3.51, 84.29, 52.86, 52.80)),
    "city 2008": (2369, (365, 791, 1042, 171), (3.57, 92.78, 48.80, 53.77)),
    "school 2008": (31, (1, 15, 12, 3), (3.45, 90.32, 51.61, 49.68)),
}
RATES = ("mean_mark", "pass_rate", "quality_rate", "attainment_index")


def marks_in_numbers(counts):
    return [(mark,) for mark, count in zip((5, 4, 3, 2), counts, strict=True) for _ in range(count)]


@pytest.mark.parametrize("report", PUBLISHED)
def test_published_reports_follow_from_the_formulas(table, rows_of, report):
    n, counts, published = PUBLISHED[report]
    (row,) = rows_of(quality(table("value", *marks_in_numbers(counts))))
    assert (row["n"], row["n5"], row["n4"], row["n3"], row["n2"]) == (n, *counts)
    assert tuple(round(row[rate], 2) for rate in RATES) == published


def test_each_group_has_its_own_figures(table, rows_of):
    marks = table("subject_id term_id value weight", (1, 7, 5, 1.0), (1, 7, 2, 3.0), (2, 7, 4, 1.0))
    assert rows_of(quality(marks, ["subject_id", "term_id"])) == [
        {
            "subject_id": 1, "term_id": 7, "n": 2, "n5": 1, "n4": 0, "n3": 0, "n2": 1,
            "pass_rate": 50.0, "quality_rate": 50.0, "attainment_index": 58.0, "mean_mark": 3.5,
            "weighted_mean": 2.75,
        },
        # A group with one pupil is a group: hiding small ones is the screen's business, n says it.
        {
            "subject_id": 2, "term_id": 7, "n": 1, "n5": 0, "n4": 1, "n3": 0, "n2": 0,
            "pass_rate": 100.0, "quality_rate": 100.0, "attainment_index": 64.0, "mean_mark": 4.0,
            "weighted_mean": 4.0,
        },
    ]  # fmt: skip


def test_no_marks_at_all(table, rows_of):
    # Before the first lesson of September every page still opens.
    nothing = table("teacher_id value weight")
    assert rows_of(quality(nothing, ["teacher_id"])) == []
    (school,) = rows_of(quality(nothing))
    assert school["n"] == school["n5"] == school["n2"] == 0
    assert [school[rate] for rate in (*RATES, "weighted_mean")] == [None] * 5


def test_marks_without_a_teacher_are_a_group_of_their_own(table, rows_of):
    # Imported registers often have no teacher at all; their marks must not vanish.
    marks = table("teacher_id value", (None, 5), (None, 3))
    (row,) = rows_of(quality(marks, ["teacher_id"]))
    assert (row["teacher_id"], row["n"], row["mean_mark"]) == (None, 2, 4.0)


def test_a_subject_without_marks_is_not_there(table, rows_of):
    # An empty cell of the register reaches the table as a null: it is no mark, above all not a zero.
    marks = table("subject_id value", (1, 4), (2, None))
    assert [row["subject_id"] for row in rows_of(quality(marks, ["subject_id"]))] == [1]


@pytest.mark.parametrize(
    ("mark", "expected"),
    [(5, (5.0, 100.0, 100.0, 100.0)), (4, (4.0, 100.0, 100.0, 64.0)),
     (3, (3.0, 100.0, 0.0, 36.0)), (2, (2.0, 0.0, 0.0, 16.0))],
)  # fmt: skip
def test_marks_of_one_kind_reach_the_bounds(table, rows_of, mark, expected):
    (row,) = rows_of(quality(table("value", (mark,), (mark,), (mark,))))
    assert tuple(row[rate] for rate in RATES) == expected


def test_weights_of_zero_give_no_weighted_mean(table, rows_of):
    # A school may give a kind of work the weight 0; there is then nothing to divide by.
    (row,) = rows_of(quality(table("value weight", (5, 0.0), (3, 0.0))))
    assert (row["mean_mark"], row["weighted_mean"]) == (4.0, None)


def test_an_empty_weight_counts_as_one(table, rows_of):
    (row,) = rows_of(quality(table("value weight", (5, None), (2, 2.0))))
    assert row["weighted_mean"] == 3.0


STANDING = "class_id subject_id teacher_id term_id pupil_id value weight"


def test_standing_is_the_weighted_mean_rounded_to_the_pupils_favour(table, rows_of):
    # Pupil 1 has two marks in one lesson: both count. 3.5 goes up.
    marks = table(STANDING, (7, 1, 9, 3, 1, 4, 1.0), (7, 1, 9, 3, 1, 3, 1.0), (7, 1, 9, 3, 2, 5, 1.0),
                  (7, 1, 9, 3, 2, 2, 2.0))  # fmt: skip
    first, second = sorted(rows_of(standing_so_far(marks)), key=lambda row: row["pupil_id"])
    assert (first["value"], first["weighted_mean"], first["marks_so_far"]) == (4, 3.5, 2)
    assert (second["value"], second["weighted_mean"], second["marks_so_far"]) == (3, 3.0, 2)


def test_a_pupil_stays_with_the_teacher_who_gave_most_marks(table, rows_of):
    # Teacher 8 stood in for one lesson; the pupil is still teacher 9's, and counts once.
    marks = table(STANDING, *[(7, 1, teacher, 3, 1, 4, 1.0) for teacher in (9, 9, 8)])
    (row,) = rows_of(quality(standing_so_far(marks), ["teacher_id"]))
    assert (row["teacher_id"], row["n"]) == (9, 1)


def test_standing_without_teachers_or_weights(table, rows_of):
    # Both are optional in an extract.
    marks = table("class_id subject_id term_id pupil_id value", (7, 1, 3, 1, 5), (7, 1, 3, 1, 4))
    (row,) = rows_of(standing_so_far(marks))
    assert (row["weighted_mean"], row["value"]) == (4.5, 5)


def test_standing_without_a_teacher_id_is_kept(table, rows_of):
    (row,) = rows_of(standing_so_far(table(STANDING, (7, 1, None, 3, 1, 2, 1.0))))
    assert (row["teacher_id"], row["value"]) == (None, 2)


def test_marks_of_no_weight_give_no_standing(table, rows_of):
    assert rows_of(standing_so_far(table(STANDING, (7, 1, 9, 3, 1, 5, 0.0)))) == []


def test_standing_of_no_marks_feeds_the_measure(table, rows_of):
    (row,) = rows_of(quality(standing_so_far(table(STANDING))))
    assert (row["n"], row["mean_mark"]) == (0, None)


WEIGHTS = st.sampled_from([0.1, 0.2, 0.3, 0.5, 1.0, 1.5, 2.0, 3.0])
EMBEDDED = duckdb.connect()
PUPILS_MARKS = st.lists(st.tuples(st.integers(2, 5), WEIGHTS), min_size=1, max_size=12)


@settings(max_examples=30, deadline=None)
@given(PUPILS_MARKS)
def test_the_register_and_the_report_show_the_same_standing(marks):
    frame = pd.DataFrame(marks, columns=["value", "weight"]).assign(
        class_id=1, subject_id=1, term_id=1, pupil_id=1
    )
    expected = round_half_up(weighted_mean(marks))
    assert standing_so_far(frame)["value"].tolist() == [expected]
    assert standing_so_far(EMBEDDED.from_df(frame)).fetchall()[0][-1] == expected


GROUPED_MARKS = st.lists(
    st.tuples(st.integers(1, 3), st.one_of(st.none(), st.integers(1, 2)), st.integers(2, 5), WEIGHTS),
    max_size=40,
)


@settings(max_examples=30, deadline=None)
@given(GROUPED_MARKS)
def test_engines_agree_on_any_marks(rows):
    frame = pd.DataFrame(rows, columns=["subject_id", "teacher_id", "value", "weight"]).astype(
        {"subject_id": "int64", "teacher_id": "Int64", "value": "int64", "weight": "float64"}
    )
    by = ["subject_id", "teacher_id"]
    small = quality(frame, by)
    embedded = quality(EMBEDDED.from_df(frame), by).df()
    pd.testing.assert_frame_equal(
        small.sort_values(by, ignore_index=True),
        embedded.sort_values(by, ignore_index=True),
        check_dtype=False,
    )


TERMS = "teacher_id school_year term_kind term_number value"
TERM_KEYS = ["school_year", "term_kind", "term_number"]


def changes(table, rows_of, *rows):
    measured = quality(table(TERMS, *rows), ["teacher_id", *TERM_KEYS])
    return {
        (row["teacher_id"], row["school_year"], row["term_number"]): (
            row["previous_n"],
            row["mean_mark_change"],
            row["quality_rate_change"],
        )
        for row in rows_of(change_against_previous_term(collected(measured), ["teacher_id"]))
    }


def test_a_term_is_compared_with_the_one_before(table, rows_of):
    found = changes(table, rows_of, (1, 2024, "quarter", 1, 3), (1, 2024, "quarter", 2, 5))
    assert found == {(1, 2024, 1): (None, None, None), (1, 2024, 2): (1, 2.0, 100.0)}


def test_the_first_term_is_compared_with_the_last_of_the_year_before(table, rows_of):
    found = changes(table, rows_of, (1, 2023, "half", 2, 4), (1, 2024, "half", 1, 3))
    assert found[1, 2024, 1] == (1, -1.0, -100.0)


def test_a_skipped_term_leaves_nothing_to_compare_with(table, rows_of):
    # Teacher 1 gave no marks in the second quarter: the third has no previous term, not the first quarter.
    found = changes(table, rows_of, (1, 2024, "quarter", 1, 3), (1, 2024, "quarter", 3, 5))
    assert found[1, 2024, 3] == (None, None, None)


def test_a_teacher_absent_from_the_last_term_of_the_year_before(table, rows_of):
    # Teacher 2's figures show that the year had a fourth quarter; teacher 1's third one is not its end.
    rows = [(1, 2023, "quarter", 3, 4), (2, 2023, "quarter", 4, 4), (1, 2024, "quarter", 1, 5)]
    assert changes(table, rows_of, *rows)[1, 2024, 1] == (None, None, None)


def test_quarters_are_not_compared_with_half_years(table, rows_of):
    found = changes(table, rows_of, (1, 2024, "half", 1, 3), (1, 2024, "quarter", 2, 5))
    assert found[1, 2024, 2] == (None, None, None)


def test_marks_without_a_teacher_have_a_change_too(table, rows_of):
    found = changes(table, rows_of, (None, 2024, "quarter", 1, 3), (None, 2024, "quarter", 2, 4))
    assert found[None, 2024, 2] == (1, 1.0, 100.0)


def test_change_of_the_whole_school_keeps_the_measure(table, rows_of):
    measured = quality(table(TERMS, (1, 2024, "quarter", 1, 3), (1, 2024, "quarter", 2, 4)), TERM_KEYS)
    changed = rows_of(change_against_previous_term(collected(measured)))
    assert [row["mean_mark"] for row in changed] == [3.0, 4.0]
    assert not any(name.startswith("before_") for name in changed[0])


def test_counts_added_up_are_the_measure_itself(table, rows_of):
    rows = [
        (1, 2024, "quarter", 1, 3),
        (1, 2024, "quarter", 2, 5),
        (None, 2024, "quarter", 2, 4),
        (2, 2023, "half", 1, 2),
    ]
    marks, grain = table(TERMS, *rows), ["teacher_id", *TERM_KEYS]
    counted = collected(quality_counts(marks, grain))
    for by in (grain, TERM_KEYS, ["teacher_id"], []):
        assert rows_of(quality_of_counts(counted, by)) == rows_of(collected(quality(marks, by)))


def test_weighted_counts_added_up_are_the_measure_itself(table, rows_of):
    marks = table("teacher_id value weight", (1, 5, 2.0), (1, 3, None), (2, 4, 1.0))
    counted = collected(quality_counts(marks, ["teacher_id"]))
    for by in (["teacher_id"], []):
        assert rows_of(quality_of_counts(counted, by)) == rows_of(collected(quality(marks, by)))


def test_columns_that_a_measure_does_not_know_pass_it_by(table, rows_of):
    # The store's frames are wide, and an extract may bring columns of its own.
    marks = table("given_on value", (date(2024, 9, 2), 5))
    assert rows_of(quality(marks))[0]["n"] == 1
