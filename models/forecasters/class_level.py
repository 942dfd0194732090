"""Forecast of a class: rates from averaged probabilities, not from counts of most likely marks, with 90 % intervals.

Pupils are independent (Poisson-binomial), and the deviation is widened early in the term. Deviations common to a class (a
strict teacher, an easy term) do not average out with its size: they are a separate variance, learned from closed terms.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import scipy

from models.features.tables import Ints
from models.forecasters.forecaster import PROBABILITIES
from models.metrics import MARKS, Floats

NORMAL_90 = 1.645
LEFT_OUT_BELOW = np.linspace(0.0, 0.1, 11)
WIDENING = ((0.0, 1.3), (0.2, 1.15), (0.4, 1.0))
# Of a class all of whose forecasts are of what the model has not met.
WIDENING_FOR_NEW = 1.3
KNOTS = (0.0, 0.2, 0.4, 0.6, 0.8)
FIGURES = ("pass", "quality", "mean")
UNITS = {"pass": 100.0, "quality": 100.0, "mean": 1.0}
BOUNDS = {"pass": (0.0, 100.0), "quality": (0.0, 100.0), "mean": (2.0, 5.0)}
EXPECTED = {"pass": "expected_pass_rate", "quality": "expected_quality_rate", "mean": "expected_mean_mark"}
FEWEST_PUPILS = 8
# What part of classes is meant to lie inside, and by what factors the past may say that the deviation of a figure errs.
MEANT, SCALED = 0.9, ("quality", "mean")
SCALES = tuple(step / 20 for step in range(8, 27))
FEWEST_CLASSES_TO_SCALE = 50
NEARLY = 1e-9
UNSCALED = (1.0,) * len(KNOTS)


@dataclass(frozen=True)
class ClassSpread:
    """Standard deviation common to a class, at each of `KNOTS` of the term; shares for rates, marks for means.

    `scale`: by how much the whole deviation of a figure is too wide or too narrow, as the past showed; at each knot too.
    """

    at_knots: dict[str, tuple[float, ...]]
    scale: Mapping[str, tuple[float, ...]] = field(default_factory=dict)

    def at(self, figure: str, elapsed: Floats) -> Floats:
        """For each elapsed share, between the knots on a straight line."""
        return np.interp(np.nan_to_num(elapsed), KNOTS, self.at_knots[figure])

    def scale_at(self, figure: str, elapsed: Floats) -> Floats:
        """Likewise; 1 where the past says nothing."""
        return np.interp(np.nan_to_num(elapsed), KNOTS, self.scale.get(figure, UNSCALED))


USUAL_SPREAD = ClassSpread(
    {
        "pass": (0.03, 0.025, 0.02, 0.02, 0.015),
        "quality": (0.03, 0.025, 0.02, 0.02, 0.015),
        "mean": (0.06, 0.05, 0.04, 0.04, 0.03),
    }
)
"""Until a school's own closed terms say better: a class of 25 hardly feels it, a course of 1,500 does."""


def class_forecast(
    forecast: pd.DataFrame, by: Sequence[str] = ("class_id", "subject_id"), spread: ClassSpread = USUAL_SPREAD
) -> pd.DataFrame:
    """Expected pass rate, quality rate and mean term mark of each group, from averaged probabilities.

    `forecast` is what `forecast_term` returns; `spread` is the trained model's. Rates are percentages 0..100 with a 90 %
    interval (`pass_low`, `pass_high`, …). Without `subject_id` in `by` a pupil counts once for each subject.
    """
    sums = _sums(forecast, by)
    answer = sums[[*by, "n"]].copy()
    for figure in FIGURES:
        answer[[EXPECTED[figure], f"{figure}_low", f"{figure}_high"]] = _interval(sums, figure, spread)
    return answer


def _sums(forecast: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """By group: n, the sum of each figure's expectation and of its variance, of the elapsed share and of rows new to the model."""
    p = forecast[PROBABILITIES].to_numpy(dtype=float)
    chances = {"pass": p[:, 1:].sum(axis=1), "quality": p[:, 2:].sum(axis=1)}
    rows = forecast[list(by)].assign(n=1, elapsed_share=forecast["elapsed_share"].to_numpy(dtype=float))
    rows["new"] = np.where(forecast["new_to_model"] != "", 1.0, 0.0) if "new_to_model" in forecast else 0.0
    for figure, chance in chances.items():
        rows[figure], rows[f"{figure}_variance"] = chance, chance * (1 - chance)
    rows["mean"] = p @ MARKS
    rows["mean_variance"] = p @ MARKS**2 - (p @ MARKS) ** 2
    return rows.groupby(list(by), as_index=False, sort=True).sum()


def _interval(sums: pd.DataFrame, figure: str, spread: ClassSpread) -> Floats:
    """Columns centre, low, high for one figure of each group."""
    n = sums["n"].to_numpy(dtype=float)
    elapsed = sums["elapsed_share"].to_numpy() / n
    centre = sums[figure].to_numpy() / n
    variance = np.maximum(sums[f"{figure}_variance"].to_numpy(), 0.0) / n**2
    widened = np.interp(elapsed, *np.array(WIDENING).T) * np.sqrt(variance)
    deviation = np.maximum(widened, np.sqrt(variance + spread.at(figure, elapsed) ** 2))
    deviation *= 1 + (WIDENING_FOR_NEW - 1) * sums["new"].to_numpy() / n
    deviation *= spread.scale_at(figure, elapsed)
    if figure == "mean":
        low, high = centre - NORMAL_90 * deviation, centre + NORMAL_90 * deviation
    else:
        low, high = _rate_interval(centre, deviation, sums["n"].to_numpy(dtype=np.int64))
    unit, bounds = UNITS[figure], BOUNDS[figure]
    return np.column_stack([unit * centre, np.clip(unit * low, *bounds), np.clip(unit * high, *bounds)])


def _rate_interval(centre: Floats, deviation: Floats, n: Ints) -> tuple[Floats, Floats]:
    """Ends of the 90 % interval of rates that move in steps of one pupil, as shares.

    The ends are mid-quantiles (Ma, Genton, Parzen 2011) of the normal law in steps, the closest two that leave out a tenth:
    near 0 and 100 % all of it lies on one side. With whole steps, that must hold 90 % at least, it would be 98.
    """
    low, high = np.empty(len(n)), np.empty(len(n))
    for place, (middle, spread, pupils) in enumerate(zip(centre, deviation, n, strict=True)):
        steps = np.arange(pupils + 1)
        below = scipy.special.ndtr((steps[1:] - 0.5 - pupils * middle) / (pupils * max(spread, 1e-9)))
        chances = np.diff(np.concatenate([[0.0], below, [1.0]]))
        reached = np.cumsum(chances) - chances / 2
        lows, highs = (
            np.interp(tails, reached, steps / pupils) for tails in (LEFT_OUT_BELOW, LEFT_OUT_BELOW + 0.9)
        )
        closest = np.argmin(highs - lows)
        low[place], high[place] = lows[closest], highs[closest]
    return low, high


def fitted_spread(forecast: pd.DataFrame, y: Ints, by: Sequence[str]) -> ClassSpread:
    """Estimate the deviation common to a class: the excess of squared class errors over that of independent pupils.

    `forecast` needs `by`, the probabilities, `elapsed_share` and `cut`, one of `KNOTS`.
    """
    came = {"pass": y >= 3, "quality": y >= 4, "mean": y}
    keys = ["cut", *by]
    truth = forecast[keys].assign(
        **{f"came_{figure}": np.asarray(v, dtype=float) for figure, v in came.items()}
    )
    both = _sums(forecast, keys).merge(truth.groupby(keys, as_index=False).sum(), on=keys)
    both = both[both["n"] >= FEWEST_PUPILS]
    together = {figure: tuple(_together(both, figure, knot) for knot in KNOTS) for figure in FIGURES}
    return ClassSpread(together, _scales(both, ClassSpread(together)))


def _scales(classes: pd.DataFrame, spread: ClassSpread) -> dict[str, tuple[float, ...]]:
    """For each figure and knot the factor with which nine of ten past classes lay inside their interval; of those that do alike the nearest to 1."""
    at_knots = [classes[np.isclose(classes["cut"], knot)] for knot in KNOTS]
    return {
        figure: tuple(
            _scale(seen, figure, spread) if len(seen) >= FEWEST_CLASSES_TO_SCALE else 1.0 for seen in at_knots
        )
        for figure in SCALED
    }


def _scale(classes: pd.DataFrame, figure: str, spread: ClassSpread) -> float:
    return min(SCALES, key=lambda scale: (_far_from_meant(classes, figure, spread, scale), abs(scale - 1)))


def _far_from_meant(classes: pd.DataFrame, figure: str, spread: ClassSpread, scale: float) -> float:
    scaled = ClassSpread(spread.at_knots, {figure: (scale,) * len(KNOTS)})
    _, low, high = _interval(classes, figure, scaled).T
    came = UNITS[figure] * (classes[f"came_{figure}"] / classes["n"]).to_numpy()
    held = np.mean((came >= low - NEARLY) & (came <= high + NEARLY))
    return abs(round(float(held), 2) - MEANT)


def _together(classes: pd.DataFrame, figure: str, knot: float) -> float:
    here = classes[np.isclose(classes["cut"], knot)]
    if here.empty:
        return 0.0
    miss = (here[f"came_{figure}"] - here[figure]) / here["n"]
    alone = here[f"{figure}_variance"] / here["n"] ** 2
    return float(np.sqrt(max(float((miss**2 - alone).mean()), 0.0)))
