"""Fitted models, fittings asked for, and forecasts remembered as they were made."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from school.store.connection import Cursor, Transaction
from school.store.reading import Reader, read_as, read_value, steady_as

WAITING, RUNNING, DONE, FAILED = "waiting", "running", "done", "failed"
SNAPSHOT_COLUMNS: Mapping[str, str] = {
    "class_id": "BIGINT",
    "subject_id": "BIGINT",
    "pupil_id": "BIGINT",
    "term_id": "BIGINT",
    "p2": "FLOAT",
    "p3": "FLOAT",
    "p4": "FLOAT",
    "p5": "FLOAT",
    "rounded_mean": "TINYINT",
}


@dataclass(frozen=True)
class FittedModel:
    """A model as the store remembers it; ``card`` is JSON, the data span is that of the terms it learned from."""

    model_id: int
    fitted_at: datetime
    data_as_of: date
    first_day: date | None
    last_day: date | None
    seed: int
    file_name: str
    sha256: str
    program: str
    libraries: str
    card: str


@dataclass(frozen=True)
class ModelFit:
    """A fitting that was asked for: by whom and why, how far it is."""

    fit_id: int
    asked_at: datetime
    asked_by: int | None
    cause: str
    state: str
    attempts: int
    stage: str
    started_at: datetime | None
    model_id: int | None

    @property
    def is_open(self) -> bool:
        """Whether it waits or runs."""
        return self.state in (WAITING, RUNNING)


@dataclass(frozen=True)
class Snapshot:
    """When forecasts were remembered, as of which day, by which model (None: fixed constants)."""

    snapshot_id: int
    as_of: date
    made_at: datetime
    model_id: int | None
    is_replayed: bool


_MODEL = (
    "model_id, fitted_at, data_as_of, first_day, last_day, seed, file_name, sha256, program, libraries, card"
)
_FIT = "fit_id, asked_at, asked_by, cause, state, attempts, stage, started_at, model_id"


def newest_model(reader: Reader) -> FittedModel | None:
    """Return the model fitted last, or None."""
    query = f"SELECT {_MODEL} FROM forecast_models ORDER BY model_id DESC LIMIT 1"
    return next(iter(steady_as(reader, FittedModel, ("forecast_models",), query, {})), None)


def newest_fits(reader: Reader, count: int = 5) -> list[ModelFit]:
    """Return the fittings asked for last, newest first."""
    query = f"SELECT {_FIT} FROM forecast_fits ORDER BY fit_id DESC LIMIT {int(count)}"
    return read_as(reader, ModelFit, query)


def open_fits(reader: Reader) -> list[ModelFit]:
    """Return the fittings that wait or run, oldest first."""
    query = f"SELECT {_FIT} FROM forecast_fits WHERE state IN ('{WAITING}', '{RUNNING}') ORDER BY fit_id"
    return read_as(reader, ModelFit, query)


def closed_span(reader: Reader, as_of: date) -> tuple[date | None, date | None, int]:
    """Return the first and the last day of the terms over by a day that have term marks, and how many marks those are."""
    query = """SELECT min(t.starts_on), max(t.ends_on), count(*) FROM term_marks m JOIN terms t USING (term_id)
        WHERE t.ends_on <= $as_of"""
    return reader.read(query, {"as_of": as_of})[0]


def queue_fit(transaction: Transaction, cause: str, now: datetime, user_id: int | None) -> int | None:
    """Ask for a fitting unless one waits already; return its id. The event is the caller's."""
    if any(fit.state == WAITING for fit in open_fits(transaction)):
        return None
    fit_id = transaction.new_ids(1)[0]
    transaction.keep(
        "INSERT INTO forecast_fits (fit_id, asked_at, asked_by, cause, state) VALUES ($id, $now, $user, $cause, $state)",
        {"id": fit_id, "now": now, "user": user_id, "cause": cause, "state": WAITING},
    )
    return fit_id


def note_fit(transaction: Transaction, fit_id: int, **columns: Any) -> None:
    """Note how far a fitting is: columns of ``forecast_fits``. These are the job's own books: no figure depends on them."""
    changes = ", ".join(f"{name} = ${name}" for name in columns)
    transaction.keep(f"UPDATE forecast_fits SET {changes} WHERE fit_id = $id", {**columns, "id": fit_id})


def save_model(transaction: Transaction, model: FittedModel) -> None:
    """Add a fitted model."""
    places = ", ".join(f"${name}" for name in vars(model))
    transaction.change(f"INSERT INTO forecast_models ({_MODEL}) VALUES ({places})", vars(model))


def save_snapshot(transaction: Transaction, snapshot: Snapshot, rows: pd.DataFrame | Path) -> int:
    """Add a snapshot with its forecasts, a table with ``SNAPSHOT_COLUMNS`` or the Parquet file of one; return how many."""
    places = ", ".join(f"${name}" for name in vars(snapshot))
    transaction.change(f"INSERT INTO forecast_snapshots VALUES ({places})", vars(snapshot))
    values: dict[str, Any]
    if isinstance(rows, Path):
        columns = ", ".join(f"{name}::{kind}" for name, kind in SNAPSHOT_COLUMNS.items())
        source, values = f"{columns} FROM read_parquet($file)", {"file": str(rows)}
    else:
        source = ", ".join(f"unnest(${name}::{kind}[])" for name, kind in SNAPSHOT_COLUMNS.items())
        values = {
            name: rows[name].astype(object).where(rows[name].notna(), None).tolist()
            for name in SNAPSHOT_COLUMNS
        }
    snapshot_id = {"snapshot": snapshot.snapshot_id}
    transaction.change(f"INSERT INTO forecast_snapshot_rows SELECT $snapshot, {source}", snapshot_id | values)
    counted = "SELECT count(*) FROM forecast_snapshot_rows WHERE snapshot_id = $snapshot"
    return int(transaction.read(counted, snapshot_id)[0][0])


def last_snapshot_day(reader: Reader) -> date | None:
    """Return the day that the newest forecasts were remembered as of."""
    return read_value(reader, "SELECT max(as_of) FROM forecast_snapshots")


def remembered_forecasts(cursor: Cursor) -> pd.DataFrame:
    """Return remembered forecasts whose term mark has come since, a row a forecast, with that mark as ``value``.

    Of two snapshots as of one day, before and after a fitting, the later counts.
    """
    query = """SELECT s.as_of, s.model_id, s.is_replayed, r.*, m.value, t.school_year, t.kind, t.number,
            t.starts_on, t.ends_on
        FROM forecast_snapshot_rows r JOIN forecast_snapshots s USING (snapshot_id)
            JOIN terms t USING (term_id)
            JOIN term_marks m USING (class_id, subject_id, term_id, pupil_id)
        WHERE t.closed_at IS NOT NULL AND s.as_of < t.ends_on
            AND s.snapshot_id IN (SELECT max(snapshot_id) FROM forecast_snapshots GROUP BY as_of)"""
    return cursor.execute(query).df()


def remembered_snapshots(reader: Reader) -> list[Snapshot]:
    """Return the snapshots, newest first."""
    query = """SELECT snapshot_id, as_of, made_at, model_id, is_replayed FROM forecast_snapshots
        ORDER BY as_of DESC, snapshot_id DESC"""
    return read_as(reader, Snapshot, query)


def lessons_left(cursor: Cursor, today: date) -> pd.DataFrame:
    """Return for class × subject × term how many lessons are planned after a day: class_id, subject_id, term_id, lessons_left.

    Of a class taught in subgroups the longest plan counts.
    """
    query = """SELECT class_id, subject_id, term_id, max(n) AS lessons_left FROM (
            SELECT class_id, subject_id, term_id, subgroup_id, count(*) AS n FROM lessons
            WHERE held_on > $today AND status <> 'cancelled' GROUP BY ALL) GROUP BY ALL"""
    return cursor.execute(query, {"today": today}).df()
