"""What is learned from closed terms: the models, the choice among them, the sets and what they promise."""

from __future__ import annotations

import dataclasses
import datetime as dt

import numpy as np
import pandas as pd
import pytest
from journal_simulator import Size, simulate

from models.evaluation.rolling import choose_model, rolled
from models.evaluation.training import (
    best_choice,
    divided,
    examples,
    examples_at,
    fitted_family,
    teaching_examples,
)
from models.features.series import FEATURES, MARK_FEATURES
from models.features.tables import prepare
from models.forecasters.blend import EVEN, MOSTLY_TREES, Blend
from models.forecasters.boosting import Boosting
from models.forecasters.class_level import FIGURES, KNOTS, ClassSpread, class_forecast, fitted_spread
from models.forecasters.empirical_bayes import Constants, EmpiricalBayes, Evidence, loss_and_slope
from models.forecasters.forecaster import (
    PROBABILITIES,
    at_least,
    from_at_least,
    passed_thresholds,
    without_never_given,
)
from models.forecasters.ordinal import OrdinalLogit
from models.forecasters.pool import Pool
from models.forecasters.prediction_sets import PredictionSets
from models.forecasters.year_mark import fitted_year_family, year_examples
from models.metrics import log_loss
from models.product.forecast import forecast_term
from models.product.school_model import fit_school

FIRST_YEAR, SECOND_YEAR = 2021, 2022


@pytest.fixture(scope="module")
def journal(school):
    return prepare(school)


def terms_of(journal, year):
    return np.flatnonzero(journal.terms.school_year == year)


def chosen_by(journal, year, seed):
    terms = terms_of(journal, year)
    return choose_model(journal, terms, teaching_examples(journal, terms), seed=seed)[0]


@pytest.fixture(scope="module")
def family(journal):
    return fitted_family(teaching_examples(journal, terms_of(journal, FIRST_YEAR)), seed=3)


@pytest.fixture(scope="module")
def judged(journal):
    return examples_at(journal, terms_of(journal, SECOND_YEAR), 0.4)


def test_the_models_beat_what_every_register_shows(family, judged):
    loss = {name: log_loss(judged.y, model.predict_proba(judged.features)) for name, model in family.items()}
    for name in ("empirical_bayes", "ordinal", "blend"):
        assert loss[name] < loss["rounded_mean"] < loss["last_term_mark"]


@pytest.mark.parametrize("name", ["empirical_bayes", "ordinal", "boosting", "blend"])
def test_no_learned_model_punishes_a_better_mark(family, judged, name):
    better = judged.features.copy()
    known = [c for c in (*MARK_FEATURES, "teacher_past", "subject_past", "subject_past_fives") if c in better]
    better[known] += np.random.default_rng(0).uniform(0.0, 0.4, (len(better), len(known)))
    chances, bettered = (at_least(family[name].predict_proba(f)) for f in (judged.features, better))
    assert (bettered >= chances - 1e-9).all()
    assert (bettered > chances + 1e-6).any()


def test_the_same_seed_gives_the_same_forecast(journal, family, judged):
    again = fitted_family(teaching_examples(journal, terms_of(journal, FIRST_YEAR)), seed=3)
    for name, model in family.items():
        assert np.array_equal(
            model.predict_proba(judged.features), again[name].predict_proba(judged.features)
        )


@pytest.mark.parametrize("name", ["empirical_bayes", "ordinal", "boosting", "blend"])
def test_columns_missing_only_when_asked_stay_missing_and_do_not_wreck_the_forecast(family, judged, name):
    history = ["previous_term_mark", "previous_term_mean", "older_term_mean", "others_past", "teacher_past"]
    without = judged.features.assign(**dict.fromkeys(history, np.nan))
    p = family[name].predict_proba(without)
    assert np.allclose(p.sum(axis=1), 1.0)
    assert log_loss(judged.y, p) < log_loss(judged.y, np.full_like(p, 0.25))


def test_a_column_that_was_never_known_before_is_no_news_when_it_is(judged):
    never = judged.features.assign(**dict.fromkeys(["previous_term_mark", "previous_term_mean"], np.nan))
    model = OrdinalLogit().fit(never, judged.y)
    shift = at_least(model.predict_proba(judged.features)) - at_least(
        model.prior.predict_proba(judged.features)
    )
    assert np.abs(shift).mean() < 0.1


def test_the_slope_of_the_likelihood_is_its_derivative(judged):
    evidence, passed = Evidence.of(judged.features.iloc[::5]), passed_thresholds(judged.y[::5])
    at = Constants().packed() + np.random.default_rng(1).normal(0, 0.1, len(Constants().packed()))
    _, slope = loss_and_slope(evidence, passed, at)
    for i in range(len(at)):
        step = np.zeros_like(at)
        step[i] = 1e-5
        ahead, behind = (loss_and_slope(evidence, passed, at + way * step)[0] for way in (1, -1))
        assert slope[i] == pytest.approx((ahead - behind) / 2e-5, rel=1e-3, abs=1e-3)


def test_before_anything_is_learned_every_model_answers_as_the_fixed_constants(judged):
    fixed = EmpiricalBayes().predict_proba(judged.features)
    for model in (OrdinalLogit(), Boosting(), Blend()):
        assert np.allclose(model.predict_proba(judged.features), fixed)


def test_a_mark_the_school_never_gave_has_almost_no_chance(judged):
    pass_fail = np.where(judged.y == 3, 2, judged.y)
    p = Blend().fit(judged.features, pass_fail).predict_proba(judged.features)
    assert p[:, 1].max() < 0.01


def test_few_closed_terms_are_too_few_to_call_a_mark_never_given():
    chances = np.array([[0.9, 0.5, 0.1]])
    assert np.array_equal(without_never_given(chances, np.array([0, 0, 50, 50])), chances)
    assert without_never_given(chances, np.array([50, 0, 500, 500]))[0, 0] == pytest.approx(0.5, abs=0.01)


def test_a_higher_threshold_is_never_likelier_than_a_lower():
    p = from_at_least(np.array([[0.5, 0.7, 0.2]]))
    assert (p >= 0).all()
    assert p.sum() == pytest.approx(1.0)


def test_the_first_terms_of_a_journal_teach_only_where_marks_are_known(journal):
    seen = teaching_examples(journal, terms_of(journal, FIRST_YEAR))
    first = journal.terms.first_day[seen.rows.term] == journal.terms.first_day.min()
    assert (seen.features["n_marks"].to_numpy()[first] > 0).all()
    assert (seen.features["n_marks"].to_numpy()[~first] == 0).any()


def test_a_journal_of_term_marks_alone_is_seen_once_a_term_and_shows_no_time(school):
    bare = prepare(dataclasses.replace(school, marks=school.marks.iloc[:0]))
    quarters = np.flatnonzero(np.asarray(bare.terms.kind) == "quarter")
    terms = np.intersect1d(terms_of(bare, SECOND_YEAR), quarters)
    seen = examples(bare, terms, (0.0, 0.5))
    assert len(seen) == np.isin(bare.term_marks.term, terms).sum()
    pd.testing.assert_frame_equal(
        examples_at(bare, terms, 0.5).features, examples_at(bare, terms, 0.0).features
    )


def test_terms_are_divided_by_time(journal):
    earlier, later = divided(journal, np.arange(len(journal.term_ids)))
    assert journal.terms.last_day[earlier].max() < journal.terms.first_day[later].min()


def test_the_choice_is_made_on_the_past_only(school, journal):
    """Nothing in the judged year can move the choice, the sets or the constants."""
    later = school.terms.loc[school.terms["school_year"] == SECOND_YEAR, "term_id"]
    turned = school.term_marks.copy()
    turned.loc[turned["term_id"].isin(later), "value"] = 3
    other = prepare(dataclasses.replace(school, term_marks=turned))
    first, second = (chosen_by(j, FIRST_YEAR, seed=1) for j in (journal, other))
    assert first.name == second.name
    assert first.log_loss == second.log_loss
    assert np.array_equal(first.sets.thresholds, second.sets.thresholds)


def test_a_trained_school_is_answered_by_a_model_better_than_the_baseline(school):
    trained = fit_school(school, dt.date(2022, 8, 1), seed=0).trained
    assert trained.choice.log_loss[trained.choice.name] < trained.choice.log_loss["rounded_mean"]
    answer = forecast_term(school, ["2022-quarter-1"], dt.date(2022, 9, 25), model=trained)
    assert np.allclose(answer[PROBABILITIES].sum(axis=1), 1.0)
    likely = answer["most_likely"].astype(str)
    assert all(mark in shown for mark, shown in zip(likely, answer["prediction_set"], strict=True))


def test_a_school_without_closed_terms_is_served_by_the_fixed_constants(school):
    trained = fit_school(school, dt.date(2021, 9, 10), seed=0).trained
    assert isinstance(trained.model, Pool)
    assert trained.choice.log_loss == {}


def test_where_a_baseline_was_better_on_the_past_it_answers(school):
    """A school that copies the last mark: nothing can beat it."""
    first = school.term_marks.drop_duplicates(["pupil_id", "subject_id"]).set_index(
        ["pupil_id", "subject_id"]
    )["value"]
    marks = school.term_marks.copy()
    marks["value"] = first.loc[pd.MultiIndex.from_frame(marks[["pupil_id", "subject_id"]])].to_numpy()
    noise = np.random.default_rng(0).integers(2, 6, len(school.marks))
    copying = dataclasses.replace(school, term_marks=marks, marks=school.marks.assign(value=noise))
    copied = prepare(copying)
    choice = chosen_by(copied, FIRST_YEAR, seed=0)
    assert choice.log_loss[choice.name] <= 1.01 * choice.log_loss["last_term_mark"]


def test_prediction_sets_hold_each_mark_by_itself_nine_times_of_ten():
    draw = np.random.default_rng(5)
    y = draw.choice([3, 4, 5], size=9000, p=[0.05, 0.25, 0.70])
    p = np.exp(draw.normal(0, 1, (9000, 4)) + 2.0 * np.eye(4)[y - 2])
    p /= p.sum(axis=1, keepdims=True)
    elapsed = np.full(9000, 0.4)
    half = np.arange(9000) < 4500
    shown = PredictionSets().fit(y[half], p[half], elapsed[half]).of(p[~half], elapsed[~half])
    for mark in (3, 4, 5):
        came = y[~half] == mark
        assert shown[came, mark - 2].mean() > 0.85


def test_a_term_that_was_strict_once_is_prepared_for_after_a_lenient_year():
    """Pooled, the many of the lenient terms would hide it."""
    draw = np.random.default_rng(7)
    chance_of_three = np.concatenate([draw.uniform(0.2, 0.6, 900), draw.uniform(0.02, 0.3, 100)])
    p = np.column_stack([np.zeros(1000), chance_of_three, 1 - chance_of_three, np.zeros(1000)])
    y, elapsed = np.full(1000, 3), np.full(1000, 0.4)
    origin = np.repeat([0, 1], [900, 100])
    strict = origin == 1
    sets = PredictionSets().fit(y, p, elapsed, origin)
    pooled = PredictionSets().fit(y, p, elapsed)
    held, held_by_pooled = (each.of(p[strict], elapsed[strict])[:, 1].mean() for each in (sets, pooled))
    assert held >= 0.9 > held_by_pooled


def test_each_term_of_the_past_is_judged_by_those_before_it(school, journal):
    """The last term of the past moves only its own answers."""
    terms = terms_of(journal, FIRST_YEAR)
    last = school.terms.loc[
        (school.terms["school_year"] == FIRST_YEAR) & (school.terms["ends_on"] >= dt.date(2022, 5, 1)),
        "term_id",
    ]
    turned = school.term_marks.copy()
    turned.loc[turned["term_id"].isin(last), "value"] = 3
    other = prepare(dataclasses.replace(school, term_marks=turned))
    first, second = (rolled(each, teaching_examples(each, terms), seed=1) for each in (journal, other))
    is_earlier = first.origin < first.origin.max()
    assert is_earlier.any()
    assert np.array_equal(first.answers["blend"][is_earlier], second.answers["blend"][is_earlier])
    assert not np.array_equal(first.judged.y, second.judged.y)


def test_the_half_that_forecasts_better_weighs_more_where_there_is_enough_to_tell(judged):
    n = len(judged)
    right = np.full((n, 4), 0.01)
    right[np.arange(n), judged.y - 2] = 0.97
    guess = np.full((n, 4), 0.25)
    for boosting, ordinal, n_closed, share in (
        (right, guess, 5000, MOSTLY_TREES),
        (guess, right, 5000, EVEN),
        (right, guess, 500, EVEN),
    ):
        answers = {"ordinal": ordinal, "boosting": boosting}
        choice = best_choice(judged, answers, n_closed, judged, answers, np.zeros(n, dtype=np.int64))
        assert choice.share_of_boosting == share


def test_rare_marks_are_shown_cautiously_until_enough_are_seen():
    sets = PredictionSets().fit(np.array([5] * 100), np.tile([0.0, 0.05, 0.15, 0.8], (100, 1)), np.zeros(100))
    assert sets.texts(np.array([[0.01, 0.05, 0.14, 0.8]]), np.zeros(1)) == ["3, 4, 5"]


def test_what_classes_do_together_widens_the_intervals_of_large_classes():
    draw = np.random.default_rng(2)
    classes = np.repeat(np.arange(40), 200)
    shift = draw.normal(0, 0.1, 40)[classes]
    forecast = pd.DataFrame({"p2": 0.0, "p3": 0.3, "p4": 0.4, "p5": 0.3, "class_id": classes, "cut": 0.4})
    forecast["elapsed_share"] = 0.4
    y = np.where(draw.random(len(classes)) < 0.3 - shift, 3, 4)
    spread = fitted_spread(forecast, y, ["class_id"])
    assert spread.at("quality", np.array([0.4]))[0] == pytest.approx(0.1, abs=0.03)
    alone = ClassSpread({figure: (0.0,) * len(KNOTS) for figure in FIGURES})
    wide, narrow = (class_forecast(forecast, ["class_id"], s) for s in (spread, alone))
    true = pd.Series(100.0 * (y >= 4)).groupby(classes).mean()
    held = [((true >= f["quality_low"]) & (true <= f["quality_high"])).mean() for f in (wide, narrow)]
    assert held[0] > 0.8 > held[1]


@pytest.fixture(scope="module")
def larger():
    """Enough pupils for a year to be learned from."""
    return simulate(
        9, Size(grade_levels=(7, 8, 9), classes_a_level=1, pupils_a_class=24, subjects=8, years=2)
    )


def test_the_year_mark_is_forecast_better_the_more_terms_are_closed(larger):
    journal = prepare(larger)
    seen = year_examples(journal, [FIRST_YEAR])
    model = fitted_year_family(seen.features, seen.y)["ordinal"]
    later = year_examples(journal, [SECOND_YEAR])
    losses = []
    for n_terms in (0, 1, 2, 3):
        at = later.n_terms == n_terms
        losses.append(log_loss(later.y[at], model.predict_proba(later.features[at])))
    assert losses == sorted(losses, reverse=True)


def test_year_features_stay_when_everything_later_is_scrambled(larger):
    scrambled = larger.term_marks.copy()
    later = scrambled["term_id"].isin(["2022-quarter-3", "2022-quarter-4"])
    scrambled.loc[later, "value"] = 7 - scrambled.loc[later, "value"]
    marks = larger.marks.copy()
    unseen = marks["given_on"] > pd.Timestamp(2022, 12, 28)
    marks.loc[unseen, "value"] = 7 - marks.loc[unseen, "value"]
    years = larger.year_marks.copy()
    years.loc[years["school_year"] == SECOND_YEAR, "value"] = 2
    other = dataclasses.replace(larger, term_marks=scrambled, marks=marks, year_marks=years)
    before, after = (_seen_after_two_terms(tables) for tables in (larger, other))
    assert (before["n_marks"] == 2).all()
    assert (before["expected_remaining_marks"] == 2).all()
    pd.testing.assert_frame_equal(before, after)


def _seen_after_two_terms(tables):
    seen = year_examples(prepare(tables), [SECOND_YEAR])
    return seen.features[seen.n_terms == 2]


def test_features_of_a_year_are_the_same_columns_as_of_a_term(larger):
    seen = year_examples(prepare(larger), [FIRST_YEAR])
    assert list(seen.features.columns) == FEATURES
    assert sorted(np.unique(seen.n_terms)) == [0, 1, 2, 3]


@pytest.mark.parametrize("given", [2, 3])
def test_a_school_that_gives_twos_teaches_the_model_and_one_that_does_not_too(judged, given):
    known = judged.features.copy()
    low = np.arange(len(known)) % 3 == 0
    known.loc[low, "mean_so_far"], known.loc[low, "n_marks"] = 2.2, 11
    known.loc[low, ["previous_term_mark", "previous_term_mean"]] = 3.0
    known.loc[low, "expected_remaining_marks"] = 0.5
    closed = np.where(low, given, np.asarray(judged.y))
    chances = EmpiricalBayes().fit(known, closed).predict_proba(known)[low].mean(axis=0)
    assert chances[given - 2] > 0.8
