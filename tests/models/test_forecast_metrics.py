"""Each measure against numbers worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from models.metrics import (
    accuracy,
    all_metrics,
    auc_3_or_lower,
    brier,
    calibration_table,
    ece,
    log_loss,
    macro_f1,
    rps,
)

Y = [5, 4, 3, 2]
SURE_AND_RIGHT = np.eye(4)[[3, 2, 1, 0]]
NO_IDEA = np.full((4, 4), 0.25)
ONE_OFF = np.eye(4)[[2, 1, 0, 1]]


@pytest.mark.parametrize(
    ("measure", "p", "expected"),
    [
        (accuracy, SURE_AND_RIGHT, 1.0),
        (accuracy, ONE_OFF, 0.0),
        (log_loss, SURE_AND_RIGHT, 0.0),
        (log_loss, NO_IDEA, np.log(4)),
        (brier, SURE_AND_RIGHT, 0.0),
        (brier, NO_IDEA, 0.75),
        (brier, ONE_OFF, 2.0),
        (rps, SURE_AND_RIGHT, 0.0),
        (rps, ONE_OFF, 1 / 3),
        (macro_f1, SURE_AND_RIGHT, 1.0),
        (macro_f1, ONE_OFF, 0.0),
        (auc_3_or_lower, SURE_AND_RIGHT, 1.0),
        (auc_3_or_lower, NO_IDEA, 0.5),
        (ece, SURE_AND_RIGHT, 0.0),
        (ece, ONE_OFF, 1.0),
    ],
)
def test_measure_by_hand(measure, p, expected):
    assert measure(Y, p) == pytest.approx(expected)


def test_missing_by_two_marks_costs_more_than_by_one_only_in_rps():
    one, two = np.eye(4)[[2]], np.eye(4)[[1]]
    assert rps([5], two) > rps([5], one)
    assert brier([5], two) == brier([5], one)


def test_a_rare_three_weighs_as_much_as_a_frequent_five():
    always_five = np.eye(4)[[3] * 10]
    assert macro_f1([5] * 9 + [3], always_five) == pytest.approx((18 / 19) / 2)


def test_auc_has_no_value_when_nobody_got_a_three():
    assert np.isnan(auc_3_or_lower([5, 4], NO_IDEA[:2]))


def test_calibration_table_tells_said_from_came_true():
    p = np.array([[0, 0, 0.2, 0.8]] * 5)
    table = calibration_table([5, 5, 5, 5, 4], p)
    assert table.to_dict("records") == [
        {"from_probability": 0.8, "n": 5, "said": pytest.approx(0.8), "came_true": 0.8}
    ]


def test_nothing_to_measure_is_nan_not_an_error():
    assert all(np.isnan(value) for value in all_metrics([], np.empty((0, 4))).values())


@pytest.mark.parametrize(("y", "p"), [([6], NO_IDEA[:1]), ([5], NO_IDEA), ([5], np.ones((1, 3)))])
def test_wrong_marks_or_shapes_are_refused(y, p):
    with pytest.raises(ValueError, match=r"2..5|columns|column"):
        log_loss(y, p)
