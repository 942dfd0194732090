"""What every register can say already, as probabilities: the bar that a model has to pass.

Each baseline points at one mark. Its probabilities are how often each mark came after such a pointer, counted on closed
terms (with a few made-up counts around the pointer, so that it answers before anything is closed).
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from models.features.tables import Ints
from models.forecasters.forecaster import half_up
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

    def __init__(self, columns: Sequence[str], *, by_elapsed: bool) -> None:
        self.columns = list(columns)
        self.by_elapsed = by_elapsed
        self.counts = np.tile(PRIOR_COUNTS, (POINTS_OF_TERM, 1, 1))

    def pointer(self, features: pd.DataFrame) -> Floats:
        """The mark pointed at for each row, NaN for none."""
        return half_up(features[self.columns].bfill(axis=1).iloc[:, 0].to_numpy(dtype=float))

    def fit(self, features: pd.DataFrame, y: Ints) -> "PointerBaseline":
        """Count which mark came after which pointer, by tenths of the term if `by_elapsed`."""
        self.counts = np.tile(PRIOR_COUNTS, (POINTS_OF_TERM, 1, 1))
        np.add.at(self.counts, (*self._cell(features), np.asarray(y) - 2), 1.0)
        return self

    def predict_proba(self, features: pd.DataFrame) -> Floats:
        """n × 4 probabilities of 2, 3, 4, 5."""
        counts = self.counts[self._cell(features)]
        p: Floats = counts / counts.sum(axis=1, keepdims=True)
        return p

    def _cell(self, features: pd.DataFrame) -> tuple[Ints, Ints]:
        pointer = self.pointer(features)
        column = np.where(np.isnan(pointer), NOTHING_TO_POINT_AT, np.nan_to_num(pointer) - 2).astype(np.int64)
        point = np.round(features["elapsed_share"].fillna(0.0).to_numpy() * (POINTS_OF_TERM - 1))
        return (point if self.by_elapsed else np.zeros_like(point)).astype(np.int64), column


def last_term_mark() -> PointerBaseline:
    """The previous term's mark in the subject."""
    return PointerBaseline(["previous_term_mark"], by_elapsed=False)


def rounded_mean() -> PointerBaseline:
    """The rounded weighted mean so far, as registers show it; before the first mark, the previous term's mark."""
    return PointerBaseline(["mean_so_far", "previous_term_mark"], by_elapsed=True)


def last_term_mark_for_year() -> PointerBaseline:
    """For a year mark: the mark of the latest closed term; before the first, last year's mark."""
    return PointerBaseline(["last_mark", "previous_term_mark"], by_elapsed=True)
