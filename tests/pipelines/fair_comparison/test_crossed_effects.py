"""The mixed model against its own definition, written out as one big covariance matrix."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from pipelines.fair.crossed_effects import (
    MOST_VARIANCE,
    NO_GROUP,
    CrossedDesign,
    CrossedRows,
    FactorLikelihood,
    crossed_effects,
    pupil_variances,
)

PUPILS, SUBJECTS, TEACHERS = 30, 4, 6
MARK_VARIANCE = 0.2


def made_rows(seed: int) -> CrossedRows:
    """Return rows in which pupils meet teachers at random, some twice in a subject, some without a known teacher."""
    rng = np.random.default_rng(seed)
    pupil = np.repeat(np.arange(PUPILS), SUBJECTS + 2)
    subject = np.tile([*range(SUBJECTS), 0, 1], PUPILS)
    teacher = rng.integers(0, TEACHERS, len(pupil))
    teacher[rng.random(len(pupil)) < 0.1] = NO_GROUP
    effect = np.append(rng.normal(0, 0.3, TEACHERS), 0.0)
    mean = 4 + rng.normal(0, 0.4, PUPILS)[pupil] + effect[teacher] + rng.normal(0, 0.3, len(pupil))
    count = rng.integers(2, 9, len(pupil)).astype(float)
    design = CrossedDesign(
        pupil=pupil,
        pair=pupil * SUBJECTS + subject,
        cell=np.arange(len(pupil)),
        fixed=csr_matrix(np.column_stack([np.ones(len(pupil)), subject == 0]).astype(float)),
        factors={"teacher": teacher, "subject": subject},
    )
    return CrossedRows(design, mean, count)


def indicator(codes: np.ndarray) -> np.ndarray:
    return (codes[:, None] == np.arange(codes.max() + 1)[None, :]).astype(float)


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("group", [0, TEACHERS - 1])
def test_a_difference_is_what_all_other_rows_leave_of_a_group(seed: int, group: int) -> None:
    rows = made_rows(seed)
    design, effects = rows.design, crossed_effects(rows, MARK_VARIANCE)
    known = {name: indicator(codes) for name, codes in design.factors.items()}
    of_pupils = pupil_variances(rows, MARK_VARIANCE)
    own = known["teacher"][:, group].copy()
    known["teacher"][:, group] = 0.0
    covariance = np.diag(of_pupils.row + MARK_VARIANCE / rows.count)
    for codes, variance in ((design.pupil, of_pupils.pupil), (design.pair, of_pupils.pair)):
        covariance += variance * indicator(codes) @ indicator(codes).T
    for name, columns in known.items():
        covariance += effects[name].variance * columns @ columns.T
    # The group alone is fitted freely: nothing is assumed of it.
    columns = np.column_stack([design.fixed.toarray(), own])
    weighted = np.linalg.solve(covariance, columns)
    uncertainty = np.linalg.inv(columns.T @ weighted)
    fitted = uncertainty @ (weighted.T @ rows.mean)
    teacher = effects["teacher"]
    assert teacher.difference[group] == pytest.approx(fitted[-1], rel=1e-4)
    assert teacher.error[group] == pytest.approx(np.sqrt(uncertainty[-1, -1]), rel=1e-4)
    assert teacher.shrunk[group] == pytest.approx(
        teacher.difference[group] * teacher.variance / (teacher.variance + teacher.error[group] ** 2)
    )


def test_rows_alike_may_share_a_cell() -> None:
    rows = made_rows(1)
    teacher, subject = rows.design.factors["teacher"], rows.design.factors["subject"]
    _, first, cell = np.unique(teacher * SUBJECTS + subject, return_index=True, return_inverse=True)
    of_cells = {name: codes[first] for name, codes in rows.design.factors.items()}
    in_cells = replace(rows.design, cell=cell, fixed=rows.design.fixed[first], factors=of_cells)
    shared = replace(rows, design=in_cells)
    assert len(first) < len(teacher)
    alone, together = (crossed_effects(each, MARK_VARIANCE) for each in (rows, shared))
    for name, effects in alone.items():
        assert together[name].shrunk == pytest.approx(effects.shrunk, abs=1e-8)
        assert together[name].error == pytest.approx(effects.error, abs=1e-8, nan_ok=True)


def test_a_fixed_effect_that_is_a_sum_of_others_changes_nothing() -> None:
    rows = made_rows(2)
    first, second = rows.design.fixed.toarray().T
    doubled = csr_matrix(np.column_stack([first, second, first - second, 0 * first]))
    twice = replace(rows, design=replace(rows.design, fixed=doubled))
    once, again = (crossed_effects(each, MARK_VARIANCE)["teacher"] for each in (rows, twice))
    assert again.difference == pytest.approx(once.difference, abs=1e-6)
    assert again.shrunk_error == pytest.approx(once.shrunk_error, abs=1e-6)


SIZES = (6, 4, 3)


def made_likelihood(seed: int) -> FactorLikelihood:
    """Return the equations of a few effects that some forty rows know."""
    rng = np.random.default_rng(seed)
    design = rng.normal(size=(40, sum(SIZES)))
    effects = rng.normal(0, np.repeat([0.5, 0.1, 0.3], SIZES))
    mean = design @ effects + rng.normal(0, 1, len(design))
    return FactorLikelihood(design.T @ design, design.T @ mean, np.array(SIZES))


LOGS = {"even": (-3.0, -3.0, -3.0), "far apart": (-7.0, -1.0, 1.0)}


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("logs", LOGS.values(), ids=list(LOGS))
def test_derivatives_of_the_likelihood_are_its_differences(seed: int, logs: tuple[float, ...]) -> None:
    likelihood, step = made_likelihood(seed), 1e-4
    here = likelihood.posterior(np.array(logs))
    for factor, along in enumerate(step * np.eye(len(SIZES))):
        above, below = (likelihood.posterior(logs + turn * along) for turn in (1, -1))
        assert here.slope[factor] == pytest.approx((above.minus_log - below.minus_log) / (2 * step), abs=1e-6)
        assert here.curvature[factor] == pytest.approx((above.slope - below.slope) / (2 * step), abs=1e-6)
        assert here.moves[:, factor] == pytest.approx((above.mean - below.mean) / (2 * step), abs=1e-6)


@pytest.mark.parametrize("seed", range(6))
def test_the_maximum_is_the_same_from_wherever_it_is_sought(seed: int) -> None:
    likelihood = made_likelihood(seed)
    found = likelihood.best()
    assert np.abs(found.slope).max() < 1e-8
    for guess in (1e-4, 0.02, 1.0):
        other = likelihood.best(np.full(len(SIZES), guess))
        assert other.logs == pytest.approx(found.logs, abs=1e-8)


def test_a_variance_of_which_nothing_is_known_stays_within_bounds() -> None:
    # No row knows the effects of the last factor.
    likelihood = made_likelihood(1)
    is_known = np.arange(sum(SIZES)) < sum(SIZES[:-1])
    information = likelihood.information * np.outer(is_known, is_known)
    found = FactorLikelihood(information, likelihood.score * is_known, likelihood.sizes).best()
    assert np.exp(found.logs[-1]) == pytest.approx(MOST_VARIANCE)
    assert np.abs(found.slope[:-1]).max() < 1e-8


def test_variances_of_pupils_are_those_they_were_made_with() -> None:
    found = [pupil_variances(made_rows(seed), MARK_VARIANCE) for seed in range(20)]
    assert np.mean([each.pupil for each in found]) == pytest.approx(0.16, rel=0.25)
    assert all(each.pair >= 0 and each.row > 0 for each in found)
