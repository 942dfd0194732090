"""Numbers as files write them: «4», «4.0», «4,0», «1 234», «1/2»; a sign that is no plain digit makes no number."""

import re

from school.files.spellings import clean

_WHOLE = re.compile(r"([0-9]{1,18})(?:[.,]0*)?")
_DECIMAL = re.compile(r"([0-9]{1,9})(?:[.,]([0-9]{1,15}))?")
_FRACTION = re.compile(r"(?:([0-9]{1,3}) )?([1-9])/([1-9])")
_SIGNS = {"½": "1/2", "¼": "1/4", "¾": "3/4"}
_HOURS_WORD = re.compile(r"\s*(?:ч|час|часа|часов)\.?$")
_LESSON = re.compile(r"(?:№\s*)?([0-9]{1,3})(?:[.,]0*|\))?(?:\s*-?\s*(?:й|ый|ой|ий))?")
_EMPTY_FRACTION = re.compile(r"([0-9]+)[.,]0+")
# A thousand is parted from the rest by a space of any kind, which ``clean`` makes plain.
_THOUSANDS = re.compile(r"(?<=[0-9]) (?=[0-9]{3}(?:\D|$))")


def parse_number(text: str) -> float | None:
    """Return a number not below zero, with a point or a comma, or None."""
    match = _DECIMAL.fullmatch(_THOUSANDS.sub("", clean(text)))
    return float(f"{match[1]}.{match[2] or 0}") if match else None


def parse_whole(text: str) -> int | None:
    """Return a whole number from 0, also one that a program wrote as «4.0», or None: «1²» and «4,5» are none."""
    match = _WHOLE.fullmatch(_THOUSANDS.sub("", clean(text)))
    return int(match[1]) if match else None


def parse_hours(text: str) -> float | None:
    """Return hours: «3», «3 ч», «0,5», «1/2», «1 1/2», «½»; None for what is none, as «2/2», the hours of two subgroups."""
    tidy = _HOURS_WORD.sub("", clean(text).casefold())
    for sign, fraction in _SIGNS.items():
        tidy = tidy.replace(sign, f" {fraction}").strip()
    if match := _FRACTION.fullmatch(tidy):
        if match[2] >= match[3]:
            return None
        return int(match[1] or 0) + int(match[2]) / int(match[3])
    return parse_number(tidy)


def without_empty_fraction(text: str) -> str:
    """Return a name that is a number as people wrote it: a room «12.0», as pandas and 1С write it, is «12»."""
    match = _EMPTY_FRACTION.fullmatch(clean(text))
    return match[1] if match else text


def parse_lesson_number(text: str) -> int | None:
    """Return the number of a lesson in the day: «1», «1.», «1.0», «1-й», «№ 1»; None for what is no number alone."""
    match = _LESSON.fullmatch(clean(text).casefold())
    return int(match[1]) if match else None
