"""What was forecast and what came: remembered forecasts held against the marks, in counts that anybody can check.

Every function takes rows with `PROBABILITIES`, `rounded_mean` (NaN before the first mark) and `value`, the mark that came.
Rates are percentages 0..100.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from models.forecasters.forecaster import PROBABILITIES
from models.metrics import MARKS, most_likely

# A difference of so many points between what was said and what came matters to a reader …
DIFFERENCE_THAT_MATTERS = 5.0
# … and one of so many standard errors is beyond chance, whatever is asked of how many marks and terms.
BEYOND_CHANCE = 3.0
FEWEST_PUPILS = 30
# Lower ends of how sure a forecast was of its most likely mark, percent.
SURE_FROM = (0, 50, 60, 70, 80, 90)


def held_against(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with `said` (the most likely mark), `sure` (its chance, percent), and whether each came true."""
    p = rows[PROBABILITIES].to_numpy(dtype=float)
    said = most_likely(p) if len(rows) else np.empty(0)
    return rows.assign(
        said=said, sure=100.0 * p.max(axis=1, initial=0.0), is_true=said == rows["value"].to_numpy()
    )


def by_certainty(rows: pd.DataFrame) -> pd.DataFrame:
    """By how sure the forecasts were: sure_from, sure_to, n, came_true (how many), mean_sure, true_rate."""
    held = held_against(rows)
    place = np.searchsorted(SURE_FROM, held["sure"], side="right") - 1
    edges = [*SURE_FROM, 100]
    table = held.groupby(place).agg(
        n=("sure", "size"), came_true=("is_true", "sum"), mean_sure=("sure", "mean")
    )
    table.insert(0, "sure_from", [edges[at] for at in table.index])
    table.insert(1, "sure_to", [edges[at + 1] for at in table.index])
    return table.assign(true_rate=100.0 * table["came_true"] / table["n"]).reset_index(drop=True)


def against_rounded_mean(rows: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """By group: n and true_rate of all forecasts; with_mean, forecast_rate and mean_rate where there was a mean to round."""
    held = held_against(rows)
    has_mean = held["rounded_mean"].notna()
    mean_true = (held["rounded_mean"] == held["value"]) & has_mean
    counts = held[list(by)].assign(
        n=1, came=held["is_true"], with_mean=has_mean, both=held["is_true"] & has_mean, mean_true=mean_true
    )
    table = counts.groupby(list(by), as_index=False).sum()
    some = table["with_mean"].where(table["with_mean"] > 0)
    return table.assign(
        true_rate=100.0 * table["came"] / table["n"],
        forecast_rate=100.0 * table["both"] / some,
        mean_rate=100.0 * table["mean_true"] / some,
    ).drop(columns=["came", "both", "mean_true"])


def rates_that_came(rows: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """By group: n, and the pass and quality rates that came: came_pass_rate, came_quality_rate."""
    came = rows[list(by)].assign(
        came_pass_rate=100.0 * (rows["value"] >= 3), came_quality_rate=100.0 * (rows["value"] >= 4), n=1
    )
    return came.groupby(list(by), as_index=False).agg(
        n=("n", "size"),
        came_pass_rate=("came_pass_rate", "mean"),
        came_quality_rate=("came_quality_rate", "mean"),
    )


def said_and_came(rows: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """By group and mark 2..5: n forecasts, pupils, said and came (rates of the mark), errors (how many standard errors apart).

    A pupil's forecasts err together, so the standard error is that of pupils, not of forecasts.
    """
    pieces = []
    for column, mark in zip(PROBABILITIES, MARKS, strict=True):
        came = (rows["value"] == mark).astype(float)
        both = rows[[*by, "pupil_id"]].assign(n=1, said=rows[column], came=came, miss=rows[column] - came)
        of_pupil = both.groupby([*by, "pupil_id"], as_index=False).sum()
        of_pupil["square"], of_pupil["pupils"] = of_pupil["miss"] ** 2, 1
        table = of_pupil.groupby(list(by), as_index=False)[
            ["n", "pupils", "said", "came", "miss", "square"]
        ].sum()
        table["errors"] = table["miss"] / np.sqrt(table["square"].where(table["square"] > 0))
        table[["said", "came"]] = 100.0 * table[["said", "came"]].div(table["n"], axis=0)
        pieces.append(table.assign(mark=mark).drop(columns=["miss", "square"]))
    return pd.concat(pieces, ignore_index=True).sort_values([*by, "mark"], ignore_index=True)


def is_past_no_guide(*, pupils: int, said: float, came: float, errors: float) -> bool:
    """Whether a mark came so much oftener or seldomer than was said that forecasts made like that should not be trusted."""
    is_beyond_chance = pupils >= FEWEST_PUPILS and abs(errors) >= BEYOND_CHANCE
    return is_beyond_chance and abs(said - came) >= DIFFERENCE_THAT_MATTERS
