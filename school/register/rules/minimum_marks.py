"""How many marks a pupil needs in a subject before a term mark may be given (п. 5.2)."""

from collections.abc import Iterable
from datetime import date

from school.records import Term
from school.spans import LoadSpan, hours_in_force

# Weekly hours up to (inclusive) → marks at the least; above the last row HIGHEST_MINIMUM.
MINIMUM_BY_HOURS: tuple[tuple[float, int], ...] = ((1, 3), (2, 5))
HIGHEST_MINIMUM = 6


def minimum_marks(hours_a_week: float) -> int:
    """Return the least number of marks in a term at this weekly load (п. 5.2: 1 h: 3, 2 h: 5, more: over 5).

    A load between whole hours counts as the next whole hour.
    """
    for hours, minimum in MINIMUM_BY_HOURS:
        if hours_a_week <= hours:
            return minimum
    return HIGHEST_MINIMUM


def minimum_in_term(loads: Iterable[LoadSpan], term: Term, today: date) -> int | None:
    """Return the least number of marks in a term (п. 5.2) by the hours in force today or as the term ended; None for unknown ones."""
    hours = hours_in_force(loads, counting_day(term, today))
    return minimum_marks(hours) if hours else None


def counting_day(term: Term, today: date) -> date:
    """Return the day on which pupils and hours of a term are counted: today, or the last day once the term is over."""
    return max(term.starts_on, min(today, term.ends_on))
