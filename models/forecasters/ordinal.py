"""Ordinal logit over the empirical Bayes: its chances put right by what is known besides.

For each threshold 3, 4, 5: logit P(mark ≥ threshold) = own intercept + slope · logit P_EB(mark ≥ threshold) + common terms. The
penalty pulls towards the empirical Bayes as it is, so that few closed terms change little. Coefficients of anything
that holds the pupil's own marks are kept from being negative: a better mark never lowers the forecast.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy

from models.features.series import MARK_FEATURES, PLACE_FEATURES
from models.features.tables import Ints
from models.forecasters.empirical_bayes import EmpiricalBayes
from models.forecasters.forecaster import (
    THRESHOLDS,
    at_least,
    from_at_least,
    mark_counts,
    passed_thresholds,
    without_never_given,
)
from models.metrics import Floats

RISING = [*MARK_FEATURES, "teacher_past", "subject_past", "subject_past_above_three", "subject_past_fives"]
FREE = [name for name in PLACE_FEATURES if name not in RISING]
MAY_BE_MISSING = ["previous_term_mark", "previous_term_mean", "mean_so_far"]
PENALTY = 3.0
LARGEST_LOGIT = 9.0
KNOTS = np.linspace(0.0, 1.0, 5)


@dataclass(frozen=True)
class Scale:
    """Centre and spread of each marks column on the closed terms, and how often the usual columns are missing there.

    What is missing sits at the centre. A thing that was always missing in the closed terms is no news when it is not.
    """

    centre: Floats
    spread: Floats
    missing: Floats

    @staticmethod
    def of(features: pd.DataFrame) -> "Scale":
        """From closed terms; a column without values gets centre 0 and spread 1."""
        table = features[RISING + FREE].to_numpy(dtype=float)
        missing = features[MAY_BE_MISSING].isna().to_numpy(float).mean(axis=0)
        present = np.isfinite(table)
        n = np.maximum(present.sum(axis=0), 1)
        centre = np.where(present, table, 0.0).sum(axis=0) / n
        spread = np.sqrt(np.where(present, (table - centre) ** 2, 0.0).sum(axis=0) / n)
        return Scale(centre, np.where(spread > 1e-6, spread, 1.0), missing)

    def marks(self, features: pd.DataFrame) -> Floats:
        """`RISING` then `FREE` columns in spreads from the centre."""
        table = features[RISING + FREE].to_numpy(dtype=float)
        return np.nan_to_num(np.clip((table - self.centre) / self.spread, -4.0, 4.0))

    def flags(self, features: pd.DataFrame) -> Floats:
        """Whether each of `MAY_BE_MISSING` is missing, against how often it was."""
        return features[MAY_BE_MISSING].isna().to_numpy(float) - self.missing


def _share_to_come(features: pd.DataFrame) -> Floats:
    to_come = features["expected_remaining_marks"].fillna(4.0).to_numpy()
    share = to_come / np.maximum(features["n_marks"].to_numpy() + to_come, 0.5)
    return np.asarray(share, dtype=np.float64)


def _columns(features: pd.DataFrame, scale: Scale) -> tuple[Floats, int]:
    """The common terms and how many of them, from the left, may only rise."""
    share = _share_to_come(features)[:, None]
    marks, missing = scale.marks(features), scale.flags(features)
    rising, free = marks[:, : len(RISING)], marks[:, len(RISING) :]
    table = [rising, rising * share, free, free * share, share, missing, missing * share, *_pace(features)]
    return np.hstack(table), 2 * len(RISING)


def _pace(features: pd.DataFrame) -> list[Floats]:
    """How many marks and how lately, each with an effect of its own along the term."""
    hats = along_the_term(features)
    counts = [
        np.log1p(features["n_marks"].to_numpy()),
        np.minimum(np.nan_to_num(features["marks_against_class"].to_numpy(), nan=1.0), 3.0),
        np.minimum(features["share_of_term_since_last_mark"].fillna(0.5).to_numpy(), 1.0),
    ]
    return [hats, *(hats * count[:, None] for count in counts)]


def along_the_term(features: pd.DataFrame) -> Floats:
    """n × 5 weights of the points of the term around each row; they are not negative and sum to 1."""
    elapsed = features["elapsed_share"].fillna(0.5).to_numpy()
    weights: Floats = np.maximum(1.0 - np.abs(elapsed[:, None] - KNOTS) / (KNOTS[1] - KNOTS[0]), 0.0)
    return weights


class OrdinalLogit:
    """Thresholds' logits over the empirical Bayes `prior`, which `fit` fits first unless it is given, fitted."""

    def __init__(self, prior: EmpiricalBayes | None = None) -> None:
        self.prior = prior or EmpiricalBayes()
        self.fits_prior = prior is None
        self.scale: Scale | None = None
        self.coefficients = np.empty(0)
        self.given: Ints = np.zeros(4, dtype=np.int64)

    def fit(self, features: pd.DataFrame, y: Ints) -> "OrdinalLogit":
        """Penalised maximum likelihood of the three thresholds together (L-BFGS-B with bounds)."""
        if self.fits_prior:
            self.prior.fit(features, y)
        self.given = mark_counts(y)
        self.scale = Scale.of(features)
        columns, n_rising = _columns(features, self.scale)
        prior = _prior_logits(features, self.prior.predict_proba(features))
        self.coefficients = _fitted(prior, columns, n_rising, passed_thresholds(y))
        return self

    def predict_proba(self, features: pd.DataFrame) -> Floats:
        """n × 4 probabilities of 2, 3, 4, 5; before `fit` those of the empirical Bayes."""
        return self.over_prior(features, self.prior.predict_proba(features))

    def over_prior(self, features: pd.DataFrame, prior: Floats) -> Floats:
        """`predict_proba` where the empirical Bayes has answered already: n × 4 probabilities `prior`."""
        if self.scale is None:
            return prior
        columns, _ = _columns(features, self.scale)
        logits = _logits(self.coefficients, _prior_logits(features, prior), columns)
        return from_at_least(without_never_given(scipy.special.expit(logits), self.given))


def _prior_logits(features: pd.DataFrame, prior: Floats) -> Floats:
    """n × 3 logits of the empirical Bayes' n × 4 probabilities, spread over the points of the term: n × 3 × 5."""
    chances = np.clip(at_least(prior), 1e-6, 1 - 1e-6)
    logits = np.clip(np.log(chances / (1 - chances)), -LARGEST_LOGIT, LARGEST_LOGIT)
    return logits[:, :, None] * along_the_term(features)[:, None, :]


def _logits(coefficients: Floats, prior: Floats, columns: Floats) -> Floats:
    intercepts, slopes, common = np.split(coefficients, [len(THRESHOLDS), len(THRESHOLDS) + len(KNOTS)])
    return intercepts + prior @ slopes + (columns @ common)[:, None]


def _fitted(prior: Floats, columns: Floats, n_rising: int, passed: Floats) -> Floats:
    start = np.concatenate([np.zeros(len(THRESHOLDS)), np.ones(len(KNOTS)), np.zeros(columns.shape[1])])
    free, rising = (None, None), (0.0, None)
    bounds = [free] * len(THRESHOLDS) + [rising] * (len(KNOTS) + n_rising)
    bounds += [free] * (len(start) - len(bounds))

    def loss(coefficients: Floats) -> tuple[float, Floats]:
        logits = _logits(coefficients, prior, columns)
        error = scipy.special.expit(logits) - passed
        away = coefficients - start
        value = np.sum(np.logaddexp(0.0, logits) - passed * logits) + PENALTY * np.sum(away**2)
        slope = np.concatenate(
            [error.sum(axis=0), np.einsum("ik,ikj->j", error, prior), error.sum(axis=1) @ columns]
        )
        return float(value) / len(prior), (slope + 2 * PENALTY * away) / len(prior)

    # Only the process that fits reads the optimisers.
    best = scipy.optimize.minimize(
        loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 300}
    )
    return np.asarray(best.x, dtype=np.float64)
