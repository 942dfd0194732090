"""What a family is told: remarks and recommendations of teachers, means and corrections of marks (п. 3.6, 4.7)."""

import re
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

from school.errors import RuleRefused
from school.records import RemarkKind
from school.register.rules.marks import weighted_mean

SHORTEST, LONGEST = 3, 1000
# A mean of fewer marks says little and frightens much.
FEWEST_FOR_MEAN = 3
# Counted from Monday.
FRIDAY = 4
# How far ahead a diary looks after the week that it shows.
DAYS_AHEAD = 14
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


def monday_of(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(day.weekday())


def confirmable_from(lesson_days: Collection[date]) -> date | None:
    """Return the day from which a week with lessons on these days may be confirmed; None of a week without lessons.

    On its last day with lessons nearly all is said: that is Friday where Saturday has lessons too, and sooner before a holiday.
    """
    if not lesson_days:
        return None
    last = max(lesson_days)
    return min(last, monday_of(last) + timedelta(FRIDAY))


def check_confirmable(lesson_days: Collection[date], today: date) -> None:
    """Raise RuleRefused where a week with lessons on these days may not be confirmed yet, or has none (п. 3.6, 4.7)."""
    since = confirmable_from(lesson_days)
    if since is None:
        raise RuleRefused("На этой неделе уроков нет.", next_step="Отметьте неделю, в которой были уроки.")
    if today < since:
        raise RuleRefused(
            "Неделя ещё не закончилась.",
            next_step=f"Отметить её просмотренной можно с {since:%d.%m.%Y}: к этому дню в ней почти всё записано.",
        )
