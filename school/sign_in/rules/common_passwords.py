"""Passwords that everybody would try first, however they are typed (п. 3.2, 8.5).

The list, ``data/reference/common_passwords.csv``, holds them without digits around: Latin ones of Django's list (BSD licence), Russian
ones of our own. A keyboard's other language, digits around, a repetition, letters that look like digits change nothing.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator
from functools import cache

from school.reference import reference_rows

_LATIN = "`qwertyuiop[]asdfghjkl;'zxcvbnm,."
_RUSSIAN = "ёйцукенгшщзхъфывапролджэячсмитьбю"
_TO_RUSSIAN, _TO_LATIN = str.maketrans(_LATIN, _RUSSIAN), str.maketrans(_RUSSIAN, _LATIN)
_LOOK_ALIKES = str.maketrans("@$013457", "asoieast")
# Rows and columns of the keyboards, alphabets, digits: fingers and memory go along them.
_WAYS = (
    "1234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "йцукенгшщзхъ",
    "фывапролджэ",
    "ячсмитьбю",
    "abcdefghijklmnopqrstuvwxyz",
    "абвгдежзийклмнопрстуфхцчшщъыьэюя",
    *("1qaz", "2wsx", "3edc", "4rfv", "5tgb", "6yhn", "7ujm", "8ik", "9ol"),
    *("1йфя", "2цыч", "3увс", "4кам", "5епи", "6нрт", "7гоь", "8шлб", "9щдю"),
)
_BOTH_WAYS = tuple(way for each in _WAYS for way in (each, each[::-1]))
FEWEST_IN_A_ROW, MOST_BESIDE_A_ROW = 3, 2
# Words of schools' names that say nothing of this one.
USUAL_SCHOOL_WORDS = frozenset(
    [
        "школа",
        "школы",
        "гимназия",
        "лицей",
        "средняя",
        "общеобразовательная",
        "общеобразовательное",
        "муниципальное",
        "муниципальная",
        "бюджетное",
        "государственное",
        "автономное",
        "учреждение",
        "образовательное",
        "имени",
        "города",
        "района",
        "области",
        "республики",
        "центр",
        "образования",
        "демонстрационная",
        "электронный",
        "журнал",
    ]
)
LONGEST_SHORT_NAME = 3


def plain(text: str) -> str:
    """Return the letters and digits of a text, small, «ё» as «е»."""
    small = unicodedata.normalize("NFC", text).lower()
    return "".join(sign for sign in small if sign.isalnum()).replace("ё", "е")


def readings(password: str) -> set[str]:
    """Return what a password may mean: as typed, in the keyboard's other language, with digits for letters."""
    small = unicodedata.normalize("NFC", password).lower()
    return {
        plain(each)
        for each in (
            small,
            small.translate(_TO_RUSSIAN),
            small.translate(_TO_LATIN),
            small.translate(_LOOK_ALIKES),
        )
    } - {""}


def is_common(password: str) -> bool:
    """Whether a password is on the list, goes along keys or an alphabet, or is made of digits alone."""
    return any(_is_common(reading) for reading in readings(password))


def names_in(password: str, names: Collection[str]) -> bool:
    """Whether a password holds one of these names; a very short one only where little else stands beside it."""
    return any(
        found in reading if len(found) > LONGEST_SHORT_NAME else found == reading.strip("0123456789")
        for reading in readings(password)
        for found in map(plain, names)
        if found
    )


def words_of_school(name: str) -> Iterator[str]:
    """Yield a school's whole name and those of its words that tell it from others."""
    yield name
    yield from (word for word in re.findall(r"\w{5,}", name) if word.lower() not in USUAL_SCHOOL_WORDS)


@cache
def _listed() -> frozenset[str]:
    return frozenset(row["password"] for row in reference_rows("common_passwords"))


def _is_common(reading: str) -> bool:
    word = reading.strip("0123456789")
    unit = _repeated(word)
    return (
        not word
        or not {reading, word, unit, _repeated(reading).strip("0123456789")}.isdisjoint(_listed())
        or _goes_along(reading)
        or _goes_along(unit)
    )


def _repeated(text: str) -> str:
    """Return «кот» of «коткоткот», of anything else itself."""
    length = (text + text).find(text, 1) if text else 0
    return text[:length]


def _goes_along(text: str) -> bool:
    """Whether a text is little but pieces of ways along keys or an alphabet."""
    place, left_over = 0, 0
    while place < len(text) and left_over <= MOST_BESIDE_A_ROW:
        end = place + FEWEST_IN_A_ROW
        if end > len(text) or not _is_on_a_way(text[place:end]):
            place, left_over = place + 1, left_over + 1
            continue
        while end < len(text) and _is_on_a_way(text[place : end + 1]):
            end += 1
        place = end
    return bool(text) and left_over <= MOST_BESIDE_A_ROW


def _is_on_a_way(piece: str) -> bool:
    return any(piece in way for way in _BOTH_WAYS)
