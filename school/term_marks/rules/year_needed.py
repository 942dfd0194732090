"""What the terms left must bring for a year mark: the smallest marks with which the school's own rule proposes it (п. 5.4)."""

from collections.abc import Sequence

from school.register.rules.cells import HIGHEST_MARK, LOWEST_MARK
from school.term_marks.rules.term_marks import year_basis


def mark_sets(count: int) -> list[tuple[int, ...]]:
    """Sets of so many marks by rising sum, as even as can be: for two 2 2, 2 3, 3 3, … 5 5."""
    sets = []
    for total in range(LOWEST_MARK * count, HIGHEST_MARK * count + 1):
        low, more = divmod(total, count)
        sets.append((low,) * (count - more) + (low + 1,) * more)
    return sets


def needed_for_year(given: Sequence[int | None], terms_left: int, target: int) -> tuple[int, ...] | None:
    """Return the smallest marks of the terms left with which the year mark proposed is ``target`` or better (п. 5.4).

    ``given``: the marks of the terms that are over, None where a term gave none; it does not count. The marks come in rising
    order. None where no marks reach the target, or no term is left.
    """
    if terms_left < 1:
        return None
    for marks in mark_sets(terms_left):
        proposed = year_basis([*given, *marks]).proposed
        if proposed is not None and proposed >= target:
            return marks
    return None
