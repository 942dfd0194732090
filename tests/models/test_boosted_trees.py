"""Fitted trees as plain arrays answer to the last bit as the library does that fitted them, and do not need it."""

import pickle
import subprocess
import sys

import numpy as np
import pytest
from scipy.special import expit
from sklearn.ensemble import HistGradientBoostingClassifier

from models.forecasters.trees import MOST_LEAVES, BoostedTrees, LastAnswers, trees_of
from models.metrics import Floats

COLUMNS = 12


def rows(count: int, seed: int, missing: float) -> Floats:
    draw = np.random.default_rng(seed)
    table = draw.normal(3.5, 1.0, (count, COLUMNS)).round(1)
    table[draw.random(table.shape) < missing] = np.nan
    return table


def fitted(
    missing: float, leaves: int = 12, count: int = 3000
) -> tuple[HistGradientBoostingClassifier, BoostedTrees]:
    table = rows(count, 1, missing)
    noise = np.random.default_rng(2).normal(0, 1, count)
    passed = np.nansum(table[:, :4], axis=1) + noise > np.nanmedian(np.nansum(table[:, :4], axis=1))
    booster = HistGradientBoostingClassifier(
        max_iter=60, max_leaf_nodes=leaves, min_samples_leaf=20, early_stopping=False, random_state=3
    )
    booster.fit(table, passed)
    return booster, trees_of(booster)


@pytest.mark.parametrize("missing", [0.0, 0.3])
@pytest.mark.parametrize("leaves", [2, 12, MOST_LEAVES])
def test_every_bit_is_the_librarys(missing: float, leaves: int) -> None:
    booster, trees = fitted(missing, leaves)
    asked = np.vstack(
        [
            rows(3000, 1, missing),  # the very rows that were learned from
            rows(2000, 4, 0.5),
            np.full((1, COLUMNS), np.nan),
            np.full((1, COLUMNS), 99.0),
            np.full((1, COLUMNS), -99.0),
        ]
    )
    assert np.array_equal(expit(trees.log_odds(asked)), booster.predict_proba(asked)[:, 1])


def test_a_value_on_a_threshold_goes_where_the_library_sends_it() -> None:
    booster, trees = fitted(0.2)
    asked = rows(400, 5, 0.2)
    for column in trees.columns:
        finite = column.edges[np.isfinite(column.edges)]
        asked[: len(finite), column.number] = finite
    assert np.array_equal(expit(trees.log_odds(asked)), booster.predict_proba(asked)[:, 1])


def test_of_rows_asked_again_only_those_that_moved_are_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    _, trees = fitted(0.2)
    asked = rows(600, 7, 0.2)
    last = LastAnswers(trees)
    assert np.array_equal(last.log_odds(asked), trees.log_odds(asked))
    moved = asked.copy()
    moved[40:60] = rows(20, 8, 0.2)
    expected, computed = trees.log_odds(moved), []
    whole = BoostedTrees.log_odds_at
    monkeypatch.setattr(
        BoostedTrees, "log_odds_at", lambda self, places: computed.append(len(places)) or whole(self, places)
    )
    assert np.array_equal(last.log_odds(moved), expected)
    assert 0 < computed[0] <= 20
    fewer = last.log_odds(moved[:50])
    assert np.array_equal(fewer, expected[:50])
    copied = pickle.loads(pickle.dumps(last))
    assert np.array_equal(copied.log_odds(asked), trees.log_odds(asked))
    assert computed[-1] >= len(asked)


def test_trees_without_a_split_and_tables_without_a_row() -> None:
    booster, trees = fitted(0.0, count=30)  # fewer rows than two leaves need
    asked = rows(5, 6, 0.0)
    assert trees.columns == []
    assert np.array_equal(expit(trees.log_odds(asked)), booster.predict_proba(asked)[:, 1])
    assert trees.log_odds(asked[:0]).shape == (0,)


def test_more_leaves_than_bits_are_refused() -> None:
    with pytest.raises(ValueError, match="leaves"):
        fitted(0.0, MOST_LEAVES + 4)


def test_the_app_does_not_read_what_processes_of_their_own_need() -> None:
    program = (
        "import sys, streamlit, app, pipelines.figures.fair\n"
        "print([name for name in ('sklearn', 'scipy.optimize', 'scipy.stats', 'docx') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
