"""Keeps the school's forecast beside its visitors: fits the model when asked, remembers forecasts every week.

Both are computed in processes of their own: a thread would make everybody's typing wait.
"""

import hashlib
import json
import logging
import shutil
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from models.fit import NAME
from models.product.district_constants import hand_over
from models.product.forecasting import forecast_ahead, model_file, usable_model
from models.product.stored_model import forget_models
from models.snapshot import forecasts_file, write_question
from pipelines.figures.read_ahead import READER
from school.forecasts.actions import (
    NEVER_FITTED,
    NEW_PROGRAM,
    ModelFacts,
    ModelFit,
    ask_fit_for,
    begin_fit,
    fail_fit,
    finish_fit,
    note_stage,
    remember_forecasts,
    resume_fits,
)
from school.forecasts.lookups import (
    ClassTerm,
    last_snapshot_day,
    model_in_use,
    models_folder,
    school_terms_in_question,
    wants_fitting,
    write_journal,
)
from school.processes import OwnProcess, ProcessFault
from server.session import School

FITTING, FORECASTING = "models.fit", "models.snapshot"
FOLDERS = "journal-"
SEED = 1
ONE_DAY = timedelta(days=1)
log = logging.getLogger(__name__)

# Set by whoever does not want to wait for the next look.
asked = threading.Event()


class ForecastKeeper:
    """The school's forecast: what is done for it stands in the store, so that a restart goes on with it."""

    def __init__(self, school: School) -> None:
        self.school = school
        self.process = OwnProcess()
        # What failed, or found nothing to forecast, is tried again on another day.
        self.tried_on: date | None = None
        # Up to which day dashboards of forecasts were made before anybody asked.
        self.ahead_on: date | None = None

    def resume(self) -> None:
        """Begin again what was not finished when the server stopped; remove what a server that was killed has left."""
        for folder in models_folder(self.school.store).glob(f"{FOLDERS}*"):
            shutil.rmtree(folder, ignore_errors=True)
        resume_fits(self.school.store, now=self.school.clock())

    def stop(self) -> None:
        """End the process that runs, if any; its work is begun again at the next start."""
        self.process.stop()

    def look(self) -> None:
        """Do what is due: fit if a fitting waits or is needed, remember the week's forecasts."""
        store, now = self.school.store, self.school.clock()
        has_model = model_in_use(store) is not None
        is_broken = has_model and usable_model(self.school) is None
        if wants_fitting(store, now.date(), is_broken=is_broken):
            cause = NEW_PROGRAM if has_model else NEVER_FITTED
            ask_fit_for(store, cause, now=now)
        fit = begin_fit(store, now=now)
        has_new_model = fit is not None and self._fit(fit)
        if has_new_model or self._is_week_due(now.date()):
            self._take_weekly_snapshot(now.date())
        if has_new_model or self.ahead_on != now.date():
            self.ahead_on = now.date()
            self._without_faults(self.forecast_ahead)

    def _is_week_due(self, today: date) -> bool:
        last, sunday = last_snapshot_day(self.school.store), today - ONE_DAY * (today.weekday() + 1)
        return (last is None or last < sunday) and self.tried_on != today

    def _take_weekly_snapshot(self, today: date) -> None:
        self.tried_on = today
        self._without_faults(self.take_snapshot)

    def _without_faults(self, forecast: Callable[[], object]) -> None:
        try:
            forecast()
        except ProcessFault as fault:
            if not self.process.is_stopped:
                log.error("Forecasts were not made: %s", fault)

    def _fit(self, fit: ModelFit) -> bool:
        try:
            facts = self._fitted_apart(fit)
        except Exception as fault:
            if not self.process.is_stopped:
                is_killed = isinstance(fault, ProcessFault) and fault.is_killed
                kind = str(fault) if isinstance(fault, ProcessFault) else type(fault).__name__
                log.error("Fitting failed: %s", kind)
                fail_fit(self.school.store, fit, is_killed=is_killed, now=self.school.clock())
            return False
        former = model_in_use(self.school.store)
        finish_fit(self.school.store, fit, facts, now=self.school.clock())
        # The former one stays for whoever wants to look back; older ones nobody opens again.
        kept = [facts.file_name, *([former.file_name] if former else [])]
        forget_models(models_folder(self.school.store), kept)
        return True

    def _fitted_apart(self, fit: ModelFit) -> ModelFacts:
        store, as_of = self.school.store, self.school.clock().date()
        note_stage(store, fit, "Читаем журнал")
        with self._journal() as work:
            hand_over(models_folder(store), work)
            for stage in self._run(FITTING, str(work), as_of.isoformat(), str(SEED)):
                note_stage(store, fit, stage)
            return taken_over(work, models_folder(store), f"forecast-{as_of.isoformat()}-{fit.fit_id}")

    def take_snapshot(self) -> int | None:
        """Remember the forecasts of all running terms as of yesterday evening; return the snapshot's id, None without any.

        Raises ProcessFault.
        """
        store, now = self.school.store, self.school.clock()
        as_of = now.date() - ONE_DAY
        terms = school_terms_in_question(store, as_of)
        running = {row.class_id for row in terms if row.ends_on > as_of}
        if not running:
            return None
        with self._forecasts(terms, running, as_of) as (count, file):
            if not count:
                return None
            model_id = model.model_id if (model := usable_model(self.school)) else None
            return remember_forecasts(store, file, as_of=as_of, model_id=model_id, now=now)

    def forecast_ahead(self) -> None:
        """Make the forecasts that the first deputy of the day would wait for. Raises ProcessFault."""
        today = self.school.clock().date()

        def compute(terms: Sequence[ClassTerm], class_ids: Collection[int]) -> pd.DataFrame:
            with self._forecasts(terms, class_ids, today) as (_count, file):
                return pd.read_parquet(file)

        forecast_ahead(self.school, READER, compute)

    @contextmanager
    def _forecasts(
        self, terms: Sequence[ClassTerm], class_ids: Collection[int], as_of: date
    ) -> Iterator[tuple[int, Path]]:
        """Forecast in a process of its own; yield the number of rows and their file."""
        folder, file = models_folder(self.school.store), model_file(self.school)
        usable = file if usable_model(self.school) else None
        with self._journal() as work:
            write_question(work, terms, class_ids, as_of, folder, usable)
            (count,) = self._run(FORECASTING, str(work))
            yield int(count), forecasts_file(work)

    def _run(self, module: str, *arguments: str) -> Iterator[str]:
        return self.process.run(module, *arguments)

    @contextmanager
    def _journal(self) -> Iterator[Path]:
        """Write the journal into a folder beside the models, for as long as a process works on it."""
        folder = models_folder(self.school.store)
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=FOLDERS, dir=folder) as place:
            write_journal(self.school.store, Path(place))
            yield Path(place)


def taken_over(work: Path, folder: Path, name: str) -> ModelFacts:
    """Move a fitted model from its working folder among the school's models, under this name; return its facts."""
    about = json.loads((work / f"{NAME}.json").read_text(encoding="utf-8"))
    file_name = f"{name}.joblib"
    sha256 = hashlib.sha256((work / f"{NAME}.joblib").read_bytes()).hexdigest()
    (work / f"{NAME}.json").write_text(
        json.dumps(about | {"name": file_name, "sha256": sha256}, ensure_ascii=False, indent=1),
        encoding="utf-8",
    )
    (work / f"{NAME}.json").replace(folder / f"{name}.json")
    (work / f"{NAME}.joblib").replace(folder / file_name)
    return ModelFacts(
        data_as_of=date.fromisoformat(about["as_of"]),
        seed=about["seed"],
        file_name=file_name,
        sha256=sha256,
        program=about["program"],
        libraries=about["libraries"],
        card=json.dumps(about["card"], ensure_ascii=False),
    )
