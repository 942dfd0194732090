"""What the published contract says of a request and of an answer («Моя школа», recommendations of 2021–22, appendix 5)."""

import re
import uuid
from collections.abc import Iterator
from datetime import date, timedelta

from school.errors import RuleRefused

LONGEST_DAYS = 366
LONGEST_CLIENT_NAME = 60
ESIA_ID = re.compile(r"[0-9]{1,20}")
# The contract has three codes of errors.
NOT_FOUND, STRUCTURE, EXPIRED = "not-found", "structure", "expired"
SCORE_SYSTEM = "5"
ABSENT, LATE = "н", "о"


class BadSpan(Exception):
    """The days of a request are not as the contract says; the text is Russian."""


def check_esia_id(text: str) -> str | None:
    """Return a number in ЕСИА without blanks, None for an empty one; raises RuleRefused for what is none."""
    tidy = "".join(text.split())
    if tidy and not ESIA_ID.fullmatch(tidy):
        raise RuleRefused("Номер в ЕСИА — до 20 цифр.", next_step="Перепишите его из заявления семьи.")
    return tidy or None


def check_client_name(text: str) -> str:
    """Return the name of a system without stray blanks; raises RuleRefused."""
    tidy = " ".join(text.split())
    if not tidy or len(tidy) > LONGEST_CLIENT_NAME:
        raise RuleRefused(
            f"Название — от 1 до {LONGEST_CLIENT_NAME} знаков.", next_step="Напишите его иначе."
        )
    return tidy


def span_asked(start: str | None, end: str | None, today: date) -> tuple[date, date]:
    """Return the days asked for, both inclusive: both or neither are named; else last week, this one and the next.

    Raises BadSpan.
    """
    if start is None and end is None:
        monday = today - timedelta(days=today.weekday())
        return monday - timedelta(days=7), monday + timedelta(days=13)
    if start is None or end is None:
        raise BadSpan("Параметры start и end указывают вместе.")
    first, last = _day(start), _day(end)
    if not first <= last or (last - first).days > LONGEST_DAYS:
        raise BadSpan("Начало позже конца или срок больше года.")
    return first, last


def _day(text: str) -> date:
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise BadSpan("День пишут как ГГГГ-ММ-ДД.")
    try:
        return date.fromisoformat(text)
    except ValueError as problem:
        raise BadSpan("Такого дня нет.") from problem


def outward_id(kind: str, school_name: str, record_id: int) -> str:
    """Return the UUID of a record, the same at each request."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"urn:school-register:{school_name}:{kind}:{record_id}"))


def outcome(code: str, details: str) -> dict[str, object]:
    """Return an error in the words of the contract."""
    return {
        "resourceType": "OperationOutcome",
        "issue": [{"severity": "error", "code": code, "details": details}],
    }


def filled(**fields: object) -> dict[str, object]:
    """Return what is not None: the contract leaves out what there is none of."""
    return dict(_filled(fields))


def _filled(fields: dict[str, object]) -> Iterator[tuple[str, object]]:
    for name, value in fields.items():
        if value is not None:
            yield name, value
