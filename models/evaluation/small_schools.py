"""Small and new schools, made of a large journal: is what answers there ever worse than the rounded mean so far?

A school of so many closed pupil × subject × terms keeps of the terms to learn from the rows of pupils drawn at random until there
are so many, and none of what others had; with none closed it is in its first term. The terms to judge are left whole but thinned.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from models.evaluation.rolling import choose_model
from models.evaluation.training import Progress, examples_at, fitted_family, silent, teaching_examples
from models.features.tables import Ints, Journal, JournalTables, prepare
from models.forecasters.baselines import PointerBaseline, rounded_mean
from models.forecasters.forecaster import Forecaster
from models.forecasters.pool import unlearned_pool
from models.metrics import Floats, row_log_loss

CUTS = tuple(cut / 10 for cut in range(10))
JUDGED_ROWS = 1_500
DRAWS, RESAMPLES = 8, 1_000
SMALLEST_DIFFERENCE = 0.001


@dataclass(frozen=True)
class Against:
    """Schools of `n_closed` at a cut: log loss (nats) of what answers and of the rounded mean, and the 95 % interval of the difference."""

    n_closed: int
    cut: float
    answering: float
    rounded_mean: float
    low: float
    high: float

    @property
    def is_worse(self) -> bool:
        """Whether what answers errs more than the rounded mean, beyond chance and by what can be seen."""
        return self.low > 0 and self.answering - self.rounded_mean > SMALLEST_DIFFERENCE


def against_rounded_mean(
    tables: JournalTables,
    train: Sequence[object],
    judged: Sequence[object],
    sizes: Sequence[int],
    *,
    seed: int,
    draws: int = DRAWS,
    progress: Progress = silent,
) -> list[Against]:
    """Compare for schools of each of `sizes` closed rows at each tenth of the term; `train`, `judged`: term_ids.

    Each size is drawn `draws` times; the interval is of a bootstrap over the schools drawn and over the pupils judged in each.
    """
    found = []
    for size in sizes:
        pieces: dict[float, list[pd.DataFrame]] = {cut: [] for cut in CUTS}
        for draw in range(draws):
            progress(f"schools of {size} closed: {draw + 1} of {draws}")
            for cut, rows in _one_school(tables, train, judged, size, seed + draw).items():
                pieces[cut].append(rows.assign(draw=draw))
        found += [_compared(size, cut, pd.concat(rows), seed) for cut, rows in pieces.items()]
    return found


def _one_school(
    tables: JournalTables, train: Sequence[object], judged: Sequence[object], size: int, seed: int
) -> dict[float, pd.DataFrame]:
    """By cut: a row a judged pupil × subject × term, with the losses of what answers and of the rounded mean."""
    journal = prepare(_small(tables, set(train), set(judged), size, seed))
    learned_terms, judged_terms = (_codes(journal, terms) for terms in (train, judged))
    baseline: PointerBaseline = rounded_mean()
    model: Forecaster = unlearned_pool()
    if size:
        seen = teaching_examples(journal, learned_terms)
        choice, _ = choose_model(journal, learned_terms, seen, seed=seed)
        baseline.fit(seen.features, seen.y)
        model = choice.model or fitted_family(seen, seed, choice.share_of_boosting)[choice.name]
    answers = {}
    for cut in CUTS:
        at = examples_at(journal, judged_terms, cut)
        losses = {
            name: row_log_loss(at.y, each.predict_proba(at.features))
            for name, each in (("answering", model), ("rounded_mean", baseline))
        }
        answers[cut] = pd.DataFrame({"pupil": at.rows.pupil, **losses})
    return answers


def _codes(journal: Journal, term_ids: Sequence[object]) -> Ints:
    return np.flatnonzero(journal.term_ids.isin(list(term_ids)))


def first_term_of(
    tables: JournalTables, train: Sequence[object], judged: Sequence[object], seed: int
) -> JournalTables:
    """The journal of a school in its first term: nothing of the terms to learn from, drawn pupils of those to judge."""
    return _small(tables, set(train), set(judged), 0, seed)


def mean_interval(values: Floats, pupil: Ints, seed: int) -> tuple[float, float]:
    """The 95 % interval of the mean of n values, pupils resampled whole."""
    _, place = np.unique(pupil, return_inverse=True)
    sums, counts = np.bincount(place, weights=values), np.bincount(place)
    n = len(counts)
    weights = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=RESAMPLES)
    low, high = np.quantile((weights @ sums) / (weights @ counts), (0.025, 0.975))
    return float(low), float(high)


def _small(
    tables: JournalTables, train: Collection[object], judged: Collection[object], size: int, seed: int
) -> JournalTables:
    """The journal of a small school: what drawn pupils had in the terms to learn from, and drawn pupils to judge."""
    draw = np.random.default_rng(seed)
    kept = _drawn(tables.term_marks, train, size, draw)
    asked = kept | _drawn(tables.term_marks, judged, JUDGED_ROWS, draw)

    def rows(table: pd.DataFrame) -> pd.DataFrame:
        was, is_now = table["term_id"].isin(train), table["term_id"].isin(judged)
        return table[(was & table["pupil_id"].isin(kept)) | (is_now & table["pupil_id"].isin(asked))]

    classes = tables.class_terms
    now = set(classes.loc[classes["term_id"].isin(judged), "class_id"])
    of_now = tables.enrolments["class_id"].isin(now)
    there = tables.enrolments["pupil_id"].isin(asked) & of_now | tables.enrolments["pupil_id"].isin(kept)
    return replace(
        tables,
        marks=rows(tables.marks),
        term_marks=rows(tables.term_marks),
        enrolments=tables.enrolments[there],
        year_marks=None,
    )


def _drawn(
    term_marks: pd.DataFrame, terms: Collection[object], size: int, draw: np.random.Generator
) -> set[object]:
    """Pupils drawn until their term marks of these terms are so many."""
    counts = term_marks[term_marks["term_id"].isin(terms)].groupby("pupil_id").size()
    order = draw.permutation(len(counts))
    before = np.cumsum(counts.to_numpy()[order]) - counts.to_numpy()[order]
    return set(counts.index[order[before < size]])


def _compared(size: int, cut: float, rows: pd.DataFrame, seed: int) -> Against:
    rows = rows.assign(gap=rows["answering"] - rows["rounded_mean"], n=1.0)
    by_pupil = rows.groupby(["draw", "pupil"])[["gap", "n"]].sum()
    schools = [of_school.to_numpy() for _, of_school in by_pupil.groupby(level="draw")]
    resample = np.random.default_rng(seed)
    means = []
    for _ in range(RESAMPLES):
        drawn = [schools[place] for place in resample.integers(len(schools), size=len(schools))]
        gap, n = sum(each[resample.integers(len(each), size=len(each))].sum(axis=0) for each in drawn)
        means.append(gap / n)
    low, high = np.quantile(means, (0.025, 0.975))
    answering, baseline = (float(rows[name].mean()) for name in ("answering", "rounded_mean"))
    return Against(size, cut, answering, baseline, float(low), float(high))
