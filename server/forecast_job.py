"""Keeps the school's forecast beside its visitors: fits the model when asked, remembers forecasts every week."""

import hashlib
import json
import logging
import os
import subprocess
import sys
import threading
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from models.features.tables import JournalTables, prepare
from models.fit import NAME, write_tables
from models.product.forecasting import answering
from models.product.school_forecast import school_forecast
from models.product.stored_model import forget_models
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
    last_snapshot_day,
    model_in_use,
    models_folder,
    school_terms_in_question,
    wants_fitting,
    whole_journal,
)
from server.session import School

ROOT = Path(__file__).resolve().parents[1]
SEED = 1
ONE_DAY = timedelta(days=1)
log = logging.getLogger(__name__)

# Set by whoever does not want to wait for the next look.
asked = threading.Event()


class ForecastKeeper:
    """The school's forecast: what is done for it stands in the store, so that a restart goes on with it."""

    def __init__(self, school: School) -> None:
        self.school = school
        self.is_stopping = threading.Event()
        self.process: subprocess.Popen[str] | None = None

    def resume(self) -> None:
        """Begin again what was not finished when the server stopped."""
        resume_fits(self.school.store, now=self.school.clock())

    def stop(self) -> None:
        """End the fitting that runs, if any; it is begun again at the next start."""
        self.is_stopping.set()
        if self.process is not None:
            self.process.kill()

    def look(self) -> None:
        """Do what is due: fit if a fitting waits or is needed, remember the week's forecasts."""
        store, now = self.school.store, self.school.clock()
        if wants_fitting(store, now.date(), is_broken=bool(answering(self.school).note)):
            cause = NEVER_FITTED if model_in_use(store) is None else NEW_PROGRAM
            ask_fit_for(store, cause, now=now)
        fit = begin_fit(store, now=now)
        has_new_model = fit is not None and self._fit(fit)
        if not self.is_stopping.is_set() and (has_new_model or self._is_week_due(now.date())):
            take_snapshot(self.school)

    def _is_week_due(self, today: date) -> bool:
        last, sunday = last_snapshot_day(self.school.store), today - ONE_DAY * (today.weekday() + 1)
        return last is None or last < sunday

    def _fit(self, fit: ModelFit) -> bool:
        try:
            facts = self._fitted_apart(fit)
        except Exception as fault:
            if not self.is_stopping.is_set():
                log.error("Fitting failed: %s", type(fault).__name__)
                fail_fit(self.school.store, fit, now=self.school.clock())
            return False
        former = model_in_use(self.school.store)
        finish_fit(self.school.store, fit, facts, now=self.school.clock())
        # The former one stays for whoever wants to look back; older ones nobody opens again.
        kept = [facts.file_name, *([former.file_name] if former else [])]
        forget_models(models_folder(self.school.store), kept)
        return True

    def _fitted_apart(self, fit: ModelFit) -> ModelFacts:
        """Fit in a process of its own: a fitting thread would make everybody's typing wait."""
        store, as_of = self.school.store, self.school.clock().date()
        folder = models_folder(store)
        folder.mkdir(parents=True, exist_ok=True)
        note_stage(store, fit, "Читаем журнал")
        with TemporaryDirectory(prefix="fit-", dir=folder) as place:
            work = Path(place)
            write_tables(work, whole_journal(store))
            self._run(fit, [str(work), as_of.isoformat(), str(SEED)], work / "faults.txt")
            return taken_over(work, folder, f"forecast-{as_of.isoformat()}-{fit.fit_id}")

    def _run(self, fit: ModelFit, arguments: list[str], faults: Path) -> None:
        environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
        command = [sys.executable, "-m", "models.fit", *arguments]
        with (
            faults.open("w") as errors,
            subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=errors, encoding="utf-8"
            ) as process,
        ):
            self.process = process
            for line in process.stdout or ():
                note_stage(self.school.store, fit, line.strip())
        self.process = None
        if process.returncode:
            raise ChildProcessError(f"models.fit ended with {process.returncode}")


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


def take_snapshot(school: School) -> int | None:
    """Remember the forecasts of all running terms as of yesterday evening; return the snapshot's id, None without any."""
    now = school.clock()
    as_of = now.date() - ONE_DAY
    model, terms = answering(school), school_terms_in_question(school.store, as_of)
    running = {row.class_id for row in terms if row.ends_on > as_of}
    rows = school_forecast(
        prepare(JournalTables(**whole_journal(school.store))), terms, as_of, running, model.trained
    )
    if rows.empty:
        return None
    return remember_forecasts(school.store, rows, as_of=as_of, model_id=model.model_id, now=now)
