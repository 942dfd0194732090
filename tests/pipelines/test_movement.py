"""Pupils at the start, arrived, left, at the end: the fourth follows from the first three."""

from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.measures.movement import COUNTS, pupil_movement

ENROLMENTS = "class_id pupil_id starts_on ends_on"
FIRST, LAST = date(2026, 9, 1), date(2026, 10, 25)


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "counts"),
    [
        (None, None, (1, 0, 0, 1)),  # imported without dates: always there
        (date(2025, 9, 1), None, (1, 0, 0, 1)),
        (FIRST, None, (1, 0, 0, 1)),  # there from the first day: not an arrival
        (date(2026, 9, 2), None, (0, 1, 0, 1)),
        (LAST, None, (0, 1, 0, 1)),
        (date(2026, 10, 26), None, None),  # after the span
        (FIRST, date(2026, 9, 2), (1, 0, 1, 0)),
        (FIRST, LAST, (1, 0, 1, 0)),  # the day of leaving is the first without the pupil
        (FIRST, date(2026, 10, 26), (1, 0, 0, 1)),
        (date(2026, 9, 10), date(2026, 9, 20), (0, 1, 1, 0)),  # came and left between
        (date(2025, 9, 1), FIRST, None),  # gone before the span
    ],
)
def test_a_stay_counts_where_it_belongs(table, rows_of, starts_on, ends_on, counts) -> None:
    rows = rows_of(
        pupil_movement(table(ENROLMENTS, (7, 1, starts_on, ends_on)), first_day=FIRST, last_day=LAST)
    )
    assert [tuple(row[name] for name in COUNTS) for row in rows] == ([counts] if counts else [])


days = st.none() | st.dates(date(2026, 8, 1), date(2026, 11, 30))


@given(st.lists(st.tuples(days, days), min_size=1))
def test_start_plus_arrived_minus_left_is_the_end(stays) -> None:
    frame = pd.DataFrame(stays, columns=["starts_on", "ends_on"]).astype("datetime64[us]").assign(class_id=7)
    row = pupil_movement(frame, (), first_day=FIRST, last_day=LAST).iloc[0]
    assert row["pupils_at_start"] + row["pupils_arrived"] - row["pupils_left"] == row["pupils_at_end"]
