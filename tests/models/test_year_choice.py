"""What forecasts the year mark is chosen on the school's own closed years, pupils judged by what others taught."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from journal_simulator import Size, simulate

from models.evaluation.grouped import FOLDS, answers_apart
from models.evaluation.year_choice import FEWEST_TO_JUDGE, fitted_year_model
from models.features.tables import prepare
from models.forecasters.year_mark import year_examples
from models.metrics import log_loss


@pytest.fixture(scope="module")
def years():
    return simulate(9, Size(grade_levels=(7, 8), classes_a_level=1, pupils_a_class=20, subjects=6, years=2))


def test_the_chosen_forecasts_a_later_year_better_than_what_every_register_shows(years):
    journal = prepare(years)
    chosen = fitted_year_model(journal, [2021], seed=1)
    later = year_examples(journal, [2022])
    assert chosen.log_loss[chosen.name] == min(chosen.log_loss.values())
    assert chosen.n_closed == len(years.year_marks[years.year_marks["school_year"] == 2021])
    shown = log_loss(later.y, chosen.predict_proba(later.features))
    for baseline in ("rounded_mean", "last_term_mark"):
        assert shown < chosen.log_loss[baseline]


def test_where_year_marks_follow_last_years_the_model_gives_way_to_them(years):
    """A school that repeats the mark of the last term: nothing learned says it better."""
    last = years.term_marks[years.term_marks["term_id"] == "2021-quarter-4"]
    marks = years.year_marks[years.year_marks["school_year"] == 2021].drop(columns="value")
    same = marks.merge(last[["class_id", "subject_id", "pupil_id", "value"]])
    journal = prepare(dataclasses.replace(years, year_marks=same))
    seen = year_examples(journal, [2021])
    chosen = fitted_year_model(journal, [2021], seed=1)
    assert chosen.log_loss[chosen.name] <= chosen.log_loss["last_term_mark"]
    assert len(seen.y) >= FEWEST_TO_JUDGE


def test_too_few_year_marks_leave_the_constants(years):
    few = years.year_marks[years.year_marks["school_year"] == 2021].head(FEWEST_TO_JUDGE // 5)
    chosen = fitted_year_model(prepare(dataclasses.replace(years, year_marks=few)), [2021], seed=1)
    assert (chosen.name, chosen.log_loss) == ("empirical_bayes_fixed", {})


def test_no_pupil_is_judged_by_own_rows():
    pupil = np.repeat(np.arange(12), 3)
    rows = pd.DataFrame({"pupil": pupil})
    taught: list[set[int]] = []

    class Knows:
        def __init__(self, of: set[int]) -> None:
            self.of = of

        def predict_proba(self, features):
            assert self.of.isdisjoint(features["pupil"])
            return np.tile([0.0, 0.0, 0.0, 1.0], (len(features), 1))

    def family(features, y):
        taught.append(set(features["pupil"]))
        return {"knows": Knows(taught[-1])}

    answers = answers_apart(rows, np.full(len(rows), 5), pupil, family, seed=1)
    assert len(taught) == FOLDS
    assert (answers["knows"][:, 3] == 1).all()
