"""Models judged on few closed rows: each row by models that learned from other pupils (cross-validation by pupil).

Where terms cannot be judged by earlier ones, rows of the same pupil must at least not teach what they judge: they are alike.
"""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from models.features.tables import Ints
from models.forecasters.forecaster import Forecaster
from models.metrics import Floats

FOLDS = 5

Family = Callable[[pd.DataFrame, Ints], Mapping[str, Forecaster]]
"""Fits every rival on n rows of features and their marks."""


def answers_apart(
    features: pd.DataFrame, y: Ints, group: Ints, family: Family, *, seed: int
) -> dict[str, Floats]:
    """Return of each rival n × 4 probabilities of 2, 3, 4, 5 for the rows, those of a group by models without any of its rows.

    `features`: columns of `series.FEATURES`, n rows; `y`: marks 2..5; `group`: whose each row is, two at the least.
    """
    groups, place = np.unique(group, return_inverse=True)
    folds = min(FOLDS, len(groups))
    fold = (np.random.default_rng(seed).permutation(len(groups)) % folds)[place]
    answers: dict[str, Floats] = {}
    for number in range(folds):
        judged = fold == number
        for name, model in family(features[~judged].reset_index(drop=True), y[~judged]).items():
            of_model = answers.setdefault(name, np.empty((len(y), 4)))
            of_model[judged] = model.predict_proba(features[judged])
    return answers
