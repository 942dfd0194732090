"""The ordinal logit over the empirical Bayes and boosting, weighed: the two err differently."""

import pandas as pd

from models.features.tables import Ints
from models.forecasters.boosting import Boosting
from models.forecasters.empirical_bayes import EmpiricalBayes
from models.forecasters.ordinal import OrdinalLogit
from models.metrics import Floats

# With little past trees are the weaker half; with much they are the better one, most of all a year later.
EVEN, MOSTLY_TREES = 0.5, 0.7


def blended(ordinal: Floats, boosting: Floats, share_of_boosting: float) -> Floats:
    """n × 4 probabilities of both halves → theirs together."""
    return (1 - share_of_boosting) * ordinal + share_of_boosting * boosting


class Blend:
    """Weighed mean of the two probabilities; both stand on one fitted empirical Bayes."""

    def __init__(self, seed: int = 0, share_of_boosting: float = EVEN) -> None:
        self.share_of_boosting = share_of_boosting
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
        return blended(*halves, self.share_of_boosting)
