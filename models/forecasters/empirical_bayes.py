"""Empirical Bayes of the marks still to come, in a handful of constants that read as sentences.

Each thing known about a pupil before the term (`SOURCES`) is worth so many marks. Together they make a prior level, which
the marks so far pull towards themselves: level = (Σ worth · source + Σ marks) / (Σ worth + n). The term mark comes from the
mean of the marks so far and of those still expected at that level. How far that mean may stray, and where it turns
into 3, 4 and 5, are the rest of the constants. They work before any term is closed; `fit` re-estimates them.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
import scipy

from models.features.tables import Ints
from models.forecasters.forecaster import from_at_least, passed_thresholds
from models.metrics import Floats

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
LEARNED_FROM_AT_MOST = 4_000
ROWS_THE_CONSTANTS_ARE_WORTH = 10.0
WHIM_DEVIATION = 0.7
# No mean of marks lies below it.
LOWEST_CUT = 1.5


@dataclass(frozen=True)
class Constants:
    """Constants of the model. Worths are in marks, spreads in marks squared, cuts on the 2..5 scale.

    `whim_share` of the term marks do not follow the mean: there it only says roughly where the mark lies.
    """

    worth: tuple[float, ...] = (3.0, 2.0, 1.0, 0.7, 0.7, 1.0)
    level_spread: float = 0.45
    mark_spread: float = 0.33
    rounding_spread: float = 0.004
    whim_share: float = 0.015
    cuts: tuple[float, float, float] = (2.4, 3.47, 4.47)

    def packed(self) -> Floats:
        """As one vector for the optimiser: logarithms of what must stay positive, then the cuts."""
        spreads = (self.level_spread, self.mark_spread, self.rounding_spread, self.whim_share)
        return np.concatenate([np.log(self.worth + spreads), self.cuts])

    @staticmethod
    def unpacked(vector: Floats) -> "Constants":
        """The reverse of `packed`."""
        positive = np.exp(vector[:-3])
        cuts = [float(cut) for cut in vector[-3:]]
        level, mark, rounding, whim = (float(spread) for spread in positive[-4:])
        worth = tuple(float(marks) for marks in positive[:-4])
        return Constants(worth, level, mark, rounding, whim, cuts=(cuts[0], cuts[1], cuts[2]))


def without_twos(constants: Constants) -> Constants:
    """The constants of a school that gives a «3» for a term whose marks come to a «2», as many do."""
    return replace(constants, cuts=(LOWEST_CUT, *constants.cuts[1:]))


@dataclass(frozen=True)
class Evidence:
    """What the model reads of each row, as arrays ready for arithmetic."""

    sources: Floats
    has_source: Floats
    mean: Floats
    n: Floats
    remaining_chances: Floats

    @staticmethod
    def of(features: pd.DataFrame, *, remaining_is_exact: bool = False) -> "Evidence":
        """From columns of `series.FEATURES`."""
        remaining = features["expected_remaining_marks"].fillna(4.0).to_numpy()
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
            remaining_chances=_certain(remaining) if remaining_is_exact else _poisson(remaining),
        )


def _poisson(expected: Floats) -> Floats:
    """n × (most + 1) chances of 0, 1, 2, … marks to come."""
    counts = np.arange(MOST_MARKS_TO_COME + 1)
    mean = np.clip(expected, 1e-3, MOST_MARKS_TO_COME * 0.7)[:, None]
    chances = np.exp(counts * np.log(mean) - mean - scipy.special.gammaln(counts + 1))
    normalized: Floats = chances / chances.sum(axis=1, keepdims=True)
    return normalized


def _certain(remaining: Floats) -> Floats:
    chances: Floats = np.eye(MOST_MARKS_TO_COME + 1)[
        np.clip(np.round(remaining), 0, MOST_MARKS_TO_COME).astype(int)
    ]
    return chances


def level(evidence: Evidence, constants: Constants) -> tuple[Floats, Floats]:
    """The pupil's level in the subject, and how many marks stand behind it."""
    worth = evidence.has_source * np.array(constants.worth)
    behind = worth.sum(axis=1) + evidence.n
    total = (worth * evidence.sources).sum(axis=1) + evidence.mean * evidence.n
    return total / behind, behind


@dataclass(frozen=True)
class Outlook:
    """The mean of all the term's marks, for each count of marks to come: n × (most + 1) arrays."""

    to_come: Floats
    share: Floats
    mean: Floats
    variance: Floats
    centre: Floats
    behind: Floats

    @cached_property
    def deviation(self) -> Floats:
        """How far the mean may stray, in marks."""
        return np.asarray(np.sqrt(self.variance))

    @staticmethod
    def of(evidence: Evidence, constants: Constants) -> "Outlook":
        """Where the mean will lie and how far it may stray."""
        centre, behind = level(evidence, constants)
        counts, n = np.arange(MOST_MARKS_TO_COME + 1.0), evidence.n[:, None]
        # A term without any mark is marked by the level itself, as if one mark stood for it.
        to_come = np.where(n + counts == 0, 1.0, counts)
        share = to_come / (n + to_come)
        mean = evidence.mean[:, None] * (1 - share) + centre[:, None] * share
        variance = constants.level_spread * share**2 / behind[:, None]
        variance += constants.mark_spread * share / (n + to_come) + constants.rounding_spread
        return Outlook(to_come, share, mean, variance, centre, behind)


@dataclass(frozen=True)
class Passing:
    """Passing one cut, for n pupils: what the loss and its slope both need is computed once."""

    evidence: Evidence
    constants: Constants
    outlook: Outlook
    cut: float

    @cached_property
    def z(self) -> Floats:
        """How far the mean lies over the cut, in deviations, for each count of marks to come: n × (most + 1)."""
        return (self.outlook.mean - self.cut) / self.outlook.deviation

    @cached_property
    def bell(self) -> Floats:
        """The normal density there."""
        return _bell(self.z)

    @cached_property
    def by_mean(self) -> Floats:
        """The chance of the mean to pass: n."""
        return np.asarray(np.sum(self.evidence.remaining_chances * scipy.special.ndtr(self.z), axis=1))

    @cached_property
    def whim(self) -> Floats:
        """How far the expected mean lies over the cut, in deviations of a whim: n."""
        expected = np.sum(self.evidence.remaining_chances * self.outlook.mean, axis=1)
        return np.asarray((expected - self.cut) / WHIM_DEVIATION)

    @cached_property
    def roughly(self) -> Floats:
        """The chance to pass by a whim: n."""
        return np.asarray(scipy.special.ndtr(self.whim))

    @property
    def chance(self) -> Floats:
        """The chance to pass: n."""
        share = self.constants.whim_share
        return (1 - share) * self.by_mean + share * self.roughly

    @cached_property
    def density(self) -> Floats:
        """How fast the chance grows with the mean, for each count of marks to come: n × (most + 1)."""
        share = self.constants.whim_share
        by_mean = (1 - share) * self.bell / self.outlook.deviation
        return self.evidence.remaining_chances * (
            by_mean + share * _bell(self.whim[:, None]) / WHIM_DEVIATION
        )


def chances_at_least(evidence: Evidence, constants: Constants) -> Floats:
    """n × 3 chances that the mean of all the term's marks passes each cut, over how many may still come."""
    outlook = Outlook.of(evidence, constants)
    return np.column_stack([Passing(evidence, constants, outlook, cut).chance for cut in constants.cuts])


def loss_and_slope(evidence: Evidence, passed: Floats, vector: Floats) -> tuple[float, Floats]:
    """Minus the log likelihood of the thresholds `passed` (n × 3), and its derivative by `Constants.packed`."""
    constants = Constants.unpacked(vector)
    outlook = Outlook.of(evidence, constants)
    loss, slope = 0.0, np.zeros(len(vector))
    for k, cut in enumerate(constants.cuts):
        passing = Passing(evidence, constants, outlook, cut)
        p = np.clip(passing.chance, 1e-5, 1 - 1e-5)
        loss -= float(np.sum(passed[:, k] * np.log(p) + (1 - passed[:, k]) * np.log(1 - p)))
        by_p = (p - passed[:, k]) / (p * (1 - p))
        slope[:-3] += _slope_by_logarithms(passing, by_p)
        slope[len(SOURCES) + 3] += np.sum(by_p * (passing.roughly - passing.by_mean)) * constants.whim_share
        slope[len(vector) - 3 + k] -= np.sum(by_p * passing.density.sum(axis=1))
    return loss, slope


def _slope_by_logarithms(passing: Passing, by_p: Floats) -> Floats:
    """Derivative by the logarithms of the worths, then of the three spreads; the place of the whim stays 0."""
    evidence, constants, outlook = passing.evidence, passing.constants, passing.outlook
    by_variance = (
        -(1 - constants.whim_share)
        * evidence.remaining_chances
        * passing.bell
        * passing.z
        / (2 * outlook.variance)
    )
    by_level = by_p * np.sum(passing.density * outlook.share, axis=1)
    level_part = outlook.share**2 / outlook.behind[:, None]
    by_behind = -by_p * np.sum(by_variance * level_part, axis=1) * constants.level_spread / outlook.behind
    pull = (evidence.sources - outlook.centre[:, None]) / outlook.behind[:, None]
    by_worth = evidence.has_source * (by_level[:, None] * pull + by_behind[:, None])
    mark_part = outlook.share / (evidence.n[:, None] + outlook.to_come)
    by_spreads = [np.sum(by_p[:, None] * by_variance * part) for part in (level_part, mark_part, 1.0)]
    spreads = np.array([constants.level_spread, constants.mark_spread, constants.rounding_spread])
    return np.concatenate([by_worth.sum(axis=0) * np.array(constants.worth), by_spreads * spreads, [0.0]])


def _bell(z: Floats) -> Floats:
    density: Floats = np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
    return density


class EmpiricalBayes:
    """Forecast from the marks still to come, with default constants; `fit` re-estimates them from 200 closed terms on."""

    def __init__(self, start: Constants | None = None, *, remaining_is_exact: bool = False) -> None:
        self.start = start or Constants()
        self.constants = self.start
        self.remaining_is_exact = remaining_is_exact

    def fit(self, features: pd.DataFrame, y: Ints) -> "EmpiricalBayes":
        """Fit the constants by penalised maximum likelihood (L-BFGS-B); the ridge penalty pulls towards the start values.

        `features`: columns of `series.FEATURES`, n rows; `y`: marks 2..5. Below 200 rows the constants stay as they are.
        """
        if len(y) < FEWEST_TERMS_TO_LEARN_FROM:
            return self
        sample = np.linspace(0, len(y) - 1, min(len(y), LEARNED_FROM_AT_MOST)).astype(int)
        evidence = self._evidence(features.iloc[sample])
        passed = passed_thresholds(np.asarray(y)[sample])
        start = self.start.packed()

        def penalised(vector: Floats) -> tuple[float, Floats]:
            loss, slope = loss_and_slope(evidence, passed, vector)
            away = vector - start
            loss += ROWS_THE_CONSTANTS_ARE_WORTH * float(np.sum(away**2))
            return loss / len(sample), (slope + 2 * ROWS_THE_CONSTANTS_ARE_WORTH * away) / len(sample)

        bounds = [(-8.0, 3.0)] * (len(SOURCES) + 3) + [(-8.0, -1.0)] + [(1.5, 5.5)] * 3
        # Only the process that fits reads the optimisers.
        best = scipy.optimize.minimize(
            penalised, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 80}
        )
        self.constants = Constants.unpacked(best.x)
        return self

    def predict_proba(self, features: pd.DataFrame) -> Floats:
        """n × 4 probabilities of 2, 3, 4, 5."""
        return from_at_least(chances_at_least(self._evidence(features), self.constants))

    def _evidence(self, features: pd.DataFrame) -> Evidence:
        return Evidence.of(features, remaining_is_exact=self.remaining_is_exact)
