"""The period of a term mark as files name it: «2 четверть», «II чтв», «2 п/г», «годовая», «2026/2027 уч. год, 2 четверть»."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from school.files.spellings import clean, plain
from school.files.values.days import parse_day
from school.files.values.numbers import without_empty_fraction
from school.records import TermKind


@dataclass(frozen=True)
class Period:
    """What words name: a term by ``number`` (and ``kind``, None where they leave it out), one by its days, or the year.

    ``school_year`` is the one that is named beside it.
    """

    number: int | None = None
    kind: TermKind | None = None
    span: tuple[date, date] | None = None
    school_year: int | None = None

    @property
    def is_year(self) -> bool:
        """Whether the whole school year is meant."""
        return self.number is None and self.span is None


_KINDS: tuple[tuple[str, TermKind], ...] = (
    (r"четв[а-я]*\.?|чтв\.?|чет\.?|четв?-т[ьи]|ч-ть", TermKind.QUARTER),
    (r"п\s?/\s?г\.?|пг|полуг[а-я]*\.?|п-?годи[ея]", TermKind.HALF),
    (r"трим[а-я]*\.?|тр\.?", TermKind.TRIMESTER),
)
_ROMAN = {
    "i": 1,
    "ii": 2,
    "iii": 3,
    "iv": 4,
    "і": 1,
    "іі": 2,
    "ііі": 3,
    "іv": 4,
    "ш": 3,
    "п": 2,
    "1у": 4,
    "iу": 4,
}
_ORDINALS = (("перв", 1), ("втор", 2), ("трет", 3), ("четверт", 4))
_NUMBER = r"(?:№\s*)?(?:(?P<digit>[1-9])(?:\s?-?\s?(?:я|ая|е|ое|й|ой|ый|го|ю))?|(?P<roman>[iіvш]{1,3}|п|[1iі]у)|(?P<ordinal>(?:перв|втор|трет|четверт)[а-я]{1,3}))\.?"
_NUMBER_ALONE = re.compile(_NUMBER)
_NAMED = tuple(
    (re.compile(rf"(?<![а-яa-zі0-9/]){_NUMBER}\s*(?:{words})(?![а-я])"), kind) for words, kind in _KINDS
) + tuple(
    (re.compile(rf"(?<![а-я])(?:{words})[\s:\-–—]*{_NUMBER}(?![а-яa-zі0-9])"), kind) for words, kind in _KINDS
)
_KIND_WORD = re.compile(rf"(?<![а-я])(?:{'|'.join(words for words, _ in _KINDS)})(?![а-я])")
_SCHOOL_YEAR = re.compile(
    r"(20\d{2})\s*[/\-–—]\s*(20)?(\d{2})(?!\d)(?:\s*(?:уч[а-я]*\.?)?\s*(?:год[а-я]*|гг?\.?)?)?"
)
_WORD_YEAR = re.compile(r"\b(?:уч(?:ебн[а-я]+|\.)?\s*)?(?:год(?:а|у|ов[а-я]+)?|г\.)(?![а-я])")
_SPAN = re.compile(r"^(?:период:?\s*)?(?:с\s+)?(\S+)\s*(?:по|-|–|—)\s*(\S+)$")
# Words that stand beside the name of a period and say nothing of it.
_AROUND = re.compile(
    r"\b(?:за|отметк[аи]|оценк[аи]|итог(?:ов[а-я]+|и)?|период|учебн[а-я]+|уч|класс[а-я]*|в|и|по|промежуточн[а-я]+)\b|[.,:;()\s]"
)


@lru_cache(maxsize=1024)
def parse_period(text: str) -> Period | None:
    """Return the one period that a text names; None for what names none, several or something else beside it."""
    tidy = plain(text)
    if span := _span(tidy):
        return Period(span=span)
    school_year, rest = _school_year(tidy)
    named, rest = _named(rest)
    if len(named) == 1:
        number, kind = next(iter(named))
        # «2 четверть учебного года»: beside a term the word «год» says nothing.
        return Period(number, kind, None, school_year) if not _left(_WORD_YEAR.sub("", rest)) else None
    if named:
        return None
    if _WORD_YEAR.search(rest) or (school_year is not None and not _left(rest)):
        return None if _left(_WORD_YEAR.sub("", rest)) else Period(school_year=school_year)
    if (
        (match := _NUMBER_ALONE.fullmatch(without_empty_fraction(rest.strip())))
        and not match["ordinal"]
        and match["roman"] != "п"
    ):
        return Period(_number(match), None, None, school_year)
    return None


def names_period(texts: Iterable[str]) -> bool:
    """Whether a header has the words of a period in it, understood or not: such a column holds no lesson."""
    joined = plain(" ".join(texts))
    return bool(_KIND_WORD.search(joined) or _WORD_YEAR.search(joined))


def school_year_in(texts: Iterable[str]) -> int | None:
    """Return the first school year that texts name: 2025 for «на 2025/2026 учебный год»; None where none does."""
    return next((year for text in texts if (year := _school_year(plain(text))[0]) is not None), None)


def _span(text: str) -> tuple[date, date] | None:
    match = _SPAN.match(clean(text))
    days = [parse_day(part) for part in match.groups()] if match else []
    first, last = days if len(days) == 2 else (None, None)
    return (first, last) if first and last and first <= last else None


def _school_year(text: str) -> tuple[int | None, str]:
    match = _SCHOOL_YEAR.search(text)
    if match and int(match[3]) == (int(match[1]) + 1) % 100:
        return int(match[1]), text[: match.start()] + " " + text[match.end() :]
    return None, text


def _named(text: str) -> tuple[set[tuple[int, TermKind]], str]:
    found: set[tuple[int, TermKind]] = set()
    for pattern, kind in _NAMED:
        for match in pattern.finditer(text):
            found.add((_number(match), kind))
        text = pattern.sub(" ", text)
    return found, text


def _number(match: re.Match[str]) -> int:
    if match["digit"]:
        return int(match["digit"])
    if match["ordinal"]:
        return next(number for stem, number in _ORDINALS if match["ordinal"].startswith(stem))
    return _ROMAN.get(match["roman"], 0)


def _left(text: str) -> str:
    return _AROUND.sub("", text)
