"""Parents as lists of pupils hold them: one or two in a cell, with phones and what they are to the child (п. 3.3, 4.3).

Nobody's name is made up of what stands between two people: what cannot be divided for sure is refused.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from school.errors import RuleRefused
from school.files.person_names import (
    fault_in_name,
    is_initial,
    is_patronymic,
    new_name,
    people_named,
    read_name,
)
from school.people.records import GuardianDraft
from school.people.rules.phones import Phone, phone_digits, read_phones
from school.records import PersonName

RELATION_WORDS: dict[str, str] = {
    "мать": "мать",
    "мама": "мать",
    "отец": "отец",
    "папа": "отец",
    "опекун": "опекун",
    "опекунша": "опекун",
    "попечитель": "опекун",
    "бабушка": "бабушка",
    "дедушка": "дедушка",
    "приёмный родитель": "приёмный родитель",
    "приемный родитель": "приёмный родитель",
    "отчим": "отчим",
    "мачеха": "мачеха",
    "родитель": "",
    "законный представитель": "",
}
_SAYS_NOTHING = frozenset(["", "нет", "не указан", "отсутствует"])
_RELATION = "|".join(sorted(RELATION_WORDS, key=len, reverse=True))
_BEFORE = re.compile(rf"^({_RELATION})\b\s*[:.–—-]?\s*", re.IGNORECASE)
_AFTER = re.compile(rf"(?:[\s–—:-]+|^)({_RELATION})$|\(\s*({_RELATION})\s*\)", re.IGNORECASE)
_BETWEEN = re.compile(r"\s*(?:[;/\n+&]|\sи\s)\s*(?!\d)|\s*[;/\n]\s*")
_PHONE = re.compile(r"\+?\d[\d\s().\-‐‑–—]{3,}\d(?:\s*доб\.?\s*\d+)?|\(\d{3,5}\)[\d\s-]{5,}\d")


@dataclass(frozen=True)
class _Said:
    """A part of a cell: words of a name, a relation, phones; each may be missing."""

    name: str
    relation: str
    phones: tuple[Phone, ...]


def read_guardians(
    cells: Mapping[str, str], phones: str, phones_of: Mapping[str, str] | None = None
) -> tuple[GuardianDraft, ...]:
    """Return the parents of a row: ``cells`` by relation (empty: the cell itself may say it), and the cell of phones.

    ``phones_of``: a phone by relation. A single phone of nobody in particular belongs to the parent of the first cell;
    otherwise there is one for each parent, in order, or it says whose it is. Raises RuleRefused with the reason where
    it cannot be known who is meant.
    """
    found = [parent for relation, text in cells.items() for parent in _parents(text, relation)]
    own = [
        Phone(phone.number, relation)
        for relation, text in (phones_of or {}).items()
        for phone in _listed(text)
    ]
    listed = (*own, *_listed(phones))
    is_one_cell = sum(bool(text) for text in cells.values()) == 1
    return tuple(_with_phones(found, listed, may_be_firsts=not is_one_cell or len(found) == 1))


def _listed(phones: str) -> tuple[Phone, ...]:
    return () if phones.strip(" -–—").lower() in _SAYS_NOTHING else read_phones(phones)


def _parents(text: str, relation: str) -> list[GuardianDraft]:
    if text.strip(" -–—").lower() in _SAYS_NOTHING:
        return []
    found: list[GuardianDraft] = []
    for said in _parts(text):
        names = list(_people(said.name)) if said.name else []
        if not names and not found:
            raise _unclear(text)
        if len(names) > 1 and (said.phones or said.relation):
            raise _unclear(text)
        found += [GuardianDraft(name, relation) for name in names]
        found[-1] = _joined(found[-1], said, text)
    if len(found) > 1 and relation:
        raise RuleRefused(f"В столбце «{relation.capitalize()}» несколько людей: «{text[:60]}».")
    return found


def _joined(parent: GuardianDraft, said: _Said, text: str) -> GuardianDraft:
    if len(said.phones) > 1 or (said.phones and parent.phone):
        raise RuleRefused(
            f"У одного родителя несколько телефонов: «{text[:60]}».", next_step="Оставьте один."
        )
    phone = said.phones[0].number if said.phones else parent.phone
    return replace(parent, relation=parent.relation or said.relation, phone=phone)


def _parts(text: str) -> Iterator[_Said]:
    for part in _BETWEEN.split(text):
        pieces = [_said(piece) for piece in part.split(",") if piece.strip()]
        names = [each for each in pieces if each.name]
        if len(names) == 2 and len(names[0].name.split()) == 1 and not names[0].phones:
            # «Дёмина, Мария Ивановна» is one person.
            whole = f"{names[0].name} {names[1].name}"
            pieces = [replace(each, name=whole) if each is names[1] else each for each in pieces]
            pieces.remove(names[0])
        yield from pieces


def _said(piece: str) -> _Said:
    numbers = [match[0] for match in _PHONE.finditer(piece)]
    words = " ".join(_PHONE.sub(" ", piece).replace("()", " ").split()).strip(" :")
    relation = ""
    for pattern in (_BEFORE, _AFTER):
        if match := pattern.search(words):
            relation = RELATION_WORDS[(match[1] or match[2]).lower()]
            words = pattern.sub(" ", words, count=1).strip()
            break
    if any(word.lower().strip(":.") in RELATION_WORDS for word in words.split()):
        raise _unclear(piece)
    phones = tuple(phone for number in numbers for phone in read_phones(number))
    return _Said(words, relation, phones)


def _people(text: str) -> Iterator[PersonName]:
    """Yield the people of a text without signs between them: one, or several where each ends as a name does."""
    words = re.sub(r"\.(?!-)", ". ", text).split()
    starts = [0]
    for place in range(2, len(words) - 1):
        before, word = words[place - 1], words[place]
        is_end = (is_patronymic(before) and place - starts[-1] > 2) or is_initial(before)
        if is_end and not (is_patronymic(word) or is_initial(word)):
            starts.append(place)
    for start, end in zip(starts, [*starts[1:], len(words)], strict=True):
        name = new_name(read_name(" ".join(words[start:end])))
        middle = name.middle.split()
        if not name.first or fault_in_name(name) or (len(middle) > 1 and not any(map(is_patronymic, middle))):
            raise _unclear(text)
        yield name


def _unclear(text: str) -> RuleRefused:
    return RuleRefused(
        f"Не понять, кто родители: «{text[:60]}».", next_step="Напишите имя каждого полностью, через запятую."
    )


def _with_phones(
    parents: Sequence[GuardianDraft], phones: Sequence[Phone], *, may_be_firsts: bool
) -> list[GuardianDraft]:
    found = list(parents)
    if phones and not found:
        raise RuleRefused(
            "Телефон есть, а чей он, не сказано.", next_step="Впишите имя родителя или уберите его."
        )
    unnamed = [phone for phone in phones if not phone.whose]
    for phone in phones:
        if phone.whose:
            relation = RELATION_WORDS.get(phone.whose)
            owners = [place for place, each in enumerate(found) if relation and each.relation == relation]
            if len(owners) != 1 or found[owners[0]].phone:
                raise RuleRefused(f"Телефон «{phone.number} ({phone.whose})»: не понять, чей он.")
            found[owners[0]] = replace(found[owners[0]], phone=phone.number)
    free = [place for place, each in enumerate(found) if not each.phone]
    if len(unnamed) == 1 and may_be_firsts and free[:1] == [0]:
        free = free[:1]
    if unnamed and len(unnamed) != len(free):
        raise RuleRefused(
            f"Родителей в строке {len(found)}, а телефонов {len(phones)}: не понять, чей какой.",
            next_step="Впишите телефон рядом с именем того, чей он.",
        )
    for place, phone in zip(free, unnamed, strict=False):
        found[place] = replace(found[place], phone=phone.number)
    return found


def compare_guardians(
    given: Sequence[GuardianDraft], known: Sequence[GuardianDraft]
) -> tuple[list[GuardianDraft], list[tuple[GuardianDraft, GuardianDraft]]]:
    """Return the parents who are not in the card yet, and those in it (before, after) of whom a row says more.

    Raises RuleRefused where a row contradicts the card, or where a short name fits two people of it.
    """
    new: list[GuardianDraft] = []
    fuller: list[tuple[GuardianDraft, GuardianDraft]] = []
    for each in given:
        found = people_named(each.name.full, {place: other.name for place, other in enumerate(known)})
        if not found:
            new.append(each)
            continue
        if len(found) > 1:
            raise RuleRefused(
                "Родителей с таким именем в карточке двое.", next_step="Напишите имя полностью."
            )
        card = known[found[0]]
        if each.phone and card.phone and phone_digits(each.phone) != phone_digits(card.phone):
            raise RuleRefused(
                f"У родителя «{card.name.initials}» в карточке другой телефон.",
                next_step="Исправьте его в карточке.",
            )
        after = replace(card, phone=card.phone or each.phone, relation=card.relation or each.relation)
        if after != card:
            fuller.append((card, after))
    return new, fuller
