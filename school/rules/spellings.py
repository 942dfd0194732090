"""Two spellings of one thing: classes, names, subjects, dates and numbers as people type them.

A key is what two spellings of the same have in common; it is compared and never shown.
"""

import re
import unicodedata
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Generic, TypeVar

from school.records import PersonName

# Latin letters that a Russian keyboard's neighbour types in their place, lower case.
_LATIN_TWINS = str.maketrans("abcehkmoptxyё", "авсенкмортхуе")
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\x00-\x08\x0e-\x1f\x7f]")
_CLASS_NAME = re.compile(r"^(\d{1,2})\W*([^\W\d_]?)\W*$")
_NOT_A_WORD = re.compile(r"[^\w]+")
_DAY_FIRST = re.compile(r"^(\d{1,2})[./\-](\d{1,2})[./\-](\d{4}|\d{2})\s*(?:г\.?|года)?$")
_YEAR_FIRST = re.compile(r"^(\d{4})[./\-](\d{1,2})[./\-](\d{1,2})(?:[ T]\d{2}:\d{2}(?::\d{2})?)?$")
_IN_WORDS = re.compile(r"^(\d{1,2})\s+([а-я]{3,8})\.?\s+(\d{4})\s*(?:г\.?|года)?$")
_MONTH_STEMS = ("янв", "фев", "мар", "апр", "ма", "июн", "июл", "авг", "сен", "окт", "ноя", "дек")
# Day 0 of a workbook's calendar; a bare number between these days is a date that lost its format.
_WORKBOOK_DAY_ZERO = date(1899, 12, 30)
_WORKBOOK_DAYS = range(20_000, 60_000)
# «26» is 2026, «75» is 1975.
_CENTURY_TURNS_AT = 60


def clean(text: str) -> str:
    """Return the text without invisible signs, with single plain spaces and composed letters (й, ё)."""
    return " ".join(_INVISIBLE.sub("", unicodedata.normalize("NFC", text)).split())


def words_key(text: str) -> str:
    """Return the words of a text without case, punctuation, ё and Latin twins: «Рус.язык» and «русский» still differ."""
    lowered = clean(text).casefold().translate(_LATIN_TWINS)
    return " ".join(_NOT_A_WORD.sub(" ", lowered).split())


def class_name(text: str) -> str:
    """Return a class's name as the school writes it: «7 а», «7-А», «7"A"» are «7А»; other names only lose their spaces."""
    cleaned = clean(text)
    match = _CLASS_NAME.match(re.sub(r"\s*(класс|кл\.?)$", "", cleaned, flags=re.IGNORECASE))
    if not match or not 1 <= int(match[1]) <= 12:
        return cleaned
    return f"{int(match[1])}{match[2].casefold().translate(_LATIN_TWINS).upper()}"


def class_key(text: str) -> str:
    """Return what the spellings of one class have in common."""
    return class_name(text).casefold().translate(_LATIN_TWINS)


def person_name(last: str, first: str = "", middle: str = "") -> PersonName:
    """Return a name cleaned; where only the first part is given, it holds the whole name in the usual order."""
    if first or middle:
        return PersonName(_capital(last), _capital(first), _capital(middle))
    parts = clean(last).replace(".", ". ").replace(",", " ").split()
    return PersonName(
        _capital(parts[0] if parts else ""),
        _capital(parts[1] if len(parts) > 1 else ""),
        _capital(" ".join(parts[2:])),
    )


def _capital(text: str) -> str:
    """«ИВАНОВ» and «иванов» are written «Иванов», «ПЕТРОВА-ВОДКИНА» part by part; mixed case is left alone."""
    cleaned = clean(text)
    if not (cleaned.isupper() or cleaned.islower()) or len(cleaned.strip(".")) < 2:
        return cleaned.upper() if len(cleaned.strip(".")) == 1 else cleaned
    return re.sub(r"[^\W\d_]+", lambda word: word[0].capitalize(), cleaned)


def name_key(name: PersonName) -> tuple[str, str, str]:
    """Return what the spellings of one full name have in common: case, ё, Latin twins and hyphens do not count."""
    last, first, middle = (words_key(part).replace(" ", "") for part in (name.last, name.first, name.middle))
    return last, first, middle


def is_same_name(known: PersonName, given: PersonName) -> bool:
    """Whether a name given in full, with initials or without its last part may be the known one."""
    known_key, given_key = name_key(known), name_key(given)
    return known_key[0] == given_key[0] and all(
        not told or not held or held == told or (len(told) == 1 and held.startswith(told))
        or (len(held) == 1 and told.startswith(held))
        for held, told in zip(known_key[1:], given_key[1:], strict=True)
    )  # fmt: skip


def parse_day(text: str) -> date | None:
    """Return the day that a text names: 01.09.2026, 1.9.26, 2026-09-01, 1 сентября 2026, or a workbook's number of it."""
    cleaned = clean(text).casefold()
    if match := _DAY_FIRST.match(cleaned):
        return _day(_full_year(match[3]), int(match[2]), int(match[1]))
    if match := _YEAR_FIRST.match(cleaned):
        return _day(int(match[1]), int(match[2]), int(match[3]))
    if match := _IN_WORDS.match(cleaned):
        return _day(int(match[3]), month_number(match[2]) or 0, int(match[1]))
    if cleaned.isascii() and cleaned.isdecimal() and int(cleaned[:6]) in _WORKBOOK_DAYS and len(cleaned) == 5:
        return _WORKBOOK_DAY_ZERO + timedelta(days=int(cleaned))
    return None


def month_number(text: str) -> int | None:
    """Return the month (1 to 12) that a word names in any case or cut: «сентябрь», «сент.», «мая»."""
    word = words_key(text)
    starts = [number for number, stem in enumerate(_MONTH_STEMS, start=1) if word.startswith(stem)]
    # «мар» begins with «ма» too: the longer stem is meant.
    return max(starts, key=lambda number: len(_MONTH_STEMS[number - 1])) if starts else None


def _full_year(digits: str) -> int:
    year = int(digits)
    return year if len(digits) == 4 else year + (1900 if year > _CENTURY_TURNS_AT else 2000)


def _day(year: int, month: int, number: int) -> date | None:
    try:
        return date(year, month, number)
    except ValueError:
        return None


def parse_number(text: str) -> float | None:
    """Return a number not below zero with a point or a comma, or None."""
    cleaned = clean(text).replace(",", ".").replace(" ", "")
    return float(cleaned) if re.fullmatch(r"\d{1,9}(\.\d{1,6})?", cleaned) and cleaned.isascii() else None


Known = TypeVar("Known", bound=Hashable)


@dataclass(frozen=True)
class NameBook(Generic[Known]):
    """People to look up by however their name is written."""

    by_last_name: Mapping[str, tuple[tuple[PersonName, Known], ...]]

    @classmethod
    def of(cls, people: Iterable[tuple[PersonName, Known]]) -> "NameBook[Known]":
        """Return a book of these people."""
        found: dict[str, list[tuple[PersonName, Known]]] = {}
        for name, known in people:
            found.setdefault(name_key(name)[0], []).append((name, known))
        return cls({last: tuple(rows) for last, rows in found.items()})

    def find(self, given: PersonName) -> tuple[Known, ...]:
        """Return everybody the name may mean; an exact spelling of the whole name leaves out the rest."""
        same_last = self.by_last_name.get(name_key(given)[0], ())
        exact = {known: None for name, known in same_last if name_key(name) == name_key(given)}
        near = {known: None for name, known in same_last if is_same_name(name, given)}
        return tuple(exact or near)
