"""Effects of groups on marks once their pupils are taken into account: pupils and groups crossed in a mixed model.

A row holds the marks that one teacher gave one pupil in one subject within one date range:

    mean of marks = fixed effects + pupil + pupil in the subject + one effect of each factor + chance

All but the fixed effects are random (Henderson 1975, «Best linear unbiased estimation and prediction under a selection
model»; for schools Goldstein and Spiegelhalter 1996, «League tables and their limitations»). The variance of each factor
is estimated by restricted likelihood, the variances of pupils by moments. A group's effect is its posterior mean: the
fewer its pupils, the nearer to the middle (Efron and Morris 1975, «Data analysis using Stein's estimator»).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Codes = NDArray[np.intp]
NO_GROUP = -1
LEAST_VARIANCE, MOST_VARIANCE = 1e-6, 4.0
LEAST_LOG, MOST_LOG = np.log(LEAST_VARIANCE), np.log(MOST_VARIANCE)
# Start value of REML for a variance whose moment estimate is zero or negative.
LEAST_GUESS = 1e-4
# Least curvature by logarithms of variances: no logarithm is more uncertain than ±2.
LEAST_CURVATURE = 0.25
# Newton's method over log variances: longest step, step size at which it has converged, most steps, and the curvature
# that counts as zero.
LONGEST_STEP, LAST_STEP, MOST_STEPS, FLAT = 2.0, 1e-4, 50, 1e-9
# Relative decrease of the log likelihood that is put down to rounding.
ROUNDING = 1e-10
# Keeps the equations solvable where a class has but one teacher and the like.
RIDGE = 1e-6
# A fixed effect whose residual norm given the others is below this share of the largest is linearly dependent.
DEPENDENT = 1e-10
# Least reliability (1 − posterior variance / prior variance) at which a group has an estimate of its own.
LEAST_RELIABILITY = 1e-5


@dataclass(frozen=True)
class CrossedDesign:
    """The design of the model: which effects each row has. It does not depend on the marks. Codes count from 0.

    An entry a row: ``pupil`` and ``pair``, a pupil in a subject; ``cell``: rows of one cell differ in their pupils only. Of
    each cell: ``fixed``, cells × fixed effects, sparse; ``factors``, name → code of each cell, NO_GROUP: none.
    """

    pupil: Codes
    pair: Codes
    cell: Codes
    fixed: "scipy.sparse.csr_matrix"
    factors: Mapping[str, Codes]

    @cached_property
    def columns(self) -> "scipy.sparse.csr_matrix":
        """Cells × effects, the fixed ones first and then those of each factor."""
        designs = [indicators(codes) for codes in self.factors.values()]
        return scipy.sparse.hstack([self.fixed, *designs], format="csr")

    @cached_property
    def effects(self) -> "scipy.sparse.csr_matrix":
        """Effects × cells: the same, by rows."""
        return self.columns.T.tocsr()

    @cached_property
    def sizes(self) -> Codes:
        """How many effects each factor has."""
        return np.array([int(codes.max(initial=NO_GROUP)) + 1 for codes in self.factors.values()])

    @cached_property
    def normal(self) -> tuple[Numbers, bool]:
        """The factored equations of all effects where every row counts alike."""
        counted = scipy.sparse.diags_array(np.bincount(self.cell).astype(np.float64)) @ self.columns
        factored: tuple[Numbers, bool] = scipy.linalg.cho_factor(
            (self.effects @ counted).toarray() + RIDGE * np.eye(self.columns.shape[1])
        )
        return factored


@dataclass(frozen=True)
class CrossedRows:
    """Rows of the model: ``mean``, marks 2..5; ``count``, on how many marks it stands (the effective number of weighted ones)."""

    design: CrossedDesign
    mean: Numbers
    count: Numbers


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
    design = rows.design
    information, score = _without_pupils(rows, pupil_variances(rows, mark_variance))
    information, score = _without_fixed(information, score, design.fixed.shape[1])
    found = FactorLikelihood(information, score, design.sizes).best()
    variance, doubt = np.diag(found.covariance), found.doubt()
    ends = np.cumsum([0, *design.sizes])
    return {
        name: _effects(found.mean[start:end], variance[start:end], doubt[start:end], float(np.exp(log)))
        for name, start, end, log in zip(design.factors, ends[:-1], ends[1:], found.logs, strict=True)
    }


def indicators(codes: Codes) -> "scipy.sparse.csr_matrix":
    """Return entries × codes: 1 where an entry is the code; NO_GROUP has none."""
    is_known = codes != NO_GROUP
    shape = (len(codes), int(codes.max(initial=NO_GROUP)) + 1)
    starts = np.append(0, np.cumsum(is_known))
    return scipy.sparse.csr_matrix((np.ones(starts[-1]), codes[is_known], starts), shape)


def pupil_variances(rows: CrossedRows, mark_variance: float) -> PupilVariances:
    """Estimate the variances by moments: mean products of residuals that share a pupil, or a pupil and a subject.

    ``mark_variance``: variance of a single mark within a row; all variances are in marks squared.
    """
    residual = _residuals(rows)
    same_pair, pairs = _products(residual, rows.design.pair)
    same_pupil, pupils = _products(residual, rows.design.pupil)
    of_pupil = _at_least((same_pupil - same_pair) / max(pupils - pairs, 1))
    beyond = float(np.mean(residual**2 - mark_variance / rows.count)) - of_pupil
    # Without earlier marks the pupil-in-subject variance cannot be separated from that of the row.
    of_pair = same_pair / pairs - of_pupil if pairs else 0.0
    return PupilVariances(of_pupil, _at_least(of_pair), _at_least(beyond - max(of_pair, 0.0)), mark_variance)


def _residuals(rows: CrossedRows) -> Numbers:
    design, in_cells = rows.design, np.bincount(rows.design.cell, rows.mean)
    fitted: Numbers = design.columns @ scipy.linalg.cho_solve(design.normal, design.effects @ in_cells)
    return rows.mean - fitted[design.cell]


def _products(residual: Numbers, codes: Codes) -> tuple[float, int]:
    """Return the sum of the products of all ordered pairs of different rows with the same code, and how many they are."""
    total, squares = np.bincount(codes, residual), np.bincount(codes, residual**2)
    counts = np.bincount(codes)
    return float((total**2 - squares).sum()), int((counts * (counts - 1)).sum())


def _at_least(variance: float) -> float:
    return min(max(float(variance), LEAST_VARIANCE), MOST_VARIANCE)


def _without_pupils(rows: CrossedRows, variances: PupilVariances) -> tuple[Numbers, Numbers]:
    """Return the mixed-model equations of all effects, pupils in subjects and then pupils absorbed (Henderson 1975)."""
    design, columns = rows.design, rows.design.columns
    weight = 1 / (variances.row + variances.mark / rows.count)
    given_rest, of_pair = _absorbed(design, design.pair, weight, variances.pair)
    # The weight of each row after absorbing its pair.
    left = weight * (1 - given_rest * np.bincount(design.pair, weight))[design.pair]
    absorbed, of_pupil = _absorbed(design, design.pupil, left, variances.pupil)
    in_cells = scipy.sparse.diags_array(np.bincount(design.cell, weight)) - of_pair.T @ (
        scipy.sparse.diags_array(given_rest) @ of_pair
    )
    in_cells = in_cells - of_pupil.T @ (scipy.sparse.diags_array(absorbed) @ of_pupil)
    marks = np.bincount(design.cell, weight * rows.mean)
    marks -= of_pair.T @ (given_rest * np.bincount(design.pair, weight * rows.mean))
    marks -= of_pupil.T @ (absorbed * np.bincount(design.pupil, left * rows.mean))
    return (design.effects @ (in_cells @ columns)).toarray(), design.effects @ marks


def _absorbed(
    design: CrossedDesign, codes: Codes, weight: Numbers, variance: float
) -> tuple[Numbers, "scipy.sparse.csr_matrix"]:
    """Return the variance of each code's effect given all else, and the weights, codes × cells."""
    shape = (int(codes.max()) + 1, int(design.cell.max()) + 1)
    in_cells = scipy.sparse.csr_matrix((weight, (codes, design.cell)), shape)
    return 1 / (1 / variance + np.bincount(codes, weight)), in_cells


def _without_fixed(information: Numbers, score: Numbers, count: int) -> tuple[Numbers, Numbers]:
    """Return the equations of the factors alone: fixed effects are fitted, nothing is assumed of them.

    Fixed effects that are sums of others are left out: pivoted Cholesky (Higham 2002, «Accuracy and Stability of Numerical
    Algorithms», 10.3).
    """
    fixed = information[:count, :count]
    root, order, rank, _ = scipy.linalg.lapack.dpstrf(fixed, tol=DEPENDENT * np.diag(fixed).max(), lower=1)
    independent = order[:rank] - 1
    beside = np.column_stack([information[independent, count:], score[independent]])
    explained = scipy.linalg.solve_triangular(root[:rank, :rank], beside, lower=True)
    across, of_fixed = explained[:, :-1], explained[:, -1]
    return information[count:, count:] - across.T @ across, score[count:] - across.T @ of_fixed


@dataclass(frozen=True)
class FactorPosterior:
    """All effects given the logarithms of the factors' variances: means and covariance.

    ``moves``: effects × factors, derivatives of the means by the logarithms. ``minus_log``: − log likelihood of the
    variances, ``slope`` and ``curvature`` its first and second derivatives by the logarithms.
    """

    logs: Numbers
    mean: Numbers
    covariance: Numbers
    moves: Numbers
    minus_log: float
    slope: Numbers
    curvature: Numbers

    def newton_step(self) -> Numbers:
        """Return the Newton step of the log variances; a variance at a bound does not step out of it.

        Eigenvalues of the curvature are taken absolute, so the step is uphill also where the likelihood is not concave; its
        length along each eigenvector is at most LONGEST_STEP.
        """
        is_held = ((self.logs <= LEAST_LOG) & (self.slope > 0)) | ((self.logs >= MOST_LOG) & (self.slope < 0))
        slope = np.where(is_held, 0.0, self.slope)
        values, axes = np.linalg.eigh(np.where(is_held | is_held[:, None], 0.0, self.curvature))
        along = -(axes.T @ slope) / np.maximum(np.abs(values), FLAT)
        return np.where(is_held, 0.0, axes @ np.clip(along, -LONGEST_STEP, LONGEST_STEP))

    def doubt(self) -> Numbers:
        """Return the variance of each effect that comes from estimating the factors' variances.

        First-order propagation of the uncertainty of the log variances into the posterior means (Kass and Steffey
        1989, «Approximate Bayesian inference in conditionally independent hierarchical models»).
        """
        values, axes = np.linalg.eigh(self.curvature)
        along = self.moves @ axes
        variances: Numbers = along**2 @ (1 / np.maximum(values, LEAST_CURVATURE))
        return variances


@dataclass(frozen=True)
class FactorLikelihood:
    """The restricted likelihood of the factors' variances, by their logarithms (Patterson and Thompson 1971).

    ``information``, ``score``: the equations of the factors' effects, ``sizes``: how many of them each factor has.
    """

    information: Numbers
    score: Numbers
    sizes: Codes

    def posterior(self, logs: Numbers) -> FactorPosterior:
        """Return the posterior of the effects at the log variances ``logs``, with likelihood, gradient and Hessian.

        Each standard deviation has a prior proportional to itself: it keeps the estimate off zero and the intervals wide
        enough where groups are few (Chung and others 2013, «A nondegenerate penalized likelihood estimator for variance parameters»). Derivatives:
        Lindstrom and Bates 1988, «Newton–Raphson and EM algorithms for linear mixed-effects models for repeated-measures
        data».
        """
        precision = np.exp(-logs)
        of_factor = np.repeat(np.eye(len(logs)), self.sizes, axis=0)
        each = of_factor @ precision
        root = scipy.linalg.cholesky(self.information + np.diag(each), lower=True, check_finite=False)
        covariance = _inverse(root)
        mean = covariance @ self.score
        log_determinant = np.log(np.diag(root)).sum() + self.sizes @ logs / 2
        pulls = of_factor * (each * mean)[:, None]
        moves = covariance @ pulls
        explained = precision * (of_factor.T @ (mean**2 + np.diag(covariance)))
        shared = of_factor.T @ covariance**2 @ of_factor * np.outer(precision, precision)
        return FactorPosterior(
            logs,
            mean,
            covariance,
            moves,
            minus_log=float(log_determinant - self.score @ mean / 2 - logs.sum() / 2),
            slope=(self.sizes - explained - 1) / 2,
            curvature=(np.diag(explained) - shared) / 2 - pulls.T @ moves,
        )

    def moments(self) -> Numbers:
        """Estimate the variances of the factors by moments, at least LEAST_GUESS: start values for ``best``.

        The covariance of the scores is information + Σ variance × (information of the factor)²; solve for the variances by
        least squares weighted by the diagonal of the information (Rao 1971, «Estimation of variance and covariance components», MINQUE from 0).
        """
        known = np.diag(self.information)
        weights = 1 / np.maximum(known, FLAT)
        of_factor = np.repeat(np.eye(len(self.sizes)), self.sizes, axis=0)
        shared = (of_factor * weights[:, None]).T @ self.information**2 @ of_factor
        beyond = of_factor.T @ (weights * (self.score**2 - known))
        found = np.asarray(np.linalg.lstsq(shared, beyond)[0], np.float64)
        return np.clip(found, LEAST_GUESS, MOST_VARIANCE)

    def best(self, guess: Numbers | None = None) -> FactorPosterior:
        """Maximise the restricted likelihood by Newton's method; return the posterior at the maximum.

        Start from the variances ``guess``, or from moment estimates. A step that lowers the likelihood is halved.
        """
        here = self.posterior(np.log(self.moments() if guess is None else guess))
        step = here.newton_step()
        for _ in range(MOST_STEPS):
            there = self.posterior(np.clip(here.logs + step, LEAST_LOG, MOST_LOG))
            if np.abs(step).max() < LAST_STEP:
                return there
            is_better = there.minus_log - here.minus_log <= ROUNDING * (1 + abs(here.minus_log))
            here, step = (there, there.newton_step()) if is_better else (here, step / 2)
        return here


def _inverse(root: Numbers) -> Numbers:
    """Return the inverse of the matrix whose lower Cholesky factor is ``root``, zeros above."""
    lower, _ = scipy.linalg.lapack.dpotri(root, lower=1)
    inverse: Numbers = lower + lower.T
    inverse[np.diag_indices_from(inverse)] /= 2
    return inverse


def _effects(mean: Numbers, variance: Numbers, doubt: Numbers, variance_of_factor: float) -> Effects:
    """Return the effects of one factor from its posterior; ``doubt`` is added to the variance of the shrunk effects.

    Dividing the normal prior out of the normal posterior leaves the estimate from the data alone.
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
