"""Addresses of families, codes that confirm them, and the words that a family types for its calendar."""

import re
import secrets
from datetime import datetime, timedelta

from school.errors import RuleRefused
from school.notices.records import Choices
from school.notices.rules.times import HOURS

LONGEST_ADDRESS, LONGEST_LABEL = 254, 40
CODE_DIGITS, CODE_TRIES, CODES_A_DAY = 6, 5, 5
CALENDARS_A_USER = 10
CODE_HOLDS = timedelta(hours=1)
CALENDAR = "Дневник"
_ADDRESS = re.compile(r"[\w!#$%&'*+/=?^`{|}~.-]{1,64}@[a-z0-9-]+(\.[a-z0-9-]+)+", re.ASCII | re.IGNORECASE)


def check_address(text: str) -> str:
    """Return an e-mail address as it is kept. Raises RuleRefused for what is none."""
    address = text.strip()
    local, _, domain = address.rpartition("@")
    try:
        domain = domain.encode("idna").decode().lower() if domain else ""
    except UnicodeError:
        domain = ""
    address = f"{local}@{domain}"
    if len(address) > LONGEST_ADDRESS or ".." in local or not _ADDRESS.fullmatch(address):
        raise RuleRefused(
            "Это не адрес электронной почты.",
            next_step="Проверьте, нет ли опечатки: имя@почта.рф или имя@mail.ru.",
        )
    return address


def new_code() -> str:
    """Return a fresh code for an address."""
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"


def code_holds(made_at: datetime | None, tries: int, now: datetime) -> bool:
    """Whether a code may still be typed."""
    return made_at is not None and tries < CODE_TRIES and timedelta(0) <= now - made_at <= CODE_HOLDS


def check_may_send_code(sent_in_a_day: int) -> None:
    """Raise RuleRefused where so many codes were asked for that somebody else's address may be meant."""
    if sent_in_a_day >= CODES_A_DAY:
        raise RuleRefused(
            f"За сутки отправлено кодов: {sent_in_a_day}.",
            "Больше в день не отправляется.",
            "Попробуйте завтра.",
        )


def check_choices(choices: Choices) -> Choices:
    """Return what a family chose. Raises RuleRefused for an hour or a weekday that is not offered."""
    if choices.digest_hour not in HOURS or choices.digest_weekday not in range(1, 8):
        raise RuleRefused("Такого времени нет в списке.", next_step="Выберите день и час из списка.")
    return choices


def check_label(text: str) -> str:
    """Return what a family calls its calendar. Raises RuleRefused where it is too long."""
    label = " ".join(text.split())
    if len(label) > LONGEST_LABEL:
        raise RuleRefused(f"Название длиннее {LONGEST_LABEL} знаков.", next_step="Сократите его.")
    return label


def calendar_name(label: str) -> str:
    """Return «Дневник» or «Дневник: 7А»: nobody's name but what the family itself has typed."""
    return f"{CALENDAR}: {label}" if label else CALENDAR


def check_may_add_calendar(count: int) -> None:
    """Raise RuleRefused where somebody has so many calendars that a lost one would not be noticed."""
    if count >= CALENDARS_A_USER:
        raise RuleRefused(f"Календарей уже {count}.", next_step="Отзовите ненужный и создайте новый.")
