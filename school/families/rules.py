"""What a family is told: remarks and recommendations of teachers, means and corrections of marks (п. 3.6, 4.7)."""

import re
from collections.abc import Sequence
from datetime import datetime

from school.errors import RuleRefused
from school.records import RemarkKind
from school.register.rules.marks import weighted_mean

SHORTEST, LONGEST = 3, 1000
# A mean of fewer marks says little and frightens much.
FEWEST_FOR_MEAN = 3
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


def family_mean(marks: Sequence[tuple[int, float]]) -> float | None:
    """Return the weighted mean of (mark, weight) pairs; None of fewer than FEWEST_FOR_MEAN, or where all weigh nothing."""
    return weighted_mean(marks) if len(marks) >= FEWEST_FOR_MEAN else None


def is_correction(old_text: str, new_text: str) -> bool:
    """Whether marks that stood in a cell became others or were taken back; one more beside them, or an absence, is none."""
    before, after = (re.findall(r"[2-5]", text) for text in (old_text, new_text))
    return after[: len(before)] != before
