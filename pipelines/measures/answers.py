"""Answers of a measure added up to coarser groups, where an engine would take longer to read the query than to answer it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipelines.measures.tables import Column, joined


def no_rates(_column: Column) -> Mapping[str, Any]:
    """Return nothing: counts and sums alone are asked for."""
    return {}


def added_answers(
    answer: pd.DataFrame,
    by: Sequence[str],
    counts: Sequence[str],
    sums: Sequence[str] = (),
    rates: Callable[[Column], Mapping[str, Any]] = no_rates,
) -> pd.DataFrame:
    """Return what ``tables.totals`` does of these columns: whole ``counts`` and real ``sums`` per group, then ``rates`` of these columns.

    Groups come in the order of their first rows; rows without an id form a group of their own, and without ``by`` the answer is one row.
    """
    group, first = groups_of(answer, by)
    added = {name: _sums(answer[name], group, len(first)) for name in (*counts, *sums)}
    added |= {name: added[name].round().astype(np.int64) for name in counts}
    keys = {name: answer[name].take(first).array for name in by}
    return pd.DataFrame({**keys, **added, **rates(added.__getitem__)}, copy=False)


def beside(rows: pd.DataFrame, more: pd.DataFrame, key: str) -> pd.DataFrame:
    """Return rows with the other columns of ``more``, which has a row for each of some keys; nulls where it has none."""
    places = pd.Index(more[key]).get_indexer(pd.Index(rows[key]))
    is_missing = bool((places < 0).any())
    left = {str(name): rows[name].array for name in rows.columns}
    right = {
        str(name): _taken(more[name], places, is_missing=is_missing) for name in more.columns if name != key
    }
    return pd.DataFrame(left | right, rows.index, copy=False)


def _taken(column: pd.Series, places: NDArray[np.intp], *, is_missing: bool) -> Any:
    if isinstance(column.dtype, np.dtype):
        return pd.api.extensions.take(column.to_numpy(), places, allow_fill=is_missing)
    return column.array.take(places, allow_fill=is_missing)


def groups_of(answer: pd.DataFrame, by: Sequence[str]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the number of each row's group, and the first row of each group in the order of these."""
    if not by:
        return np.zeros(len(answer), np.intp), np.zeros(1, np.intp)
    codes = joined([pd.factorize(answer[name])[0] for name in by])
    number, values = pd.factorize(codes)
    first = np.zeros(len(values), np.intp)
    first[number[::-1]] = np.arange(len(number))[::-1]
    return number, first


def _sums(column: pd.Series, group: NDArray[np.intp], size: int) -> NDArray[np.float64]:
    return np.bincount(group, column.to_numpy(np.float64), size).astype(np.float64)
