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
    frame = _frame([(7, number, *stay) for number, stay in enumerate(stays)])
    rows = pupil_movement(frame, (), first_day=FIRST, last_day=LAST)
    for row in rows.to_dict("records"):
        assert row["pupils_at_start"] + row["pupils_arrived"] - row["pupils_left"] == row["pupils_at_end"]


def _frame(stays) -> pd.DataFrame:
    kinds = {"starts_on": "datetime64[us]", "ends_on": "datetime64[us]"}
    return pd.DataFrame(stays, columns=ENROLMENTS.split()).astype(kinds)


MOVED = [  # of pupil 1; what a whole school counts
    ([(7, FIRST, date(2026, 9, 20)), (8, date(2026, 9, 20), None)], (1, 0, 0, 1)),
    # There and back again.
    (
        [
            (7, FIRST, date(2026, 9, 20)),
            (8, date(2026, 9, 20), date(2026, 10, 1)),
            (7, date(2026, 10, 1), None),
        ],
        (1, 0, 0, 1),
    ),
    # Came from outside, moved, left the school.
    ([(7, date(2026, 9, 5), date(2026, 9, 20)), (8, date(2026, 9, 20), date(2026, 10, 1))], (0, 1, 1, 0)),
    # Left the school and came back into the parallel class: an arrival indeed.
    ([(7, FIRST, date(2026, 9, 20)), (8, date(2026, 9, 27), None)], (1, 1, 1, 1)),
    # Written into a class by mistake and out of it the same day.
    ([(7, FIRST, None), (8, date(2026, 9, 20), date(2026, 9, 20))], (1, 0, 0, 1)),
    # Moved on the first day of the span and on the last.
    ([(7, date(2025, 9, 1), FIRST), (8, FIRST, LAST), (7, LAST, None)], (1, 0, 0, 1)),
]


@pytest.mark.parametrize(("stays", "counts"), MOVED)
def test_totals_are_without_moves_inside_the_school(table, rows_of, stays, counts) -> None:
    rows = [(class_id, 1, *days) for class_id, *days in stays]
    (row,) = rows_of(pupil_movement(table(ENROLMENTS, *rows), (), first_day=FIRST, last_day=LAST))
    assert tuple(row[name] for name in COUNTS) == counts


def test_of_a_class_who_moves_to_another_has_left(table, rows_of) -> None:
    moved = [(7, 1, FIRST, date(2026, 9, 20)), (8, 1, date(2026, 9, 20), None)]
    rows = rows_of(pupil_movement(table(ENROLMENTS, *moved), first_day=FIRST, last_day=LAST))
    assert {row["class_id"]: tuple(row[name] for name in COUNTS) for row in rows} == {
        7: (1, 0, 1, 0),
        8: (0, 1, 0, 1),
    }
