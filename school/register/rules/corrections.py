"""Permission to correct a closed term: asked for with a reason, granted for some days (п. 4.2)."""

from datetime import datetime, time, timedelta

from school.errors import RuleRefused
from school.records import CorrectionPermission

DAYS_GRANTED, MOST_DAYS_GRANTED = 3, 14
REASON_LENGTH = 200


def check_reason_is_written(reason: str) -> None:
    """Raise RuleRefused where no reason is written or it is too long."""
    if not reason.strip():
        raise RuleRefused("Причина не написана.", next_step="Напишите её в одном-двух предложениях.")
    if len(reason.strip()) > REASON_LENGTH:
        raise RuleRefused(f"Причина длиннее {REASON_LENGTH} знаков.", next_step="Сократите её.")


def check_nothing_asked_yet(earlier: CorrectionPermission | None, now: datetime) -> None:
    """Raise RuleRefused while an earlier request waits or is granted and still in force."""
    if earlier is None:
        return
    if earlier.is_granted is None:
        raise RuleRefused("Разрешение уже запрошено.", next_step="Дождитесь ответа заместителя директора.")
    if earlier.is_in_force(now):
        raise RuleRefused("Разрешение уже есть.", next_step="Внесите исправление в журнал.")


def check_waits(permission: CorrectionPermission | None) -> CorrectionPermission:
    """Return the request; raise RuleRefused where there is none or it is decided already."""
    if permission is None or permission.is_granted is not None:
        raise RuleRefused("Запрос уже рассмотрен.", next_step="Обновите страницу.")
    return permission


def expiry(now: datetime, days: int) -> datetime:
    """Return the last moment of a permission for this many days more: the end of a day.

    Raises RuleRefused outside 1…MOST_DAYS_GRANTED.
    """
    if not 1 <= days <= MOST_DAYS_GRANTED:
        raise RuleRefused(
            f"Разрешить можно на 1–{MOST_DAYS_GRANTED} дней.", next_step="Выберите другой срок."
        )
    return datetime.combine(now.date() + timedelta(days=days), time(23, 59, 59))
