"""How typed words find names and titles: by beginnings in any order, «е» for «ё», in the other keyboard layout too."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

LONGEST_QUERY, MOST_WORDS = 80, 6
# A typed word without its ending: of so many letters or more so many are left out; words this short between others say nothing.
ENDINGS = ((9, 3), (7, 2), (5, 1))
FILLING = 3
# The keys of a Russian keyboard where an English layout is on, key by key.
_LATIN, _RUSSIAN = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`", "йцукенгшщзхъфывапролджэячсмитьбюё"
_LAYOUT = str.maketrans(_LATIN + '{}:"<>~', _RUSSIAN + "хъжэбюё")
_WORD = re.compile(r"\d+|[^\W\d_]+")
Item = TypeVar("Item")
Words = tuple[str, ...]


def words_of(text: str) -> Words:
    """Return the words of a text as they are compared: small letters, «е» for «ё», «7А» as «7» and «а»."""
    return tuple(_WORD.findall(text.casefold().replace("ё", "е")))


@dataclass(frozen=True)
class Query:
    """What was typed, as words: first as it stands, then as it would read had the keyboard been Russian."""

    text: str
    readings: tuple[Words, ...]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to look for."""
        return not self.readings


def query_of(typed: str) -> Query:
    """Return the query of typed letters; the longest part of them that is looked at."""
    text = " ".join(typed[:LONGEST_QUERY].split())
    both = (words_of(text)[:MOST_WORDS], words_of(text.casefold().translate(_LAYOUT))[:MOST_WORDS])
    return Query(text, tuple(dict.fromkeys(reading for reading in both if reading)))


def loosened(query: Query) -> Query:
    """Return a query by the beginnings of its words, without small words: «замены» is «замен», «справка о болезни» «справ болез»."""
    readings = (
        tuple(_beginning(word) for word in reading if word.isdigit() or len(word) > FILLING)
        for reading in query.readings
    )
    return Query(query.text, tuple(dict.fromkeys(reading for reading in readings if reading)))


def of_class_and_of_the_rest(query: Query) -> tuple[Query, Query]:
    """Return what of a query names a class («когда проверяли 5 класс»: «5»), and its other words («когда проверяли класс»)."""
    parts: tuple[list[Words], list[Words]] = ([], [])
    for reading in query.readings:
        of_class = [is_of_class(word) for word in reading]
        parts[0].append(tuple(word for word, is_class in zip(reading, of_class, strict=True) if is_class))
        parts[1].append(tuple(word for word, is_class in zip(reading, of_class, strict=True) if not is_class))
    named_class, rest = (
        Query(" ".join(next(iter(each), ())), tuple(dict.fromkeys(filter(None, each)))) for each in parts
    )
    return named_class, rest


def is_of_class(word: str) -> bool:
    """Whether a word is a part of a class's name: «7», «а»."""
    return word.isdigit() or len(word) == 1


def _beginning(word: str) -> str:
    return word[: len(word) - next((cut for length, cut in ENDINGS if len(word) >= length), 0)]


def rank(reading: Words, words: Words) -> int | None:
    """Return how far a text is from what was typed, None where some typed word begins no word of it.

    0: it is the text; 1: the words in their order from the first one; 2: the first word typed is the text's first; 3: any
    other way.
    """
    if reading == words:
        return 0
    if len(reading) <= len(words) and all(
        word.startswith(typed) for typed, word in zip(reading, words, strict=False)
    ):
        return 1
    left = list(words)
    for typed in reading:
        found = next((word for word in left if word.startswith(typed)), None)
        if found is None:
            return None
        left.remove(found)
    return 2 if words[0].startswith(reading[0]) else 3


@dataclass(frozen=True)
class Named(Generic[Item]):
    """What may be found, with the words of each of its texts: the first text counts most."""

    item: Item
    words: tuple[Words, ...]


def named(item: Item, *texts: str) -> Named[Item]:
    """Return what may be found by any of these texts."""
    return Named(item, tuple(map(words_of, texts)))


def best(query: Query, items: Iterable[Named[Item]], limit: int) -> list[Item]:
    """Return what a query finds, the nearest first; those equally near stay in the order given."""
    ranked: list[tuple[tuple[int, int], int, Item]] = []
    for number, each in enumerate(items):
        places = [
            (which, place)
            for which, words in enumerate(each.words)
            for reading in query.readings
            if (place := rank(reading, words)) is not None
        ]
        if places:
            ranked.append((min(places), number, each.item))
    ranked.sort(key=lambda found: found[:2])
    return [item for _, _, item in ranked[:limit]]


def first_places(paths: Sequence[str], known: Iterable[str], limit: int) -> list[str]:
    """Return the newest of somebody's places that they may still open."""
    open_ones = set(known)
    return [path for path in dict.fromkeys(paths) if path in open_ones][:limit]
