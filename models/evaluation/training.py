"""Closed terms as examples, and the choice of a model on a school's own past, later terms always judged by earlier ones."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from models.features.series import Rows, features, roster
from models.features.tables import Bools, Ints, Journal, Tables, day_number, prepare
from models.forecasters.baselines import last_term_mark, rounded_mean
from models.forecasters.blend import Blend
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
JUDGED_SHARE = 1 / 3
# The blend drifts least from year to year: another model must be better by this part of the loss to be chosen.
MARGIN_FOR_BLEND = 0.01


@dataclass(frozen=True)
class Examples:
    """Closed pupil × subject × terms seen at one or more points of their term: features, what came, and whose it is."""

    features: pd.DataFrame
    y: Ints
    rows: Rows
    cut: Floats

    def __len__(self) -> int:
        return len(self.y)

    def where(self, keep: Bools) -> Examples:
        """Only the examples for which `keep` is true."""
        return Examples(
            self.features[keep].reset_index(drop=True), self.y[keep], self.rows.take(keep), self.cut[keep]
        )


def cut_day(first_day: int, last_day: int, cut: float) -> int:
    """The day number at whose end the share `cut` of a term has passed; for 0 the eve of the term."""
    return first_day - 1 + round(cut * (last_day - first_day + 1))


def closed_rows(journal: Journal, terms: Ints) -> tuple[Rows, Ints]:
    """Every term mark of the terms, as rows and marks."""
    marks = journal.term_marks.where(np.isin(journal.term_marks.term, terms))
    return Rows(marks.pupil, marks.subject, marks.school_class, marks.term), marks.value.astype(np.int64)


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
    """The closed terms at every tenth, without what the beginning of the journal hides.

    In a journal's first terms nothing is known before the first mark, though the pupils have a past: such rows would
    teach that a history is worth nothing.
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
    """One below another."""
    return Examples(
        features=pd.concat([piece.features for piece in pieces], ignore_index=True),
        y=np.concatenate([piece.y for piece in pieces]),
        rows=Rows(
            *(
                np.concatenate([getattr(piece.rows, name) for piece in pieces])
                for name in ("pupil", "subject", "school_class", "term")
            )
        ),
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


def _features_among_the_class(journal: Journal, rows: Rows, terms: Ints, day: int) -> pd.DataFrame:
    """Features of `rows`, computed on the whole roster of that day so that who got a mark in the end is not known."""
    everyone = roster(journal, terms, day)
    key, wanted = _row_key(journal, everyone), _row_key(journal, rows)
    new = ~np.isin(wanted, key)
    extra = rows.take(new)
    both = Rows(
        *(
            np.concatenate([getattr(part, name) for part in (everyone, extra)])
            for name in ("pupil", "subject", "school_class", "term")
        )
    )
    all_keys = np.concatenate([key, wanted[new]])
    order = np.argsort(all_keys, kind="stable")
    at = order[np.searchsorted(all_keys, wanted, sorter=order)]
    return features(journal, both, day).iloc[at].reset_index(drop=True)


def _row_key(journal: Journal, rows: Rows) -> Ints:
    by_pupil = rows.pupil * len(journal.subjects) + rows.subject
    return (by_pupil * len(journal.classes) + rows.school_class) * len(journal.term_ids) + rows.term


def fitted_family(train: Examples, seed: int) -> dict[str, Forecaster]:
    """Every model there is, fitted on the same examples. The blend's halves are models of their own."""
    blend = Blend(seed).fit(train.features, train.y)
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
    """Which model answers, and why. `log_loss` is each model's on the judged terms of the past, where there were any."""

    name: str
    n_closed: int
    log_loss: dict[str, float] = field(default_factory=dict)
    sets: PredictionSets = field(default_factory=PredictionSets)
    spread: ClassSpread = USUAL_SPREAD


Progress = Callable[[str], None]


def silent(_: str) -> None:
    """No progress messages."""


def choose(journal: Journal, terms: Ints, *, seed: int, progress: Progress = silent) -> Choice:
    """The model with the least log loss on the later part of `terms`, learned from the part that ended before it.

    Where the terms cannot be divided by time, the number of closed pupil-subject-terms decides.
    """
    earlier, later = divided(journal, terms)
    train = teaching_examples(journal, earlier)
    if n_closed_in(journal, train) < FEWEST_FOR_ORDINAL:
        n_closed = n_closed_in(journal, teaching_examples(journal, terms))
        return Choice(_name_by_count(n_closed), n_closed)
    n_closed = len(closed_rows(journal, terms)[1])
    progress(f"choosing a model: {len(earlier)} earlier terms against {len(later)} later ones")
    judged = examples(journal, later, JUDGED_CUTS)
    answers = {
        name: model.predict_proba(judged.features) for name, model in fitted_family(train, seed).items()
    }
    losses = {name: log_loss(judged.y, p) for name, p in answers.items()}
    best = min(losses, key=lambda name: losses[name] * (1 - MARGIN_FOR_BLEND * (name == "blend")))
    sets = PredictionSets().fit(judged.y, answers[best], judged.features["elapsed_share"].to_numpy())
    return Choice(best, n_closed, losses, sets, _class_spread(judged, answers[best]))


def _class_spread(judged: Examples, p: Floats) -> ClassSpread:
    forecast = pd.DataFrame(p, columns=PROBABILITIES).assign(
        c=judged.rows.school_class,
        s=judged.rows.subject,
        t=judged.rows.term,
        cut=judged.cut,
        elapsed_share=judged.features["elapsed_share"].to_numpy(),
    )
    return fitted_spread(forecast, judged.y, ["c", "s", "t"])


def n_closed_in(journal: Journal, seen: Examples) -> int:
    """Different pupil × subject × terms among the examples."""
    return len(np.unique(_row_key(journal, seen.rows)))


def _name_by_count(n_closed: int) -> str:
    if n_closed < FEWEST_FOR_ORDINAL:
        return "empirical_bayes"
    return "ordinal" if n_closed < FEWEST_FOR_BLEND else "blend"


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
    """What a school keeps: the chosen model fitted on all its closed terms. It is a `Forecaster` to `forecast_term`."""

    model: Forecaster
    choice: Choice

    def fit(self, features: pd.DataFrame, y: Ints) -> TrainedModel:
        """Fit the chosen model anew."""
        self.model.fit(features, y)
        return self

    def predict_proba(self, features: pd.DataFrame) -> Floats:
        """n × 4 probabilities of 2, 3, 4, 5."""
        return self.model.predict_proba(features)

    @property
    def sets(self) -> PredictionSets:
        """Which marks to show as possible."""
        return self.choice.sets

    @property
    def spread(self) -> ClassSpread:
        """What classes do together, for `class_forecast`."""
        return self.choice.spread


def train(
    tables: Tables | Journal, as_of: dt.date, *, seed: int = 0, progress: Progress = silent
) -> TrainedModel:
    """Choose a model on the terms closed by `as_of` and fit it on all of them. With nothing closed: fixed constants."""
    journal = tables if isinstance(tables, Journal) else prepare(tables)
    has_marks = np.bincount(journal.term_marks.term, minlength=len(journal.term_ids)) > 0
    closed = np.flatnonzero((journal.terms.last_day <= day_number(as_of)) & has_marks)
    choice = choose(journal, closed, seed=seed, progress=progress)
    return TrainedModel(fitted(choice.name, journal, closed, seed), choice)


def fitted(name: str, journal: Journal, terms: Ints, seed: int) -> Forecaster:
    """One model of `fitted_family`, fitted on the terms; where fewer than 200 marks are closed, fixed constants."""
    seen = teaching_examples(journal, terms)
    if name == "empirical_bayes_fixed" or n_closed_in(journal, seen) < FEWEST_FOR_ORDINAL:
        return EmpiricalBayes()
    return fitted_family(seen, seed)[name]
