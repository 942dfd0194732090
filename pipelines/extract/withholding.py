"""Which groups are too small to leave the school, and which others must go with them.

A group of fewer than FEWEST_PUPILS pupils is withheld. So that it cannot be had from a total by subtraction, within each
total that the columns of the answer allow either nothing is withheld, or at least two groups are,
one of them of FEWEST_PUPILS pupils or more: what subtraction gives is then never about fewer pupils than that. The choice
depends on the pupils only, so all measures of the same marks withhold the same groups. (Complementary suppression:
Hundepool et al. 2012, «Statistical Disclosure Control», 4.)
"""

from collections.abc import Iterator, Sequence
from itertools import combinations

import narwhals as nw
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipelines.measures.tables import Frame
from school.extracts.format import IDS_WITHIN_A_SCHOOL

FEWEST_PUPILS = 5
PUPILS, WITHHELD = "pupils", "withheld"

Flags = NDArray[np.bool_]


def pupils_behind(rows: Frame, by: Sequence[str], pupil: str) -> Frame:
    """Return how many different pupils stand behind each group of ``by``: the column PUPILS."""
    counted = nw.col(pupil).n_unique().alias(PUPILS)
    return rows.group_by(*by).agg(counted) if by else rows.select(counted)


def withheld(pupils: pd.Series, groups: pd.DataFrame) -> Flags:
    """Return which groups are withheld. ``pupils``: how many stand behind each; ``groups``: the columns of ``by``."""
    counts = pupils.to_numpy(np.int64)
    hidden: Flags = counts < FEWEST_PUPILS
    totals = list(_totals(groups)) if hidden.any() else []
    while True:
        more = hidden.copy()
        for total in totals:
            more |= _companions(counts, more, total)
        if (more == hidden).all():
            return hidden
        hidden = more


def _totals(groups: pd.DataFrame) -> Iterator[NDArray[np.intp]]:
    """Yield, for every sum over some of the columns that somebody may publish, which one a group belongs to."""
    codes = groups.apply(lambda column: column.groupby(column, dropna=False).ngroup()).assign(_all=0)
    for size in range(len(groups.columns)):
        for names in combinations(groups.columns, size):
            # An id without its school names different things: nobody sums over that.
            if "school_id" in names or "school_id" not in codes or not set(names) & set(IDS_WITHIN_A_SCHOOL):
                yield codes.groupby(["_all", *names]).ngroup().to_numpy(np.intp)


def _companions(counts: NDArray[np.int64], hidden: Flags, total: NDArray[np.intp]) -> Flags:
    """Return the smallest open group of every total that hides something too little to hide it well."""
    size = int(total.max(initial=-1)) + 1
    is_large = hidden & (counts >= FEWEST_PUPILS)
    hidden_groups, large_groups = (np.bincount(total[flags], minlength=size) for flags in (hidden, is_large))
    needs = (hidden_groups > 0) & ((hidden_groups < 2) | (large_groups < 1))
    open_ones = np.flatnonzero(~hidden & needs[total])
    # Of equal sizes the first in the order of the answer, which is that of its columns.
    smallest_first = open_ones[np.lexsort((open_ones, counts[open_ones], total[open_ones]))]
    _, firsts = np.unique(total[smallest_first], return_index=True)
    chosen = np.zeros(len(counts), dtype=bool)
    chosen[smallest_first[firsts]] = True
    return chosen
