"""What a family is told: remarks and recommendations of teachers, means and corrections of marks (п. 3.6, 4.7)."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from school.errors import RuleRefused
from school.records import Cell, RemarkKind, User
from school.register.rules.cells import HIGHEST_MARK, LOWEST_MARK, parse_cell
from school.register.rules.deadlines import ENTRY_DEADLINE
from school.register.rules.marks import MEAN_TOLERANCE, weighted_mean
from school.term_marks.rules.term_marks import ROUNDINGS, Rounding, proposed_mark

SHORTEST, LONGEST = 3, 1000
# A mean of fewer marks says little and frightens much.
FEWEST_FOR_MEAN = 3
# Counted from Monday.
FRIDAY = 4
# How far ahead a diary looks after the week that it shows.
DAYS_AHEAD = 14
# From the last lesson's day off to the next one's.
WEEKEND_DAYS = 3
# Written with one click, and free to be changed: praise stands first, so that it is as easy as a remark (п. 4.7).
READY_WORDS: dict[RemarkKind, tuple[str, ...]] = {
    RemarkKind.PRAISE: (
        "Отлично работает на уроках.",
        "Заметно вырос результат: так держать!",
        "Помогает одноклассникам.",
        "Выполняет задания вовремя и аккуратно.",
    ),
    RemarkKind.RECOMMENDATION: (
        "Советую повторить последнюю тему: приходите на консультацию.",
        "Прошу каждый вечер проверять задания в дневнике.",
    ),
    RemarkKind.REMARK: (
        "Не готово домашнее задание.",
        "Нет тетради или учебника.",
        "Отвлекается и мешает другим на уроке.",
        "Опаздывает на уроки.",
    ),
}
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


@dataclass(frozen=True)
class NeededMarks:
    """What it takes that a mean gives ``target``: ways of (how many, of which mark), of weight 1, each enough by itself.

    Of a mark that the mean gives already, ``spare``: how many marks of the one below it bears.
    """

    target: int
    least_mean: float
    ways: tuple[tuple[int, int], ...] = ()
    spare: int | None = None


def needed_marks(
    marks: Sequence[tuple[int, float]], rounding: Rounding, lessons_left: int
) -> NeededMarks | None:
    """Return what it takes to get the mark above the one that (mark, weight) pairs give by the rounding, or to keep a 5 (п. 5.4).

    Marks of weight 1 are counted, no more than lessons are left. None where there is no mean.
    """
    now = proposed_mark(family_mean(marks), rounding)
    if now is None:
        return None
    target = min(now + 1, HIGHEST_MARK)
    least = ROUNDINGS[rounding].least_means[target - LOWEST_MARK - 1]

    def is_enough(count: int, value: int) -> bool:
        mean = weighted_mean([*marks, (value, count)])
        return mean is not None and mean + MEAN_TOLERANCE >= least

    counts = range(1, lessons_left + 1)
    if now == HIGHEST_MARK:
        below = HIGHEST_MARK - 1
        return NeededMarks(target, least, spare=sum(is_enough(count, below) for count in counts))
    enough = {
        value: next((count for count in counts if is_enough(count, value)), None)
        for value in range(HIGHEST_MARK, LOWEST_MARK, -1)
    }
    ways = ((count, value) for value, count in enough.items() if count is not None)
    return NeededMarks(target, least, tuple(ways))


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


@lru_cache(maxsize=1000)
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


def breaks_of(days: Mapping[date, str], first_day: date, last_day: date) -> list[tuple[str, date, date]]:
    """Return the breaks of a span: days off that follow one another, a weekend between them, under one name."""
    found: list[tuple[str, date, date]] = []
    for day in sorted(each for each in days if first_day <= each <= last_day):
        name, first, last = found[-1] if found else ("", day, day)
        if found and name == days[day] and (day - last).days <= WEEKEND_DAYS:
            found[-1] = (name, first, day)
        else:
            found.append((days[day], day, day))
    return found
