"""What a family is told: remarks and recommendations of teachers, means and corrections of marks (п. 3.6, 4.7)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from school.errors import RuleRefused
from school.records import Cell, RemarkKind, User
from school.register.rules.cells import parse_cell
from school.register.rules.deadlines import ENTRY_DEADLINE
from school.register.rules.marks import weighted_mean

SHORTEST, LONGEST = 3, 1000
# A mean of fewer marks says little and frightens much.
FEWEST_FOR_MEAN = 3
REMARK_TITLES: dict[RemarkKind, str] = {
    RemarkKind.PRAISE: "похвала",
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


# The hours that a school may choose for showing the marks of a day; 16:00 is the hour by which they stand there (п. 5.5).
MARKS_HOURS: tuple[time, ...] = tuple(time(hour) for hour in range(12, 22))
assert ENTRY_DEADLINE in MARKS_HOURS

# From which day on families see new marks from which hour; None: at once. Days before the first: at once.
MarksHours = Mapping[date, time | None]


@dataclass(frozen=True)
class Hold:
    """Marks that wait: those entered from ``since`` on are for families from ``until`` on; ``hides``: this reader is of one."""

    since: datetime
    until: datetime
    hides: bool


def is_of_family(user: User, pupil_id: int) -> bool:
    """Whether a reader of a diary is the pupil or a guardian of theirs, not staff at work."""
    return pupil_id in user.pupil_ids


def marks_hour_on(hours: MarksHours, day: date) -> time | None:
    """Return the hour from which families see the marks entered on a day; None: at once."""
    begun = [each for each in hours if each <= day]
    return hours[max(begun)] if begun else None


def shown_from(entered_at: datetime, hours: MarksHours) -> datetime:
    """Return when families see a mark entered at this moment (п. 5.5): at the hour of its day, later ones at once."""
    hour = marks_hour_on(hours, entered_at.date())
    return entered_at if hour is None else max(entered_at, datetime.combine(entered_at.date(), hour))


def hold_at(now: datetime, hours: MarksHours, *, hides: bool) -> Hold | None:
    """Return which marks wait at a moment; None where all are shown."""
    hour = marks_hour_on(hours, now.date())
    if hour is None or now.time() >= hour:
        return None
    return Hold(datetime.combine(now.date(), time()), datetime.combine(now.date(), hour), hides)


def cell_of(text: str | None) -> Cell:
    """Return the cell that a text of the events stands for; what no register takes any more is empty."""
    try:
        return parse_cell(text or "")
    except RuleRefused:
        return Cell()


def marks_hour_text(hour: time | None) -> str:
    """Return «сразу», «в 16:00»."""
    return "сразу" if hour is None else f"в {hour:%H:%M}"


def check_marks_hour(hour: time | None) -> None:
    """Raise RuleRefused for an hour that no school may choose."""
    if hour is not None and hour not in MARKS_HOURS:
        raise RuleRefused("Такой час выбрать нельзя.", next_step="Выберите час из списка.")
