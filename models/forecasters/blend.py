"""Half the ordinal logit over the empirical Bayes, half boosting: the two err differently."""

import pandas as pd

from models.features.tables import Ints
from models.forecasters.boosting import Boosting
from models.forecasters.empirical_bayes import EmpiricalBayes
from models.forecasters.ordinal import OrdinalLogit
from models.metrics import Floats


class Blend:
    """Mean of the two probabilities; both stand on one fitted empirical Bayes."""

    def __init__(self, seed: int = 0) -> None:
        self.prior = EmpiricalBayes()
        self.ordinal = OrdinalLogit(self.prior)
        self.boosting = Boosting(self.prior, seed=seed)

    def fit(self, features: pd.DataFrame, y: Ints) -> "Blend":
        """Fit the empirical Bayes, then both halves."""
        for model in (self.prior, self.ordinal, self.boosting):
            model.fit(features, y)
        return self

    def predict_proba(self, features: pd.DataFrame) -> Floats:
        """n × 4 probabilities of 2, 3, 4, 5."""
        prior = self.prior.predict_proba(features)
        halves = (self.ordinal.over_prior(features, prior), self.boosting.over_prior(features, prior))
        return (halves[0] + halves[1]) / 2
