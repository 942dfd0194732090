"""Figures computed without a screen, on the benchmark school."""

import time
from collections.abc import Callable

from benchmarks.server import FOLDER, NOW
from pipelines.quality import quality
from school.access.actions import Action
from school.lookups.analytics import tables
from school.store.connection import DATABASE_NAME, Store
from school.store.people import user_by_id

REPEATS = 30
BY = ("teacher_id", "subject_id", "term_id")


def quality_of_teaching() -> list[float]:
    """Return the processor milliseconds of each computation of the school's quality by teacher × subject × term."""
    store = Store(FOLDER / DATABASE_NAME, lambda: NOW)
    try:
        deputy = user_by_id(
            store, store.read("SELECT value::BIGINT FROM settings WHERE name = 'demo.user.deputy'")[0][0]
        )
        assert deputy is not None
        reached = tables(store, deputy, Action.READ_QUALITY)
        return [_once(lambda: quality(reached.marks(), BY).df()) for _ in range(REPEATS)]
    finally:
        store.close()


def _once(compute: Callable[[], object]) -> float:
    began = time.process_time()
    compute()
    return (time.process_time() - began) * 1000
