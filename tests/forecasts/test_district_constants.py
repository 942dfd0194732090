"""A school without a past takes in the constants that a district learned from others: a file beside the models, used only if it is whole."""

import json
import os
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
from small_school import NOW

from models.evaluation.pooled_constants import write_constants
from models.forecasters.empirical_bayes import Constants
from models.product.district_constants import FILE, district_constants, hand_over
from models.product.forecasting import answering, forecast_terms, forecasts
from school.analytics.lookups.readers import FigureReader
from school.forecasts.lookups import models_folder
from school.store.connection import Store
from server.forecast_job import ForecastKeeper
from server.session import School

TODAY = NOW.date()
STRICT = Constants(cuts=(2.9, 3.9, 4.9))


def lay(store: Store, text: str) -> Path:
    folder = models_folder(store)
    folder.mkdir(exist_ok=True)
    (folder / FILE).write_text(text, encoding="utf-8")
    return folder


def chances(reader: FigureReader) -> np.ndarray:
    rows = forecasts(reader, forecast_terms(reader, TODAY), TODAY)
    return rows[["p2", "p3", "p4", "p5"]].to_numpy()


def test_forecasts_follow_the_districts_constants_at_once(school_store: Store, reader: FigureReader) -> None:
    before = chances(reader)
    folder = lay(school_store, "")
    write_constants(folder / FILE, STRICT)
    assert district_constants(folder) == STRICT
    assert chances(reader)[:, 3].mean() < before[:, 3].mean()
    (folder / FILE).unlink()
    assert np.allclose(chances(reader), before)


@pytest.mark.parametrize(
    "changes",
    [
        {"level_spread": -1.0},
        {"cuts": [3.0, 2.0, 4.0]},
        {"cuts": [2.4, 3.4]},
        {"worth": [1.0]},
        {"worth": "много"},
        {"whim_share": 2.0},
        {"of_pupil": 7},
    ],
)
def test_a_file_that_holds_something_else_is_not_used(
    school_store: Store, reader: FigureReader, changes: dict[str, object]
) -> None:
    before = chances(reader)
    folder = lay(school_store, json.dumps(asdict(STRICT) | changes))
    assert district_constants(folder) is None
    assert np.allclose(chances(reader), before)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "7"])
def test_a_broken_file_is_not_used(school_store: Store, text: str) -> None:
    assert district_constants(lay(school_store, text)) is None


def test_what_was_forecast_ahead_is_what_is_shown(
    school_store: Store, school_screens: School, reader: FigureReader
) -> None:
    folder = lay(school_store, "")
    write_constants(folder / FILE, STRICT)
    own = chances(reader)
    # Laid there anew, it is asked about anew.
    os.utime(folder / FILE, (1, 1))
    ForecastKeeper(school_screens).forecast_ahead()
    assert np.allclose(chances(reader), own)
    assert answering(school_screens).trained is None


def test_a_fitting_is_handed_the_file(school_store: Store, tmp_path: Path) -> None:
    folder = lay(school_store, "")
    write_constants(folder / FILE, STRICT)
    hand_over(folder, tmp_path)
    assert district_constants(tmp_path) == STRICT
    (folder / FILE).unlink()
    other = tmp_path / "other"
    other.mkdir()
    hand_over(folder, other)
    assert not (other / FILE).exists()
