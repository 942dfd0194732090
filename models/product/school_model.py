"""A school's own model: chosen and fitted on its closed terms within a minute, with the card of how it did there.

The same steps as `rolling.choose_model`, on a sample of the examples; the answers for the judged terms go to the card.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np

from models.evaluation.rolling import choice_of_past, rolled
from models.evaluation.training import (
    FEWEST_FOR_ORDINAL,
    Choice,
    Examples,
    Progress,
    TrainedModel,
    class_spread,
    closed_rows,
    fitted_family,
    name_by_count,
    silent,
    teaching_examples,
    thinned,
)
from models.evaluation.year_choice import YearModel, fitted_year_model
from models.features.tables import Ints, Journal, JournalTables, day_number, prepare
from models.forecasters.blend import blended
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


def closed_years(journal: Journal, as_of: dt.date) -> list[int]:
    """School years all of whose terms were over by the end of `as_of`."""
    terms = journal.terms
    running = np.unique(terms.school_year[terms.last_day > day_number(as_of)])
    return [int(year) for year in np.setdiff1d(terms.school_year, running)]


def year_card(of_year: YearModel) -> dict[str, Any]:
    """The facts about the model of the year mark as plain values."""
    return {"chosen": of_year.name, "n_closed": of_year.n_closed, "log_loss": of_year.log_loss}


def fit_school(
    tables: JournalTables | Journal, as_of: dt.date, *, seed: int, progress: Progress = silent
) -> SchoolModel:
    """Choose by log loss on the later closed terms, fit the chosen on all of them; deterministic under `seed`.

    Below 200 closed pupil × subject × terms the fixed constants answer.
    """
    journal = tables if isinstance(tables, Journal) else prepare(tables)
    closed = closed_terms(journal, as_of)
    n_closed = len(closed_rows(journal, closed)[1])
    of_year = fitted_year_model(journal, closed_years(journal, as_of), seed=seed)
    if n_closed < FEWEST_FOR_ORDINAL:
        choice = Choice(FIXED, n_closed)
        trained = TrainedModel(EmpiricalBayes(), choice, of_year=of_year)
        return SchoolModel(trained, {"chosen": FIXED, "n_closed": n_closed, "year": year_card(of_year)})
    progress("Готовим примеры из закрытых периодов")
    seen = teaching_examples(journal, closed)
    past = rolled(journal, seen, seed=seed, progress=progress)
    if past is None:
        choice = Choice(name_by_count(n_closed), n_closed)
        trained = TrainedModel(_fitted(choice, seen, seed, progress), choice, of_year=of_year)
        return SchoolModel(trained, {"chosen": choice.name, "n_closed": n_closed, "year": year_card(of_year)})
    choice, recent = choice_of_past(journal, closed, past, n_closed)
    judged_terms = np.unique(recent.judged.rows.term)
    answers = recent.answers | {
        "blend": blended(recent.answers["ordinal"], recent.answers["boosting"], choice.share_of_boosting)
    }
    learned = np.setdiff1d(closed, judged_terms)
    card = card_of_judged(journal, recent.judged, answers, choice, learned=learned, judged_terms=judged_terms)
    model = _fitted(choice, seen, seed, progress)
    rows = recent.judged.rows
    n_class_terms = len(np.unique(np.stack([rows.school_class, rows.term]), axis=1).T)
    whole = shrunk(class_spread(recent.judged, answers[choice.name], ["c", "t"]), n_class_terms)
    return SchoolModel(TrainedModel(model, choice, whole, of_year), card | {"year": year_card(of_year)})


def shrunk(learned: ClassSpread, n_classes: int) -> ClassSpread:
    """The learned spread, pulled to the usual one as long as few classes taught it: a lucky term is no promise."""
    share = n_classes / (n_classes + CLASSES_THE_USUAL_IS_WORTH)

    def at(figure: str) -> tuple[float, ...]:
        pairs = zip(learned.at_knots[figure], USUAL_SPREAD.at_knots[figure], strict=True)
        return tuple(float(np.sqrt(share * own**2 + (1 - share) * usual**2)) for own, usual in pairs)

    return ClassSpread({figure: at(figure) for figure in learned.at_knots})


def _fitted(choice: Choice, seen: Examples, seed: int, progress: Progress) -> Forecaster:
    progress("Учимся на всех закрытых периодах")
    return fitted_family(thinned(seen, seed, MOST_EXAMPLES), seed, choice.share_of_boosting)[choice.name]
