"""How many marks a pupil needs in a subject before a term mark may be given (п. 5.2)."""

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
