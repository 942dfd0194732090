"""Figures computed without a screen, on the benchmark school."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from benchmarks.server import FOLDER, NOW, BenchSchool
from models.features.tables import JournalTables, prepare
from models.product.school_forecast import school_forecast
from models.product.school_model import fit_school
from pipelines.measures.attendance import attendance
from school.analytics.lookups.tables import ScopedTables
from school.analytics.store.frames import ReadScope
from school.forecasts.lookups import school_terms_in_question, whole_journal
from school.store.connection import DATABASE_NAME, Store

REPEATS = 30
SCHOOL_REPEATS = 5
BY = ("teacher_id", "subject_id", "term_id")


def absences_of_a_year(place: BenchSchool) -> tuple[float, float]:
    """Return the processor milliseconds of a year's absences by class and reason: with building the query, and again."""
    store = place.store()
    try:
        terms = [row[0] for row in store.read(_TERMS_OF_LAST_YEAR)]
        school_tables = ScopedTables(store, store.cursor(), ReadScope(is_whole_school=True))
        selection = {"term_id": terms}

        def relation() -> Any:
            return attendance(
                school_tables.lessons(selection),
                school_tables.absences(selection),
                enrolments=school_tables.enrolments(),
                subgroup_members=school_tables.subgroup_members(),
                today=place.now.date(),
            )

        query = relation().sql_query()
        first = [_once(lambda: relation().df()) for _ in range(REPEATS)]
        again = [_once(lambda: school_tables.cursor.execute(query).df()) for _ in range(REPEATS)]
        return statistics.median(first), statistics.median(again)
    finally:
        store.close()


_TERMS_OF_LAST_YEAR = "SELECT term_id FROM terms WHERE school_year = (SELECT max(school_year) FROM terms)"


def _once(compute: Callable[[], object]) -> float:
    began = time.process_time()
    compute()
    return (time.process_time() - began) * 1000


@dataclass
class ForecastTimes:
    """Processor milliseconds of each fitting, forecast of the whole school from its tables, and forecast of one class."""

    fitting: list[float] = field(default_factory=list)
    school: list[float] = field(default_factory=list)
    one_class: list[float] = field(default_factory=list)


def forecasting() -> ForecastTimes:
    """Fit the benchmark school's model on its closed terms and forecast its running one."""
    store, times, today = Store(FOLDER / DATABASE_NAME, lambda: NOW), ForecastTimes(), NOW.date()
    try:
        frames, terms = whole_journal(store), school_terms_in_question(store, today)
        journal = prepare(JournalTables(**frames))
        began = time.process_time()
        fitted = fit_school(journal, today, seed=1)
        times.fitting.append((time.process_time() - began) * 1000)
    finally:
        store.close()
    model = fitted.trained

    def whole_school() -> object:
        return school_forecast(prepare(JournalTables(**frames)), terms, today, model=model)

    times.school = [_once(whole_school) for _ in range(SCHOOL_REPEATS)]
    classes = [row.class_id for row in terms][:REPEATS]
    times.one_class = [
        _once(partial(school_forecast, journal, terms, today, [class_id], model)) for class_id in classes
    ]
    return times
