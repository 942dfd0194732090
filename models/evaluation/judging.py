"""Judged forecasts as rows of figures: every model beside the baselines, with intervals by pupil."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.features.tables import Ints
from models.forecasters.class_level import ClassSpread, class_forecast
from models.forecasters.forecaster import PROBABILITIES
from models.forecasters.prediction_sets import PredictionSets
from models.metrics import MARKS, Floats, all_metrics, row_log_loss

RESAMPLES = 300
INTERVAL = (2.5, 97.5)


@dataclass(frozen=True)
class JudgedForecasts:
    """What the models said at one cut and what came, for one target. `groups` names rows for breakdowns."""

    target: str
    cut: float
    y: Ints
    pupil: Ints
    answers: dict[str, Floats]
    chosen: str
    groups: pd.DataFrame


def judged_rows(judged: JudgedForecasts, *, seed: int) -> list[dict[str, object]]:
    """One row a model: n, every measure, 95 % intervals of accuracy and log loss, and the loss against the chosen."""
    draws = _pupil_draws(judged.pupil, seed)
    rows: list[dict[str, object]] = []
    for name, p in judged.answers.items():
        right, loss = (p.argmax(axis=1) + 2 == judged.y).astype(float), row_log_loss(judged.y, p)
        against = loss - row_log_loss(judged.y, judged.answers[judged.chosen])
        rows.append(
            {
                **_head(judged, name),
                "n": len(judged.y),
                **all_metrics(judged.y, p),
                **_interval("accuracy", right, draws, judged.pupil),
                **_interval("log_loss", loss, draws, judged.pupil),
                "log_loss_above_chosen": float(against.mean()),
                **_interval("log_loss_above_chosen", against, draws, judged.pupil),
            }
        )
    return rows


def _head(judged: JudgedForecasts, name: str) -> dict[str, object]:
    return {"target": judged.target, "cut": judged.cut, "model": name, "chosen": name == judged.chosen}


def group_rows(judged: JudgedForecasts, by: str) -> list[dict[str, object]]:
    """As `judged_rows` without intervals, for each value of a column of `groups`; only baselines and the chosen."""
    rows: list[dict[str, object]] = []
    models = [name for name in judged.answers if name in ("last_term_mark", "rounded_mean", judged.chosen)]
    for value, at in judged.groups.groupby(by, dropna=False).indices.items():
        rows.extend(
            {
                **_head(judged, name),
                "by": by,
                "group": str(value),
                "n": len(at),
                **all_metrics(judged.y[at], judged.answers[name][at]),
            }
            for name in models
        )
    return rows


def _pupil_draws(pupil: Ints, seed: int) -> Floats:
    """How often each pupil is drawn, resamples × pupils: pupils are drawn with replacement, all their rows with them."""
    n_pupils = len(np.unique(pupil))
    draw = np.random.default_rng(seed)
    return draw.multinomial(n_pupils, np.full(n_pupils, 1 / n_pupils), size=RESAMPLES).astype(float)


def _interval(name: str, per_row: Floats, draws: Floats, pupil: Ints) -> dict[str, float]:
    _, at = np.unique(pupil, return_inverse=True)
    totals, counts = draws @ np.bincount(at, per_row), draws @ np.bincount(at)
    low, high = np.percentile(totals / counts, INTERVAL)
    return {f"{name}_low": float(low), f"{name}_high": float(high)}


def set_rows(judged: JudgedForecasts, sets: PredictionSets, elapsed: Floats) -> pd.DataFrame:
    """For each mark that came: n and the share of rows whose prediction set held it, %; and the mean size of the sets."""
    in_set = sets.of(judged.answers[judged.chosen], elapsed)
    held = in_set[np.arange(len(judged.y)), judged.y - 2]
    table = (
        pd.DataFrame({"mark": judged.y, "held": 100.0 * held}).groupby("mark")["held"].agg(["size", "mean"])
    )
    table = table.rename(columns={"size": "n", "mean": "held_percent"}).reset_index()
    return table.assign(mean_size=float(in_set.sum(axis=1).mean()))


def class_coverage(
    judged: JudgedForecasts, elapsed: Floats, by: Sequence[str], spread: ClassSpread
) -> dict[str, float]:
    """Share of classes × subjects whose pass, quality rate and mean mark fell into the 90 % interval, %."""
    forecast = judged.groups[list(by)].copy()
    forecast[PROBABILITIES] = judged.answers[judged.chosen]
    forecast["elapsed_share"] = elapsed
    said = class_forecast(forecast, by=by, spread=spread)
    came = judged.groups[list(by)].assign(
        came_pass=100.0 * (judged.y >= 3),
        came_quality=100.0 * (judged.y >= 4),
        came_mean=judged.y.astype(float),
    )
    both = said.merge(came.groupby(list(by), as_index=False).mean(), on=list(by))
    answer: dict[str, float] = {"n_classes": float(len(both))}
    for name in ("pass", "quality", "mean"):
        low, high, true = (
            both[column].to_numpy() for column in (f"{name}_low", f"{name}_high", f"came_{name}")
        )
        answer[f"{name}_held_percent"] = float(100 * np.mean((true >= low - 1e-9) & (true <= high + 1e-9)))
        answer[f"{name}_mean_width"] = float(np.mean(high - low))
    return answer


def mark_shares(y: Ints) -> dict[int, float]:
    """Share of each mark, %."""
    return {int(mark): float(100 * np.mean(y == mark)) for mark in MARKS}
