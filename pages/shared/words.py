"""Numbers, plurals and periods as Russian readers write them."""

from typing import Any

from school.calendar import school_year_title, term_title
from school.numbers import DASH, NARROW_SPACE, counted, is_known, number_text, plural

__all__ = ["DASH", "NARROW_SPACE", "counted", "is_known", "number_text", "plural"]


def percent_text(percent: Any, decimals: int = 1) -> str:
    """Write 98.66 as «98,7 %»."""
    text = number_text(percent, decimals)
    return text if text == DASH else f"{text}{NARROW_SPACE}%"


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
