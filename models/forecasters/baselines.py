"""What every register can say already, as probabilities: the bar that a model has to pass.

Each baseline points at one mark. Its probabilities are how often each mark came after such a pointer, counted on closed
terms (with a few made-up counts around the pointer, so that it answers before anything is closed).
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import scipy

from models.features.tables import Ints
from models.forecasters.forecaster import from_at_least, half_up
from models.metrics import Floats

PRIOR_COUNTS = np.array(
    [
        [0.80, 0.15, 0.04, 0.01],
        [0.05, 0.75, 0.18, 0.02],
        [0.01, 0.09, 0.75, 0.15],
        [0.01, 0.02, 0.17, 0.80],
        [0.02, 0.13, 0.35, 0.50],
    ]
)
NOTHING_TO_POINT_AT = 4
POINTS_OF_TERM = 11


class PointerBaseline:
    """Probabilities by the first of `columns` that is known, rounded half up: one of 2..5, or nothing."""

    def __init__(self, columns: Sequence[str], *, by_elapsed: bool, is_rising: bool = False) -> None:
        self.columns = list(columns)
        self.by_elapsed = by_elapsed
        self.is_rising = is_rising
        self.shares = _shares(np.tile(PRIOR_COUNTS, (POINTS_OF_TERM, 1, 1)))

    def pointer(self, features: pd.DataFrame) -> Floats:
        """The mark pointed at for each row, NaN for none."""
        return half_up(features[self.columns].bfill(axis=1).iloc[:, 0].to_numpy(dtype=float))

    def fit(self, features: pd.DataFrame, y: Ints) -> "PointerBaseline":
        """Count which mark came after which pointer, by tenths of the term if `by_elapsed`."""
        counts = np.tile(PRIOR_COUNTS, (POINTS_OF_TERM, 1, 1))
        np.add.at(counts, (*self._cell(features), np.asarray(y) - 2), 1.0)
        self.shares = _shares(counts)
        if self.is_rising:
            self.shares[:, :NOTHING_TO_POINT_AT] = _rising(counts[:, :NOTHING_TO_POINT_AT])
        return self

    def predict_proba(self, features: pd.DataFrame) -> Floats:
        """n × 4 probabilities of 2, 3, 4, 5."""
        p: Floats = self.shares[self._cell(features)]
        return p

    def _cell(self, features: pd.DataFrame) -> tuple[Ints, Ints]:
        pointer = self.pointer(features)
        column = np.where(np.isnan(pointer), NOTHING_TO_POINT_AT, np.nan_to_num(pointer) - 2).astype(np.int64)
        point = np.round(features["elapsed_share"].fillna(0.0).to_numpy() * (POINTS_OF_TERM - 1))
        return (point if self.by_elapsed else np.zeros_like(point)).astype(np.int64), column


def _shares(counts: Floats) -> Floats:
    return np.asarray(counts / counts.sum(axis=2, keepdims=True))


def _rising(counts: Floats) -> Floats:
    """Shares of points × pointers × 4 counts, nearest to the counted ones of those that rise with the pointer (isotonic regression)."""
    passed = np.cumsum(_shares(counts)[..., ::-1], axis=2)[..., 2::-1]
    behind = counts.sum(axis=2)
    for point in range(len(counts)):
        for threshold in range(3):
            of_pointers = scipy.optimize.isotonic_regression(
                passed[point, :, threshold], weights=behind[point]
            )
            passed[point, :, threshold] = of_pointers.x
    return from_at_least(passed.reshape(-1, 3)).reshape(counts.shape)


def last_term_mark() -> PointerBaseline:
    """The previous term's mark in the subject."""
    return PointerBaseline(["previous_term_mark"], by_elapsed=False)


def rounded_mean() -> PointerBaseline:
    """The rounded weighted mean so far, as registers show it; before the first mark, the previous term's mark."""
    return PointerBaseline(["mean_so_far", "previous_term_mark"], by_elapsed=True)


def rising_rounded_mean() -> PointerBaseline:
    """`rounded_mean`, in which a better pointer never makes a better mark less likely."""
    return PointerBaseline(["mean_so_far", "previous_term_mark"], by_elapsed=True, is_rising=True)


def last_term_mark_for_year() -> PointerBaseline:
    """For a year mark: the mark of the latest closed term; before the first, last year's mark."""
    return PointerBaseline(["last_mark", "previous_term_mark"], by_elapsed=True)
