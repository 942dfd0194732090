"""Whom forecasts warned of, who was taken up, and what came of it: an honest estimate of whether help helped.

A pupil × subject × term is warned of on the first remembered day whose forecast fears a mark (`school.extra_help.rules`). Who was taken
up is compared with whom nobody took up of like chance of the feared mark and like grade: within strata of these a difference of the
shares who came out better, weighed by those taken up (the effect on the treated). Pupils are resampled whole (bootstrap).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.metrics import Floats
from school.extra_help.rules import feared_chance, feared_mark, has_come_better

PLACE = ["class_id", "subject_id", "term_id", "pupil_id"]
TERM = ["school_year", "kind", "number"]
WARNED_COLUMNS = [
    *PLACE, *TERM, "grade_level", "warned_on", "feared", "chance", "came", "is_better", "is_taken_up",
]  # fmt: skip
# Fewer taken up, or like pupils to hold them against, and nothing is said.
FEWEST_TAKEN_UP, FEWEST_ALIKE = 30, 30
STRATA = 8
RESAMPLES = 400
LEVEL = (0.05, 0.95)


def warned_and_came(rows: pd.DataFrame) -> pd.DataFrame:
    """Return `WARNED_COLUMNS`, a row a pupil × subject × term that was warned of while it went on.

    `rows`: `school.extra_help.lookups.forecasts_that_came`. Who was taken up before a snapshot warned, or without one, counts from that day
    with the chance said then. `chance` is that of the feared mark or a lower one, 0..1.
    """
    if rows.empty:
        return pd.DataFrame(columns=WARNED_COLUMNS)
    previous = [None if pd.isna(mark) else float(mark) for mark in rows["previous"]]
    feared = [
        feared_mark(p2, p3, last) for p2, p3, last in zip(rows["p2"], rows["p3"], previous, strict=True)
    ]
    of_rows = pd.Series(feared, index=rows.index, dtype=float)
    seen = rows.assign(feared=of_rows)[of_rows.notna()].sort_values("as_of")
    first = seen.drop_duplicates(PLACE)
    chances = zip(first["p2"], first["p3"], first["feared"], strict=True)
    is_better = [
        has_come_better(int(came), int(mark))
        for came, mark in zip(first["value"], first["feared"], strict=True)
    ]
    return first.assign(
        warned_on=first["as_of"],
        chance=[feared_chance(p2, p3, int(mark)) for p2, p3, mark in chances],
        came=first["value"],
        is_better=is_better,
        is_taken_up=first["taken_at"].notna(),
    )[WARNED_COLUMNS].reset_index(drop=True)


def help_by_term(warned: pd.DataFrame) -> pd.DataFrame:
    """By term, the newest first: warned, taken_up, of each how many came out better, and the shares, percent.

    Columns: school_year, kind, number, warned, better, better_rate, taken_up, taken_up_rate, taken_up_better, taken_up_better_rate.
    """
    both = warned.assign(both=warned["is_better"] & warned["is_taken_up"])
    table = both.groupby(TERM, as_index=False).agg(
        warned=("chance", "size"),
        better=("is_better", "sum"),
        taken_up=("is_taken_up", "sum"),
        taken_up_better=("both", "sum"),
    )
    some = table["taken_up"].where(table["taken_up"] > 0)
    return table.assign(
        better_rate=100.0 * table["better"] / table["warned"],
        taken_up_rate=100.0 * table["taken_up"] / table["warned"],
        taken_up_better_rate=100.0 * table["taken_up_better"] / some,
    ).sort_values(["school_year", "number"], ascending=False, ignore_index=True)


@dataclass(frozen=True)
class HelpEffect:
    """By how many percentage points oftener those taken up came out better than like pupils; `low`, `high`: a 90 % interval."""

    taken_up: int
    alike: int
    points: float
    low: float
    high: float

    @property
    def is_seen(self) -> bool:
        """Whether the interval leaves out no effect at all."""
        return self.low > 0 or self.high < 0


def help_effect(warned: pd.DataFrame, *, seed: int) -> HelpEffect | None:
    """Estimate what taking up did among the warned; None where too few were taken up or are like them.

    `warned`: `warned_and_came`. Deterministic under `seed`.
    """
    if warned.empty:
        return None
    taken = warned["is_taken_up"].to_numpy(dtype=bool)
    if taken.sum() < FEWEST_TAKEN_UP:
        return None
    stratum = _strata(warned, taken)
    sizes = int(stratum.max()) + 1
    is_shared = (np.bincount(stratum[taken], minlength=sizes) > 0) & (
        np.bincount(stratum[~taken], minlength=sizes) > 0
    )
    kept = is_shared[stratum]
    taken, stratum, better = taken[kept], stratum[kept], warned["is_better"].to_numpy(dtype=float)[kept]
    alike = int((~taken).sum())
    if taken.sum() < FEWEST_TAKEN_UP or alike < FEWEST_ALIKE:
        return None
    _, pupil = np.unique(warned["pupil_id"].to_numpy()[kept], return_inverse=True)
    points = _difference(taken, better, stratum, sizes, np.ones(len(taken)))
    draw = np.random.default_rng(seed)
    n = int(pupil.max()) + 1
    resampled = draw.multinomial(n, np.full(n, 1 / n), size=RESAMPLES)
    found = [_difference(taken, better, stratum, sizes, counts[pupil]) for counts in resampled]
    low, high = np.nanquantile(found, LEVEL)
    return HelpEffect(int(taken.sum()), alike, 100 * points, 100 * float(low), 100 * float(high))


def _strata(warned: pd.DataFrame, taken: np.ndarray) -> np.ndarray:
    """Number of each row's stratum: which mark was feared × fifths of its chance among those taken up."""
    chance = warned["chance"].to_numpy(dtype=float)
    edges = np.quantile(chance[taken], np.linspace(0, 1, STRATA + 1)[1:-1])
    keys = np.stack([warned["feared"].to_numpy(dtype=np.int64), np.searchsorted(edges, chance)])
    return np.asarray(np.unique(keys, axis=1, return_inverse=True)[1]).ravel()


def _difference(taken: np.ndarray, better: Floats, stratum: np.ndarray, sizes: int, weight: Floats) -> float:
    """Σ over strata of (share better of the taken up − share better of the others), weighed by the taken up."""

    def sums(of: np.ndarray, values: Floats) -> Floats:
        return np.bincount(stratum[of], weights=values[of], minlength=sizes).astype(float)

    n_taken, n_alike = sums(taken, weight), sums(~taken, weight)
    both = (n_taken > 0) & (n_alike > 0)
    if not both.any():
        return float("nan")
    gap = (
        sums(taken, weight * better)[both] / n_taken[both]
        - sums(~taken, weight * better)[both] / n_alike[both]
    )
    return float((gap * n_taken[both]).sum() / n_taken[both].sum())


def needed_on_lessons(marks: Sequence[int], days: Sequence[str]) -> str:
    """Return «3, 4 или лучше на уроках 25.11, 27.11»: the marks that are needed and the lessons they fall on; empty without lessons."""
    if not days:
        return ""
    chosen = days[: len(marks)]
    word = "уроке" if len(chosen) == 1 else "уроках"
    return f"{', '.join(map(str, marks))} или лучше на {word} {', '.join(chosen)}"
