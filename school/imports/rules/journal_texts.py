"""Texts of a file as a cell, a day or a term: «5(2)», «н 4», «II четверть»."""

import re
from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from school.errors import RuleRefused
from school.files.plan import SourceRow
from school.files.spellings import clean
from school.files.texts import parse_day, parse_number, words_key
from school.imports.rules.journal_state import Entry, LoadedMark
from school.records import ABSENCE_LETTERS, AbsenceReason, Cell
from school.register.rules.cells import parse_cell

HEAVIEST = 10
# How other registers write an absence; compared by ``words_key``.
ABSENCE_WORDS: dict[str, AbsenceReason] = {
    **ABSENCE_LETTERS,
    "не выяснено": AbsenceReason.UNKNOWN,
    "без причины": AbsenceReason.UNKNOWN,
    "неуважительная": AbsenceReason.UNKNOWN,
    "прогул": AbsenceReason.UNKNOWN,
    "отсутствовал": AbsenceReason.UNKNOWN,
    "отсутствовала": AbsenceReason.UNKNOWN,
    "болезнь": AbsenceReason.ILLNESS,
    "по болезни": AbsenceReason.ILLNESS,
    "болел": AbsenceReason.ILLNESS,
    "болела": AbsenceReason.ILLNESS,
    "уважительная": AbsenceReason.VALID,
    "уважительная причина": AbsenceReason.VALID,
    "ув": AbsenceReason.VALID,
    "опоздание": AbsenceReason.LATE,
    "опоздал": AbsenceReason.LATE,
    "опоздала": AbsenceReason.LATE,
    "оп": AbsenceReason.LATE,
}
_ABSENCE_OF_KEY = {words_key(word): reason for word, reason in ABSENCE_WORDS.items()}
_WEIGHT = re.compile(r"\s*\(\s*(\d+(?:[.,]\d+)?)\s*\)")
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "і": 1, "іі": 2}
# How a term's kind begins in people's words.
_KIND_WORDS = {"четв": "quarter", "полуг": "half", "тримес": "trimester"}


@lru_cache(maxsize=4096)
def parse_entry(mark: str, weight: str = "", absence: str = "") -> Entry:
    """Read what a file says of a cell: «5», «5(2)», «5, 4», «н», «н 4», a mark with its weight apart.

    Raises RuleRefused for what the register does not know (п. 5.3).
    """
    reason = _absence(absence) if clean(absence) else None
    if clean(mark) and (alone := _ABSENCE_OF_KEY.get(words_key(mark))):
        return Entry(reason or alone)
    weights: list[float | None] = []
    plain: list[str] = []
    for part in _parts(mark):
        found = _WEIGHT.search(part)
        text = _WEIGHT.sub("", part)
        plain.append(text)
        if text.isdecimal():
            weights.append(_checked_weight(found[1] if found else weight))
    cell = _parsed(plain)
    marks = tuple(LoadedMark(*pair) for pair in zip(cell.marks, weights, strict=True))
    return Entry(reason or cell.absence, marks)


def _parts(text: str) -> list[str]:
    joined = _WEIGHT.sub(lambda found: f"({found[1].replace(',', '.')})", clean(text).casefold())
    return [part for part in re.split(r"[\s,;/]+", joined) if part] if "н/а" not in joined else [joined]


def _parsed(parts: Sequence[str]) -> Cell:
    letters = [part for part in parts if not part[0].isdigit()]
    return parse_cell(" ".join([*letters, "/".join(part for part in parts if part[0].isdigit())]).strip())


def _absence(text: str) -> AbsenceReason:
    reason = _ABSENCE_OF_KEY.get(words_key(text))
    if reason is None:
        raise RuleRefused(f"Пропуск «{clean(text)}» непонятен: нужно н, б, у или о.")
    return reason


def _checked_weight(text: str) -> float | None:
    if not clean(text):
        return None
    number = parse_number(text)
    if number is None or not 0 < number <= HEAVIEST:
        raise RuleRefused(f"Вес «{clean(text)}» не подходит: нужно число больше 0 и не больше {HEAVIEST}.")
    return number


def filled_text(row: SourceRow, name: str, title: str) -> str:
    """Return the text of a field; raises RuleRefused with the field's title where it is empty."""
    if not row[name]:
        raise RuleRefused(f"Не указано: {title}.")
    return row[name]


def day_in(row: SourceRow, field: str) -> date | None:
    """Return the day in a field, None where the row names none; raises RuleRefused for what is no day."""
    text = row[field]
    day = parse_day(text) if text else None
    if text and day is None:
        raise RuleRefused(f"Дата «{text}» непонятна: нужно ДД.ММ.ГГГГ.")
    return day


def term_words(text: str) -> tuple[int | None, str | None]:
    """Return number and kind of the term that words name («2 четверть», «II четверть», «1-е полугодие»); either may be None."""
    words = clean(text).casefold().replace("-", " ").split()
    digits = [int(word) for word in words if word.isascii() and word.isdecimal()]
    numbers = digits or [_ROMAN[word] for word in words if word in _ROMAN]
    key = words_key(text)
    kind = next((kind for stem, kind in _KIND_WORDS.items() if stem in key), None)
    return (numbers[0] if numbers else None), kind
