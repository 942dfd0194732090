"""What every register can say already, as probabilities: the bar that a model has to pass.

Each baseline points at one mark. Its probabilities are how often each mark came after such a pointer, counted on closed
terms (with a few made-up counts around the pointer, so that it answers before anything is closed).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from models.forecaster import half_up
from models.metrics import Floats
from models.tables import Ints

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
ELAPSED_EDGES = np.array([0.1, 0.3, 0.5, 0.7])


class PointerBaseline:
    """Probabilities by what `pointer` points at: one of 2..5, or nothing."""

    def __init__(self, by_elapsed: bool) -> None:
        self.by_elapsed = by_elapsed
        self.counts = np.tile(PRIOR_COUNTS, (len(ELAPSED_EDGES) + 1, 1, 1))

    def pointer(self, features: pd.DataFrame) -> Floats:
        """The mark pointed at for each row, NaN for none."""
        raise TypeError("a baseline must say what it points at")

    def fit(self, features: pd.DataFrame, y: Ints) -> PointerBaseline:
        """Count which mark came after which pointer, in five stretches of the term if `by_elapsed`."""
        self.counts = np.tile(PRIOR_COUNTS, (len(ELAPSED_EDGES) + 1, 1, 1))
        np.add.at(self.counts, (*self._cell(features), np.asarray(y) - 2), 1.0)
        return self

    def predict_proba(self, features: pd.DataFrame) -> Floats:
        """n × 4 probabilities of 2, 3, 4, 5."""
        counts = self.counts[self._cell(features)]
        return counts / counts.sum(axis=1, keepdims=True)

    def _cell(self, features: pd.DataFrame) -> tuple[Ints, Ints]:
        pointer = self.pointer(features)
        column = np.where(np.isnan(pointer), NOTHING_TO_POINT_AT, np.nan_to_num(pointer) - 2).astype(np.int64)
        stretch = np.searchsorted(ELAPSED_EDGES, features["elapsed_share"].fillna(0.0).to_numpy())
        return (stretch if self.by_elapsed else np.zeros_like(stretch)).astype(np.int64), column


class LastTermMark(PointerBaseline):
    """The previous term's mark in the subject."""

    def __init__(self) -> None:
        super().__init__(by_elapsed=False)

    def pointer(self, features: pd.DataFrame) -> Floats:
        """The previous term's mark."""
        return half_up(features["previous_term_mark"].to_numpy())


class RoundedMean(PointerBaseline):
    """The rounded weighted mean so far, as registers show it; before the first mark, the previous term's mark."""

    def __init__(self) -> None:
        super().__init__(by_elapsed=True)

    def pointer(self, features: pd.DataFrame) -> Floats:
        """The rounded mean so far, else the previous term's mark."""
        so_far = features["mean_so_far"].fillna(features["previous_term_mark"])
        return half_up(so_far.to_numpy())
