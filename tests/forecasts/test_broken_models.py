"""A model's file that is gone, damaged or somebody else's: never opened, and no screen stops for it (п. 2.7)."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from past_years import Screens, write_past
from screens import texts
from small_school import NOW, People

from models.product.forecasting import answering
from school.forecasts import actions
from school.forecasts.lookups import models_folder
from school.forecasts.store import newest_fits
from school.store.connection import DATABASE_NAME, Store
from school.store.school import School
from server.forecast_job import ForecastKeeper

MODEL_PAGE = "forecasts/forecast_model.py"


@pytest.fixture(scope="module")
def fitted_school(small_school_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the small school with eight closed terms and the model learned from them, fitted once."""
    folder = tmp_path_factory.mktemp("fitted_school")
    store = Store(Path(shutil.copy(small_school_file, folder)), lambda: NOW)
    store.write(write_past)
    # Read from the file, as the tests will: then the journal's rows have their order.
    store.close()
    store = Store(folder / DATABASE_NAME, lambda: NOW)
    ForecastKeeper(School(store, lambda: NOW)).look()
    store.close()
    return folder


@pytest.fixture
def school_store(fitted_school: Path, tmp_path: Path) -> Iterator[Store]:
    """The store of a school that has a fitted model."""
    folder = Path(shutil.copytree(fitted_school, tmp_path / "school"))
    store = Store(folder / DATABASE_NAME, lambda: NOW)
    yield store
    store.close()


@pytest.fixture
def keeper(school_screens: School) -> ForecastKeeper:
    """The background work of that school."""
    return ForecastKeeper(school_screens)


def states(store: Store) -> list[tuple[str, str]]:
    return [(fit.cause, fit.state) for fit in newest_fits(store)]


def _break(store: Store, how: str) -> None:
    path = next(models_folder(store).glob("*.joblib"))
    if how == "missing":
        path.unlink()
    elif how == "damaged":
        path.write_bytes(path.read_bytes()[:-100])
    else:
        path.write_bytes(b"cos\nsystem\n(S'echo'\ntR.")


@pytest.mark.parametrize(
    ("how", "words"), [("missing", "не читается"), ("damaged", "повреждён"), ("foreign", "не открыт")]
)
def test_a_file_that_is_not_the_programs_own_is_never_opened_and_screens_go_on(
    keeper: ForecastKeeper, school_store: Store, people: People, screens: Screens, how: str, words: str
) -> None:
    assert states(school_store) == [("never_fitted", "done")]
    _break(school_store, how)
    for path in ("forecasts/forecasts.py", "forecasts/at_risk.py", MODEL_PAGE):
        assert words in texts(screens.open(people.deputy, path)), path
    keeper.look()
    assert "обновлена программа или файл модели не открылся" in actions.CAUSES[states(school_store)[0][0]]
    assert answering(keeper.school).note == ""
