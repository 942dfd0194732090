"""Which of many groups differ from what is usual among them, by more than chance and enough to matter.

The usual centre and spread are robust estimates from the groups themselves, so that a few outliers do not move them: the
median, and the spread that gives the observed median distance from it. A group is tested with its sampling error and that
spread together, an additive random effect as in Spiegelhalter 2005 («Handling over-dispersion of performance indicators»);
the false discovery rate over all groups is held at 5 % (Benjamini and Hochberg 1995).
"""

from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
FALSE_DISCOVERIES = 0.05
# Fewer groups are too few to estimate what is usual.
FEWEST_GROUPS = 6
# The median distance of a normal distribution from its centre, in standard deviations.
MEDIAN_DISTANCE = 0.6745
# How near the spread is found, as a share of it.
SPREAD_PRECISION = 1e-13


@dataclass(frozen=True)
class Usual:
    """What is usual among groups: the centre and the standard deviation around it beyond chance."""

    centre: float
    spread: float


def usual_among(values: Numbers, errors: Numbers) -> Usual | None:
    """Estimate the centre and the spread beyond sampling error; None with fewer than FEWEST_GROUPS groups.

    ``values``: one a group, in any unit; ``errors``: their standard errors in the same unit. Neither may hold NaN.
    """
    if len(values) < FEWEST_GROUPS:
        return None
    centre = float(np.median(values))
    distance = np.abs(values - centre)

    def excess(spread: float) -> float:
        return float(np.median(distance / np.hypot(errors, spread))) - MEDIAN_DISTANCE

    if excess(0.0) <= 0:
        return Usual(centre, 0.0)
    # The spread that each group would need to lie at the median distance, squared. The median passes that distance between
    # those of the two groups in the middle, which of an odd number are one.
    needed = np.sort(np.maximum((distance / MEDIAN_DISTANCE) ** 2 - errors**2, 0.0))
    low, high = (float(np.sqrt(needed[place])) for place in ((len(needed) - 1) // 2, len(needed) // 2))
    while high - low > SPREAD_PRECISION * high:
        middle = (low + high) / 2
        low, high = (middle, high) if excess(middle) > 0 else (low, middle)
    return Usual(centre, high)


def is_unusual(values: Numbers, errors: Numbers, usual: Usual | None, *, least: float) -> NDArray[np.bool_]:
    """Return which groups, shape (groups,), differ from the usual centre beyond chance and usual spread, and by ``least`` or more."""
    if usual is None:
        return np.zeros(len(values), dtype=bool)
    distance = np.abs(values - usual.centre)
    chances = 2 * scipy.special.ndtr(-distance / np.hypot(errors, usual.spread))
    return discoveries(chances, len(values)) & (distance >= least)


def discoveries(chances: Numbers, questions: int) -> NDArray[np.bool_]:
    """Return which of the chances (p-values), shape (questions,), are discoveries among so many questions (Benjamini and Hochberg 1995)."""
    order = np.argsort(chances, kind="stable")
    ranks = np.arange(1, len(chances) + 1)
    passed = chances[order] <= FALSE_DISCOVERIES * ranks / max(questions, 1)
    found = np.zeros(len(chances), dtype=bool)
    found[order[: ranks[passed].max(initial=0)]] = True
    return found
