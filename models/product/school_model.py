"""A school's own model: chosen and fitted on its closed terms within a minute, with the card of how it did there.

The same steps as `training.choose_model`, on a sample of the examples; the answers for the judged terms go to the card.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np

from models.evaluation.training import (
    FEWEST_FOR_ORDINAL,
    JUDGED_CUTS,
    Choice,
    Examples,
    Progress,
    TrainedModel,
    best_choice,
    class_spread,
    closed_rows,
    divided,
    examples,
    fitted_family,
    n_closed_in,
    name_by_count,
    silent,
    teaching_examples,
)
from models.features.tables import Ints, Journal, JournalTables, day_number, prepare
from models.forecasters.class_level import USUAL_SPREAD, ClassSpread
from models.forecasters.empirical_bayes import EmpiricalBayes
from models.forecasters.forecaster import Forecaster
from models.product.model_card import card_of_judged

# More examples of the same pupils teach nothing new and cost minutes.
MOST_EXAMPLES = 60_000
CLASSES_THE_USUAL_IS_WORTH = 40
FIXED = "empirical_bayes_fixed"


@dataclass(frozen=True)
class SchoolModel:
    """What answers, and the facts about it as plain values for JSON (see `model_card`)."""

    trained: TrainedModel
    card: dict[str, Any]


def closed_terms(journal: Journal, as_of: dt.date) -> Ints:
    """Codes of the terms that were over by the end of `as_of` and have term marks."""
    has_marks = np.bincount(journal.term_marks.term, minlength=len(journal.term_ids)) > 0
    return np.flatnonzero((journal.terms.last_day <= day_number(as_of)) & has_marks)


def fit_school(
    tables: JournalTables | Journal, as_of: dt.date, *, seed: int, progress: Progress = silent
) -> SchoolModel:
    """Choose by log loss on the later closed terms, fit the chosen on all of them; deterministic under `seed`.

    Below 200 closed pupil × subject × terms the fixed constants answer.
    """
    journal = tables if isinstance(tables, Journal) else prepare(tables)
    closed = closed_terms(journal, as_of)
    n_closed = len(closed_rows(journal, closed)[1])
    if n_closed < FEWEST_FOR_ORDINAL:
        return _by_count(journal, closed, n_closed, seed, progress)
    earlier, later = divided(journal, closed)
    progress("Готовим примеры из ранних периодов")
    train = thinned(teaching_examples(journal, earlier), seed)
    if n_closed_in(journal, train) < FEWEST_FOR_ORDINAL:
        return _by_count(journal, closed, n_closed, seed, progress)
    progress("Учимся на ранних периодах")
    family = fitted_family(train, seed)
    progress("Проверяем на поздних периодах")
    judged = examples(journal, later, JUDGED_CUTS)
    answers = {name: model.predict_proba(judged.features) for name, model in family.items()}
    choice = best_choice(judged, answers, n_closed)
    card = card_of_judged(journal, judged, answers, choice, learned=earlier, judged_terms=later)
    model = _fitted(choice.name, journal, closed, seed, progress)
    n_class_terms = len(np.unique(np.stack([judged.rows.school_class, judged.rows.term]), axis=1).T)
    whole = shrunk(class_spread(judged, answers[choice.name], ["c", "t"]), n_class_terms)
    return SchoolModel(TrainedModel(model, choice, whole), card)


def thinned(seen: Examples, seed: int) -> Examples:
    """At most `MOST_EXAMPLES` of the examples, drawn evenly."""
    if len(seen) <= MOST_EXAMPLES:
        return seen
    keep = np.zeros(len(seen), dtype=bool)
    keep[np.random.default_rng(seed).choice(len(seen), MOST_EXAMPLES, replace=False)] = True
    return seen.where(keep)


def shrunk(learned: ClassSpread, n_classes: int) -> ClassSpread:
    """The learned spread, pulled to the usual one as long as few classes taught it: a lucky term is no promise."""
    share = n_classes / (n_classes + CLASSES_THE_USUAL_IS_WORTH)

    def at(figure: str) -> tuple[float, ...]:
        pairs = zip(learned.at_knots[figure], USUAL_SPREAD.at_knots[figure], strict=True)
        return tuple(float(np.sqrt(share * own**2 + (1 - share) * usual**2)) for own, usual in pairs)

    return ClassSpread({figure: at(figure) for figure in learned.at_knots})


def _by_count(journal: Journal, closed: Ints, n_closed: int, seed: int, progress: Progress) -> SchoolModel:
    """Nothing to judge by yet: the number of closed marks decides."""
    name = name_by_count(n_closed, too_few=FIXED)
    choice = Choice(name, n_closed)
    card: dict[str, Any] = {"chosen": name, "n_closed": n_closed}
    return SchoolModel(TrainedModel(_fitted(name, journal, closed, seed, progress), choice), card)


def _fitted(name: str, journal: Journal, closed: Ints, seed: int, progress: Progress) -> Forecaster:
    if name == FIXED:
        return EmpiricalBayes()
    progress("Учимся на всех закрытых периодах")
    return fitted_family(thinned(teaching_examples(journal, closed), seed), seed)[name]
