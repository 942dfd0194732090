"""A school with enough behind it to learn from, and its screens."""

import shutil
import sys
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from past_years import Screens, write_past
from small_school import NOW, People

from models.features.tables import JournalTables, prepare
from models.fit import NAME
from models.product.school_model import SchoolModel, fit_school
from school.access.action import Action
from school.analytics.lookups.readers import FigureReader
from school.forecasts.lookups import whole_journal
from school.store.connection import DATABASE_NAME, Store
from server import session
from server.forecast_job import FITTING, ForecastKeeper


@pytest.fixture
def screens(school_screens: session.School) -> Screens:
    """The screens of the small school."""
    return Screens(school_screens)


@pytest.fixture
def reader(school_screens: session.School, people: People) -> FigureReader:
    """The deputy, asking for forecasts."""
    return FigureReader(school_screens, people.deputy, Action.READ_FORECASTS)


@pytest.fixture
def past(school_store: Store) -> Callable[[], None]:
    """Give the school eight closed terms of a class that has left: 800 term marks to learn from."""
    return lambda: school_store.write(write_past)


@pytest.fixture(scope="session", autouse=True)
def fit_a_journal_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Fit for real, but the same journal once: the same seed learns the same, and it takes half a minute of processor."""
    fitted_models = tmp_path_factory.mktemp("fitted_models")
    run = ForecastKeeper._run

    def run_once(keeper: ForecastKeeper, module: str, work: str, *settings: str) -> Iterator[str]:
        if module != FITTING:
            yield from run(keeper, module, work, *settings)
            return
        journal = b"".join(path.read_bytes() for path in sorted(Path(work).glob("*.parquet")))
        before = fitted_models / sha256(journal + repr([sys.executable, *settings]).encode()).hexdigest()
        if before.exists():
            shutil.copytree(before, work, dirs_exist_ok=True)
            return
        yield from run(keeper, module, work, *settings)
        before.mkdir()
        for path in Path(work).glob(f"{NAME}.*"):
            shutil.copy(path, before)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ForecastKeeper, "_run", run_once)
        yield


@pytest.fixture(scope="session")
def learned(small_school_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], SchoolModel]:
    """Learn from the eight closed terms; always the same by its seed."""
    path = Path(shutil.copy(small_school_file, tmp_path_factory.mktemp("learned") / DATABASE_NAME))
    store = Store(path, lambda: NOW)
    store.write(write_past)
    journal = prepare(JournalTables(**whole_journal(store)))
    store.close()
    return lambda: fit_school(journal, NOW.date(), seed=3)


@pytest.fixture(scope="session")
def learned_once(learned: Callable[[], SchoolModel]) -> SchoolModel:
    """What is learned from the eight closed terms; a test that changes it copies it."""
    return learned()
