"""The backtest over a lake of schools: each learns from its own past, a line a school and one for all of them."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from urllib.parse import unquote

import pandas as pd

from models.evaluation.spans import SpanError
from models.evaluation.training import BASELINES
from models.features.extract import ExtractError

SCHOOL = "school_id="
CHOSEN = "chosen"
# Means over rows: those of several schools together follow from the schools' own.
POOLED = ["accuracy", "log_loss", "brier", "rps"]
MOMENT = ["target", "cut"]

Row = dict[str, object]


def schools_of(folder: Path) -> dict[str, Path]:
    """The schools of a lake by id, each with its folder; none where the folder is an extract of its own."""
    found = sorted(folder.glob(f"{SCHOOL}*"))
    return {unquote(path.name.removeprefix(SCHOOL)): path for path in found if path.is_dir()}


def backtest_lake(
    schools: Mapping[str, Path],
    backtest: Callable[[Path], list[Row]],
    *,
    say: Callable[[str], None],
    report: Callable[[str], None],
) -> list[Row]:
    """The rows of every school with its ``school_id``, then those of all together (None).

    A school that cannot be measured is named and passed over. ExtractError where none can be.
    """
    rows: list[Row] = []
    for school_id, folder in schools.items():
        say(f"school {school_id}")
        try:
            measured: list[Row] = [{"school_id": school_id, **row} for row in backtest(folder)]
        except (ExtractError, SpanError) as error:
            report(f"{school_id}: passed over: {error}")
            continue
        for line in _lines(school_id, measured):
            report(line)
        rows += measured
    if not rows:
        raise ExtractError(f"None of {len(schools)} schools of the lake could be measured.")
    together = pooled(rows)
    for line in _lines("all schools", together):
        report(line)
    return rows + together


def pooled(rows: Sequence[Row]) -> list[Row]:
    """All schools together, for each moment: the baselines and whatever each school chose, weighted by its rows."""
    whole = pd.DataFrame([row for row in rows if "by" not in row])
    as_chosen = whole[whole["chosen"]].assign(model=CHOSEN)
    answers = pd.concat([whole[whole["model"].isin(BASELINES)].assign(chosen=False), as_chosen])
    sums = answers.assign(**{name: answers[name] * answers["n"] for name in POOLED}, schools=1)
    added = (
        sums.groupby([*MOMENT, "model", "chosen"], sort=True)[["n", "schools", *POOLED]].sum().reset_index()
    )
    means = added.assign(school_id=None, **{name: added[name] / added["n"] for name in POOLED})
    return [{str(name): value for name, value in row.items()} for row in means.to_dict("records")]


def _lines(who: str, rows: Sequence[Row]) -> list[str]:
    """A line for each moment: the chosen model beside the baselines."""
    whole = [row for row in rows if "by" not in row]
    moments = dict.fromkeys((row["target"], row["cut"]) for row in whole)
    return [_line(who, [row for row in whole if (row["target"], row["cut"]) == moment]) for moment in moments]


def _line(who: str, rows: Sequence[Row]) -> str:
    printed = [row for row in rows if row["chosen"]] + [row for row in rows if row["model"] in BASELINES]
    figures = "; ".join(f"{row['model']} {row['accuracy']:.3f}/{row['log_loss']:.3f}" for row in printed)
    return f"{who}: {rows[0]['target']} at {rows[0]['cut']:g}, n = {rows[0]['n']}: {figures}"
