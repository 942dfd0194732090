"""The one interface of all models, and what they share about probabilities of 2, 3, 4, 5."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import pandas as pd

from models.metrics import Floats
from models.tables import Ints

THRESHOLDS = (3, 4, 5)


class Forecaster(Protocol):
    """Learns from closed pupil-subject-terms; answers with probabilities. Deterministic."""

    def fit(self, features: pd.DataFrame, y: Ints) -> Forecaster:
        """Learn from `features` (columns of `series.FEATURES`) and the marks 2..5 that came; returns itself."""
        ...

    def predict_proba(self, features: pd.DataFrame) -> Floats:
        """n × 4 probabilities of 2, 3, 4, 5; rows sum to 1."""
        ...


def from_at_least(at_least: Floats) -> Floats:
    """n × 3 chances of at least 3, 4, 5 → n × 4 probabilities; a higher threshold is never likelier than a lower."""
    falling = np.minimum.accumulate(np.clip(at_least, 0.0, 1.0), axis=1)
    edges = np.column_stack([np.ones(len(falling)), falling, np.zeros(len(falling))])
    return edges[:, :-1] - edges[:, 1:]


def at_least(p: Floats) -> Floats:
    """n × 4 probabilities → n × 3 chances of at least 3, 4, 5."""
    return np.cumsum(p[:, ::-1], axis=1)[:, 2::-1]


def closed_reached(y: Ints) -> Floats:
    """n × 3 flags: the mark reached 3, 4, 5."""
    return (np.asarray(y)[:, None] >= np.array(THRESHOLDS)).astype(float)


def half_up(mean: Floats) -> Floats:
    """Mean rounded to a mark, x.5 upwards, within 2..5; NaN stays NaN."""
    return np.clip(np.floor(mean + 0.5 + 1e-9), 2.0, 5.0)
