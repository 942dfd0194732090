"""What is known to be right of some schools, weighed: an answer before a school has taught anything, and while it has taught little.

The fixed constants know that a term mark is a rounded mean; the rounded mean so far only points; some schools give no «2» for a
term; and a school may be like none of them. A weighted mean of the chances (a linear opinion pool, Stone 1961) errs little more
than the best of them, whichever that is.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.features.tables import Ints
from models.forecasters.baselines import POINTS_OF_TERM, last_term_mark, rising_rounded_mean, rounded_mean
from models.forecasters.empirical_bayes import Constants, EmpiricalBayes, without_twos
from models.forecasters.forecaster import Forecaster
from models.metrics import Floats

ROUNDED_MEAN, LAST_TERM_MARK = "rounded_mean", "last_term_mark"
RISING_MEAN, ANYTHING = "rising_rounded_mean", "anything"
# Before anything is closed. Measured: with these the rounded mean is beaten at every point of the term both where a term mark is
# a rounded mean and in courses with an exam, where the constants alone fail.
FIRST_WEIGHTS: Mapping[str, float] = {
    RISING_MEAN: 0.4,
    "empirical_bayes_fixed": 0.25,
    "without_twos": 0.26,
    ANYTHING: 0.09,
    # What every register shows is compared and never weighed; the rounded mean answers alone where nothing is better.
    ROUNDED_MEAN: 0.0,
    LAST_TERM_MARK: 0.0,
}


class Anything:
    """Every mark is as likely as another."""

    def predict_proba(self, features: pd.DataFrame) -> Floats:
        """n × 4 probabilities of 2, 3, 4, 5."""
        return np.full((len(features), 4), 0.25)


@dataclass(frozen=True)
class Pool:
    """Weighted mean of forecasts; `weights`: a row a tenth of the term, a column a model, each row sums to 1."""

    models: Mapping[str, Forecaster]
    weights: Floats
    has_learned: bool = True

    def predict_proba(self, features: pd.DataFrame) -> Floats:
        """n × 4 probabilities of 2, 3, 4, 5."""
        weights = self.weights[point_of_term(features)]
        answers = np.zeros((len(features), 4))
        for column, model in enumerate(self.models.values()):
            if self.weights[:, column].any():
                answers += weights[:, [column]] * model.predict_proba(features)
        return answers


def point_of_term(features: pd.DataFrame) -> Ints:
    """The tenth of the term that each row is nearest to: 0..10."""
    share = features["elapsed_share"].fillna(0.0).to_numpy(dtype=float)
    return np.clip(np.round(share * (POINTS_OF_TERM - 1)), 0, POINTS_OF_TERM - 1).astype(np.int64)


def fixed_models(constants: Constants | None = None) -> dict[str, Forecaster]:
    """Return what needs nothing learned of the school, by name; ``constants``: in place of the fixed ones."""
    start = constants or Constants()
    return {
        ROUNDED_MEAN: rounded_mean(),
        LAST_TERM_MARK: last_term_mark(),
        RISING_MEAN: rising_rounded_mean(),
        "empirical_bayes_fixed": EmpiricalBayes(start),
        "without_twos": EmpiricalBayes(without_twos(start)),
        ANYTHING: Anything(),
    }


def unlearned_pool(constants: Constants | None = None) -> Pool:
    """Return what answers in a school's first term, before anything is closed; ``constants``: in place of the fixed ones."""
    models = fixed_models(constants)
    weights = np.tile([FIRST_WEIGHTS[name] for name in models], (POINTS_OF_TERM, 1))
    return Pool(models, weights, has_learned=False)
