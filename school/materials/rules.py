"""What a teacher may add to a subject of a class (п. 4.7)."""

import re
from urllib.parse import urlsplit

from school.errors import RuleRefused

TITLE_LENGTH, LINK_LENGTH = 120, 500
# A family scrolls through them on a phone.
MOST_MATERIALS = 60
_BLANKS = re.compile(r"\s")


def check_title(title: str) -> str:
    """Return the words of a material as they are kept; raises RuleRefused where there are none, or too many."""
    words = " ".join(title.split())
    if not words:
        raise RuleRefused("Материал не назван.", next_step="Напишите, что это.")
    if len(words) > TITLE_LENGTH:
        raise RuleRefused(f"Название длиннее {TITLE_LENGTH} знаков.", next_step="Сократите его.")
    return words


def check_link(link: str) -> str:
    """Return an address of another site as it is kept: https alone. Raises RuleRefused for any other."""
    address = link.strip()
    if len(address) > LINK_LENGTH:
        raise RuleRefused(f"Ссылка длиннее {LINK_LENGTH} знаков.", next_step="Возьмите ссылку покороче.")
    try:
        parts = urlsplit(address)
        is_whole = bool(parts.hostname and "." in parts.hostname) and parts.username is None
    except ValueError:
        is_whole = False
    if not is_whole or parts.scheme != "https" or _BLANKS.search(address):
        raise RuleRefused(
            "Такую ссылку добавить нельзя.",
            "Принимаются адреса, которые начинаются с https://.",
            "Скопируйте адрес из браузера целиком.",
        )
    return address


def check_one_thing(link: str, has_file: bool) -> None:
    """Raise RuleRefused where there is neither a file nor a link, or both."""
    if bool(link.strip()) == has_file:
        raise RuleRefused(
            "Нужно что-то одно: файл или ссылка.", next_step="Выберите файл или вставьте ссылку."
        )


def check_count(present: int) -> None:
    """Raise RuleRefused where a register has as many materials as a family can look through."""
    if present >= MOST_MATERIALS:
        raise RuleRefused(
            f"У предмета уже {MOST_MATERIALS} материалов — больше нельзя.", next_step="Уберите устаревшие."
        )
