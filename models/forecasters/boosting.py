"""Gradient boosting of P(≥3), P(≥4), P(≥5) with monotone constraints. Missing columns stay missing."""

import numpy as np
import pandas as pd
import scipy

from models.features.series import FEATURES
from models.features.tables import Bools, Ints
from models.forecasters.empirical_bayes import EmpiricalBayes
from models.forecasters.forecaster import (
    THRESHOLDS,
    at_least,
    from_at_least,
    mark_counts,
    passed_thresholds,
    without_never_given,
)
from models.forecasters.ordinal import RISING
from models.forecasters.trees import LastAnswers, trees_of
from models.metrics import Floats

PRIOR_CHANCES = [f"empirical_bayes_at_least_{threshold}" for threshold in THRESHOLDS]
# How long a pupil has been in the data grows from year to year and would be met outside the range learned from.
LEFT_OUT = {"older_n_terms"}
COLUMNS = [*(name for name in FEATURES if name not in LEFT_OUT), *PRIOR_CHANCES]
FEWEST_OF_EACH_KIND = 20
ITERATIONS = 150


class Boosting:
    """Three binary boosters over the features and the chances that the empirical Bayes gives.

    P(≥3) has a booster only where both a 2 and something better were given at least `FEWEST_OF_EACH_KIND` times; otherwise
    2s are a fixed part of "below 4".
    """

    def __init__(self, prior: EmpiricalBayes | None = None, *, seed: int = 0) -> None:
        self.prior = prior or EmpiricalBayes()
        self.fits_prior = prior is None
        self.seed = seed
        self.boosters: list[LastAnswers | None] = []
        self.given: Ints = np.zeros(4, dtype=np.int64)
        self.passed_share = np.full(len(THRESHOLDS), 0.5)
        self.used: Bools = np.ones(len(COLUMNS), dtype=bool)

    def fit(self, features: pd.DataFrame, y: Ints) -> "Boosting":
        """One booster for each threshold that the closed terms can teach."""
        if self.fits_prior:
            self.prior.fit(features, y)
        passed = passed_thresholds(y)
        self.given = mark_counts(y)
        self.passed_share = (passed.sum(axis=0) + 0.5) / (len(y) + 1.0)
        # A column without a single value can teach nothing, and scikit-learn refuses it.
        prior = self.prior.predict_proba(features)
        self.used = np.ones(len(COLUMNS), dtype=bool)
        self.used = np.asarray(np.isfinite(self._table(features, prior)).any(axis=0), dtype=bool)
        table = self._table(features, prior)
        self.boosters = [self._booster(table, passed[:, k]) for k in range(len(THRESHOLDS))]
        return self

    def predict_proba(self, features: pd.DataFrame) -> Floats:
        """n × 4 probabilities of 2, 3, 4, 5; before `fit` those of the empirical Bayes."""
        return self.over_prior(features, self.prior.predict_proba(features))

    def over_prior(self, features: pd.DataFrame, prior: Floats) -> Floats:
        """`predict_proba` where the empirical Bayes has answered already: n × 4 probabilities `prior`."""
        if not self.boosters:
            return prior
        table = self._table(features, prior)
        chances = np.column_stack([self._chance(k, table) for k in range(len(THRESHOLDS))])
        if self.boosters[0] is None and self.boosters[1] is not None:
            share_of_twos = (1 - self.passed_share[0]) / (1 - self.passed_share[1])
            chances[:, 0] = 1 - (1 - chances[:, 1]) * share_of_twos
        return from_at_least(without_never_given(chances, self.given))

    def _table(self, features: pd.DataFrame, prior: Floats) -> Floats:
        table = np.hstack([features[COLUMNS[: -len(THRESHOLDS)]].to_numpy(dtype=float), at_least(prior)])
        return table[:, self.used]

    def _booster(self, table: Floats, passed: Floats) -> LastAnswers | None:
        if min(passed.sum(), len(passed) - passed.sum()) < FEWEST_OF_EACH_KIND:
            return None
        # Whoever only asks a fitted model does not read the library.
        from sklearn.ensemble import HistGradientBoostingClassifier
        from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

        rising = {*RISING, *PRIOR_CHANCES}
        booster = HistGradientBoostingClassifier(
            learning_rate=0.06,
            max_iter=ITERATIONS,
            max_leaf_nodes=12,
            min_samples_leaf=40,
            l2_regularization=5.0,
            monotonic_cst=[int(name in rising) for name in np.array(COLUMNS)[self.used]],
            early_stopping=False,
            random_state=self.seed,
        )
        # One thread: on a busy machine the threads wait for one another far longer than they compute.
        with threadpool_limits(limits=1):
            return LastAnswers(trees_of(booster.fit(table, passed)))

    def _chance(self, k: int, table: Floats) -> Floats:
        booster = self.boosters[k]
        if booster is None:
            return np.full(len(table), self.passed_share[k])
        return np.asarray(scipy.special.expit(booster.log_odds(table)), dtype=np.float64)
