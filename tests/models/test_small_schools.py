"""Small and new schools: what answers is never worse than the rounded mean so far, and a rising mark never lowers it."""

import numpy as np
import pandas as pd
import pytest
from journal_simulator import Size, simulate

from models.evaluation.small_past import FEWEST_TO_WEIGH, POOL, UNLEARNED, choice_of_little
from models.evaluation.small_schools import CUTS, against_rounded_mean
from models.evaluation.training import Examples, examples_at, teaching_examples
from models.features.tables import prepare
from models.forecasters.baselines import NOTHING_TO_POINT_AT, rising_rounded_mean
from models.forecasters.forecaster import at_least
from models.forecasters.pool import FIRST_WEIGHTS, unlearned_pool
from models.metrics import log_loss


@pytest.fixture(scope="module")
def tables():
    return simulate(
        4, Size(grade_levels=(7, 8, 9), classes_a_level=1, pupils_a_class=20, subjects=6, years=2)
    )


@pytest.fixture(scope="module")
def years(tables):
    return tuple(
        [term for term in tables.terms["term_id"] if term.startswith(year)] for year in ("2021", "2022")
    )


def test_no_small_or_new_school_is_told_worse_than_by_the_rounded_mean(tables, years):
    found = against_rounded_mean(tables, *years, (0, 50), seed=1, draws=3)
    assert {each.n_closed for each in found} == {0, 50}
    assert len(found) == 2 * len(CUTS)
    assert [each for each in found if each.is_worse] == []
    late = [each for each in found if each.cut >= 0.5]
    assert all(each.answering < each.rounded_mean for each in late)


def test_a_school_whose_marks_follow_no_mean_is_noticed_from_few_rows(tables, years):
    """Term marks thrown at random: the constants hold what is false, and fifty rows say so."""
    noise = np.random.default_rng(0).integers(2, 6, len(tables.term_marks))
    journal = prepare(
        type(tables)(
            **{**vars(tables), "term_marks": tables.term_marks.assign(value=noise), "year_marks": None}
        )
    )
    terms = np.flatnonzero(journal.term_ids.isin(years[0]))
    seen = teaching_examples(journal, terms)
    few = seen.where(np.isin(seen.rows.pupil, np.unique(seen.rows.pupil)[:6]))
    choice, _, _ = choice_of_little(journal, few, seed=1)
    later = examples_at(journal, np.flatnonzero(journal.term_ids.isin(years[1])), 0.8)
    assert choice.name == POOL
    said = log_loss(later.y, choice.model.predict_proba(later.features))
    assert said < log_loss(later.y, unlearned_pool().predict_proba(later.features))
    assert said < 1.5  # four marks, each as likely: 1.386


def test_of_next_to_nothing_nothing_is_learned(tables, years):
    journal = prepare(tables)
    seen = teaching_examples(journal, np.flatnonzero(journal.term_ids.isin(years[0])))
    first = np.arange(len(seen)) < FEWEST_TO_WEIGH - 1
    assert choice_of_little(journal, seen.where(first), seed=1)[0].name == UNLEARNED


def test_the_first_weights_share_out_the_whole():
    assert sum(FIRST_WEIGHTS.values()) == pytest.approx(1.0)


def rows(mean: float) -> pd.DataFrame:
    return pd.DataFrame({"mean_so_far": [mean], "previous_term_mark": [np.nan], "elapsed_share": [0.5]})


def test_a_better_mean_never_makes_a_better_mark_less_likely_whatever_few_counts_say():
    """Counted, a mean of 4 was followed by a 3 and a mean of 3 by a 5."""
    counted = pd.concat([rows(3.0), rows(4.0)] * 3, ignore_index=True)
    model = rising_rounded_mean().fit(counted, np.array([5, 3] * 3))
    chances = np.array([at_least(model.predict_proba(rows(mean)))[0] for mean in (2.0, 3.0, 4.0, 5.0)])
    assert (np.diff(chances, axis=0) >= -1e-9).all()
    assert model.shares[:, NOTHING_TO_POINT_AT].sum(axis=1) == pytest.approx(1.0)


def test_a_better_mark_never_lowers_what_the_pool_says(tables, years):
    journal = prepare(tables)
    seen = teaching_examples(journal, np.flatnonzero(journal.term_ids.isin(years[0])))
    few = seen.where(np.isin(seen.rows.pupil, np.unique(seen.rows.pupil)[:8]))
    model = choice_of_little(journal, few, seed=1)[0].model
    asked: Examples = examples_at(journal, np.flatnonzero(journal.term_ids.isin(years[1])), 0.5)
    better = asked.features.copy()
    raised = ["mean_so_far", "plain_mean_so_far", "lowest_mark", "last_mark"]
    better[raised] = better[raised] + 0.6
    before, after = (at_least(model.predict_proba(each)) for each in (asked.features, better))
    assert (after >= before - 1e-9).all()
