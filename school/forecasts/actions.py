"""The school's own forecast: fittings asked for and carried out, and forecasts remembered as they were made."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import pandas as pd

from school.access.action import Action
from school.access.checks import check_may
from school.errors import RuleRefused
from school.forecasts import store as stored
from school.forecasts.store import DONE, FAILED, RUNNING, WAITING, FittedModel, ModelFit, Snapshot
from school.forecasts.store import save_snapshot as save_snapshot_rows
from school.records import User
from school.store.connection import Transaction, in_transaction
from school.store.events import Event

__all__ = ["ModelFit"]

MOST_ATTEMPTS = 3
ASKED, TERM_CLOSED, NEW_PROGRAM, NEVER_FITTED = "asked", "term_closed", "new_program", "never_fitted"
CAUSES = {
    ASKED: "по просьбе администратора",
    TERM_CLOSED: "закрыт учебный период",
    NEW_PROGRAM: "обновлена программа или файл модели не открылся",
    NEVER_FITTED: "модели ещё не было",
}
INTERRUPTED = "Обучение прервано: журнал останавливали. Начато снова."
GIVEN_UP = "Обучение прервано несколько раз подряд и остановлено. Попросите ещё раз."
KILLED_STAGE = (
    "Обучение оборвалось: серверу не хватило памяти, или процесс обучения сняли. Прогнозы считаются по-прежнему; "
    "попросите ещё раз, когда сервер будет свободнее."
)
FAILED_STAGE = (
    "Обучить не удалось. Прогнозы считаются по-прежнему; подробности — в служебном журнале сервера."
)


@dataclass(frozen=True)
class ModelFacts:
    """What is known of a fitted model when it is put to use: its file, its seed, its card as JSON."""

    data_as_of: date
    seed: int
    file_name: str
    sha256: str
    program: str
    libraries: str
    card: str


@in_transaction
def ask_fit(transaction: Transaction, user: User, *, now: datetime) -> None:
    """Ask for a fitting now. Raises AccessRefused, or RuleRefused where one waits or runs."""
    check_may(user, Action.FIT_FORECASTS)
    if stored.open_fits(transaction):
        raise RuleRefused("Обучение уже идёт или стоит в очереди.", next_step="Дождитесь его окончания.")
    fit_id = stored.queue_fit(transaction, ASKED, now, user.user_id)
    transaction.record(Event(now, user.user_id, "forecast_fit", record_id=fit_id, new_value=CAUSES[ASKED]))


@in_transaction
def ask_fit_for(transaction: Transaction, cause: str, *, now: datetime) -> None:
    """Ask for a fitting on the school's behalf (a key of CAUSES), unless one waits."""
    fit_id = stored.queue_fit(transaction, cause, now, None)
    if fit_id is not None:
        transaction.record(Event(now, None, "forecast_fit", record_id=fit_id, new_value=CAUSES[cause]))


@in_transaction
def resume_fits(transaction: Transaction, *, now: datetime) -> None:
    """After a start: a fitting that was running when the register stopped waits again; after three times it is given up."""
    for fit in stored.open_fits(transaction):
        if fit.state == RUNNING and fit.attempts >= MOST_ATTEMPTS:
            stored.note_fit(transaction, fit.fit_id, state=FAILED, stage=GIVEN_UP, ended_at=now)
        elif fit.state == RUNNING:
            stored.note_fit(transaction, fit.fit_id, state=WAITING, stage=INTERRUPTED)


@in_transaction
def begin_fit(transaction: Transaction, *, now: datetime) -> ModelFit | None:
    """Take the fitting that has waited longest to work; None where none waits."""
    fit = next((each for each in stored.open_fits(transaction) if each.state == WAITING), None)
    if fit is not None:
        stored.note_fit(transaction, fit.fit_id, state=RUNNING, attempts=fit.attempts + 1, started_at=now)
    return fit


@in_transaction
def note_stage(transaction: Transaction, fit: ModelFit, stage: str) -> None:
    """Note what a running fitting does, in Russian."""
    stored.note_fit(transaction, fit.fit_id, stage=stage)


@in_transaction
def finish_fit(transaction: Transaction, fit: ModelFit, facts: ModelFacts, *, now: datetime) -> int:
    """Put a fitted model to use and return its id."""
    model_id = transaction.new_ids(1)[0]
    first_day, last_day, _ = stored.closed_span(transaction, facts.data_as_of)
    model = FittedModel(model_id, now, first_day=first_day, last_day=last_day, **vars(facts))
    stored.save_model(transaction, model)
    stored.note_fit(transaction, fit.fit_id, state=DONE, stage="", ended_at=now, model_id=model_id)
    title = f"модель {model_id}, данные по {facts.data_as_of:%d.%m.%Y}"
    transaction.record(Event(now, fit.asked_by, "forecast_model", record_id=model_id, new_value=title))
    return model_id


@in_transaction
def fail_fit(transaction: Transaction, fit: ModelFit, *, is_killed: bool = False, now: datetime) -> None:
    """Note that a fitting failed, or was killed for want of memory or by somebody; the model in use stays."""
    stage = KILLED_STAGE if is_killed else FAILED_STAGE
    stored.note_fit(transaction, fit.fit_id, state=FAILED, stage=stage, ended_at=now)


@in_transaction
def remember_forecasts(
    transaction: Transaction,
    rows: pd.DataFrame | Path,
    *,
    as_of: date,
    model_id: int | None,
    now: datetime,
    is_replayed: bool = False,
) -> int:
    """Remember forecasts as they were made and return the snapshot's id.

    ``rows`` are those of ``models.product.forecast.forecast_term``, or the Parquet file of these.
    ``is_replayed``: worked out later from what was known on that day, for a school that has no forecasts of its past.
    """
    snapshot_id = transaction.new_ids(1)[0]
    count = save_snapshot_rows(transaction, Snapshot(snapshot_id, as_of, now, model_id, is_replayed), rows)
    title = f"на {as_of:%d.%m.%Y}, {count}"
    transaction.record(Event(now, None, "forecast_snapshot", record_id=snapshot_id, new_value=title))
    return snapshot_id
