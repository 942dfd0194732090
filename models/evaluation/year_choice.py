"""The model of the year mark: chosen and fitted on a school's closed years."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from models.evaluation.grouped import answers_apart
from models.features.tables import Journal
from models.forecasters.forecaster import Forecaster
from models.forecasters.year_mark import YearExamples, fitted_year_family, usual_year_model, year_examples
from models.metrics import Floats, log_loss

# A year mark is seen on the eve of its year and after each of its terms: so many sights of it, at the least, say what errs less.
FEWEST_TO_JUDGE = 100
# More teach nothing new and cost time: judging fits every rival once a fold.
MOST_TO_JUDGE, MOST_TO_LEARN_FROM = 4_000, 16_000


@dataclass(frozen=True)
class YearModel:
    """What forecasts the year mark: `name` of the model, `n_closed` year marks behind it, `log_loss` (nats) of the rivals.

    `log_loss` is empty where there was too little to judge by.
    """

    model: Forecaster
    name: str
    n_closed: int
    log_loss: dict[str, float] = field(default_factory=dict)

    def predict_proba(self, features: pd.DataFrame) -> Floats:
        """n × 4 probabilities of 2, 3, 4, 5 for `year_mark.year_features`."""
        return self.model.predict_proba(features)


def fitted_year_model(journal: Journal, closed_years: Iterable[int], *, seed: int) -> YearModel:
    """Choose by log loss on year marks of pupils that taught nothing, and fit the chosen on all of them."""
    every = year_examples(journal, closed_years)
    n_closed = _year_marks_in(every)
    if len(every.y) < FEWEST_TO_JUDGE or len(np.unique(every.pupil)) < 2:
        return YearModel(usual_year_model(), "empirical_bayes_fixed", n_closed)
    learned = _thinned(every, seed, MOST_TO_LEARN_FROM)
    judged = _thinned(learned, seed, MOST_TO_JUDGE)
    answers = answers_apart(judged.features, judged.y, judged.pupil, fitted_year_family, seed=seed)
    losses = {name: log_loss(judged.y, p) for name, p in answers.items()}
    best = min(losses, key=lambda name: losses[name])
    return YearModel(fitted_year_family(learned.features, learned.y)[best], best, n_closed, losses)


def _thinned(seen: YearExamples, seed: int, most: int) -> YearExamples:
    if len(seen.y) <= most:
        return seen
    kept = np.sort(np.random.default_rng(seed).choice(len(seen.y), most, replace=False))
    return YearExamples(
        seen.features.iloc[kept].reset_index(drop=True),
        *(getattr(seen, name)[kept] for name in ("y", "pupil", "subject", "school_class", "n_terms")),
    )


def _year_marks_in(seen: YearExamples) -> int:
    return len(np.unique(np.stack([seen.pupil, seen.subject, seen.school_class]), axis=1).T)
