"""Texts of a file as a cell or a day: «5(2)», «н 4», «н/б», «отл»."""

import re
from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from school.errors import RuleRefused
from school.files.plan import SourceRow
from school.files.spellings import clean
from school.files.texts import words_key
from school.files.values.days import parse_day
from school.files.values.marks import mark_text
from school.files.values.numbers import parse_number, parse_whole
from school.imports.rules.journal_state import Entry, LoadedMark
from school.records import ABSENCE_LETTERS, LETTER_OF_REASON, AbsenceReason, Cell
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
    "опозд": AbsenceReason.LATE,
    "н/б": AbsenceReason.UNKNOWN,
    "нб": AbsenceReason.UNKNOWN,
    "не был": AbsenceReason.UNKNOWN,
    "не была": AbsenceReason.UNKNOWN,
    "нп": AbsenceReason.UNKNOWN,
    "н/п": AbsenceReason.UNKNOWN,
    "неуваж": AbsenceReason.UNKNOWN,
    "бол": AbsenceReason.ILLNESS,
    "б/л": AbsenceReason.ILLNESS,
    "уп": AbsenceReason.VALID,
    "у/п": AbsenceReason.VALID,
    "уваж": AbsenceReason.VALID,
}
_ABSENCE_OF_KEY = {words_key(word): reason for word, reason in ABSENCE_WORDS.items()}
_LETTER_AND_DIGIT = re.compile(r"(?<=[а-яa-z])(?=[0-9])|(?<=[0-9])(?=[а-яa-z])")
# A weight follows its mark: «(5)» alone is none, and of «(2)5» nobody knows which is the mark.
_WEIGHT = re.compile(r"(?<=[0-9])\s*\(\s*(\d+(?:[.,]\d+)?)\s*\)")
_SEEN = {"h": "н", "y": "у", "o": "о"}
# «н/б» is one word among the marks of a cell, not two entries.
_SLASHED = {word: word.replace("/", "") for word in ABSENCE_WORDS if "/" in word}


@lru_cache(maxsize=4096)
def parse_entry(mark: str, weight: str = "", absence: str = "") -> Entry:
    """Read what a file says of a cell: «5», «5(2)», «5, 4», «н», «н 4», a mark with its weight apart.

    Raises RuleRefused for what the register does not know (п. 5.3).
    """
    reason = _absence(absence) if clean(absence) else None
    # «н/б» is one word; «н, б» is two absences of one pupil.
    is_one = not re.search("[,;]", mark)
    if is_one and clean(mark) and (alone := _ABSENCE_OF_KEY.get(words_key(mark))):
        return Entry(_same_absence(alone, reason))
    weights: list[float | None] = []
    plain: list[str] = []
    for part in _parts(mark):
        found = _WEIGHT.search(part)
        text = _as_seen(mark_text(_WEIGHT.sub("", part)))
        letter = _ABSENCE_OF_KEY.get(words_key(text))
        plain.append(LETTER_OF_REASON[letter] if letter else text)
        if parse_whole(text) is not None:
            weights.append(_same_weight(_checked_weight(found[1] if found else ""), _checked_weight(weight)))
    cell = _parsed(plain)
    marks = tuple(LoadedMark(*pair) for pair in zip(cell.marks, weights, strict=True))
    return Entry(_same_absence(cell.absence, reason), marks)


def _as_seen(text: str) -> str:
    """Return a Latin letter as the Russian one that it looks like: in a file «y» is «у», whichever key it is."""
    if len(text) == 1 and text.isascii() and text.isalpha():
        if text not in _SEEN:
            raise RuleRefused(f"«{text}» — латинская буква, а не отметка и не пропуск (н, б, у, о).")
        return _SEEN[text]
    return text


def _same_absence(said: AbsenceReason | None, apart: AbsenceReason | None) -> AbsenceReason | None:
    """Return the absence that a cell and a column of absences say together: the column may only make «н» clearer."""
    if said and apart and said not in (apart, AbsenceReason.UNKNOWN):
        raise RuleRefused(
            f"В отметке пропуск «{LETTER_OF_REASON[said]}», а в столбце пропусков «{LETTER_OF_REASON[apart]}»: оставьте один."
        )
    return apart or said


def _same_weight(said: float | None, apart: float | None) -> float | None:
    """Return the weight of a mark that stands beside it or in a column of weights."""
    if said is not None and apart not in (None, said):
        raise RuleRefused(f"Вес в клетке — {said:g}, а в столбце весов — {apart:g}: оставьте один.")
    return apart if said is None else said


def _parts(text: str) -> list[str]:
    """Split a cell into its entries, once it is clear that it is not one: «5.0», «5,4», a date."""
    tidy = clean(text).casefold()
    joined = _WEIGHT.sub(lambda found: f"({found[1].replace(',', '.')})", tidy)
    if not _WEIGHT.search(tidy):
        joined = mark_text(tidy)
    for slashed, word in _SLASHED.items():
        joined = joined.replace(slashed, word)
    if "н/а" in joined:
        return [joined]
    return [part for part in re.split(r"[\s,;/]+", _LETTER_AND_DIGIT.sub(" ", joined)) if part]


def _parsed(parts: Sequence[str]) -> Cell:
    letters = [part for part in parts if not _is_digit(part[:1])]
    return parse_cell(" ".join([*letters, "/".join(part for part in parts if _is_digit(part[:1]))]).strip())


def _is_digit(sign: str) -> bool:
    return parse_whole(sign) is not None


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
