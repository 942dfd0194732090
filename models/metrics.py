"""How good a forecast was. Every measure takes `y` (marks 2..5, length n) and `p` (n × 4, columns 2, 3, 4, 5).

`p` rows sum to 1. All measures are means over rows; empty input gives NaN.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

MARKS: NDArray[np.int64] = np.array([2, 3, 4, 5])
SMALLEST_PROBABILITY = 1e-6


def _checked(y: ArrayLike, p: ArrayLike) -> tuple[NDArray[np.int64], Floats]:
    """Column of `p` that holds the true mark, and `p` as floats; ValueError if the shapes or marks are wrong."""
    truth, proba = np.asarray(y), np.asarray(p, dtype=float)
    if proba.shape != (len(truth), len(MARKS)):
        raise ValueError(
            f"p has shape {proba.shape}, expected ({len(truth)}, 4): one column for each of 2, 3, 4, 5"
        )
    if not np.isin(truth, MARKS).all():
        raise ValueError("y holds values outside 2..5: leave rows without a mark out before measuring")
    return truth.astype(np.int64) - 2, proba


def _one_hot(column: NDArray[np.int64]) -> Floats:
    return np.eye(len(MARKS))[column]


def most_likely(p: ArrayLike) -> NDArray[np.int64]:
    """The mark with the largest probability, shape (rows,); of two equal ones the lower."""
    marks: NDArray[np.int64] = MARKS[np.argmax(np.asarray(p, dtype=float), axis=1)]
    return marks


def accuracy(y: ArrayLike, p: ArrayLike) -> float:
    """Share of rows whose most likely mark came true."""
    column, proba = _checked(y, p)
    return float(np.mean(proba.argmax(axis=1) == column)) if len(column) else float("nan")


def row_log_loss(y: ArrayLike, p: ArrayLike) -> Floats:
    """Minus the logarithm of the probability given to what happened, per row, in nats (p clipped at 1e-6)."""
    column, proba = _checked(y, p)
    return -np.log(np.clip(proba[np.arange(len(column)), column], SMALLEST_PROBABILITY, 1.0))


def log_loss(y: ArrayLike, p: ArrayLike) -> float:
    """Mean of `row_log_loss`."""
    losses = row_log_loss(y, p)
    return float(losses.mean()) if len(losses) else float("nan")


def brier(y: ArrayLike, p: ArrayLike) -> float:
    """Multi-class Brier score: squared distance to the one-hot truth, 0..2 (Brier 1950)."""
    column, proba = _checked(y, p)
    return float(np.mean(np.sum((proba - _one_hot(column)) ** 2, axis=1))) if len(column) else float("nan")


def rps(y: ArrayLike, p: ArrayLike) -> float:
    """Ranked probability score, 0..1: being off by two marks costs more than by one (Epstein 1969)."""
    column, proba = _checked(y, p)
    if not len(column):
        return float("nan")
    gaps = np.cumsum(proba - _one_hot(column), axis=1)[:, :-1]
    return float(np.mean(np.sum(gaps**2, axis=1) / gaps.shape[1]))


def macro_f1(y: ArrayLike, p: ArrayLike) -> float:
    """F1 of each mark that occurs in `y`, averaged with equal weight: a rare 3 counts as much as a 5."""
    column, proba = _checked(y, p)
    said = proba.argmax(axis=1)
    right = {mark: float(np.sum((column == mark) & (said == mark))) for mark in np.unique(column)}
    scores = [2.0 * n / float(np.sum(column == mark) + np.sum(said == mark)) for mark, n in right.items()]
    return float(np.mean(scores)) if scores else float("nan")


def auc_3_or_lower(y: ArrayLike, p: ArrayLike) -> float:
    """Chance that a pupil who got 3 or lower was ranked above one who did not; NaN if only one kind occurs."""
    column, proba = _checked(y, p)
    low = column <= 1
    n_low, n_high = int(low.sum()), int((~low).sum())
    if not n_low or not n_high:
        return float("nan")
    ranks = pd.Series(proba[:, 0] + proba[:, 1]).rank().to_numpy()
    return float((ranks[low].sum() - n_low * (n_low + 1) / 2) / (n_low * n_high))


def calibration_table(y: ArrayLike, p: ArrayLike, bins: int = 10) -> pd.DataFrame:
    """By how sure the forecast was of its most likely mark: n, mean said probability, share that came true."""
    column, proba = _checked(y, p)
    sure = proba.max(axis=1)
    box = np.minimum((sure * bins).astype(int), bins - 1)
    rows = pd.DataFrame({"box": box, "said": sure, "came_true": proba.argmax(axis=1) == column})
    table = rows.groupby("box").agg(
        n=("said", "size"), said=("said", "mean"), came_true=("came_true", "mean")
    )
    table.insert(0, "from_probability", table.index / bins)
    return table.reset_index(drop=True)


def ece(y: ArrayLike, p: ArrayLike, bins: int = 10) -> float:
    """Expected calibration error of the most likely mark: mean |said − came true| over equal-width bins."""
    table = calibration_table(y, p, bins)
    if table.empty:
        return float("nan")
    return float(np.average((table["said"] - table["came_true"]).abs(), weights=table["n"]))


METRICS: dict[str, Callable[[ArrayLike, ArrayLike], float]] = {
    "accuracy": accuracy,
    "log_loss": log_loss,
    "brier": brier,
    "rps": rps,
    "macro_f1": macro_f1,
    "auc_3_or_lower": auc_3_or_lower,
    "ece": ece,
}


def all_metrics(y: ArrayLike, p: ArrayLike) -> dict[str, float]:
    """Every measure by name."""
    return {name: measure(y, p) for name, measure in METRICS.items()}
