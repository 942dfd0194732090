"""Numbers and plurals as Russian readers write them, on screens and on paper alike."""

import math
from functools import lru_cache
from typing import Any

NARROW_SPACE = "\u202f"
DASH = "—"


def is_known(number: object) -> bool:
    """Whether there is a number at all: neither None nor NaN nor a missing value of a table."""
    try:
        return math.isfinite(number)  # type: ignore[arg-type]
    except TypeError:
        return False


def number_text(number: Any, decimals: int = 0) -> str:
    """Write 12345.678 as «12 345,7» with that many decimals; a dash where there is no number."""
    return _number_text(float(number), decimals) if is_known(number) else DASH


# A table is worded anew after each entry, and nearly all of its numbers are what they were.
@lru_cache(maxsize=20_000)
def _number_text(number: float, decimals: int) -> str:
    rounded = round(number, decimals) + 0.0  # −0,0 is 0,0
    return f"{rounded:,.{decimals}f}".replace(",", NARROW_SPACE).replace(".", ",").replace("-", "−")


def percent_text(percent: Any, decimals: int = 1) -> str:
    """Write 98.66 as «98,7 %»."""
    text = number_text(percent, decimals)
    return text if text == DASH else f"{text}{NARROW_SPACE}%"


def plural(count: int, one: str, few: str, many: str) -> str:
    """Return the word form after a whole number: 1 урок, 2 урока, 5 уроков, 11 уроков, 21 урок."""
    tens, ones = count % 100, count % 10
    if 11 <= tens <= 14:
        return many
    return {1: one, 2: few, 3: few, 4: few}.get(ones, many)


def counted(count: int, one: str, few: str, many: str) -> str:
    """Write a number with its word: «1 024 отметки»."""
    return f"{number_text(count)} {plural(count, one, few, many)}"


def change_text(change: Any, decimals: int = 1, unit: str = "п. п.") -> str | None:
    """Write a difference with its sign, «+1,2 п. п.»; None where there is nothing to compare with."""
    text = number_text(change, decimals)
    if text == DASH:
        return None
    sign = "+" if round(change, decimals) > 0 else ""
    return f"{sign}{text} {unit}".strip()


_ONES = ("", *["один", "два", "три", "четыре", "пять", "шесть", "семь", "восемь", "девять"])
_TEENS = tuple(
    f"{stem}надцать" for stem in ["один", "две", "три", "четыр", "пят", "шест", "сем", "восем", "девят"]
)
_TENS = (
    "",
    "десять",
    "двадцать",
    "тридцать",
    "сорок",
    "пятьдесят",
    "шестьдесят",
    "семьдесят",
    "восемьдесят",
    "девяносто",
)
_HUNDREDS = (
    "",
    "сто",
    "двести",
    "триста",
    "четыреста",
    "пятьсот",
    "шестьсот",
    "семьсот",
    "восемьсот",
    "девятьсот",
)


def number_words(number: int) -> str:
    """Write a whole number from 0 to 999 in words, of masculine things: «восемьдесят четыре» (листа)."""
    if number == 0:
        return "ноль"
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    below = [_TEENS[ones - 1]] if tens == 1 and ones else [_TENS[tens], _ONES[ones]]
    return " ".join(word for word in (_HUNDREDS[hundreds], *below) if word)
