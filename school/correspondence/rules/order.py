"""Complaints, muting and reading by a written request: what keeps correspondence civil, and closed to strangers (п. 2.9, 4.1, 4.2)."""

import hashlib
from collections.abc import Collection
from datetime import date, datetime, timedelta

from school.errors import RuleRefused
from school.records import Role

REASON_LENGTH, SHORTEST_REASON = 500, 5
NUMBER_LENGTH = 40
COPIED_MESSAGES = 20
MOST_MUTED_DAYS = 30
# Whoever decides on complaints and keeps the register going is not silenced here.
NEVER_MUTED = frozenset({Role.HEAD, Role.DEPUTY, Role.ADMIN})


def check_reason(reason: str) -> str:
    """Return the words of a complaint, of its answer or of a muting; raises RuleRefused where there are too few or too many."""
    words = reason.strip()
    if len(words) < SHORTEST_REASON:
        raise RuleRefused("Причина не названа.", next_step="Напишите её одним предложением.")
    if len(words) > REASON_LENGTH:
        raise RuleRefused(f"Причина длиннее {REASON_LENGTH} знаков.", next_step="Сократите её.")
    return words


def is_party(user_id: int, written_by: Collection[int]) -> bool:
    """Whether somebody wrote in the correspondence that is complained of."""
    return user_id in written_by


def check_no_party(user_id: int, written_by: Collection[int]) -> None:
    """Raise RuleRefused for who would decide on a complaint about their own correspondence (п. 2.9)."""
    if is_party(user_id, written_by):
        raise RuleRefused(
            "Жалоба на вашу переписку.",
            "О своей переписке не решают.",
            "Её разберёт другой заместитель или директор.",
        )


def check_number(number: str) -> str:
    """Return the number of a written request; raises RuleRefused where there is none."""
    words = " ".join(number.split())
    if not words or len(words) > NUMBER_LENGTH:
        raise RuleRefused(
            "Нет номера письменного обращения.",
            "Без обращения или жалобы директор чужую переписку не читает.",
            "Введите номер, под которым обращение записано в школе.",
        )
    return words


def check_mute_days(days: int) -> None:
    """Raise RuleRefused for a muting that is none, or too long."""
    if not 1 <= days <= MOST_MUTED_DAYS:
        raise RuleRefused(
            f"На {days} дн. ограничить нельзя.", next_step=f"Назовите от 1 до {MOST_MUTED_DAYS} дней."
        )


def muted_until(days: int, today: date) -> date:
    """Return the last day of a muting of so many days that begins today."""
    return today + timedelta(days=days - 1)


def check_not_muted(until: date | None, reason: str) -> None:
    """Raise RuleRefused for who may not write up to a day."""
    if until is not None:
        raise RuleRefused(
            f"До {until:%d.%m.%Y} включительно писать с этого входа нельзя.",
            f"Так решил заместитель директора: {reason}",
            "Читать переписку и просить помощи у администратора можно.",
        )


def check_unanswered(answered_at: datetime | None) -> None:
    """Raise RuleRefused for a complaint that was answered already."""
    if answered_at is not None:
        raise RuleRefused("На эту жалобу уже ответили.", next_step="Обновите страницу.")


def seal_of(copy: str) -> str:
    """Return the seal of a copy: it no longer fits once a letter of the copy was changed."""
    return hashlib.sha256(copy.encode()).hexdigest()
