"""Empirical Bayes of the marks still to come, in a handful of constants that read as sentences.

Each thing known about a pupil before the term (`SOURCES`) is worth so many marks. Together they make a prior level, which
the marks so far pull towards themselves: level = (Σ worth · source + Σ marks) / (Σ worth + n). The term mark comes from the
mean of the marks so far and of those still expected at that level. How far that mean may stray, and where it turns
into 3, 4 and 5, are the rest of the constants. They work before any term is closed; `fit` betters them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.special import gammaln, ndtr

from models.forecaster import closed_reached, from_at_least
from models.metrics import Floats
from models.tables import Ints

SOURCES = (
    "previous_term_mean",
    "previous_term_mark",
    "older_term_mean",
    "others_now",
    "others_past",
    "level_here",
)
ABOVE_THE_PLACE = ("others_now", "others_past")
SCHOOLS_START_LEVEL = 4.2
MOST_MARKS_TO_COME = 24
FEWEST_TERMS_TO_LEARN_FROM = 200
LEARNED_FROM_AT_MOST = 20_000
ROWS_THE_CONSTANTS_ARE_WORTH = 30.0


@dataclass(frozen=True)
class Constants:
    """Constants of the model. Worths are in marks, spreads in marks squared, cuts on the 2..5 scale."""

    worth: tuple[float, ...] = (3.0, 2.0, 1.0, 0.7, 0.7, 1.0)
    level_spread: float = 0.6
    mark_spread: float = 0.4
    rounding_spread: float = 0.004
    cuts: tuple[float, float, float] = (2.4, 3.47, 4.47)

    def packed(self) -> Floats:
        """As one vector for the optimiser: logarithms of what must stay positive, then the cuts."""
        spreads = (self.level_spread, self.mark_spread, self.rounding_spread)
        return np.concatenate([np.log(self.worth + spreads), self.cuts])

    @staticmethod
    def unpacked(vector: Floats) -> Constants:
        """The reverse of `packed`; the cuts are put in order."""
        positive = np.exp(np.clip(vector[:-3], -8.0, 5.0))
        cuts = np.sort(vector[-3:])
        level, mark, rounding = (float(spread) for spread in positive[-3:])
        return Constants(tuple(positive[:-3]), level, mark, rounding, cuts=(cuts[0], cuts[1], cuts[2]))


@dataclass(frozen=True)
class Evidence:
    """What the model reads of each row, as arrays ready for arithmetic."""

    sources: Floats
    has_source: Floats
    mean: Floats
    n: Floats
    remaining_chances: Floats

    @staticmethod
    def of(features: pd.DataFrame) -> Evidence:
        """From columns of `series.FEATURES`."""
        place = features["level_here"].fillna(SCHOOLS_START_LEVEL).to_numpy()
        columns = [
            features[name].to_numpy() + (place if name in ABOVE_THE_PLACE else 0.0) for name in SOURCES[:-1]
        ]
        sources = np.column_stack([*columns, place])
        return Evidence(
            sources=np.nan_to_num(np.clip(sources, 1.5, 5.5)),
            has_source=np.isfinite(sources).astype(float),
            mean=features["mean_so_far"].fillna(0.0).to_numpy(),
            n=features["n_marks"].fillna(0.0).to_numpy(),
            remaining_chances=_poisson(features["expected_remaining_marks"].fillna(4.0).to_numpy()),
        )


def _poisson(expected: Floats) -> Floats:
    """n × (most + 1) chances of 0, 1, 2, … marks to come."""
    counts = np.arange(MOST_MARKS_TO_COME + 1)
    mean = np.clip(expected, 1e-3, MOST_MARKS_TO_COME * 0.7)[:, None]
    chances = np.exp(counts * np.log(mean) - mean - gammaln(counts + 1))
    return chances / chances.sum(axis=1, keepdims=True)


def level(evidence: Evidence, constants: Constants) -> tuple[Floats, Floats]:
    """The pupil's level in the subject, and how many marks stand behind it."""
    worth = evidence.has_source * np.array(constants.worth)
    behind = worth.sum(axis=1) + evidence.n
    total = (worth * evidence.sources).sum(axis=1) + evidence.mean * evidence.n
    return total / behind, behind


def chances_at_least(evidence: Evidence, constants: Constants) -> Floats:
    """n × 3 chances that the mean of all the term's marks passes each cut, over how many may still come."""
    centre, behind = level(evidence, constants)
    counts = np.arange(MOST_MARKS_TO_COME + 1)
    # A term without any mark is marked by the level itself, as if one mark stood for it.
    to_come = np.where(evidence.n[:, None] + counts == 0, 1, counts)
    share = to_come / (evidence.n[:, None] + to_come)
    mean = evidence.mean[:, None] * (1 - share) + centre[:, None] * share
    spread = constants.level_spread * share**2 / behind[:, None]
    spread += constants.mark_spread * share / (evidence.n[:, None] + to_come) + constants.rounding_spread
    scale = evidence.remaining_chances, mean, np.sqrt(spread)
    return np.column_stack([_passes(cut, *scale) for cut in constants.cuts])


def _passes(cut: float, weights: Floats, mean: Floats, deviation: Floats) -> Floats:
    return np.sum(weights * ndtr((mean - cut) / deviation), axis=1)


class EmpiricalBayes:
    """The marks still to come, with constants that need no training; `fit` betters them from 200 closed terms on."""

    def __init__(self, constants: Constants | None = None) -> None:
        self.constants = constants or Constants()

    def fit(self, features: pd.DataFrame, y: Ints) -> EmpiricalBayes:
        """Better the constants by likelihood, held back towards where they started. Few rows leave them as they are."""
        if len(y) < FEWEST_TERMS_TO_LEARN_FROM:
            return self
        chosen = np.linspace(0, len(y) - 1, min(len(y), LEARNED_FROM_AT_MOST)).astype(int)
        evidence = Evidence.of(features.iloc[chosen])
        reached = closed_reached(np.asarray(y)[chosen])
        start = Constants().packed()

        def loss(vector: Floats) -> float:
            p = np.clip(chances_at_least(evidence, Constants.unpacked(vector)), 1e-5, 1 - 1e-5)
            fit = -np.sum(reached * np.log(p) + (1 - reached) * np.log(1 - p))
            return float(fit + ROWS_THE_CONSTANTS_ARE_WORTH * np.sum((vector - start) ** 2)) / len(chosen)

        best = minimize(loss, start, method="L-BFGS-B", options={"maxiter": 40})
        self.constants = Constants.unpacked(best.x)
        return self

    def predict_proba(self, features: pd.DataFrame) -> Floats:
        """n × 4 probabilities of 2, 3, 4, 5."""
        return from_at_least(chances_at_least(Evidence.of(features), self.constants))
