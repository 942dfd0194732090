"""Which marks to show as possible: sets that hold the true mark 9 times of 10 for each mark by itself.

Plain 90 % sets would miss a quarter of the rare 3s. A mark is in the set if its probability is no less than most of
those that pupils who truly got it were given, at about that point of the term (class-conditional conformal sets, Vovk 2012).
"""

import numpy as np

from models.features.tables import Bools, Ints
from models.metrics import MARKS, Floats

SPAN_EDGES = np.array([0.1, 0.3, 0.5, 0.7])
COVERAGE = 0.9
# Until a mark has been seen often enough, a set holds every mark that is likelier than this.
CAUTIOUS_THRESHOLD = 0.04
# Whatever the past says, a mark with a chance of one in four is possible: a new year may differ.
LARGEST_THRESHOLD = 0.25
FEWEST_OF_A_MARK = 30


class PredictionSets:
    """Smallest probability at which each mark is shown, by span of the term."""

    def __init__(self) -> None:
        self.thresholds = np.full((len(SPAN_EDGES) + 1, len(MARKS)), CAUTIOUS_THRESHOLD)

    def fit(self, y: Ints, p: Floats, elapsed: Floats) -> "PredictionSets":
        """From forecasts of terms that are closed since and that the model had not learned from."""
        span = np.searchsorted(SPAN_EDGES, np.nan_to_num(elapsed))
        for column, mark in enumerate(MARKS):
            came = y == mark
            for place in range(len(self.thresholds)):
                here = came & (span == place)
                sample = here if here.sum() >= FEWEST_OF_A_MARK else came
                if sample.sum() >= FEWEST_OF_A_MARK:
                    self.thresholds[place, column] = min(
                        _lower_quantile(p[sample, column]), LARGEST_THRESHOLD
                    )
        return self

    def of(self, p: Floats, elapsed: Floats) -> Bools:
        """n × 4 flags of the marks in each set; the most likely mark always is."""
        span = np.searchsorted(SPAN_EDGES, np.nan_to_num(elapsed))
        flags: Bools = (p >= self.thresholds[span]) | (p == p.max(axis=1, keepdims=True))
        return flags

    def texts(self, p: Floats, elapsed: Floats) -> list[str]:
        """The same as text, lowest mark first: "4, 5"."""
        texts = [
            ", ".join(str(mark) for bit, mark in enumerate(MARKS) if code >> bit & 1) for code in range(16)
        ]
        codes = self.of(p, elapsed) @ np.array([1, 2, 4, 8])
        return [texts[code] for code in codes]


def _lower_quantile(chances: Floats) -> float:
    """The k-th smallest with k = ⌊(n + 1)(1 − coverage)⌋: the finite-sample quantile of conformal prediction."""
    k = int((len(chances) + 1) * (1 - COVERAGE))
    return float(np.sort(chances)[max(k - 1, 0)])
