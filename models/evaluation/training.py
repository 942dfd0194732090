"""Closed terms as examples, and the choice of a model on a school's own past, later terms always judged by earlier ones."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from models.evaluation.year_choice import YearModel
from models.features.roster import AskedRows, roster
from models.features.series import features
from models.features.tables import Bools, Ints, Journal
from models.forecasters.baselines import last_term_mark, rounded_mean
from models.forecasters.blend import EVEN, MOSTLY_TREES, Blend, blended
from models.forecasters.class_level import USUAL_SPREAD, ClassSpread, fitted_spread
from models.forecasters.empirical_bayes import EmpiricalBayes
from models.forecasters.forecaster import PROBABILITIES, Forecaster
from models.forecasters.prediction_sets import PredictionSets
from models.metrics import Floats, log_loss

TRAINING_CUTS = tuple(cut / 10 for cut in range(10))
JUDGED_CUTS = (0.0, 0.2, 0.4, 0.6, 0.8)
BASELINES = ("last_term_mark", "rounded_mean")
FEWEST_FOR_ORDINAL = 200
FEWEST_FOR_BLEND = 1_000
# With much past trees are trusted more, unless the halves were better even by this part of the loss: a year later they drift less.
MARGIN_FOR_TREES = 0.005
JUDGED_SHARE = 1 / 3
# The blend drifts least from year to year: another model must be better by this part of the loss to be chosen.
MARGIN_FOR_BLEND = 0.01


@dataclass(frozen=True)
class Examples:
    """Closed pupil × subject × terms at one or more points of their term, n rows.

    `features`: columns `series.FEATURES`; `y`: the term mark 2..5; `rows`: whose it is; `cut`: the elapsed share 0..1.
    """

    features: pd.DataFrame
    y: Ints
    rows: AskedRows
    cut: Floats

    def __len__(self) -> int:
        return len(self.y)

    def where(self, keep: Bools) -> "Examples":
        """Only the examples for which `keep` is true."""
        return Examples(
            self.features[keep].reset_index(drop=True), self.y[keep], self.rows.where(keep), self.cut[keep]
        )


def cut_day(first_day: int, last_day: int, cut: float) -> int:
    """The day number at whose end the share `cut` of a term has passed; for 0 the eve of the term."""
    return first_day - 1 + round(cut * (last_day - first_day + 1))


def closed_rows(journal: Journal, terms: Ints) -> tuple[AskedRows, Ints]:
    """Every term mark of the terms, as rows and marks."""
    marks = journal.term_marks.where(np.isin(journal.term_marks.term, terms))
    return AskedRows(marks.pupil, marks.subject, marks.school_class, marks.term), marks.value.astype(np.int64)


def examples(journal: Journal, terms: Ints, cuts: Sequence[float]) -> Examples:
    """The closed terms seen at each cut. A term without any current marks looks the same all along: it is seen once."""
    pieces = [
        _seen(journal, same_span, cut)
        for same_span in _by_span(journal, terms)
        for cut in (cuts if np.isin(journal.marks.term, same_span).any() else cuts[:1])
    ]
    if not pieces:
        return _seen(journal, terms, 0.0)
    return concatenated(pieces)


def teaching_examples(journal: Journal, terms: Ints) -> Examples:
    """Return the closed terms at every tenth, without rows at the start of the journal that have no history.

    In the first terms of a journal nothing is known before the first mark, although the pupils have a past: such rows
    would teach the model to ignore history.
    """
    seen = examples(journal, terms, TRAINING_CUTS)
    marked = np.bincount(journal.marks.term, minlength=len(journal.term_ids)) > 0
    closed_before = journal.terms.first_day > journal.terms.last_day.min()
    begun = seen.features["n_marks"].to_numpy() > 0
    honest = closed_before[seen.rows.term] | begun
    # With no other eve to learn from, one without a past is better than none, where marks will follow.
    if (honest & ~begun).sum() < FEWEST_FOR_ORDINAL:
        honest |= marked[seen.rows.term]
    return seen.where(honest)


def examples_at(journal: Journal, terms: Ints, cut: float) -> Examples:
    """All the closed terms seen at one cut."""
    return concatenated([_seen(journal, same_span, cut) for same_span in _by_span(journal, terms)])


def concatenated(pieces: Sequence[Examples]) -> Examples:
    """Concatenate the pieces; at least one."""
    return Examples(
        features=pd.concat([piece.features for piece in pieces], ignore_index=True),
        y=np.concatenate([piece.y for piece in pieces]),
        rows=AskedRows.stacked([piece.rows for piece in pieces]),
        cut=np.concatenate([piece.cut for piece in pieces]),
    )


def _by_span(journal: Journal, terms: Ints) -> list[Ints]:
    """Terms that begin and end on the same days, together."""
    spans = pd.DataFrame(
        {"t": terms, "a": journal.terms.first_day[terms], "z": journal.terms.last_day[terms]}
    )
    return [same["t"].to_numpy(np.int64) for _, same in spans.groupby(["a", "z"])]


def _seen(journal: Journal, terms: Ints, cut: float) -> Examples:
    rows, y = closed_rows(journal, terms)
    if not len(rows):
        frame = features(journal, rows, 0)
        return Examples(frame, y, rows, np.empty(0))
    day = cut_day(int(journal.terms.first_day[terms[0]]), int(journal.terms.last_day[terms[0]]), cut)
    return Examples(_features_among_the_class(journal, rows, terms, day), y, rows, np.full(len(y), cut))


def _features_among_the_class(journal: Journal, rows: AskedRows, terms: Ints, day: int) -> pd.DataFrame:
    """Features of `rows`, computed on the whole roster of that day so that who got a mark in the end is not known."""
    everyone = roster(journal, terms, day)
    key, wanted = _row_key(journal, everyone), _row_key(journal, rows)
    new = ~np.isin(wanted, key)
    both = AskedRows.stacked([everyone, rows.where(new)])
    all_keys = np.concatenate([key, wanted[new]])
    order = np.argsort(all_keys, kind="stable")
    at = order[np.searchsorted(all_keys, wanted, sorter=order)]
    return features(journal, both, day).iloc[at].reset_index(drop=True)


def _row_key(journal: Journal, rows: AskedRows) -> Ints:
    by_pupil = rows.pupil * len(journal.subjects) + rows.subject
    return (by_pupil * len(journal.classes) + rows.school_class) * len(journal.term_ids) + rows.term


def fitted_family(train: Examples, seed: int, share_of_boosting: float = EVEN) -> dict[str, Forecaster]:
    """Every model there is, fitted on the same examples. The blend's halves are models of their own."""
    blend = Blend(seed, share_of_boosting).fit(train.features, train.y)
    return {
        "last_term_mark": last_term_mark().fit(train.features, train.y),
        "rounded_mean": rounded_mean().fit(train.features, train.y),
        "empirical_bayes_fixed": EmpiricalBayes(),
        "empirical_bayes": blend.prior,
        "ordinal": blend.ordinal,
        "boosting": blend.boosting,
        "blend": blend,
    }


@dataclass(frozen=True)
class Choice:
    """The model chosen, and why: `log_loss` (nats) of each model on the later closed terms, empty where none could judge.

    `n_closed` counts closed pupil × subject × terms; `share_of_boosting` is the weight of that half of the blend; `model` is there
    where choosing has fitted it.
    """

    name: str
    n_closed: int
    log_loss: dict[str, float] = field(default_factory=dict)
    sets: PredictionSets = field(default_factory=PredictionSets)
    spread: ClassSpread = USUAL_SPREAD
    share_of_boosting: float = EVEN
    model: Forecaster | None = None


Progress = Callable[[str], None]


def silent(_: str) -> None:
    """No progress messages."""


def best_choice(
    judged: Examples,
    answers: dict[str, Floats],
    n_closed: int,
    all_judged: Examples,
    all_answers: dict[str, Floats],
    origin: Ints,
) -> Choice:
    """Return the model with the least log loss on the `judged` examples, with its weights.

    `answers`: model → n × 4 probabilities for those examples; `n_closed`: closed pupil × subject × terms. Prediction sets and the
    class spread are made of `all_judged`: a threshold for each term of the past (`origin`), and classes enough to scale by.
    """
    even, mostly_trees = (log_loss(judged.y, _blended(answers, share)) for share in (EVEN, MOSTLY_TREES))
    has_much_past = n_closed >= FEWEST_FOR_BLEND
    share = MOSTLY_TREES if has_much_past and mostly_trees * (1 - MARGIN_FOR_TREES) <= even else EVEN
    weighed, all_weighed = ({**each, "blend": _blended(each, share)} for each in (answers, all_answers))
    losses = {name: log_loss(judged.y, p) for name, p in weighed.items()}
    best = min(losses, key=lambda name: losses[name] * (1 - MARGIN_FOR_BLEND * (name == "blend")))
    elapsed = all_judged.features["elapsed_share"].to_numpy()
    sets = PredictionSets().fit(all_judged.y, all_weighed[best], elapsed, origin)
    spread = class_spread(all_judged, all_weighed[best], ["c", "s", "t"])
    return Choice(best, n_closed, losses, sets, spread, share)


def _blended(answers: dict[str, Floats], share: float) -> Floats:
    return blended(answers["ordinal"], answers["boosting"], share)


def class_spread(judged: Examples, p: Floats, by: Sequence[str]) -> ClassSpread:
    """Return the deviation common to a class, learned from the `judged` examples and their n × 4 forecasts `p`.

    `by` names what a group is: c (class), s (subject), t (term).
    """
    rows = judged.rows
    forecast = pd.DataFrame(p, columns=PROBABILITIES).assign(c=rows.school_class, s=rows.subject, t=rows.term)
    forecast = forecast.assign(cut=judged.cut, elapsed_share=judged.features["elapsed_share"].to_numpy())
    return fitted_spread(forecast, judged.y, by)


def thinned(seen: Examples, seed: int, most: int) -> Examples:
    """At most so many of the examples, drawn evenly."""
    if len(seen) <= most:
        return seen
    keep = np.zeros(len(seen), dtype=bool)
    keep[np.random.default_rng(seed).choice(len(seen), most, replace=False)] = True
    return seen.where(keep)


def n_closed_in(journal: Journal, seen: Examples) -> int:
    """Different pupil × subject × terms among the examples."""
    return len(np.unique(_row_key(journal, seen.rows)))


def divided(journal: Journal, terms: Ints, share: float = JUDGED_SHARE) -> tuple[Ints, Ints]:
    """Earlier and later terms: the later begin after all the earlier have ended and hold nearest to `share` of the marks.

    Terms that run across the divide are in neither. Both are empty where no division leaves 200 term marks before it.
    """
    first, last = journal.terms.first_day[terms], journal.terms.last_day[terms]
    sizes = np.bincount(journal.term_marks.term, minlength=len(journal.term_ids))[terms]
    best, nothing = (np.inf, terms[:0], terms[:0]), terms[:0]
    for day in np.unique(first):
        before, after = last < day, first >= day
        if sizes[before].sum() >= FEWEST_FOR_ORDINAL:
            gap = abs(sizes[after].sum() / sizes.sum() - share)
            if gap < best[0]:
                best = (gap, terms[before], terms[after])
    return (best[1], best[2]) if np.isfinite(best[0]) else (nothing, nothing)


@dataclass(frozen=True)
class TrainedModel:
    """The chosen model fitted on all closed terms of a school: a `Forecaster` for `forecast_term`.

    `whole_class_spread` is the deviation common to a class over all its subjects, `choice.spread` that in one subject; `of_year`
    forecasts year marks, None: fixed constants do.
    """

    model: Forecaster
    choice: Choice
    whole_class_spread: ClassSpread = USUAL_SPREAD
    of_year: YearModel | None = None

    def predict_proba(self, features: pd.DataFrame) -> Floats:
        """n × 4 probabilities of 2, 3, 4, 5."""
        return self.model.predict_proba(features)

    @property
    def has_learned(self) -> bool:
        """Whether anything of the school was learned."""
        return bool(self.choice.log_loss)

    @property
    def sets(self) -> PredictionSets:
        """Which marks to show as possible."""
        return self.choice.sets

    @property
    def spread(self) -> ClassSpread:
        """What classes do together, for `class_forecast`."""
        return self.choice.spread
