"""Boosted trees as plain arrays: the same answers, to the last bit, as scikit-learn's, without scikit-learn.

Reading the library takes a second and its memory stays for ever, so only the process that fits a model reads it.

A node sends a row to its left or its right and so rules out the leaves of the other side. Which leaves of which trees a value
rules out depends only on where it lies among the thresholds of its column; the one leaf of a tree that no column rules out
is where the row arrives.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.features.tables import Ints
from models.metrics import Floats

Leaves = NDArray[np.uint16]
Places = NDArray[np.uint16]
MOST_LEAVES = 16
# So many rows at a time stay in the processor's cache.
ROWS_AT_ONCE = 256


@dataclass(frozen=True)
class Column:
    """What the values of a column rule out.

    ``edges``: its thresholds, rising. ``reached``, shape (len(edges) + 2, trees): for a value above so many of them the
    leaves of each tree that it does not rule out, a bit each; the last line is for a missing value.
    """

    number: int
    edges: Floats
    reached: Leaves


@dataclass(frozen=True)
class BoostedTrees:
    """``start`` and the value of one leaf of each tree add up to the log odds.

    ``leaves``: those of each tree, a bit each; ``values``, trees × leaves: what each is worth.
    """

    start: float
    columns: Sequence[Column]
    leaves: Leaves
    values: Floats

    def log_odds(self, table: Floats) -> Floats:
        """Return the log odds of each row, shape (rows,); NaN in the rows × columns of ``table`` is a missing value."""
        return self.log_odds_at(self.places(table))

    def places(self, table: Floats) -> Places:
        """Return where each row lies among the thresholds of each column, rows × columns: all that its odds depend on."""
        places = np.empty((len(table), len(self.columns)), np.uint16)
        for at, column in enumerate(self.columns):
            values = table[:, column.number]
            places[:, at] = np.searchsorted(column.edges, values)
            places[np.isnan(values), at] = len(column.edges) + 1
        return places

    def log_odds_at(self, places: Places) -> Floats:
        """Return the log odds of each row from its ``places``."""
        blocks = range(0, len(places), ROWS_AT_ONCE)
        return np.concatenate([np.empty(0), *(self._of(places[at : at + ROWS_AT_ONCE]) for at in blocks)])

    def _of(self, places: Places) -> Floats:
        reached = np.tile(self.leaves, (len(places), 1))
        for column, above in zip(self.columns, places.T, strict=True):
            reached &= column.reached[above]
        leaf = _number_of_bit()[reached]
        terms = np.empty((len(places), len(self.values) + 1))
        terms[:, 0], terms[:, 1:] = self.start, self.values[np.arange(len(self.values)), leaf]
        # One after another, as they were learned: in another order the last bit would differ.
        return np.add.accumulate(terms, axis=1)[:, -1]


class LastAnswers:
    """The log odds of the rows that trees were asked about last: of the same rows asked again, only those that lie elsewhere are
    computed.

    A mark moves the means of a whole class a little, and few of its pupils over a threshold.
    """

    def __init__(self, trees: BoostedTrees) -> None:
        """Begin with nothing known."""
        self._trees = trees
        # One assignment: many may ask at once.
        self._last = (np.empty((0, len(trees.columns)), np.uint16), np.empty(0))

    def __reduce__(self) -> tuple[Any, ...]:
        """Go into a file without what was asked."""
        return LastAnswers, (self._trees,)

    def log_odds(self, table: Floats) -> Floats:
        """Return ``BoostedTrees.log_odds``."""
        places, (before, log_odds) = self._trees.places(table), self._last
        if before.shape != places.shape:
            log_odds = self._trees.log_odds_at(places)
        else:
            moved = (places != before).any(axis=1)
            log_odds = log_odds.copy()
            log_odds[moved] = self._trees.log_odds_at(places[moved])
        self._last = (places, log_odds)
        return log_odds


@cache
def _number_of_bit() -> NDArray[np.uint8]:
    numbers = np.zeros(1 << MOST_LEAVES, dtype=np.uint8)
    numbers[1 << np.arange(MOST_LEAVES)] = np.arange(MOST_LEAVES)
    return numbers


def trees_of(booster: Any) -> BoostedTrees:
    """Return the trees of a fitted binary ``HistGradientBoostingClassifier`` whose columns are all numbers.

    Raises ValueError where a tree has more than 16 leaves.
    """
    trees = [of_class.nodes for (of_class,) in booster._predictors]
    leaves = [_leaves_in_order(nodes) for nodes in trees]
    most = max(map(len, leaves))
    if most > MOST_LEAVES:
        raise ValueError(f"A tree of {most} leaves.")
    values = np.zeros((len(trees), most))
    for number, (nodes, own) in enumerate(zip(trees, leaves, strict=True)):
        values[number, : len(own)] = nodes["value"][own]
    used = sorted({int(column) for nodes in trees for column in nodes["feature_idx"][nodes["is_leaf"] == 0]})
    return BoostedTrees(
        float(booster._baseline_prediction.item()),
        [_column(number, trees, leaves) for number in used],
        np.array([(1 << len(own)) - 1 for own in leaves], dtype=np.uint16),
        values,
    )


def _leaves_in_order(nodes: Any, root: int = 0) -> list[int]:
    """Return the numbers of the leaves under a node, from left to right."""
    node = nodes[root]
    if node["is_leaf"]:
        return [root]
    return _leaves_in_order(nodes, int(node["left"])) + _leaves_in_order(nodes, int(node["right"]))


def _bits(nodes: Any, root: int, leaves: Sequence[int]) -> int:
    return sum(1 << leaves.index(leaf) for leaf in _leaves_in_order(nodes, root))


def _column(number: int, trees: Sequence[Any], leaves: Sequence[Sequence[int]]) -> Column:
    nodes_of = [np.flatnonzero((nodes["is_leaf"] == 0) & (nodes["feature_idx"] == number)) for nodes in trees]
    edges = np.unique(
        np.concatenate([nodes["num_threshold"][own] for nodes, own in zip(trees, nodes_of, strict=True)])
    )
    reached = np.full((len(edges) + 2, len(trees)), np.iinfo(np.uint16).max, dtype=np.uint16)
    above: Ints = np.arange(len(edges) + 2)
    for tree, (nodes, own) in enumerate(zip(trees, nodes_of, strict=True)):
        for node in nodes[own]:
            goes_left = above <= np.searchsorted(edges, node["num_threshold"])
            goes_left[-1] = bool(node["missing_go_to_left"])
            ruled_out = [_bits(nodes, int(node[side]), leaves[tree]) for side in ("right", "left")]
            reached[:, tree] &= ~np.where(goes_left, *ruled_out).astype(np.uint16)
    return Column(number, edges, reached)
