"""A school's closed terms judged in turn, each by models that learned from the terms before it alone (rolling origin)."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from models.evaluation.small_past import choice_of_little
from models.evaluation.training import (
    FEWEST_FOR_BLEND,
    FEWEST_FOR_ORDINAL,
    JUDGED_CUTS,
    Choice,
    Examples,
    Progress,
    best_choice,
    closed_rows,
    concatenated,
    divided,
    fitted_family,
    n_closed_in,
    silent,
    thinned,
)
from models.features.tables import Ints, Journal
from models.forecasters.empirical_bayes import Constants
from models.metrics import Floats

# Each costs some seconds of fitting; older terms than these say little of the next one.
MOST_ORIGINS = 6
# Enough for the threshold of a mark and for telling models apart; all of them would cost minutes.
MOST_EXAMPLES_OF_ORIGIN = 12_000


@dataclass(frozen=True)
class Rolled:
    """Judged examples of the past, in the order of their terms: `answers` n × 4 by model, `origin` n: which of the past days.

    `is_by_pupil`: no later terms were judged, but pupils that had taught nothing.
    """

    judged: Examples
    answers: dict[str, Floats]
    origin: Ints
    is_by_pupil: bool = False

    def of_terms(self, terms: Collection[int]) -> "Rolled":
        """Only the examples of some terms."""
        keep = np.isin(self.judged.rows.term, list(terms))
        answers = {name: p[keep] for name, p in self.answers.items()}
        return Rolled(self.judged.where(keep), answers, self.origin[keep])


def rolled(journal: Journal, seen: Examples, *, seed: int, progress: Progress = silent) -> Rolled | None:
    """Judge the terms of the `seen` teaching examples that began last, each group by the terms that had ended before.

    None where no term has enough closed before it.
    """
    first, last = journal.terms.first_day[seen.rows.term], journal.terms.last_day[seen.rows.term]
    pieces: list[Examples] = []
    answers: list[dict[str, Floats]] = []
    for day in np.unique(first)[::-1]:
        past = seen.where(last < day)
        if len(pieces) == MOST_ORIGINS or n_closed_in(journal, past) < FEWEST_FOR_ORDINAL:
            break
        progress(f"Проверяем на прошлых периодах: {len(pieces) + 1} из {MOST_ORIGINS}")
        family = fitted_family(thinned(past, seed, MOST_EXAMPLES_OF_ORIGIN), seed)
        judged = seen.where((first == day) & np.isin(seen.cut, JUDGED_CUTS))
        pieces.insert(0, judged)
        answers.insert(0, {name: model.predict_proba(judged.features) for name, model in family.items()})
    if not pieces:
        return None
    return Rolled(
        concatenated(pieces),
        {name: np.concatenate([each[name] for each in answers]) for name in answers[0]},
        np.repeat(np.arange(len(pieces)), [len(piece) for piece in pieces]),
    )


def choose_model(
    journal: Journal,
    terms: Ints,
    seen: Examples,
    *,
    seed: int,
    start: Constants | None = None,
    progress: Progress = silent,
) -> tuple[Choice, Rolled | None]:
    """The model with the least log loss on the later part of `terms`, each term judged by those before it, and what it was judged on.

    `seen`: the teaching examples of `terms`. Below 1,000 closed, or where the terms cannot be divided by time, a pool weighed on
    pupils that taught nothing (see `small_past`; ``start``: its constants of other schools). The prediction sets come of all that was rolled: each term that was strict once may be met again.
    """
    n_closed = len(closed_rows(journal, terms)[1])
    past = rolled(journal, seen, seed=seed, progress=progress) if n_closed >= FEWEST_FOR_BLEND else None
    if past is None:
        progress("Взвешиваем модели на учениках, по которым они не учились")
        choice, judged, answers = choice_of_little(journal, seen, seed=seed, start=start)
        origin = np.zeros(len(judged), dtype=np.int64)
        return choice, Rolled(judged, answers, origin, is_by_pupil=True) if answers else None
    _, later = divided(journal, terms)
    recent = past.of_terms(later)
    if not len(recent.judged):
        recent = past
    return best_choice(
        recent.judged, recent.answers, n_closed, past.judged, past.answers, past.origin
    ), recent
