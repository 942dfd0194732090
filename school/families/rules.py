"""Remarks and recommendations of teachers to a family (п. 3.6, 4.7)."""

from datetime import datetime

from school.errors import RuleRefused
from school.records import RemarkKind

SHORTEST, LONGEST = 3, 1000
REMARK_TITLES: dict[RemarkKind, str] = {
    RemarkKind.REMARK: "замечание",
    RemarkKind.RECOMMENDATION: "рекомендация",
}


def check_remark(text: str) -> str:
    """Return the text as it is kept; raise RuleRefused where it says nothing or too much."""
    kept = text.strip()
    if len(kept) < SHORTEST:
        raise RuleRefused("Текст не написан.", next_step="Напишите, что передать семье.")
    if len(kept) > LONGEST:
        raise RuleRefused(f"Текст длиннее {LONGEST} знаков: {len(kept)}.", next_step="Сократите его.")
    return kept


def check_not_withdrawn(withdrawn_at: datetime | None) -> None:
    """Raise RuleRefused for a remark that was withdrawn already."""
    if withdrawn_at is not None:
        raise RuleRefused("Запись уже отозвана.", next_step="Обновите страницу.")
