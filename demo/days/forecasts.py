"""Forecasts of the last closed term and of the running ones, computed afterwards: a school that has just been made remembers none."""

from datetime import date, datetime, timedelta

from models.evaluation.training import teaching_examples
from models.features.tables import Journal, JournalTables, prepare
from models.forecasters.empirical_bayes import EmpiricalBayes
from models.forecasters.forecaster import Forecaster
from models.product.school_forecast import school_forecast
from models.product.school_model import closed_terms
from school.forecasts.actions import remember_forecasts
from school.forecasts.lookups import ClassTerm, school_terms_in_question, whole_journal
from school.store.connection import Store

REPLAYED_SHARES = (0.2, 0.4, 0.6, 0.8)


def replay_forecasts(store: Store, now: datetime) -> None:
    """Save the forecasts of each fifth of the last closed term and of last evening, each from what was known on that day.

    The model learned from the terms that had ended before: one fitted later would know how the term ended.
    """
    journal = prepare(JournalTables(**whole_journal(store)))
    evening = now.date() - timedelta(days=1)
    running = school_terms_in_question(store, evening)
    going_on = {row.class_id for row in running if row.ends_on > evening}
    # As the app remembers them each week; families read this one as «что нужно».
    _remember(store, journal, running, evening, going_on, now, is_replayed=False)
    closed = store.read("SELECT starts_on, ends_on FROM terms WHERE closed_at <= $now", {"now": now})
    if not closed:
        return
    starts_on, ends_on = max(closed, key=lambda span: (span[1], span[0]))
    model = _learned_before(journal, starts_on)
    for day in _days(starts_on, ends_on):
        terms = school_terms_in_question(store, day)
        in_term = {row.class_id for row in terms if row.ends_on == ends_on}
        _remember(store, journal, terms, day, in_term, now, model, is_replayed=True)


def _learned_before(journal: Journal, day: date) -> Forecaster | None:
    """The marks still to come with constants of the terms that were over by a day; None where there were none."""
    closed = closed_terms(journal, day - timedelta(days=1))
    if not len(closed):
        return None
    seen = teaching_examples(journal, closed)
    return EmpiricalBayes().fit(seen.features, seen.y)


def _remember(
    store: Store,
    journal: Journal,
    terms: list[ClassTerm],
    day: date,
    class_ids: set[int],
    now: datetime,
    model: Forecaster | None = None,
    *,
    is_replayed: bool,
) -> None:
    rows = school_forecast(journal, terms, day, class_ids, model)
    if len(rows):
        remember_forecasts(store, rows, as_of=day, model_id=None, now=now, is_replayed=is_replayed)


def _days(starts_on: date, ends_on: date) -> list[date]:
    length = (ends_on - starts_on).days + 1
    return [starts_on + timedelta(days=round(share * length) - 1) for share in REPLAYED_SHARES]
