"""Which groups are too small to leave the school, and which others must go with them.

A group of fewer than FEWEST_PUPILS pupils is withheld. So that it cannot be had from a total by subtraction, within each
total that the columns of the answer allow either nothing is withheld, or at least two groups are,
one of them of FEWEST_PUPILS pupils or more: what subtraction gives is then never about fewer pupils than that. The choice
depends on the pupils only, so all measures of the same marks withhold the same groups. (Complementary suppression:
Hundepool et al. 2012, «Statistical Disclosure Control», 4.)

To tell different pupils apart over millions of rows costs several times what the figures do. Where the pupils of a cell (a
teacher's class in a subject and a term) are known cheaply, the largest cell of a group says how many pupils it has at
least, and the cells together how many at the most; pupils are told apart only in the groups where that leaves open whether
they are FEWEST_PUPILS.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import narwhals as nw
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipelines.measures.tables import Frame, collected
from school.extracts.format import IDS_WITHIN_A_SCHOOL

FEWEST_PUPILS = 5
PUPIL, PUPILS, WITHHELD = "pupil", "pupils", "withheld"
_AT_MOST = "pupils_at_most"
# A longer list of ids takes longer to look through than the rows that it spares.
_LONGEST_LIST = 1000

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Pupils:
    """Who stands behind groups: rows with the columns of the groups, PUPIL (unique across schools) and those of ``cell``.

    ``cell``: columns that cut every group into cells; ``is_once``: no pupil has two rows in one cell.
    """

    rows: Frame
    cell: tuple[str, ...] = ()
    is_once: bool = False


def pupils_behind(pupils: Pupils, by: Sequence[str]) -> pd.DataFrame:
    """Return how many different pupils stand behind each group of ``by``: the column PUPILS."""
    counted = nw.col(PUPIL).n_unique().alias(PUPILS)
    return collected(_grouped(pupils.rows, by, counted))


def pupils_at_least(pupils: Pupils, by: Sequence[str]) -> pd.DataFrame:
    """Return PUPILS, how many different pupils each group of ``by`` has at least.

    Below FEWEST_PUPILS only where there are fewer than that.
    """
    in_cell = nw.len() if pupils.is_once else nw.col(PUPIL).n_unique()
    cells = _grouped(pupils.rows, list(dict.fromkeys((*by, *pupils.cell))), in_cell.alias(PUPILS))
    at_least, at_most = nw.col(PUPILS).max(), nw.col(PUPILS).sum().alias(_AT_MOST)
    bounds = collected(_grouped(cells, by, at_least, at_most))
    is_open = (bounds[PUPILS] < FEWEST_PUPILS) & (bounds[_AT_MOST] >= FEWEST_PUPILS)
    found = bounds.drop(columns=_AT_MOST)
    if not is_open.any():
        return found
    rows = _rows_among(pupils.rows, bounds.loc[is_open, list(by)])
    exact = pupils_behind(Pupils(rows), by)
    merged = found[is_open].drop(columns=PUPILS).merge(exact, on=list(by), how="left") if by else exact
    return pd.concat([found[~is_open], merged], ignore_index=True)


def _grouped(rows: Frame, by: Sequence[str], *figures: nw.Expr) -> Frame:
    return rows.group_by(*by).agg(*figures) if by else rows.select(*figures)


def _rows_among(rows: Frame, groups: pd.DataFrame) -> Frame:
    """Return the rows of these groups, and perhaps of a few others."""
    for name in groups.columns:
        values = groups[name].unique()
        if len(values) <= _LONGEST_LIST and not pd.isna(values).any():
            rows = rows.filter(nw.col(name).is_in(values.tolist()))
    return rows


def withheld(pupils: pd.Series, groups: pd.DataFrame) -> Flags:
    """Return which groups are withheld. ``pupils``: how many each has at least; ``groups``: the columns of ``by``."""
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
