"""A school's own model: chosen and fitted on its closed terms within a minute, with the card of how it did there.

The same steps as `rolling.choose_model`, on a sample of the examples; the answers for the judged terms go to the card.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np

from models.evaluation.rolling import Rolled, choose_model
from models.evaluation.training import (
    Choice,
    Examples,
    Progress,
    TrainedModel,
    class_spread,
    closed_rows,
    fitted_family,
    silent,
    teaching_examples,
    thinned,
)
from models.evaluation.year_choice import YearModel, fitted_year_model
from models.features.tables import Ints, Journal, JournalTables, day_number, prepare
from models.forecasters.blend import blended
from models.forecasters.class_level import USUAL_SPREAD, ClassSpread
from models.forecasters.empirical_bayes import Constants
from models.forecasters.forecaster import Forecaster
from models.metrics import Floats
from models.product.model_card import card_of_judged

# More examples of the same pupils teach nothing new and cost minutes.
MOST_EXAMPLES = 60_000
CLASSES_THE_USUAL_IS_WORTH = 40


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
    tables: JournalTables | Journal,
    as_of: dt.date,
    *,
    seed: int,
    start: Constants | None = None,
    progress: Progress = silent,
) -> SchoolModel:
    """Choose by log loss on the later closed terms, fit the chosen on all of them; deterministic under `seed`.

    With little past, or none that later terms judge, a pool answers (see `small_past`); ``start``: its constants of other schools.
    """
    journal = tables if isinstance(tables, Journal) else prepare(tables)
    closed = closed_terms(journal, as_of)
    n_closed = len(closed_rows(journal, closed)[1])
    of_year = fitted_year_model(journal, closed_years(journal, as_of), seed=seed)
    progress("Готовим примеры из закрытых периодов")
    seen = teaching_examples(journal, closed)
    choice, recent = choose_model(journal, closed, seen, seed=seed, start=start, progress=progress)
    if recent is None:
        card: dict[str, Any] = {"chosen": choice.name, "n_closed": n_closed, "log_loss": {}}
    else:
        card = _card(journal, closed, choice, recent)
    card |= {"year": year_card(of_year)}
    if choice.model is not None:
        return SchoolModel(TrainedModel(choice.model, choice, of_year=of_year), card)
    assert recent is not None  # a model that is not fitted yet was chosen on judged terms
    model = _fitted(choice, seen, seed, progress)
    rows = recent.judged.rows
    n_class_terms = len(np.unique(np.stack([rows.school_class, rows.term]), axis=1).T)
    answers = _answers(choice, recent)[choice.name]
    whole = shrunk(class_spread(recent.judged, answers, ["c", "t"]), n_class_terms)
    return SchoolModel(TrainedModel(model, choice, whole, of_year), card)


def _answers(choice: Choice, past: Rolled) -> dict[str, Floats]:
    """What each model said of the judged rows, n × 4; the blend as it was weighed."""
    if choice.name in past.answers:
        return past.answers
    blend = blended(past.answers["ordinal"], past.answers["boosting"], choice.share_of_boosting)
    return past.answers | {"blend": blend}


def _card(journal: Journal, closed: Ints, choice: Choice, past: Rolled) -> dict[str, Any]:
    judged_terms = np.unique(past.judged.rows.term)
    # Judged on pupils, the same terms teach and judge.
    learned = judged_terms if past.is_by_pupil else np.setdiff1d(closed, judged_terms)
    answers = _answers(choice, past)
    card = card_of_judged(journal, past.judged, answers, choice, learned=learned, judged_terms=judged_terms)
    return card | {"is_judged_by_pupil": past.is_by_pupil}


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
