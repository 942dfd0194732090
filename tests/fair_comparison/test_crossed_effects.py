"""The mixed model against its own definition, written out as one big covariance matrix."""

import numpy as np
import pytest

from pipelines.crossed_effects import NO_GROUP, CrossedRows, crossed_effects, pupil_variances

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
    return CrossedRows(
        mean=mean,
        count=rng.integers(2, 9, len(pupil)).astype(float),
        pupil=pupil,
        pair=pupil * SUBJECTS + subject,
        fixed=np.column_stack([np.ones(len(pupil)), subject == 0]).astype(float),
        factors={"teacher": teacher, "subject": subject},
    )


def indicator(codes: np.ndarray) -> np.ndarray:
    return (codes[:, None] == np.arange(codes.max() + 1)[None, :]).astype(float)


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("group", [0, TEACHERS - 1])
def test_a_difference_is_what_all_other_rows_leave_of_a_group(seed: int, group: int) -> None:
    rows = made_rows(seed)
    effects = crossed_effects(rows, MARK_VARIANCE)
    known = {name: indicator(codes) for name, codes in rows.factors.items()}
    of_pupils = pupil_variances(rows, MARK_VARIANCE, _designs(rows))
    own = known["teacher"][:, group].copy()
    known["teacher"][:, group] = 0.0
    covariance = np.diag(of_pupils.row + MARK_VARIANCE / rows.count)
    for codes, variance in ((rows.pupil, of_pupils.pupil), (rows.pair, of_pupils.pair)):
        covariance += variance * indicator(codes) @ indicator(codes).T
    for name, design in known.items():
        covariance += effects[name].variance * design @ design.T
    # The group alone is fitted freely: nothing is assumed of it.
    columns = np.column_stack([rows.fixed, own])
    weighted = np.linalg.solve(covariance, columns)
    uncertainty = np.linalg.inv(columns.T @ weighted)
    fitted = uncertainty @ (weighted.T @ rows.mean)
    teacher = effects["teacher"]
    assert teacher.difference[group] == pytest.approx(fitted[-1], rel=1e-4)
    assert teacher.error[group] == pytest.approx(np.sqrt(uncertainty[-1, -1]), rel=1e-4)
    assert teacher.shrunk[group] == pytest.approx(
        teacher.difference[group] * teacher.variance / (teacher.variance + teacher.error[group] ** 2)
    )


def _designs(rows: CrossedRows) -> list[np.ndarray]:
    return [indicator(codes) for codes in rows.factors.values()]


def test_variances_of_pupils_are_those_they_were_made_with() -> None:
    found = [pupil_variances(made_rows(seed), MARK_VARIANCE) for seed in range(20)]
    assert np.mean([each.pupil for each in found]) == pytest.approx(0.16, rel=0.25)
    assert all(each.pair >= 0 and each.row > 0 for each in found)
