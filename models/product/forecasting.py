"""The one place where screens get forecasts: whoever asks, of one class or of the school, the same pupil has the same."""

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from models.evaluation.training import TrainedModel
from models.features.tables import Journal, JournalTables, prepare, with_marks_of
from models.forecasters.class_level import class_forecast as forecast_of_classes
from models.forecasters.forecaster import Forecaster
from models.forecasters.pool import unlearned_pool
from models.product.district_constants import NO_FILE, Stamp, district_constants, district_stamp
from models.product.moving_facts import Fact, moving_facts
from models.product.needed_marks import NeededMarks, needed_marks
from models.product.school_forecast import school_forecast
from models.product.stored_model import ModelFault, ModelFile, check_model, read_model
from models.product.track_record import is_past_no_guide, said_and_came
from models.product.year_forecast import year_forecast
from school.access.action import Action
from school.analytics.lookups.readers import FigureReader, remembered
from school.forecasts.lookups import (
    FORECAST_TABLES,
    OUTCOME_TABLES,
    ClassTerm,
    FittedModel,
    journal_in_memory,
    keep_readable,
    lessons_left,
    model_in_use,
    models_folder,
    outcomes,
    school_outcomes,
    school_terms_in_question,
    terms_in_question,
)
from school.numbers import NARROW_SPACE
from school.records import User
from school.store.connection import Store
from school.store.school import School

CHANCES = {2: "p2", 3: "p3", 4: "p4", 5: "p5"}
# No forecast is certain.
SUREST = 99
WEEK = timedelta(days=7)
SUNDAY = 6
DRIFT = ("pupils", "said", "came", "errors")
PERIOD = ["school_year", "kind", "number"]
# Forecasts for some classes, made of the terms of the whole school.
Forecasting = Callable[[Sequence[ClassTerm], Collection[int]], pd.DataFrame]


@dataclass(frozen=True)
class Answering:
    """The school's model; None: what has learned nothing of the school answers, and ``note`` says why where something is wrong.

    ``district``: what changes with the constants of other schools.
    """

    trained: TrainedModel | None = None
    model_id: int | None = None
    note: str = ""
    district: Stamp = NO_FILE
    unlearned: Forecaster = field(default_factory=unlearned_pool)

    @property
    def model(self) -> Forecaster:
        """What answers."""
        return self.trained or self.unlearned

    @property
    def key(self) -> Hashable:
        """What tells its answers from another's."""
        return self.model_id or self.district


def answering(school: School) -> Answering:
    """Return the model that answers now; a damaged file or another version's never stops a screen."""
    row, file, folder = model_in_use(school.store), model_file(school), models_folder(school.store)
    if row is None or file is None:
        return _unlearned(school.store)
    try:
        stamp, opened = _stamp(folder / file.name), school.store.cache("models")
        return Answering(opened.get((folder, file), stamp, lambda: read_model(folder, file)), row.model_id)
    except ModelFault as fault:
        return replace(_unlearned(school.store), note=str(fault))


def _unlearned(store: Store) -> Answering:
    """What answers in place of a model: with the constants of other schools, where the district gave some."""
    folder = models_folder(store)
    stamp = district_stamp(folder)

    def read() -> Forecaster:
        return unlearned_pool(district_constants(folder))

    return Answering(district=stamp, unlearned=store.cache("models").get((folder, "district"), stamp, read))


def usable_model(school: School) -> FittedModel | None:
    """Return the model in use where its file may be opened, and leave it closed; None: fixed constants answer."""
    row, file, folder = model_in_use(school.store), model_file(school), models_folder(school.store)
    if row is None or file is None:
        return None
    stamp, checked = _stamp(folder / file.name), school.store.cache("models")
    try:
        checked.get((folder, file, "checked"), stamp, lambda: bool(check_model(folder, file)))
    except ModelFault:
        return None
    return row


def model_file(school: School) -> ModelFile | None:
    """Return the file of the model in use as the store remembers it; None: there is none."""
    row = model_in_use(school.store)
    return None if row is None else ModelFile(row.file_name, row.sha256, row.program, row.libraries)


def _stamp(path: Path) -> tuple[int, int]:
    """What changes when a file does: a file damaged since is looked at again."""
    try:
        facts = path.stat()
    except OSError:
        return (0, 0)
    return (facts.st_mtime_ns, facts.st_size)


def _journal(reader: FigureReader) -> Journal:
    return journal_in_memory(
        reader.school.store, reader.user, lambda tables: prepare(JournalTables(**tables)), with_marks_of
    )


def forecast_terms(reader: FigureReader, today: date) -> list[ClassTerm]:
    """Return the term that each class in the reader's scope is in."""
    store = reader.school.store

    def compute() -> list[ClassTerm]:
        return terms_in_question(store, reader.user, today)

    return remembered(reader, "forecast terms", (today,), compute, store.state_but_entries())


def _school_terms(store: Store, today: date) -> list[ClassTerm]:
    def compute() -> list[ClassTerm]:
        return school_terms_in_question(store, today)

    return store.cache("school").get(("terms in question", today), store.state_but_entries(), compute)


def forecasts(reader: FigureReader, terms: Sequence[ClassTerm], today: date) -> pd.DataFrame:
    """Return the forecasts for the classes of these terms as of a day, narrowed to what the reader may see.

    The columns are ``models.product.forecast.FORECAST_COLUMNS``. A term that is over is asked about as of its last day.
    """
    model = answering(reader.school)

    def compute(everywhere: Sequence[ClassTerm], class_ids: Collection[int]) -> pd.DataFrame:
        return school_forecast(_journal(reader), everywhere, today, class_ids, model.model)

    return _forecasts(reader, terms, today, model.key, compute)


def _forecasts(
    reader: FigureReader, terms: Sequence[ClassTerm], today: date, model_key: Hashable, compute: Forecasting
) -> pd.DataFrame:
    store, class_ids = reader.school.store, tuple(sorted(row.class_id for row in terms))

    def readable() -> pd.DataFrame:
        rows = compute(_school_terms(store, today), class_ids)
        return keep_readable(store, reader.user, rows).reset_index(drop=True)

    arguments, state = (class_ids, today, model_key), store.state_of(FORECAST_TABLES)
    return remembered(reader, "forecasts", arguments, readable, state, cache="tables")


def year_forecasts(reader: FigureReader, terms: Sequence[ClassTerm], today: date) -> pd.DataFrame:
    """Return the forecasts of year marks for the classes of these terms as of a day, narrowed to what the reader may see.

    The columns are ``models.product.year_forecast.YEAR_COLUMNS``.
    """
    store, class_ids = reader.school.store, tuple(sorted(row.class_id for row in terms))
    model = answering(reader.school)

    def compute() -> pd.DataFrame:
        of_year = model.trained.of_year if model.trained else None
        everywhere = _school_terms(store, today)
        rows = year_forecast(_journal(reader), everywhere, today, class_ids, of_year)
        return keep_readable(store, reader.user, rows).reset_index(drop=True)

    arguments, state = (class_ids, today, model.model_id), store.state_of(FORECAST_TABLES)
    return remembered(reader, "year forecasts", arguments, compute, state, cache="tables")


def forecast_ahead(school: School, user: User, compute: Forecasting) -> None:
    """Have ``compute`` forecast for everything that a user may read before somebody asks: the first to ask would wait for seconds.

    Who asks meanwhile waits for it. The model is not opened here.
    """
    reader, today = FigureReader(school, user, Action.READ_FORECASTS), school.clock().date()
    model = usable_model(school)
    if terms := forecast_terms(reader, today):
        key = model.model_id if model else district_stamp(models_folder(school.store))
        _forecasts(reader, terms, today, key, compute)


def class_forecast(
    reader: FigureReader, rows: pd.DataFrame, by: Sequence[str] = ("class_id",)
) -> pd.DataFrame:
    """Return ``models.forecasters.class_level.class_forecast`` of forecast rows, widened by what the school's classes do together.

    A class over all its subjects varies less together than a class in one subject.
    """
    trained = answering(reader.school).trained
    if trained is None:
        return forecast_of_classes(rows, by)
    if "subject_id" in by:
        return forecast_of_classes(rows, by, trained.spread)
    has_many = rows.groupby("class_id")["subject_id"].transform("nunique") > 1
    parts = [(rows[has_many], trained.whole_class_spread), (rows[~has_many], trained.spread)]
    return pd.concat([forecast_of_classes(part, by, spread) for part, spread in parts if len(part)])


def weeks_of_term(term: ClassTerm, today: date) -> list[date]:
    """Return the Sundays of a term up to a day, and that day: the days that a forecast is looked back at."""
    last_day = min(today, term.ends_on)
    first = term.starts_on + timedelta(days=SUNDAY - term.starts_on.weekday())
    sundays = [first + number * WEEK for number in range((last_day - first).days // 7 + 1)]
    return [day for day in sundays if day < last_day] + [last_day]


def pupil_weeks(reader: FigureReader, term: ClassTerm, pupil_id: int, today: date) -> pd.DataFrame:
    """Return a pupil's forecasts as of each week of the term, from what was known then; ``as_of`` is the day of each."""
    pieces = []
    for day in weeks_of_term(term, today):
        rows = forecasts(reader, [term], day)
        pieces.append(rows[rows["pupil_id"] == pupil_id].assign(as_of=day))
    return pd.concat(pieces, ignore_index=True)


def pupil_needs(
    reader: FigureReader, term: ClassTerm, pupil_id: int, today: date, target: int | None = None
) -> list[NeededMarks]:
    """Return for each subject of a pupil what a mark takes; None: the next higher one."""
    model, as_of = answering(reader.school), min(today, term.ends_on)

    def compute() -> list[NeededMarks]:
        terms = _terms_as_of(reader.school.store, today, as_of)
        return needed_marks(_journal(reader), terms, as_of, term.class_id, pupil_id, model.model, target)

    return remembered(reader, "needs", (term.class_id, pupil_id, today, model.key, target), compute)


def pupil_facts(
    reader: FigureReader, term: ClassTerm, pupil_id: int, today: date
) -> dict[object, list[Fact]]:
    """Return for each subject of a pupil the few facts that moved the forecast."""
    model, as_of = answering(reader.school), min(today, term.ends_on)

    def compute() -> dict[object, list[Fact]]:
        terms = _terms_as_of(reader.school.store, today, as_of)
        return moving_facts(_journal(reader), terms, as_of, term.class_id, pupil_id, model.model)

    return remembered(reader, "facts", (term.class_id, pupil_id, today, model.key), compute)


def _terms_as_of(store: Store, today: date, as_of: date) -> list[int]:
    """The terms of the school that are asked about as of the same day."""
    return sorted({row.term_id for row in _school_terms(store, today) if min(today, row.ends_on) == as_of})


def remembered_outcomes(reader: FigureReader) -> pd.DataFrame:
    """Return what was forecast and what came, within the reader's scope (see ``school.forecasts.lookups.outcomes``)."""
    store, user = reader.school.store, reader.user
    return remembered(reader, "outcomes", (), lambda: outcomes(store, user), cache="tables")


def drift_of_last_term(reader: FigureReader) -> pd.DataFrame:
    """Return of the newest closed term of the school what was said of each mark and came beyond chance, worst first.

    The columns are those of ``models.product.track_record.said_and_came``, and school_year, kind, number. No rows: the past
    is a guide, or there is none.
    """
    store = reader.school.store

    def compute() -> pd.DataFrame:
        rows = school_outcomes(store)
        table = said_and_came(rows[rows["ends_on"] == rows["ends_on"].max()], PERIOD)
        drifted = [
            is_past_no_guide(pupils=pupils, said=said, came=came, errors=errors)
            for pupils, said, came, errors in table[list(DRIFT)].to_numpy()
        ]
        return table[np.array(drifted, dtype=bool)].sort_values(
            "errors", key=abs, ascending=False, ignore_index=True
        )

    return store.cache("school").get(("drift",), store.state_of(OUTCOME_TABLES), compute)


def lessons_to_come(reader: FigureReader, today: date) -> pd.DataFrame:
    """Return how many lessons are planned after a day: class_id, subject_id, term_id, lessons_left."""
    return remembered(
        reader, "lessons left", (today,), lambda: lessons_left(reader.school.store, reader.user, today)
    )


def chance_text(mark: Any, chance: float) -> str:
    """Write a forecast so that nobody takes it for a mark: «4 · 78 %»."""
    return f"{int(mark)} · {min(round(100 * chance), SUREST)}{NARROW_SPACE}%"


def likelihood(row: Mapping[str, Any]) -> str:
    """Return the most likely mark of a forecast with its chance."""
    mark = int(row["most_likely"])
    return chance_text(mark, row[CHANCES[mark]])
