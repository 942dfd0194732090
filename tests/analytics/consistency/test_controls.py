"""Each control on cases counted by hand (п. 2.5, 5.4, 6.3)."""

from collections.abc import Callable
from datetime import date
from math import log
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.fair.comparison import COLLEAGUES, NOTHING
from pipelines.fair.grading_consistency import (
    CONTROLS,
    WHOLE_CLASS,
    Control,
    alike_marks,
    control_works,
    external_tests,
    judged,
    last_week,
    lesson_sums,
    lesson_weeks,
    linked_marks,
    other_subjects,
    same_marks,
    term_mark_sums,
    term_marks,
    weeks_of_units,
    whole_class_lessons,
)
from pipelines.measures.mark_sums import register_sums
from pipelines.measures.tables import collected
from school.term_marks.rules.term_marks import Rounding, proposed_mark

Table = Callable[..., Any]
IVANOVA, PETROV, MATHS, HISTORY = 1, 2, 10, 20
MARKS = "pupil_id class_id subject_id teacher_id value is_written_control"
OF_7A = (71, MATHS, IVANOVA)


def rows_by(found: pd.DataFrame, *columns: str) -> dict[object, dict[str, Any]]:
    return {tuple(row[name] for name in columns): row for row in found.to_dict("records")}


def test_control_works_are_set_against_the_other_marks_of_the_same_pupils(table: Table) -> None:
    marks = table(
        MARKS,
        # 3 against 4 and 5; 4 against 4 and 4; without a control work; with one other mark only; nobody's marks.
        *((51, *OF_7A, value, is_control) for value, is_control in ((3, True), (4, False), (5, False))),
        *((52, *OF_7A, value, is_control) for value, is_control in ((4, True), (4, False), (4, False))),
        *((53, *OF_7A, 2, False) for _ in range(3)),
        (54, *OF_7A, 2, True),
        (54, *OF_7A, 5, False),
        *((55, 71, MATHS, None, value, value == 2) for value in (2, 5, 5)),
    )
    found = control_works(collected(register_sums(marks)))
    assert len(found) == 1
    row = found.iloc[0]
    assert (row["cases"], row["disagreement"]) == (2, pytest.approx((-1.5 + 0) / 2))
    assert (row["control_mean"], row["current_mean"]) == (pytest.approx(3.5), pytest.approx(4.25))


def of_term_marks(
    term_mark_rows: Any, marks: Any, roundings: dict[int, Rounding], usual: Rounding
) -> pd.DataFrame:
    return term_marks(collected(term_mark_sums(term_mark_rows, marks, roundings, usual)))


def test_term_marks_are_set_against_the_mark_that_the_mean_proposes(table: Table) -> None:
    given_marks = {51: (4, 5, 5), 52: (4, 4, 5), 53: (3, 3, 4), 54: (5, 5, 5)}
    keys = (71, MATHS, 31)
    marks = [(*keys, pupil, value, 1.0) for pupil, values in given_marks.items() for value in values]
    # 51: 4.67 and a 5; 52: 4.33 raised; 53: 3.33 raised; 54: lowered; 55 has no marks to compare with.
    given_terms = [
        (*keys, pupil, IVANOVA, value) for pupil, value in ((51, 5), (52, 5), (53, 4), (54, 4), (55, 3))
    ]
    found = of_term_marks(
        table("class_id subject_id term_id pupil_id teacher_id value", *given_terms),
        table("class_id subject_id term_id pupil_id value weight", *marks),
        {},
        Rounding.HALF_UP,
    )
    assert found[["cases", "higher", "lower"]].values.tolist() == [[4, 2, 1]]
    assert found["disagreement"].tolist() == [pytest.approx(0.75)]


@pytest.mark.parametrize("own", [{}, {MATHS: Rounding.FROM_65}, {HISTORY: Rounding.FROM_65}])
def test_a_subjects_own_rounding_counts(table: Table, own: dict[int, Rounding]) -> None:
    # A mean of 4.6 and a 4: by 4.5 it is lowered, by 4.65 it is the mark proposed.
    marks = [(71, MATHS, 31, 51, value, 1.0) for value in (4, 4, 5, 5, 5)]
    found = of_term_marks(
        table("class_id subject_id term_id pupil_id teacher_id value", (71, MATHS, 31, 51, IVANOVA, 4)),
        table("class_id subject_id term_id pupil_id value weight", *marks),
        own,
        Rounding.HALF_UP,
    )
    assert found["lower"].tolist() == [0 if MATHS in own else 1]


@settings(max_examples=25, deadline=None)
@given(mean=st.floats(2, 5), rounding=st.sampled_from(Rounding))
def test_the_proposed_mark_is_the_rules(mean: float, rounding: Rounding) -> None:
    term = pd.DataFrame({"class_id": [71], "subject_id": MATHS, "term_id": 31, "pupil_id": 51})
    given_mark = proposed_mark(mean, rounding)
    found = of_term_marks(
        term.assign(teacher_id=IVANOVA, value=given_mark), term.assign(value=mean, weight=1.0), {}, rounding
    )
    assert found[["higher", "lower"]].values.tolist() == [[0, 0]]


LESSONS, TERMS = "lesson_id term_id subject_id teacher_id held_on is_held", "term_id ends_on"
# Term 31 ends on Sunday 25 October: its last week begins on the 19th.
LESSON_DAYS = {1: 5, 2: 12, 3: 18, 4: 19, 5: 23}
END = date(2026, 10, 25)


def lessons_of(teacher: int, first: int) -> list[tuple[object, ...]]:
    return [
        (first + place, 31, MATHS, teacher, date(2026, 10, number), True)
        for place, number in LESSON_DAYS.items()
    ]


def of_last_week(marks: Any, lessons: Any, terms: Any, *, today: date) -> pd.DataFrame:
    return last_week(weeks_of_units(collected(lesson_weeks(lessons, terms, today=today))), collected(marks))


def test_marks_of_the_last_week_are_counted_by_lesson(table: Table) -> None:
    marks = [(101, 2), (102, 2), (103, 2), (104, 8), (105, 4)]
    found = of_last_week(
        table("lesson_id marks", *marks),
        table(
            LESSONS,
            *lessons_of(IVANOVA, 100),
            # Cancelled lessons and teachers without a mark do not count.
            (190, 31, MATHS, IVANOVA, date(2026, 10, 20), False),
            *lessons_of(PETROV, 200),
        ),
        table(TERMS, (31, END)),
        today=date(2026, 11, 1),
    )
    assert found[["teacher_id", "cases", "last_marks", "all_marks", "all_lessons"]].values.tolist() == [
        [IVANOVA, 2, 12, 18, 5]
    ]
    # Six a lesson against two, drawn a little together by half a mark.
    assert found["disagreement"].iloc[0] == pytest.approx(log((12.5 / 2) / (6.5 / 3)))


@pytest.mark.parametrize(("today", "asked"), [(date(2026, 10, 18), 0), (date(2026, 10, 19), 1)])
def test_a_term_is_asked_about_once_its_last_week_has_begun(table: Table, today: date, asked: int) -> None:
    marks = table("lesson_id marks", *((lesson, 1) for lesson in (101, 102, 104)))
    found = of_last_week(
        marks, table(LESSONS, *lessons_of(IVANOVA, 100)), table(TERMS, (31, END)), today=today
    )
    assert len(found) == asked


SAME = "lesson_id pupil_id slot class_id subject_id teacher_id given_on value term_id"


def of_same_marks(marks: Any) -> pd.DataFrame:
    questions = whole_class_lessons(collected(lesson_sums(marks)))
    alike, sums = collected(alike_marks(marks)), collected(register_sums(marks))
    return same_marks(alike, sums, questions)


def year_of_marks(odd: int, pupils: int = WHOLE_CLASS) -> list[tuple[object, ...]]:
    """Return 20 lessons of a class with marks of every kind, in the first ``odd`` of which everybody got a five."""
    return [
        (
            lesson,
            pupil,
            1,
            71,
            MATHS,
            IVANOVA,
            date(2026, 9, 1 + lesson),
            5 if lesson < odd else 2 + (pupil + lesson) % 4,
            31,
        )
        for lesson in range(20)
        for pupil in range(pupils)
    ]


def test_a_mark_for_the_whole_class_is_found_where_it_is_no_chance(table: Table) -> None:
    found = of_same_marks(table(SAME, *year_of_marks(odd=2)))
    row = found.to_dict("records")[0]
    assert len(found) == 1
    assert (row["class_id"], row["cases"], row["mark"], row["pupils_alike"]) == (71, 2, 5, WHOLE_CLASS)
    assert [f"{each:%d.%m}" for each in row["days"]] == ["01.09", "02.09"]


def test_a_class_that_always_has_fives_and_a_few_pupils_are_no_finding(table: Table) -> None:
    assert of_same_marks(table(SAME, *year_of_marks(odd=20))).empty
    assert of_same_marks(table(SAME, *year_of_marks(odd=2, pupils=WHOLE_CLASS - 1))).empty


RESULTS = "test_id subject_id teacher_id pupil_id mark test_mark score"


def test_marks_are_set_against_a_national_test(table: Table) -> None:
    pairs = ((5, 3), (5, 4), (4, 4), (3, 4))
    rows = [(1, MATHS, IVANOVA, pupil, mark, test, None) for pupil, (mark, test) in enumerate(pairs)]
    found = external_tests(table(RESULTS, *rows, (1, MATHS, None, 99, 5, 2, None)))
    assert found[["cases", "higher", "lower"]].values.tolist() == [[4, 2, 1]]
    assert found["disagreement"].iloc[0] == pytest.approx((2 + 1 + 0 - 1) / 4)


def test_scores_are_read_as_marks_by_their_place_in_the_test() -> None:
    results = pd.DataFrame(
        {
            "test_id": [1, 1, 1, 1, 2],
            "mark": [5, 3, 4, 3, 4],
            "test_mark": pd.array([None, None, None, None, 5], dtype="Int64"),
            # The best score counts as the best mark given; equal scores share the lower; a mark stays as it is.
            "score": [40.0, 90.0, 60.0, 60.0, 88.0],
        }
    )
    assert linked_marks(results)["test_mark"].tolist() == [3.0, 5.0, 3.0, 3.0, 5.0]


def test_a_result_without_mark_and_score_is_left_out() -> None:
    results = pd.DataFrame(
        {"test_id": [1], "mark": [5], "test_mark": pd.array([None], dtype="Int64"), "score": [None]}
    )
    assert linked_marks(results).empty


def test_only_comparable_teachers_are_judged_against_other_subjects() -> None:
    rows = pd.DataFrame(
        {
            "teacher_id": [1, 2],
            "subject_id": MATHS,
            "pupils_compared": 30,
            "difference": [0.4, None],
            "difference_error": [0.05, None],
            "actual_mean": 4.4,
            "expected_mean": [4.0, None],
            "comparison_basis": [COLLEAGUES, NOTHING],
        }
    )
    assert other_subjects(rows)[["teacher_id", "cases", "disagreement"]].values.tolist() == [[1, 30, 0.4]]


def controlled(last: float, cases: int = 30) -> pd.DataFrame:
    rows = [(teacher, MATHS, 30, 0.02 * (teacher % 3), 0.05) for teacher in range(10)]
    columns = ["teacher_id", "subject_id", "cases", "disagreement", "disagreement_error"]
    return pd.DataFrame([*rows, (99, MATHS, cases, last, 0.05)], columns=columns)


def test_one_differs_and_few_cases_are_said_to_be_few() -> None:
    found = judged(Control.CONTROL_WORKS, controlled(-0.8, cases=4)).rows
    assert found[found["is_unusual"]][["teacher_id", "is_few"]].values.tolist() == [[99, True]]
    assert not judged(Control.CONTROL_WORKS, controlled(-0.8)).rows["is_few"].any()


@pytest.mark.parametrize("control", CONTROLS)
def test_less_than_what_matters_is_no_finding(control: Control) -> None:
    least = CONTROLS[control].least
    assert not judged(control, controlled(0.9 * least)).rows["is_unusual"].any()
    assert judged(control, controlled(0.02 + 1.5 * least)).rows["is_unusual"].sum() == 1


def test_fewer_marks_in_the_last_week_are_no_finding() -> None:
    assert judged(Control.LAST_WEEK, controlled(3.0)).rows["is_unusual"].any()
    assert not judged(Control.LAST_WEEK, controlled(-3.0)).rows["is_unusual"].any()
