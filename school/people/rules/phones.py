"""Phones as people write them: what is a number, how many there are in a cell, and whose each is."""

import re
from dataclasses import dataclass

from school.errors import RuleRefused

WITH_CODE, WITH_COUNTRY = 10, 11
LOCAL_DIGITS, FOREIGN_DIGITS = range(5, 8), range(8, 16)
_SHOWN = 40
_BETWEEN = re.compile(r"\s*(?:[,;/\n]|\s(?:и|или)\s)\s*")
# What a spreadsheet shows of a long number: «7,91612E+10», also with a Russian «Е».
_POWER_OF_TEN = re.compile(r"(\d)(?:[.,](\d+))?[eе]\+?(\d+)", re.IGNORECASE)
_POINT_ZERO = re.compile(r"(\d{5,15})[.,]0+")
_KIND = re.compile(
    r"\b(?:тел|моб|сот|дом|раб|телефон|мобильный|сотовый|домашний|рабочий)\b\.?:?", re.IGNORECASE
)
_WHOSE = re.compile(r"\(?\s*([а-яё ]{3,})\)?[:.]?", re.IGNORECASE)
_EXTENSION = re.compile(r"\s*(?:доб|доп|вн|ext|#|x)\.?\s*№?\s*\d{1,6}$", re.IGNORECASE)
_NUMBER = re.compile(r"\+?[\d\s().\-‐‑–—]+")
# Numbers that stand one after another where a line break between them was lost.
_LONG_DISTANCE = re.compile(r"(?:\+?7|8)(?:[\s().\-‐‑–—]*\d){10}(?!\d)")


@dataclass(frozen=True)
class Phone:
    """A number as it was typed, and whose it is in the words beside it (empty: not said)."""

    number: str
    whose: str = ""


def read_phones(text: str) -> tuple[Phone, ...]:
    """Return the numbers of a cell in order; raises RuleRefused that names what is no phone."""
    tidy = text.strip()
    if not tidy.strip("-–—"):
        return ()
    if match := _POWER_OF_TEN.fullmatch(tidy):
        return (Phone(_undamaged(tidy, match)),)
    if match := _POINT_ZERO.fullmatch(tidy):
        tidy = match[1]
    return tuple(phone for part in _BETWEEN.split(tidy) if part for phone in _phones_of_part(part))


def one_phone(text: str) -> str:
    """Return the only number of a text, empty where there is none; raises RuleRefused."""
    found = read_phones(text)
    if len(found) > 1:
        raise _refused(text, f"в нём номеров: {len(found)}", "Введите один номер с кодом города.")
    return found[0].number if found else ""


def phone_digits(phone: str) -> str:
    """Return the digits by which two spellings of a number are compared: a long-distance 8, and no code, as 7."""
    digits = _digits(phone)
    is_russian = len(digits) >= 11 and digits.startswith("8") and not digits.startswith("810")
    if is_russian:
        return f"7{digits[1:]}"
    return f"7{digits}" if len(digits) == 10 and not phone.strip().startswith("+") else digits


def _digits(text: str) -> str:
    return "".join(re.findall("[0-9]", text))


def _undamaged(text: str, match: re.Match[str]) -> str:
    digits, power = match[1] + (match[2] or ""), int(match[3])
    if len(digits) != power + 1:
        raise _refused(
            text,
            "таблица записала его как число и потеряла цифры",
            "Сделайте столбец текстовым и введите номера заново.",
        )
    return _checked(digits)


def _phones_of_part(text: str) -> list[Phone]:
    part = _KIND.sub(" ", text).replace("( )", " ")
    words = [word for word in _WHOSE.findall(_EXTENSION.sub("", part)) if word.strip()]
    bare = part if _EXTENSION.search(part) else _WHOSE.sub(" ", part)
    for word in words if _EXTENSION.search(part) else ():
        bare = bare.replace(f"({word})", " ").replace(word, " ")
    bare = " ".join(bare.split())
    if len(words) > 1 or not bare:
        raise _refused(part, "это не номер", "Введите номер с кодом города.")
    whose = words[0].strip().lower() if words else ""
    several = _LONG_DISTANCE.findall(bare)
    if len(several) > 1 and _digits("".join(several)) == _digits(bare):
        return [Phone(_checked(number.strip())) for number in several]
    return [Phone(_checked(bare), whose)]


def _checked(text: str) -> str:
    """Return a number whose shape is one of a phone; raises RuleRefused."""
    body = _EXTENSION.sub("", text)
    digits = _digits(body)
    if not _NUMBER.fullmatch(body) or body.count("(") != body.count(")"):
        raise _refused(text, "в нём лишние знаки", "Введите номер с кодом города.")
    if not _is_number(digits, has_plus=body.startswith("+")):
        raise _refused(text, f"в нём {len(digits)} цифр, столько не бывает", "Введите номер с кодом города.")
    return " ".join(text.split())


def _is_number(digits: str, *, has_plus: bool) -> bool:
    if digits.startswith("810") or (has_plus and not digits.startswith("7")):
        return len(digits) in FOREIGN_DIGITS
    if len(digits) == WITH_COUNTRY:
        return digits[0] in "78"
    # No code begins with 89 or 79: a mobile number with its 8 or 7 that has lost a digit.
    is_with_code = len(digits) == WITH_CODE and digits[0] != "0" and digits[:2] not in ("89", "79")
    return not has_plus and (is_with_code or len(digits) in LOCAL_DIGITS)


def _refused(text: str, why: str, next_step: str) -> RuleRefused:
    return RuleRefused("Телефон не подходит.", f"«{text[:_SHOWN]}»: {why}.", next_step)
