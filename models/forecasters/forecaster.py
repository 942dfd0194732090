"""The one interface of all models, and what they share about probabilities of 2, 3, 4, 5."""

from typing import Protocol

import numpy as np
import pandas as pd

from models.features.tables import Ints
from models.metrics import Floats

THRESHOLDS = (3, 4, 5)
PROBABILITIES = ["p2", "p3", "p4", "p5"]
FEWEST_TO_CALL_NEVER = 200


class Forecaster(Protocol):
    """Learned from closed pupil-subject-terms; answers with probabilities. Deterministic."""

    def predict_proba(self, features: pd.DataFrame) -> Floats:
        """n × 4 probabilities of 2, 3, 4, 5 for `features` (columns of `series.FEATURES`); rows sum to 1."""
        ...


def from_at_least(at_least: Floats) -> Floats:
    """n × 3 chances of at least 3, 4, 5 → n × 4 probabilities; a higher threshold is never likelier than a lower."""
    falling = np.minimum.accumulate(np.clip(at_least, 0.0, 1.0), axis=1)
    edges = np.column_stack([np.ones(len(falling)), falling, np.zeros(len(falling))])
    p: Floats = edges[:, :-1] - edges[:, 1:]
    return p


def at_least(p: Floats) -> Floats:
    """n × 4 probabilities → n × 3 chances of at least 3, 4, 5."""
    return np.cumsum(p[:, ::-1], axis=1)[:, 2::-1]


def passed_thresholds(y: Ints) -> Floats:
    """n × 3 flags: the mark is at least 3, 4, 5."""
    return (np.asarray(y)[:, None] >= np.array(THRESHOLDS)).astype(float)


def half_up(mean: Floats) -> Floats:
    """Mean rounded to a mark, x.5 upwards, within 2..5; NaN stays NaN."""
    return np.clip(np.floor(mean + 0.5 + 1e-9), 2.0, 5.0)


def without_never_given(chances: Floats, counts: Ints) -> Floats:
    """A 3 or a 4 that a school never gave in its closed terms is left (almost) no chance in the n × 3 `chances`.

    `counts`: how many 2, 3, 4, 5 were given. Some outcomes have no 3 at all (fail, pass, distinction). The chance of
    more than the mark decides, so a better mark still never lowers the forecast.
    """
    answer, given = chances.copy(), int(counts.sum())
    if given < FEWEST_TO_CALL_NEVER:
        return answer
    for column, mark in ((1, 4), (0, 3)):
        if not counts[mark - 2]:
            answer[:, column] = answer[:, column + 1] + (1 - answer[:, column + 1]) / (given + 4.0)
    return answer


def mark_counts(y: Ints) -> Ints:
    """How many 2, 3, 4, 5."""
    return np.bincount(np.asarray(y, dtype=np.int64) - 2, minlength=4)
