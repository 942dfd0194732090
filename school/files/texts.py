"""Texts of people's own files as values: days, numbers, months, whole names, however they were typed."""

import re
from datetime import date, timedelta
from functools import lru_cache

from school.files.spellings import clean, plain, words_of
from school.records import PersonName

_DAY_FIRST = re.compile(r"^(\d{1,2})[./\-](\d{1,2})[./\-](\d{4}|\d{2})\s*(?:г\.?|года)?$")
_YEAR_FIRST = re.compile(r"^(\d{4})[./\-](\d{1,2})[./\-](\d{1,2})(?:[ t]\d{2}:\d{2}(?::\d{2})?)?$")
_IN_WORDS = re.compile(r"^(\d{1,2})\s+([а-я]{3,8})\.?\s+(\d{4})\s*(?:г\.?|года)?$")
_MONTH_STEMS = ("янв", "фев", "мар", "апр", "ма", "июн", "июл", "авг", "сен", "окт", "ноя", "дек")
# Day 0 of a workbook's calendar; a bare number between these days is a date that lost its format.
_WORKBOOK_DAY_ZERO = date(1899, 12, 30)
_WORKBOOK_DAYS = range(20_000, 60_000)
# «26» is 2026, «75» is 1975.
_CENTURY_TURNS_AT = 60


def words_key(text: str) -> str:
    """Return what two spellings of a header or a word have in common: neither case, signs nor look-alikes count."""
    return " ".join(words_of(text))


def person_name(last: str, first: str = "", middle: str = "") -> PersonName:
    """Return a name tidied; where only the first part is given, it holds the whole name, the last name first."""
    if first or middle:
        return PersonName(_capital(last), _capital(first), _capital(middle))
    last, first, *rest = [*clean(last.replace(".", ". ").replace(",", " ")).split(), "", ""]
    return PersonName(_capital(last), _capital(first), _capital(" ".join(rest)))


def _capital(text: str) -> str:
    """«ИВАНОВ» and «иванов» are «Иванов», «ПЕТРОВА-ВОДКИНА» is so part by part; mixed case is left alone."""
    tidy = clean(text)
    if not (tidy.isupper() or tidy.islower()):
        return tidy
    return re.sub(r"[^\W\d_]+", lambda word: word[0].capitalize(), tidy)


@lru_cache(maxsize=4096)
def parse_day(text: str) -> date | None:
    """Return the day that a text names: 01.09.2026, 1.9.26, 2026-09-01, 1 сентября 2026, or a workbook's number of it."""
    tidy = clean(text).casefold()
    if match := _DAY_FIRST.match(tidy):
        return _day(_full_year(match[3]), int(match[2]), int(match[1]))
    if match := _YEAR_FIRST.match(tidy):
        return _day(int(match[1]), int(match[2]), int(match[3]))
    if match := _IN_WORDS.match(tidy):
        return _day(int(match[3]), month_number(match[2]) or 0, int(match[1]))
    if re.fullmatch(r"[0-9]{5}", tidy) and int(tidy) in _WORKBOOK_DAYS:
        return _WORKBOOK_DAY_ZERO + timedelta(days=int(tidy))
    return None


def month_number(text: str) -> int | None:
    """Return the month (1 to 12) that a word names in any case or cut: «сентябрь», «сент.», «мая»."""
    word = plain(text)
    fitting = [number for number, stem in enumerate(_MONTH_STEMS, start=1) if word.startswith(stem)]
    # «март» begins with «ма» too: the longer stem is meant.
    return max(fitting, key=lambda number: len(_MONTH_STEMS[number - 1])) if fitting else None


def _full_year(digits: str) -> int:
    year = int(digits)
    return year if len(digits) == 4 else year + (1900 if year > _CENTURY_TURNS_AT else 2000)


def _day(year: int, month: int, number: int) -> date | None:
    try:
        return date(year, month, number)
    except ValueError:
        return None


def parse_number(text: str) -> float | None:
    """Return a number not below zero, with a point or a comma, or None."""
    tidy = clean(text).replace(",", ".")
    return float(tidy) if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,6})?", tidy) else None
