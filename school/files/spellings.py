"""The same name in two spellings: classes and subjects as different files of one school write them."""

import re
import unicodedata
from collections.abc import Iterable
from typing import TypeVar

Key = TypeVar("Key")

# Latin letters that a Russian keyboard's owner cannot tell from their own.
LATIN_LOOK_ALIKES = str.maketrans("ABCEHKMOPTXYaceopxyk", "АВСЕНКМОРТХУасеорхук")
_RUSSIAN = re.compile("[а-яё]", re.IGNORECASE)
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\x00-\x08\x0e-\x1f\x7f]")
# Digits and letters twice as wide, of East Asian keyboards and of scanners.
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_TIDY = re.compile(r"[!-~А-яЁё№«»–—]+(?: [!-~А-яЁё№«»–—]+)*")
_QUOTES = re.compile("[\"'«»„“”`]")
_CLASS = re.compile(r"^(\d{1,2})(?:\s*-?\s*Й)?(?:\s+|\s*[-–—._/]\s*)?([А-Я]{1,3}\d?)$", re.ASCII)
_CLASS_WORD = re.compile(
    r"^(?:класс|кл\.?)\s+|\s+(?:класс|кл\.?)$|(?<=\d)\s*(?:класс|кл\.?)(?=\s)", re.IGNORECASE
)
_WORD = re.compile(r"[^\W_]+")
GRADE_LEVELS = range(1, 13)


def clean(text: str) -> str:
    """Return a text without invisible signs, with single plain spaces, signs of usual width, and «й», «ё» in one piece."""
    # Nearly every cell of a file is tidy already.
    if _TIDY.fullmatch(text):
        return text
    usual = unicodedata.normalize("NFC", text.translate(_FULL_WIDTH))
    return " ".join(_INVISIBLE.sub("", usual).split())


def plain(text: str) -> str:
    """Return words as they are compared: one space between them, small letters, «е» for «ё».

    Latin letters in a Russian text are the Russian ones that look the same.
    """
    tidy = clean(text)
    return (tidy.translate(LATIN_LOOK_ALIKES) if _RUSSIAN.search(tidy) else tidy).casefold().replace("ё", "е")


def class_key(name: str) -> str:
    """Return one spelling for «7 а», «7-А», «7 "А"» and a Latin A: «7А»; other names only lose spare spaces and case."""
    tidy = _CLASS_WORD.sub("", clean(_QUOTES.sub("", name))).upper().replace("Ё", "Е")
    match = _CLASS.match(tidy.translate(LATIN_LOOK_ALIKES))
    return match[1].lstrip("0") + match[2] if match else tidy


def grade_level_of(class_name: str) -> int | None:
    """Return the grade level that a class's name begins with, or None."""
    match = re.match(r"\s*(\d{1,2})(?!\d)", class_name)
    return int(match[1]) if match and int(match[1]) in GRADE_LEVELS else None


def words_of(text: str) -> list[str]:
    """Return the words of a text as they are compared, without signs between them."""
    return _WORD.findall(plain(text))


def abbreviated(text: str, titles: Iterable[tuple[Key, str]]) -> list[Key]:
    """Return which titles a text may stand for: the very words, else the first usual shortening that fits any.

    Shortenings: beginnings of the words («рус. яз.»), the two ends («физ-ра»), first letters («ОБЗР»), beginnings
    in any order («англ. яз.» of «Иностранный язык (английский)»).
    """
    listed = list(titles)
    found = ([key for key, title in listed if rule(text, title)] for rule in _SPELLINGS)
    return next((keys for keys in found if keys), [])


def _same(text: str, title: str) -> bool:
    return words_of(text) == words_of(title)


def _by_beginnings(text: str, title: str) -> bool:
    words, parts = words_of(text), words_of(title)
    if not words or not parts or not parts[0].startswith(words[0]):
        return False
    rest = iter(parts[1:])
    return all(any(part.startswith(word) for part in rest) for word in words[1:])


def _by_ends(text: str, title: str) -> bool:
    start, dash, end = plain(text).partition("-")
    return bool(dash and start and end) and plain(title).startswith(start) and plain(title).endswith(end)


def _by_first_letters(text: str, title: str) -> bool:
    letters = "".join(word[0] for word in words_of(title) if len(word) > 1)
    return len(letters) > 1 and plain(text) == letters


def _by_beginnings_in_any_order(text: str, title: str) -> bool:
    words, parts = words_of(text), words_of(title)
    return bool(words) and all(any(part.startswith(word) for part in parts) for word in words)


_SPELLINGS = (_same, _by_beginnings, _by_ends, _by_first_letters, _by_beginnings_in_any_order)
