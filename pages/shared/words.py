"""Numbers, plurals and periods as Russian readers write them."""

from typing import Any

from school.calendar import school_year_title, term_title
from school.numbers import DASH, NARROW_SPACE, counted, is_known, number_text, percent_text, plural

__all__ = ["DASH", "NARROW_SPACE", "counted", "is_known", "number_text", "percent_text", "plural"]


def change_text(change: Any, decimals: int = 1, unit: str = "п. п.") -> str | None:
    """Write a difference with its sign, «+1,2 п. п.»; None where there is nothing to compare with."""
    text = number_text(change, decimals)
    if text == DASH:
        return None
    sign = "+" if round(change, decimals) > 0 else ""
    return f"{sign}{text} {unit}".strip()


def period_text(school_year: int, kind: str, number: int) -> str:
    """«2026/27, 2-я четверть»."""
    return f"{school_year_title(school_year)}, {term_title(kind, number)}"
