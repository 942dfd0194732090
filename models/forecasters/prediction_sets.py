"""Which marks to show as possible: sets that hold the true mark 9 times of 10 for each mark by itself.

Plain 90 % sets would miss a quarter of the rare 3s. A mark is in the set if its probability is no less than most of
those that pupils who truly got it were given, at about that point of the term (class-conditional conformal sets, Vovk 2012).
The past is looked at term by term and the lowest threshold holds: after a lenient year a pooled one would fail in a strict autumn.
"""

import numpy as np

from models.features.tables import Bools, Ints
from models.metrics import MARKS, Floats

SPAN_EDGES = np.array([0.1, 0.3, 0.5, 0.7])
# Of those who got a mark, so many may have been given less than its threshold; a term of the past is no promise, so fewer
# than the tenth that is meant.
MISSED = 0.065
# Until a mark has been seen often enough, a set holds every mark that is likelier than this.
CAUTIOUS_THRESHOLD = 0.04
# Whatever the past says, a mark with a chance of one in four is possible: a new year may differ.
LARGEST_THRESHOLD = 0.25
# Where the teacher, the class or the subject is new to the model, a mark is shown from half its threshold on.
SHARE_FOR_NEW = 0.5
FEWEST_OF_A_MARK = 30
# The lowest of several thresholds is the more of luck the fewer stand behind each.
FEWEST_OF_A_MARK_IN_A_TERM = 100


class PredictionSets:
    """Smallest probability at which each mark is shown, by span of the term."""

    def __init__(self) -> None:
        self.thresholds = np.full((len(SPAN_EDGES) + 1, len(MARKS)), CAUTIOUS_THRESHOLD)

    def fit(self, y: Ints, p: Floats, elapsed: Floats, origin: Ints | None = None) -> "PredictionSets":
        """From forecasts of terms that are closed since and that the model had not learned from; `origin`: which term of the past."""
        span = np.searchsorted(SPAN_EDGES, np.nan_to_num(elapsed))
        origin = np.zeros(len(y), dtype=np.int64) if origin is None else origin
        for column, mark in enumerate(MARKS):
            came = y == mark
            for place in range(len(self.thresholds)):
                samples = [
                    _sample(came & (origin == each), span == place, FEWEST_OF_A_MARK_IN_A_TERM)
                    for each in np.unique(origin)
                ]
                found = [_lower_quantile(p[sample, column]) for sample in samples if sample is not None]
                # Where a mark is too rare for any one term, all terms together have to do.
                pooled = _sample(came, span == place, FEWEST_OF_A_MARK)
                if not found and pooled is not None:
                    found = [_lower_quantile(p[pooled, column])]
                if found:
                    self.thresholds[place, column] = min(*found, LARGEST_THRESHOLD)
        return self

    def of(self, p: Floats, elapsed: Floats, is_new: Bools | None = None) -> Bools:
        """n × 4 flags of the marks in each set; the most likely mark always is. `is_new`: rows of what the model has not met."""
        span = np.searchsorted(SPAN_EDGES, np.nan_to_num(elapsed))
        lowered = 1.0 if is_new is None else np.where(is_new, SHARE_FOR_NEW, 1.0)[:, None]
        flags: Bools = (p >= lowered * self.thresholds[span]) | (p == p.max(axis=1, keepdims=True))
        return flags

    def texts(self, p: Floats, elapsed: Floats, is_new: Bools | None = None) -> list[str]:
        """The same as text, lowest mark first: "4, 5"."""
        texts = [
            ", ".join(str(mark) for bit, mark in enumerate(MARKS) if code >> bit & 1) for code in range(16)
        ]
        codes = self.of(p, elapsed, is_new) @ np.array([1, 2, 4, 8])
        return [texts[code] for code in codes]


def _sample(came: Bools, is_in_span: Bools, fewest: int) -> Bools | None:
    """Those in the span of the term if they are enough, or else in the whole term; None: too few."""
    here: Bools = came & is_in_span
    sample = here if here.sum() >= fewest else came
    return sample if sample.sum() >= fewest else None


def _lower_quantile(chances: Floats) -> float:
    """The k-th smallest with k = ⌊(n + 1) · MISSED⌋: the finite-sample quantile of conformal prediction."""
    k = int((len(chances) + 1) * MISSED)
    return float(np.sort(chances)[max(k - 1, 0)])
