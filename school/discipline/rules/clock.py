"""The terms of ст. 192–194 ТК, counted by the calendar of the school; the program never proposes a measure (п. 4.1)."""

import calendar
from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta

from school.discipline.records import Measure, MeasureKind, Step, WorkCalendar

ONE_DAY = timedelta(days=1)
EXPLANATION_DAYS, ACQUAINTANCE_DAYS = 2, 3
MONTHS_FROM_FINDING, MONTHS_FROM_DEED, MONTHS_IN_FORCE = 1, 6, 12
KIND_TITLES: dict[MeasureKind, str] = {
    MeasureKind.UNDECIDED: "решения нет",
    MeasureKind.ORAL: "устное указание",
    MeasureKind.CAUTION: "замечание",
    MeasureKind.REPRIMAND: "выговор",
    MeasureKind.DISMISSAL: "увольнение",
    MeasureKind.COMMENDATION: "поощрение",
}
# What ст. 192 knows as a disciplinary sanction: each takes an explanation and an order in time.
SANCTIONS = (MeasureKind.CAUTION, MeasureKind.REPRIMAND, MeasureKind.DISMISSAL)
# What is written down as it is, without an order in time.
FREE = (MeasureKind.ORAL, MeasureKind.COMMENDATION)
# Public holidays by ст. 112 ТК, month and day.
PUBLIC_HOLIDAYS = (*((1, day) for day in range(1, 9)), (2, 23), (3, 8), (5, 1), (5, 9), (6, 12), (11, 4))
Span = tuple[date, date]


def public_holidays(first_year: int, last_year: int) -> set[date]:
    """Return the public holidays of calendar years, both inclusive (ст. 112)."""
    years = range(first_year, last_year + 1)
    return {date(year, month, day) for year in years for month, day in PUBLIC_HOLIDAYS}


def is_away(day: date, away: Iterable[Span]) -> bool:
    """Whether a day is one of illness or leave."""
    return any(first <= day <= last for first, last in away)


def after_working_days(day: date, count: int, work: WorkCalendar, away: Collection[Span] = ()) -> date:
    """Return the last of so many working days after a day; days away are not counted."""
    left = count
    while left:
        day += ONE_DAY
        left -= work.is_working(day) and not is_away(day, away)
    return day


def months_later(day: date, months: int) -> date:
    """Return the same number of a later month, or that month's last day where it has none such (ТК, ст. 14)."""
    number = day.month - 1 + months
    year, month = day.year + number // 12, number % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def explanation_until(asked_on: date, work: WorkCalendar) -> date:
    """Return the last day of an explanation: two working days (ст. 193 ч. 1); an act of refusal is made after it."""
    return after_working_days(asked_on, EXPLANATION_DAYS, work)


def order_until(deed_on: date, found_on: date, away: Collection[Span] = ()) -> date:
    """Return the last day of an order: a month from the finding but days away, six months from the deed (ст. 193 ч. 3, 4).

    Where that day is one off, ст. 14 lets the next working day do; the earlier day is kept, which nobody can dispute.
    """
    last, checked = months_later(found_on, MONTHS_FROM_FINDING), found_on
    while checked < last:
        checked += ONE_DAY
        if is_away(checked, away):
            last += ONE_DAY
    return min(last, months_later(deed_on, MONTHS_FROM_DEED))


def acquaintance_until(ordered_on: date, work: WorkCalendar, away: Collection[Span] = ()) -> date:
    """Return the last day on which an order is made known under signature: three working days but days away (ст. 193 ч. 6)."""
    return after_working_days(ordered_on, ACQUAINTANCE_DAYS, work, away)


def lifts_on(ordered_on: date, other_orders: Sequence[date]) -> date:
    """Return from which day a sanction is lifted by itself: a year from its order, from the last one within a year (ст. 194)."""
    ends = months_later(ordered_on, MONTHS_IN_FORCE)
    for later in sorted(day for day in other_orders if day > ordered_on):
        if later < ends:
            ends = months_later(later, MONTHS_IN_FORCE)
    return ends


def next_step(measure: Measure, work: WorkCalendar, today: date) -> Step | None:
    """Return what a measure waits for; None where nothing (ст. 193)."""
    if measure.closed_on is not None or measure.kind in FREE:
        return None
    if measure.ordered_on is not None:
        return _step_after_order(measure, measure.ordered_on, work, today)
    last = order_until(measure.deed_on, measure.found_on, measure.away)
    if today > last:
        return Step("Срок приказа прошёл: закрыть без меры", last, "ст. 193 ч. 3, 4 ТК", is_late=True)
    return _step_before_order(measure, last, work, today)


def _step_after_order(measure: Measure, ordered_on: date, work: WorkCalendar, today: date) -> Step | None:
    if measure.acquainted_on is not None or measure.order_refused_on is not None:
        return None
    due = acquaintance_until(ordered_on, work, measure.away)
    return Step("Ознакомить с приказом под подпись", due, "ст. 193 ч. 6 ТК", today > due)


def _step_before_order(measure: Measure, last: date, work: WorkCalendar, today: date) -> Step:
    if measure.asked_on is None:
        return Step("Запросить объяснение или закрыть", last, "ст. 193 ч. 1 ТК")
    if measure.explained_on is not None or measure.refused_on is not None:
        return Step("Решить: приказ или закрыть без меры", last, "ст. 193 ч. 3, 4 ТК")
    until = explanation_until(measure.asked_on, work)
    if today <= until:
        return Step("Работник готовит объяснение", until, "ст. 193 ч. 1 ТК")
    return Step("Записать объяснение или акт об отказе", last, "ст. 193 ч. 1 ТК")


def is_in_force(measure: Measure, other_orders: Sequence[date], today: date) -> bool:
    """Whether a sanction counts on a day (ст. 194)."""
    if measure.kind not in SANCTIONS or measure.ordered_on is None or measure.lifted_on is not None:
        return False
    return today < lifts_on(measure.ordered_on, other_orders)
