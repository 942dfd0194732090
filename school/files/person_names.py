"""Names of people: what a text of a file says of a person, and which of the people known it means.

A name is compared by its words: neither letter case, «ё», kinds of hyphens and apostrophes, Latin look-alikes nor
what a list adds (a number before, a note in brackets, a birthday) make a difference. Whoever is stored under a full
name is found by it, whatever its shape; initials, the given name first or a patronymic left out are tried after that.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import TypeVar

from school.errors import RuleRefused
from school.files.plan import SourceRow
from school.files.spellings import LATIN_LOOK_ALIKES, clean, plain
from school.files.values.days import parse_day
from school.records import PersonName

Key = TypeVar("Key")
# A word of a name between hyphens, in capital letters; «И.» where it is shortened.
Words = tuple[str, ...]

_HYPHENS = "\\-‐‑‒–—―−﹣－"
_APOSTROPHES = "'’ʼ`´‘′ʻ＇"
_RUSSIAN_LETTER = re.compile("[а-яё]", re.IGNORECASE)
_LATIN_LETTER = re.compile("[a-z]", re.IGNORECASE)
_STRESS = re.compile("[\u0300\u0301]")
_NUMBER = re.compile(r"^(?:№\s*\d{1,4}|\(?\d{1,4}(?=[\s.)\]:;,–—-]))\s*[.)\]:;,–—-]*\s*(?=[^\W\d_])")
_BULLET = re.compile(r"^[•·*–—-]\s+")
_BRACKETS = re.compile(r"[(\[]([^()\[\]]*)(?:[)\]]|$)")
_BIRTHDAY_WORDS = r"(?:дата рождения|родил(?:ся|ась)|рожд?\.?|род\.|д\.?\s?р\.?|р\.)"
_DAY = r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}-\d{1,2}-\d{1,2}|\d{1,2}\s+[а-яё]{3,8}\s+\d{4}"
_AFTER_DAY = r"(?:\s*г\.?\s?р\.?|\s*года?(?: рождения)?|\s*г\.?)?"
_BIRTHDAY = re.compile(rf"^(?:{_BIRTHDAY_WORDS}\s*:?\s*)?({_DAY}){_AFTER_DAY}$", re.IGNORECASE)
_YEAR_AT_END = re.compile(r"[,;]?\s+(\d{4}\s*г\.?\s?р\.?)$", re.IGNORECASE)
_BIRTHDAY_AT_END = re.compile(
    rf"[,;]?\s+(?:{_BIRTHDAY_WORDS}\s*:?\s*)?({_DAY}){_AFTER_DAY}\s*$", re.IGNORECASE
)
# «Алиоглы», «Али-оглы», «Али огли»: son or daughter of, as different papers of one person write it.
_SON, _DAUGHTER = "ОГЛЫ", "КЫЗЫ"
_KIN = dict.fromkeys(("ОГЛЫ", "ОГЛУ", "УГЛЫ", "ОГЛИ", "УГЛИ", "ҰЛЫ", "УЛЫ", "УУЛУ", "ЎҒЛИ", "ЎГЛИ"), _SON)
_KIN |= dict.fromkeys(("КЫЗЫ", "КИЗИ", "ГЫЗЫ", "ГИЗИ", "КЫЗИ", "ҚЫЗЫ", "ҚИЗИ"), _DAUGHTER)
_JOINED_KIN = re.compile(f"^(..+)({'|'.join(_KIN)})$")
_KIN_ALONE = re.compile(rf"\b(?:{'|'.join(_KIN)})\b", re.IGNORECASE)
_PATRONYMIC = re.compile(r"(?:ович|евич|ёвич|[ьмткцвх]ич|овна|евна|ёвна|ична)$", re.IGNORECASE)
_INITIAL = re.compile(r"[^\W\d_]|(?:[^\W\d_]{1,2}\.-?){1,2}")
# Before a surname; the second set are also whole surnames, so that a capital alone does not tell.
_PARTICLES = frozenset(
    ["де", "дер", "ден", "дель", "дю", "дос", "фон", "цу", "аль", "эль", "ибн", "бен", "тер", "сан", "сент"]
)
_PARTICLES_OR_SURNAMES = frozenset(["ван", "бин", "ди", "да", "ла", "ле", "мак"])


@dataclass(frozen=True)
class WrittenName:
    """What a text says of a person: the name (empty parts are not said), the birthday, and notes in brackets."""

    name: PersonName
    born_on: date | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Bare:
    text: str
    born_on: date | None
    notes: tuple[str, ...]


@lru_cache(maxsize=32_768)
def _bare(text: str) -> _Bare:
    """Return a name without the number before it, notes in brackets and the birthday."""
    tidy = _NUMBER.sub("", _BULLET.sub("", clean(text)))
    inside = [found.strip() for found in _BRACKETS.findall(tidy) if found.strip()]
    tidy = clean(_BRACKETS.sub(" ", tidy))
    days = [day for each in inside if (day := _birthday(each))]
    if (match := _BIRTHDAY_AT_END.search(tidy)) and (day := parse_day(match[1])):
        days, tidy = [*days, day], tidy[: match.start()]
    if match := _YEAR_AT_END.search(tidy):
        inside, tidy = [*inside, match[1]], tidy[: match.start()]
    notes = tuple(each for each in inside if not _birthday(each))
    # The full stop of a sentence, not of a shortened word.
    tidy = re.sub(r"(?<=[^\W\d_]{4})\.$", "", tidy.strip(" ,;"))
    return _Bare(tidy, days[0] if days else None, notes)


def _birthday(text: str) -> date | None:
    match = _BIRTHDAY.match(text)
    return parse_day(match[1]) if match else None


@lru_cache(maxsize=32_768)
def _groups(text: str) -> tuple[Words, ...]:
    """Return the words of a name, those between hyphens together: «Иванова А.-М.» → (ИВАНОВА), (А., М.)."""
    tidy = _STRESS.sub("", _bare(text).text)
    tidy = re.sub(rf"(?<=\b\w)[{_APOSTROPHES}]\s+", "", tidy)
    tidy = re.sub(f"[{_APOSTROPHES}]", "", tidy)
    tidy = re.sub(rf"\s*[{_HYPHENS}]+\s*", "-", tidy)
    tidy = re.sub(r"(?<=[а-яё] )([А-ЯЁ])([А-ЯЁ])$", r"\1. \2.", tidy)
    groups: list[Words] = []
    for group in re.sub(r"\.(?!-)", ". ", tidy).split():
        words = tuple(word for piece in group.split("-") for word in _compared(piece))
        if groups and len(words) == 1 and words[0] in (_SON, _DAUGHTER):
            groups[-1] += words
        elif words:
            groups.append(words)
    return tuple(groups)


def _compared(piece: str) -> Words:
    letters = "".join(re.findall(r"[^\W_]+", piece)).upper().translate(LATIN_LOOK_ALIKES).replace("Ё", "Е")
    if not letters:
        return ()
    if piece.endswith(".") or len(letters) == 1:
        return (f"{letters}.",)
    if match := _JOINED_KIN.match(letters):
        return match[1], _KIN[match[2]]
    return (_KIN.get(letters, letters),)


def _flat(groups: Sequence[Words]) -> Words:
    return tuple(word for group in groups for word in group)


@lru_cache(maxsize=32_768)
def name_key(text: str) -> Words:
    """Return what two spellings of one full name have in common."""
    return tuple(word.rstrip(".") for word in _flat(_groups(text)))


@dataclass(frozen=True)
class _Known:
    """A stored name as it is compared: all its words without the dots of initials, and the words of its parts."""

    key: Words
    last: Words
    first: Words
    middle: Words


@lru_cache(maxsize=32_768)
def _known(name: PersonName) -> _Known:
    return _Known(name_key(name.full), *(_flat(_groups(part)) for part in name.parts))


def is_same_name(one: PersonName, other: PersonName) -> bool:
    """Whether two full names are the same, however they are spelled."""
    return name_key(one.full) == name_key(other.full)


def contains_name(part: str, name: PersonName) -> bool:
    """Whether a name contains what somebody looks for: «бур анна» is in «де Бур Анна», «алеш» in «Алёшин»."""
    key = " ".join(name_key(part))
    return not part.strip() or (bool(key) and key in " ".join(name_key(name.full)))


def _is_meant(groups: Sequence[Words], known: _Known) -> bool:
    last = known.last
    # Most people have another surname: nothing else need be looked at.
    if not last or not any(last[0] in group for group in groups):
        return False
    for place in range(1, len(groups) + 1):
        if _flat(groups[:place]) == last and _are_given(groups[place:], known.first, known.middle):
            return True
        if (
            groups[:-place]
            and _flat(groups[-place:]) == last
            and _are_given(groups[:-place], known.first, known.middle)
        ):
            return True
    return False


def _are_given(groups: Sequence[Words], first: Words, middle: Words) -> bool:
    if not groups:
        return True
    for place in range(1, len(groups) + 1):
        rest = _flat(groups[place:])
        if _is_part(_flat(groups[:place]), first) and (not rest or _is_part(rest, middle)):
            return True
    return False


def _is_part(words: Words, part: Words) -> bool:
    """Whether words are a part of a name, written out or by initials: «А.», «А.-М.» and «А. М.» of «Анна-Мария»."""
    if not part:
        return False
    if len(words) == 1 and _fits(words[0], part[0]) and words[0].endswith("."):
        return True
    return len(words) == len(part) and all(map(_fits, words, part))


def _fits(word: str, stored: str) -> bool:
    return word == stored or (word.endswith(".") and stored.startswith(word[:-1]))


def _lacks_patronymic(text: str, name: PersonName) -> bool:
    """Whether a text says a patronymic of somebody who is stored without one."""
    groups = _groups(text)[:-1]
    is_said = bool(groups) and not name.middle and bool(name.first) and _flat(groups) == _known(name).key
    return is_said and is_patronymic(_bare(text).text.split()[-1])


def people_named(
    text: str,
    people: Mapping[Key, PersonName],
    birthdays: Mapping[Key, date | None] | None = None,
    born_on: date | None = None,
) -> list[Key]:
    """Return whom a text may mean: a full name wins over initials, and what is said over what is left out.

    A birthday, given apart or in the text, decides between namesakes: whoever has another one is not meant. Where
    none of several namesakes has it and it is not known of all, all of them are returned.
    """
    day = born_on or _bare(text).born_on
    if day is None or birthdays is None:
        return _named(text, people)
    same_day = {key: name for key, name in people.items() if birthdays.get(key) == day}
    if found := _named(text, same_day):
        return found
    found = _named(text, people)
    may_be = [key for key in found if birthdays.get(key) is None]
    return found if len(found) > 1 and may_be else may_be


def _named(text: str, people: Mapping[Key, PersonName]) -> list[Key]:
    key, groups = name_key(text), _groups(text)
    if not key:
        return []
    known = {each: _known(name) for each, name in people.items()}
    if found := [each for each, name in known.items() if name.key == key]:
        # «Ким Анна Ивановна (учитель физики)» is one of two of the name, where the school calls them so.
        noted = [each for each in found if plain(people[each].full) == plain(text)] if len(found) > 1 else []
        return noted or found
    if found := [each for each, name in known.items() if _is_meant(groups, name)]:
        return found
    return [each for each, name in people.items() if _lacks_patronymic(text, name)]


def birthday_beside(written: WrittenName, born_on: date | None) -> date | None:
    """Return the birthday that a row says in its column or beside the name; raises RuleRefused where they differ."""
    beside = written.born_on
    if beside and born_on and beside != born_on:
        raise RuleRefused(f"Две даты рождения: {born_on:%d.%m.%Y} и {beside:%d.%m.%Y}.")
    return born_on or beside


def may_be_one_person(one: PersonName, other: PersonName) -> bool:
    """Whether two names differ in no more than what one of them leaves out."""
    return bool(people_named(one.full, {0: other}) or people_named(other.full, {0: one}))


def refuse_namesakes(several: str, names: Sequence[PersonName], born_on: date | None) -> RuleRefused:
    """Return the refusal of a text that fits several people: the sentence given, and what would tell them apart."""
    if len({name_key(name.full) for name in names}) > 1:
        return RuleRefused(several, next_step="Напишите имя полностью.")
    if born_on is None:
        return RuleRefused(several, next_step="Укажите дату рождения.")
    return RuleRefused(several, next_step="Допишите даты рождения в их карточки: такой там нет.")


def is_shortened(name: PersonName) -> bool:
    """Whether a given name or a patronymic is an initial: nobody is written down by it."""
    return any(_flat(_groups(part))[:1] and _flat(_groups(part))[0].endswith(".") for part in name.parts[1:])


@lru_cache(maxsize=4096)
def read_name(last: str, first: str = "", middle: str = "") -> WrittenName:
    """Return what a text says of a person; where only the first part is given, it holds the whole name.

    The last name stands first unless the patronymic or initials tell otherwise: «Анна Ивановна Ким», «А. И. Ким».
    """
    parts = [_bare(text) for text in (last, first, middle)]
    days = [each.born_on for each in parts if each.born_on]
    notes = tuple(note for each in parts for note in each.notes)
    if first or middle:
        name = PersonName(*(each.text for each in parts))
    else:
        name = _split(re.sub(r"\.(?!-)", ". ", _joined_signs(parts[0].text).replace(",", " ")).split())
    name = tidy_name(PersonName(*map(_capital, name.parts)))
    return WrittenName(name, days[0] if days else None, notes)


def name_in(row: SourceRow) -> WrittenName:
    """Return what a row says in ``full_name``, else in ``last_name``, ``first_name``, ``middle_name``."""
    if row["full_name"]:
        return read_name(row["full_name"])
    return read_name(row["last_name"], row["first_name"], row["middle_name"])


def person_name(last: str, first: str = "", middle: str = "") -> PersonName:
    """Return the name of ``read_name`` alone."""
    return read_name(last, first, middle).name


def new_name(written: WrittenName) -> PersonName:
    """Return the name of somebody who is to be written down; raises RuleRefused for a note that would be lost."""
    if written.notes:
        raise RuleRefused(
            f"В имени лишнее: «({written.notes[0][:40]})».",
            next_step="Уберите его или перенесите в другой столбец.",
        )
    return written.name


def _joined_signs(text: str) -> str:
    """Return a text with hyphens of one kind and nothing between them, or apostrophes, and their words."""
    tidy = re.sub(rf"(?<=\w)\s*[{_HYPHENS}]+\s*(?=\w)", "-", text)
    tidy = re.sub(rf"(?<=\b\w)([{_APOSTROPHES}])\s+(?=\w)", r"\1", tidy)
    return re.sub("[`´‘′＇]", "’", tidy)


def _split(words: Sequence[str]) -> PersonName:
    count = len(words)
    leading = _initials_at(words)
    if leading and leading < count:
        return _name(words[leading:], words[:1], words[1:leading])
    trailing = _initials_at(words[::-1])
    start, end = _patronymic(words)
    if start and end < count and start == 1:
        return _name(words[end:], words[:1], words[start:end])
    if trailing and trailing < count:
        last = count - trailing if trailing > 1 else _length_of_last(words, count)
        return _name(words[:last], words[last : last + 1], words[last + 1 :])
    if end == count and start > 1:
        last = _length_of_last(words, start)
        return _name(words[:last], words[last:start], words[start:])
    last = _length_of_last(words, count)
    return _name(words[:last], words[last : last + 1], words[last + 1 :])


def _name(last: Sequence[str], first: Sequence[str], middle: Sequence[str]) -> PersonName:
    return PersonName(" ".join(last), " ".join(first), " ".join(middle))


def _initials_at(words: Sequence[str]) -> int:
    """Return how many initials words begin with, two at the most."""
    count = 0
    while count < min(2, len(words)) and is_initial(words[count]):
        count += 1
    return count


def _patronymic(words: Sequence[str]) -> tuple[int, int]:
    """Return where the patronymic begins and ends, (0, 0) where none is seen: «Ивановна», «Али оглы», «Алиоглы»."""
    if len(words) > 2 and _PATRONYMIC.search(words[1]):
        return 1, 2
    for place in range(len(words) - 1, 0, -1):
        if words[place].upper() in _KIN:
            return max(place - 1, 1), place + 1
        if is_patronymic(words[place]):
            return place, place + 1
    return 0, 0


def is_initial(word: str) -> bool:
    """Whether a word of a name is an initial: «И.», «И», «А.-М.», «Дж.»."""
    return bool(_INITIAL.fullmatch(word))


def is_patronymic(word: str) -> bool:
    """Whether a word ends as patronymics do: «Ивановна», «оглы», «Али-оглы», «Алиоглы»."""
    kin = word.upper().rpartition("-")[2]
    return bool(_PATRONYMIC.search(word) or kin in _KIN or _JOINED_KIN.match(kin))


def _length_of_last(words: Sequence[str], end: int) -> int:
    """Return how many of the first words are the last name, when given names end before ``end``: «де Бур» is one."""
    count = 0
    while count < len(words) and _is_particle(words[count], len(words) - count):
        count += 1
    return count + 1 if count + 1 < end else min(1, len(words))


def _is_particle(word: str, words_left: int) -> bool:
    tidy = word.lower()
    if tidy in _PARTICLES_OR_SURNAMES:
        return word.islower() or words_left > 3
    return tidy in _PARTICLES


def _capital(text: str) -> str:
    """«ИВАНОВ» and «иванов» are «Иванов», «ПЕТРОВА-ВОДКИНА» is so part by part; mixed case is left alone."""
    tidy = clean(text)
    if not (tidy.isupper() or tidy.islower()):
        return tidy
    capital = re.sub(r"[^\W\d_]+", lambda word: word[0].capitalize(), tidy)
    head, blank, rest = capital.partition(" ")
    if tidy.islower() and head.lower() in _PARTICLES | _PARTICLES_OR_SURNAMES and blank:
        capital = f"{head.lower()} {rest}"
    # The first word is a name even where it looks like «son of».
    return capital[:1] + _KIN_ALONE.sub(lambda word: word[0].lower(), capital[1:])


def tidy_name(name: PersonName) -> PersonName:
    """Return a name in the form in which it is stored: single blanks, plain hyphens, «й» and «ё» in one piece.

    A word of a Russian name whose Latin letters all look like Russian ones is written in Russian letters, since
    nobody can see the difference and no list would sort or find it.
    """
    is_russian = bool(_RUSSIAN_LETTER.search(name.full))
    return replace(
        name,
        **{
            field: " ".join(_in_russian(word, is_russian) for word in _joined_signs(clean(text)).split())
            for field, text in zip(("last", "first", "middle"), name.parts, strict=True)
        },
    )


def _in_russian(word: str, is_russian: bool) -> str:
    tidy = _STRESS.sub("", unicodedata.normalize("NFC", word))
    russian = tidy.translate(LATIN_LOOK_ALIKES)
    return russian if is_russian and not _LATIN_LETTER.search(russian) else tidy


def fault_in_name(name: PersonName) -> str:
    """Return what cannot be in a person's name, in words; empty for a name."""
    for part in filter(None, name.parts):
        for place, sign in enumerate(part):
            if not (sign.isalpha() or (place and sign in " .'’()-")):
                return f"В «{part[:60]}» есть «{sign}»: в имени бывают буквы, пробел, дефис и апостроф."
    for word in name.full.split():
        if _RUSSIAN_LETTER.search(word) and (latin := _LATIN_LETTER.search(word)):
            return f"В «{word[:60]}» латинская буква «{latin[0]}» среди русских."
    given = f"{name.first} {name.middle}".split()
    early = [word for word in given[:-1] if _PATRONYMIC.search(word) or word.upper() in _KIN]
    early += [word for word in name.last.split()[1:] if _PATRONYMIC.search(word)]
    if early:
        return f"После отчества «{early[0][:40]}» есть ещё слова: похоже, это имена двух людей."
    words = name.full.split()
    initials = [place for place, word in enumerate(words) if word.endswith(".")]
    if len(initials) > 1 and initials[-1] - initials[0] >= len(initials):
        return "Между инициалами есть слова: похоже, это имена двух людей."
    return ""
