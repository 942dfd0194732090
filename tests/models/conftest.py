"""A small made-up school, built once."""

from __future__ import annotations

import pytest
from journal_simulator import Size, simulate

from models.features.tables import JournalTables


@pytest.fixture(scope="session", autouse=True)
def _few_boosting_rounds():
    """A small school is learned in a third of the rounds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("models.forecasters.boosting.ITERATIONS", 40)
        yield


@pytest.fixture(scope="session")
def school() -> JournalTables:
    """Two years, four grade levels (one marked by halves), one class each."""
    return simulate(7, Size(grade_levels=(7, 8, 9, 10), classes_a_level=1, pupils_a_class=12, subjects=6))
