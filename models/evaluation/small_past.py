"""The model of a school with little past, or with nothing to judge it by in time: a pool, weighed on pupils that taught nothing.

Where no later term can judge what earlier ones taught, each row is answered by models that learned from other pupils. The weights
are those under which the marks that came were likeliest (expectation maximisation), pulled to those before anything was closed. The
pool answers at a point of the term only where it errs less than the rounded mean so far beyond chance; else the rounded mean does.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from models.evaluation.grouped import answers_apart
from models.evaluation.training import (
    BASELINES,
    FEWEST_FOR_BLEND,
    FEWEST_FOR_ORDINAL,
    Choice,
    Examples,
    n_closed_in,
    thinned,
)
from models.features.tables import Bools, Ints, Journal
from models.forecasters.baselines import POINTS_OF_TERM, last_term_mark, rising_rounded_mean, rounded_mean
from models.forecasters.blend import EVEN, blended
from models.forecasters.boosting import Boosting
from models.forecasters.empirical_bayes import Constants, EmpiricalBayes
from models.forecasters.forecaster import Forecaster
from models.forecasters.ordinal import OrdinalLogit
from models.forecasters.pool import (
    ANYTHING,
    FIRST_WEIGHTS,
    LAST_TERM_MARK,
    RISING_MEAN,
    ROUNDED_MEAN,
    Pool,
    fixed_models,
    point_of_term,
    unlearned_pool,
)
from models.forecasters.prediction_sets import PredictionSets
from models.metrics import Floats, log_loss

# Fewer closed pupil × subject × terms, or pupils (of a handful of pupils: subjects), weigh nothing: the first weights answer.
FEWEST_TO_WEIGH, FEWEST_GROUPS_TO_WEIGH = 30, 5
# How many closed pupil × subject × terms the first weights are worth, and the share of each learned model among them.
WORTH_OF_FIRST_WEIGHTS, FIRST_WEIGHT_OF_LEARNED = 0.7, 0.1
STEPS = 100
# Points of the term this near, in tenths, are weighed together.
NEAR = 1.5
FEWEST_SIGHTS = 20
# In standard errors: over the whole term, and at each point of it.
BEYOND_CHANCE, AT_ONE_POINT = 2.0, 1.0
SMALLEST_CHANCE = 1e-4


MOST_EXAMPLES = 6_000
# Parts of the pool that nobody would choose.
UNTOLD = (ANYTHING, RISING_MEAN)
UNLEARNED, POOL = "unlearned_pool", "pool"


def choice_of_little(
    journal: Journal, seen: Examples, *, seed: int, start: Constants | None = None
) -> tuple[Choice, Examples, dict[str, Floats]]:
    """Fit and weigh the pool on the teaching examples `seen` of all closed terms; the model stands in the choice.

    From 1,000 closed on the blend is chosen, as long as it errs less than what every register shows.
    ``start``: constants of other schools in place of the fixed ones. Returned with it: examples that models judged which had learned from other pupils, and n × 4 answers by model; none of them where
    too little is closed. Below 200 closed pupil × subject × terms nothing but the rounded mean's counts is learned, below 1,000 no trees.
    """
    n_closed = n_closed_in(journal, seen)
    groups = max(len(np.unique(key)) for key in (seen.rows.pupil, seen.rows.subject))
    if n_closed < FEWEST_TO_WEIGH or groups < FEWEST_GROUPS_TO_WEIGH:
        return Choice(UNLEARNED, n_closed, model=unlearned_pool(start)), seen, {}
    few = thinned(seen, seed, MOST_EXAMPLES)
    features, y = few.features, few.y
    # Rows of a pupil are alike; where there are but a few pupils, those of a subject must do.
    alike = max(few.rows.pupil, few.rows.subject, key=lambda key: len(np.unique(key)))

    def family(of_features: pd.DataFrame, marks: Ints) -> dict[str, Forecaster]:
        return _family(of_features, marks, n_closed, seed, start)

    answers = answers_apart(features, y, alike, family, seed=seed)
    if n_closed >= FEWEST_FOR_BLEND:
        answers["blend"] = blended(answers["ordinal"], answers["boosting"], EVEN)
    losses = {name: log_loss(y, p) for name, p in answers.items() if name not in UNTOLD}
    elapsed = features["elapsed_share"].to_numpy()
    if "blend" in answers and losses["blend"] < min(losses[name] for name in BASELINES):
        return (
            Choice("blend", n_closed, losses, PredictionSets().fit(y, answers["blend"], elapsed)),
            few,
            answers,
        )
    answers.pop("blend", None)
    point = point_of_term(features)
    weights = _weights_by_point(answers, y, alike, point, n_closed)
    pooled = np.einsum("nm,nmk->nk", weights[point], np.stack(list(answers.values()), axis=1))
    sets = PredictionSets().fit(y, pooled, elapsed)
    pool = Pool(family(seen.features, seen.y), weights)
    choice = Choice(POOL, n_closed, losses | {POOL: log_loss(y, pooled)}, sets, model=pool)
    return choice, few, answers | {POOL: pooled}


def _weights_by_point(
    answers: Mapping[str, Floats], y: Ints, alike: Ints, point: Ints, n_closed: int
) -> Floats:
    """A row a tenth of the term, a column a model: the pool's weights, or the rounded mean's alone."""
    names = list(answers)
    alone = np.array([float(name == ROUNDED_MEAN) for name in names])
    everywhere = np.ones(len(y), dtype=bool)
    is_better = _gain(answers, y, alike, everywhere, n_closed)[1] >= BEYOND_CHANCE
    rows = []
    for tenth in range(POINTS_OF_TERM):
        weights, _ = _gain(answers, y, alike, _sights(np.abs(point - tenth) <= NEAR), n_closed)
        _, gain = _gain(answers, y, alike, _sights(point == tenth), n_closed)
        rows.append(weights if is_better and gain >= AT_ONE_POINT else alone)
    return np.array(rows)


def _sights(of: Bools) -> Bools:
    """These rows, or all of them where they are too few."""
    return of if of.sum() >= FEWEST_SIGHTS else np.ones(len(of), dtype=bool)


def _family(
    features: pd.DataFrame, y: Ints, n_closed: int, seed: int, start: Constants | None
) -> dict[str, Forecaster]:
    counted = {
        ROUNDED_MEAN: rounded_mean(),
        LAST_TERM_MARK: last_term_mark(),
        RISING_MEAN: rising_rounded_mean(),
    }
    models = fixed_models(start) | {name: model.fit(features, y) for name, model in counted.items()}
    if n_closed >= FEWEST_FOR_ORDINAL:
        prior = EmpiricalBayes(start).fit(features, y)
        models |= {"empirical_bayes": prior, "ordinal": OrdinalLogit(prior).fit(features, y)}
        if n_closed >= FEWEST_FOR_BLEND:
            models |= {"boosting": Boosting(prior, seed=seed).fit(features, y)}
    return models


def _gain(
    answers: Mapping[str, Floats], y: Ints, alike: Ints, of: Bools, n_closed: int
) -> tuple[Floats, float]:
    """The pool's weights on some rows, and by how many standard errors it errs less than the rounded mean; rows of a group are alike."""
    given = np.stack([_chances(p, y)[of] for p in answers.values()], axis=1)
    weights = _likeliest_weights(given, list(answers), n_closed / len(given))
    gain = np.log(given @ weights) - np.log(_chances(answers[ROUNDED_MEAN], y)[of])
    by_group = pd.DataFrame({"gain": gain, "n": 1.0}).groupby(alike[of]).sum()
    mean = gain.mean()
    spread = float(np.sqrt(((by_group["gain"] - mean * by_group["n"]) ** 2).sum())) / len(gain)
    return weights, float(mean / spread) if spread > 0 else 0.0


def _likeliest_weights(given: Floats, names: list[str], worth: float) -> Floats:
    """Weights of the models under which what came was likeliest; `given`: rows × models chances of it, each row worth so much.

    A pupil × subject × term seen at ten points is one piece of evidence, not ten.
    """
    first = WORTH_OF_FIRST_WEIGHTS * np.array([FIRST_WEIGHTS.get(n, FIRST_WEIGHT_OF_LEARNED) for n in names])
    weights = first / first.sum()
    for _ in range(STEPS):
        shares = given * weights
        weights = worth * (shares / shares.sum(axis=1, keepdims=True)).sum(axis=0) + first
        weights /= weights.sum()
    return np.asarray(weights)


def _chances(p: Floats, y: Ints) -> Floats:
    return np.maximum(p[np.arange(len(y)), y - 2], SMALLEST_CHANCE)
