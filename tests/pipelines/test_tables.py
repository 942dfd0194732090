"""The shared steps: what is written once as a rule means the same over a column of any engine."""

from datetime import date

import pandas as pd
import pytest

from pipelines.measures.answers import beside
from pipelines.measures.mark_coverage import minimum_marks_expression
from pipelines.measures.tables import day_number, read
from school.register.rules.minimum_marks import minimum_marks


@pytest.mark.parametrize(
    "day",
    [
        date(2023, 12, 31), date(2024, 1, 1), date(2024, 2, 29), date(2024, 3, 1), date(2024, 12, 31),
        date(2025, 1, 1), date(2100, 3, 1), date(2000, 2, 29),
    ],
)  # fmt: skip
def test_days_are_numbered_across_years_and_leap_days(table, rows_of, day):
    numbered = read(table("held_on", (day,))).select(number=day_number("held_on"))
    assert rows_of(numbered.to_native()) == [{"number": day.toordinal()}]


def test_the_minimum_over_a_column_is_the_rule(table, rows_of):
    hours = [0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 5.0, 8.0]
    loads = read(table("hours_a_week", *[(number,) for number in hours]))
    answer = rows_of(loads.with_columns(minimum=minimum_marks_expression()).to_native())
    assert [row["minimum"] for row in answer] == [minimum_marks(number) for number in hours]


@pytest.mark.parametrize("keys", [[1, 2], [1, None], [None], [3], []])
def test_answers_stand_beside_one_another_by_their_key_as_a_left_join_puts_them(
    keys: list[int | None],
) -> None:
    rows = pd.DataFrame({"teacher_id": pd.array([2, None, 1], "Int64"), "lessons": [5, 6, 7]})
    more = pd.DataFrame(
        {"teacher_id": pd.array(keys, "Int64"), "share": [float(n) for n in range(len(keys))]}
    )
    for kind in ("Int64", "float64"):
        left, right = (frame.astype({"teacher_id": kind}) for frame in (rows, more))
        joined = left.merge(right, on="teacher_id", how="left")
        pd.testing.assert_frame_equal(beside(left, right, "teacher_id"), joined)
