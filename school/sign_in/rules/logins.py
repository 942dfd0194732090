"""A login name offered to a person: their name in Latin letters, which any keyboard has."""

from collections.abc import Collection

from school.records import PersonName
from school.sign_in.rules.passwords import LOGIN_LENGTHS, normal_login

LATIN = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
        [
            "a",
            "b",
            "v",
            "g",
            "d",
            "e",
            "e",
            "zh",
            "z",
            "i",
            "y",
            "k",
            "l",
            "m",
            "n",
            "o",
            "p",
            "r",
            "s",
            "t",
            "u",
            "f",
            "kh",
            "ts",
            "ch",
            "sh",
            "shch",
            "",
            "y",
            "",
            "e",
            "yu",
            "ya",
        ],
        strict=True,
    )
)
LONGEST_LAST_NAME = 30


def latin(text: str) -> str:
    """Return a text in small Latin letters; what has none falls out."""
    signs = (LATIN.get(sign, sign) for sign in normal_login(text))
    return "".join(sign for sign in "".join(signs) if sign.isascii() and sign.isalnum())


def suggest_login(name: PersonName, taken: Collection[str]) -> str:
    """Return a free login name such as «ivanova.mv» for a person; ``taken`` holds names in small letters."""
    initials = "".join(latin(part)[:1] for part in (name.first, name.middle))
    base = ".".join(part for part in (latin(name.last)[:LONGEST_LAST_NAME] or "user", initials) if part)
    base = base if len(base) >= LOGIN_LENGTHS[0] else f"{base}.user"
    number = 1
    while (login := base if number == 1 else f"{base}{number}") in taken:
        number += 1
    return login
