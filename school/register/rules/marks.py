"""Means of marks and the mark that follows from a mean."""

from collections.abc import Iterable
from decimal import ROUND_FLOOR, Decimal

from school.register.rules.cells import HIGHEST_MARK, LOWEST_MARK

# A mean this close to a bound counts as on it, so that 3.5 from thirds and tenths is 3.5.
MEAN_TOLERANCE = 1e-9


def weighted_mean(marks: Iterable[tuple[int, float]]) -> float | None:
    """Return Σ(mark · weight) / Σ weight of (mark, weight) pairs; None without marks of positive weight."""
    pairs = list(marks)
    total_weight = sum(weight for _, weight in pairs)
    if total_weight <= 0:
        return None
    return sum(mark * weight for mark, weight in pairs) / total_weight


def round_half_up(mean: float) -> int:
    """Return the mark nearest to a mean; a half goes to the pupil's favour (4.5 is 5)."""
    nearest = int(Decimal(mean + 0.5 + MEAN_TOLERANCE).to_integral_value(rounding=ROUND_FLOOR))
    return min(max(nearest, LOWEST_MARK), HIGHEST_MARK)


def mean_text(mean: float | None) -> str:
    """Write a mean as people read it: «4,33»; a dash where there is none."""
    return "—" if mean is None else f"{mean:.2f}".replace(".", ",")


# First-formers are taught without marks: none are asked for.
GRADE_WITHOUT_MARKS = 1


def is_graded(grade_level: int | None) -> bool:
    """Whether classes of this grade level are given marks; an unknown level is taken to be."""
    return grade_level != GRADE_WITHOUT_MARKS
