"""Effects of groups on marks once their pupils are taken into account: pupils and groups crossed in a mixed model.

A row is what a pupil was given in a subject by one teacher in one stretch of time:

    mean of marks = fixed effects + pupil + pupil in the subject + one effect of each factor + chance

All but the fixed effects are random (Henderson 1975, «Best linear unbiased estimation and prediction under a selection
model»; for schools Goldstein and Spiegelhalter 1996, «League tables and their limitations»). The variance of each factor
is estimated by restricted likelihood, the variances of pupils by moments. A group's effect is its posterior mean: the
fewer its pupils, the nearer to the middle (Efron and Morris 1975, «Data analysis using Stein's estimator»).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve, pinvh
from scipy.optimize import minimize
from scipy.sparse import csr_matrix, diags, hstack

Numbers = NDArray[np.float64]
Codes = NDArray[np.intp]
NO_GROUP = -1
LEAST_VARIANCE, MOST_VARIANCE = 1e-6, 4.0
FIRST_GUESS = 0.02
# Steps of differences over logarithms of variances, and the least curvature: no logarithm is more uncertain than ±2.
STEP, LEAST_CURVATURE = 0.2, 0.25
# Keeps the equations solvable where a class has but one teacher and the like.
RIDGE = 1e-6
# A group is known by its rows at least this much of what it would take to know it fully.
LEAST_RELIABILITY = 1e-5


@dataclass(frozen=True)
class CrossedRows:
    """Rows of the model; arrays have one entry a row, codes count from 0.

    ``mean``: marks 2..5; ``count``: on how many marks it stands (the effective number of weighted ones); ``pupil`` and
    ``pair``, a pupil in a subject; ``fixed``: rows × fixed effects; ``factors``: name → codes, NO_GROUP: none.
    """

    mean: Numbers
    count: Numbers
    pupil: Codes
    pair: Codes
    fixed: Numbers
    factors: Mapping[str, Codes]


@dataclass(frozen=True)
class PupilVariances:
    """Variances: between pupils, between the subjects of a pupil, of a row beyond its marks, of a single mark."""

    pupil: float
    pair: float
    row: float
    mark: float


@dataclass(frozen=True)
class Effects:
    """What each group of a factor adds to the marks of its pupils, in marks.

    ``difference`` with its standard ``error``: against what all the other rows say of these pupils, nothing assumed of the
    group itself; NaN where the others say nothing. ``shrunk`` with ``shrunk_error``: posterior mean and standard
    deviation among groups of this ``variance``.
    """

    difference: Numbers
    error: Numbers
    shrunk: Numbers
    shrunk_error: Numbers
    variance: float


def crossed_effects(rows: CrossedRows, mark_variance: float) -> dict[str, Effects]:
    """Return the effects of each factor.

    ``mark_variance``: of single marks around their row's mean, pooled over rows.
    """
    designs = {name: _design(codes) for name, codes in rows.factors.items()}
    variances = pupil_variances(rows, mark_variance, list(designs.values()))
    columns = hstack([csr_matrix(rows.fixed), *designs.values()]).tocsr()
    information, score = _without_pupils(rows, variances, columns)
    information, score = _without_fixed(information, score, rows.fixed.shape[1])
    sizes = [design.shape[1] for design in designs.values()]
    likelihood = _Likelihood(information, score, sizes)
    logs = likelihood.best_logs()
    mean, variance, _ = likelihood.posterior(logs)
    doubt = likelihood.doubt(logs, mean)
    ends = np.cumsum([0, *sizes])
    return {
        name: _effects(mean[start:end], variance[start:end], doubt[start:end], float(np.exp(log)))
        for name, start, end, log in zip(designs, ends[:-1], ends[1:], logs, strict=True)
    }


def _design(codes: Codes) -> csr_matrix:
    known = np.flatnonzero(codes != NO_GROUP)
    shape = (len(codes), int(codes.max(initial=NO_GROUP)) + 1)
    return csr_matrix((np.ones(len(known)), (known, codes[known])), shape)


def pupil_variances(
    rows: CrossedRows, mark_variance: float, designs: Sequence[csr_matrix] = ()
) -> PupilVariances:
    """Return the variances by moments: mean products of residuals that share a pupil, or a pupil and a subject."""
    residual = _residuals(rows, designs)
    same_pair, pairs = _products(residual, rows.pair)
    same_pupil, pupils = _products(residual, rows.pupil)
    of_pupil = _at_least((same_pupil - same_pair) / max(pupils - pairs, 1))
    beyond = float(np.mean(residual**2 - mark_variance / rows.count)) - of_pupil
    # Without earlier marks a pupil's bent for a subject is one with the chance of the row.
    of_pair = same_pair / pairs - of_pupil if pairs else 0.0
    return PupilVariances(of_pupil, _at_least(of_pair), _at_least(beyond - max(of_pair, 0.0)), mark_variance)


def _residuals(rows: CrossedRows, designs: Sequence[csr_matrix]) -> Numbers:
    columns = hstack([csr_matrix(rows.fixed), *designs]).tocsr()
    normal = (columns.T @ columns).toarray() + RIDGE * np.eye(columns.shape[1])
    fitted: Numbers = columns @ cho_solve(cho_factor(normal), columns.T @ rows.mean)
    return rows.mean - fitted


def _products(residual: Numbers, codes: Codes) -> tuple[float, int]:
    """Return the sum of the products of all ordered pairs of different rows with the same code, and how many they are."""
    total, squares = np.bincount(codes, residual), np.bincount(codes, residual**2)
    counts = np.bincount(codes)
    return float((total**2 - squares).sum()), int((counts * (counts - 1)).sum())


def _at_least(variance: float) -> float:
    return min(max(float(variance), LEAST_VARIANCE), MOST_VARIANCE)


def _without_pupils(
    rows: CrossedRows, variances: PupilVariances, columns: csr_matrix
) -> tuple[Numbers, Numbers]:
    """Return the mixed-model equations of the columns, pupils in subjects and then pupils absorbed (Henderson 1975)."""
    weight = 1 / (variances.row + variances.mark / rows.count)
    pairs = _design(rows.pair).T @ diags(weight)
    weight_of_pair, mean_of_pair = pairs @ np.ones(len(weight)), pairs @ rows.mean
    by_pair = (pairs @ columns).tocsr()
    known = 1 / (1 / variances.pair + weight_of_pair)
    information = columns.T @ diags(weight) @ columns - by_pair.T @ diags(known) @ by_pair
    score = columns.T @ (weight * rows.mean) - by_pair.T @ (known * mean_of_pair)
    left = 1 - known * weight_of_pair
    pupils = _design(_pupil_of_pair(rows)).T @ diags(left)
    by_pupil = pupils @ by_pair
    absorbed = 1 / (1 / variances.pupil + pupils @ weight_of_pair)
    information = information - by_pupil.T @ diags(absorbed) @ by_pupil
    score = score - by_pupil.T @ (absorbed * (pupils @ mean_of_pair))
    return information.toarray(), score


def _pupil_of_pair(rows: CrossedRows) -> Codes:
    pupils = np.zeros(int(rows.pair.max()) + 1, dtype=np.intp)
    pupils[rows.pair] = rows.pupil
    return pupils


def _without_fixed(information: Numbers, score: Numbers, count: int) -> tuple[Numbers, Numbers]:
    """Return the equations of the factors alone: fixed effects are fitted, nothing is assumed of them."""
    across = information[:count, count:]
    taken = across.T @ pinvh(information[:count, :count])
    reduced = information[count:, count:] - taken @ across
    return (reduced + reduced.T) / 2, score[count:] - taken @ score[:count]


@dataclass(frozen=True)
class _Likelihood:
    """The restricted likelihood of the factors' variances, by their logarithms (Patterson and Thompson 1971)."""

    information: Numbers
    score: Numbers
    sizes: Sequence[int]

    def posterior(self, logs: Numbers) -> tuple[Numbers, Numbers, float]:
        """Return the means and variances of all effects given the factors' variances, and − log likelihood of those.

        A standard deviation has the prior ∝ itself, which keeps it off zero and the intervals honest where groups are few
        (Chung and others 2013, «A nondegenerate penalized likelihood estimator for variance parameters»).
        """
        each = np.repeat(logs, self.sizes)
        factor = cho_factor(self.information + np.diag(np.exp(-each)))
        covariance = cho_solve(factor, np.eye(len(each)))
        mean = covariance @ self.score
        log_determinant = np.log(np.diag(factor[0])).sum() + each.sum() / 2
        return mean, np.diag(covariance), float(log_determinant - self.score @ mean / 2 - logs.sum() / 2)

    def slope(self, logs: Numbers) -> tuple[float, Numbers]:
        """Return − log likelihood and its derivatives by the logarithms."""
        mean, variance, minus_log = self.posterior(logs)
        starts = np.cumsum([0, *self.sizes[:-1]])
        explained = np.add.reduceat(mean**2 + variance, starts) * np.exp(-logs)
        return minus_log, (np.array(self.sizes) - explained - 1) / 2

    def best_logs(self) -> Numbers:
        """Return the logarithms at the maximum."""
        start = np.full(len(self.sizes), np.log(FIRST_GUESS))
        bounds = [tuple(np.log([LEAST_VARIANCE, MOST_VARIANCE]))] * len(start)
        logs: Numbers = minimize(self.slope, start, jac=True, method="L-BFGS-B", bounds=bounds).x
        return logs

    def doubt(self, logs: Numbers, mean: Numbers) -> Numbers:
        """Return what not knowing the factors' variances adds to the variance of each effect.

        To first order: by how much the means move as the logarithms move within their own uncertainty (Kass and Steffey
        1989, «Approximate Bayesian inference in conditionally independent hierarchical models»).
        """
        steps = STEP * np.eye(len(logs))
        moves = np.array([(self.posterior(logs + step)[0] - mean) / STEP for step in steps])
        curvature = np.array([self.slope(logs + step)[1] - self.slope(logs - step)[1] for step in steps])
        values, vectors = np.linalg.eigh((curvature + curvature.T) / (4 * STEP))
        uncertainty = (vectors / np.maximum(values, LEAST_CURVATURE)) @ vectors.T
        return np.einsum("ij,ik,kj->j", moves, uncertainty, moves)


def _effects(mean: Numbers, variance: Numbers, doubt: Numbers, variance_of_factor: float) -> Effects:
    """Return the effects of one factor from their posterior; ``doubt`` is added to the variance of the shrunk ones.

    A normal posterior is a normal prior times what the data say: taking the prior out leaves the data's own word.
    """
    reliability = 1 - variance / variance_of_factor
    is_known = reliability > LEAST_RELIABILITY
    share = np.where(is_known, reliability, np.nan)
    return Effects(
        difference=mean / share,
        error=np.sqrt(variance / share),
        shrunk=mean,
        shrunk_error=np.sqrt(np.maximum(variance + doubt, 0)),
        variance=variance_of_factor,
    )
