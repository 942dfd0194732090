"""The hours of correspondence: when a message is delivered, and by when an answer is due (п. 2.9, 8.2: writing is open always)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from school.calendar import MONTHS
from school.errors import RuleRefused

ONE_DAY = timedelta(days=1)
# Where no school day comes sooner, holidays end for letters with the next weekday after so many days.
LONGEST_BREAK_DAYS = 30
FRIDAY = 5
NORM_DAYS = range(1, 11)
# A note of absence: how far ahead, and how long in words.
MOST_AWAY, AWAY_LENGTH = timedelta(days=90), 200

IsWorking = Callable[[date], bool]


@dataclass(frozen=True)
class LetterOrder:
    """The school's order: messages are delivered on school days in these hours, an answer is due in so many school days."""

    opens_at: time = time(8)
    closes_at: time = time(19)
    norm_days: int = 2


def check_order(order: LetterOrder) -> None:
    """Raise RuleRefused for hours that never open, or a norm that is none."""
    if order.opens_at >= order.closes_at:
        raise RuleRefused("Начало часов переписки не раньше конца.", next_step="Проверьте часы.")
    if order.norm_days not in NORM_DAYS:
        raise RuleRefused(
            f"Срок ответа {order.norm_days} дн. поставить нельзя.",
            next_step=f"Назовите от {NORM_DAYS[0]} до {NORM_DAYS[-1]} учебных дней.",
        )


def check_away(until: date, words: str, today: date) -> str:
    """Return the words of a note of absence as they are kept; raises RuleRefused for a day that is over or far off, or too many words."""
    said = " ".join(words.split())
    if not today <= until <= today + MOST_AWAY:
        raise RuleRefused(
            f"До {until:%d.%m.%Y} отметить отсутствие нельзя.",
            next_step=f"Назовите день с сегодняшнего и не дальше {MOST_AWAY.days} дней.",
        )
    if len(said) > AWAY_LENGTH:
        raise RuleRefused(f"Пояснение длиннее {AWAY_LENGTH} знаков.", next_step="Сократите его.")
    return said


def away_words(until: date, words: str) -> str:
    """Return a note of absence as whoever writes reads it: «нет до 27 ноября включительно, ответит позже»."""
    own = f" («{words}»)" if words else ", ответит позже"
    return f"нет до {until.day} {MONTHS[until.month - 1]} включительно{own}"


def delivery_of(now: datetime, order: LetterOrder, is_working: IsWorking) -> datetime:
    """Return when a message that is sent now reaches its reader: at once within the hours, else at the next opening."""
    if is_working(now.date()) and order.opens_at <= now.time() < order.closes_at:
        return now
    if is_working(now.date()) and now.time() < order.opens_at:
        return datetime.combine(now.date(), order.opens_at)
    return datetime.combine(next_working_day(now.date(), is_working), order.opens_at)


def next_working_day(after: date, is_working: IsWorking) -> date:
    """Return the first school day after a day; where none comes for long, the first weekday after that time."""
    coming = (after + step * ONE_DAY for step in range(1, LONGEST_BREAK_DAYS + 1))
    found = next((day for day in coming if is_working(day)), None)
    if found is not None:
        return found
    last = after + LONGEST_BREAK_DAYS * ONE_DAY
    return next(day for day in (last + step * ONE_DAY for step in range(1, 8)) if day.isoweekday() <= FRIDAY)


def working_days(is_working: IsWorking, away_from: date, away_until: date) -> IsWorking:
    """Return what tells an employee's school days: those of a note of absence, both ends included, are none of theirs."""
    return lambda day: is_working(day) and not away_from <= day <= away_until


def answer_due(delivered_at: datetime, norm_days: int, is_working: IsWorking) -> date:
    """Return the last day on which an answer is in time: so many school days after that of delivery."""
    day = delivered_at.date()
    for _ in range(norm_days):
        day = next_working_day(day, is_working)
    return day


class SaidAt(NamedTuple):
    """A message without its words: in which thread, by whom, whether by staff, when it was written and delivered.

    ``is_settled``: the employee has said that it waits for no answer.
    """

    thread_id: int
    user_id: int
    is_of_staff: bool
    written_at: datetime
    delivered_at: datetime
    is_settled: bool = False


@dataclass(frozen=True)
class Asked:
    """A family's message that waits, or waited, for an answer of an employee; ``answered_at`` None: it waits still."""

    user_id: int
    asked_at: datetime
    answered_at: datetime | None

    def is_in_time(self, norm_days: int, is_working: IsWorking) -> bool:
        """Whether the answer came in time."""
        due = answer_due(self.asked_at, norm_days, is_working)
        return self.answered_at is not None and self.answered_at.date() <= due

    def is_late(self, norm_days: int, is_working: IsWorking, today: date) -> bool:
        """Whether the answer came late, or is overdue."""
        return (self.answered_at.date() if self.answered_at else today) > answer_due(
            self.asked_at, norm_days, is_working
        )


def questions_of(messages: Iterable[SaidAt], staff_of: Callable[[int], int]) -> list[Asked]:
    """Return what families asked: of messages in a row the first, up to the employee's next one; what was settled is no question.

    ``messages`` in the order of writing; ``staff_of`` says whose answer a thread waits for.
    """
    found: list[Asked] = []
    waiting: dict[int, datetime] = {}
    for each in messages:
        if each.is_settled:
            continue
        if not each.is_of_staff:
            waiting.setdefault(each.thread_id, each.delivered_at)
        elif each.thread_id in waiting:
            found.append(Asked(each.user_id, waiting.pop(each.thread_id), each.written_at))
    return found + [Asked(staff_of(thread), asked_at, None) for thread, asked_at in waiting.items()]
