"""Measures as the head sees them all, and an employee their own; nobody else reads a word of them (п. 4.1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from school.access.action import Action
from school.access.checks import check_may, may
from school.access.scopes import Rows
from school.audiences.store import employed_staff
from school.discipline import store as stored
from school.discipline.records import Measure, MeasureKind, Step, WorkCalendar
from school.discipline.rules import papers
from school.discipline.rules.clock import (
    SANCTIONS,
    acquaintance_until,
    explanation_until,
    is_in_force,
    lifts_on,
    next_step,
    order_until,
)
from school.discipline.rules.steps import is_open_to_employee
from school.discipline.sources import FoundWords, words_about
from school.errors import RuleRefused
from school.people.store.staff import staff_members
from school.records import User
from school.store.connection import Store
from school.store.names import staff_full_names, staff_initials

# Terms reach so far around the days of a measure.
AROUND = timedelta(days=400)


@dataclass(frozen=True)
class MeasureLine:
    """A measure with its employee's name, what it waits for, its terms; ``lifts_on``: when a sanction ends by itself."""

    measure: Measure
    name: str
    step: Step | None
    order_until: date
    explanation_until: date | None
    acquaintance_until: date | None
    lifts_on: date | None
    is_in_force: bool

    @property
    def measure_id(self) -> int:
        """The record's id."""
        return self.measure.measure_id


def measures(store: Store, user: User, *, today: date) -> list[MeasureLine]:
    """Return all measures for the head, those with the nearest term first. Raises AccessRefused."""
    check_may(user, Action.KEEP_MEASURES)
    lines = _lines(store, stored.all_measures(store), today)
    return sorted(lines, key=lambda each: (each.step is None, (each.step and each.step.due) or date.max))


def own_measures(store: Store, user: User, *, today: date) -> list[MeasureLine]:
    """Return what concerns the user: since an explanation was asked for, or the measure was taken. Raises AccessRefused."""
    check_may(user, Action.READ_OWN_MEASURES, Rows(user_id=user.user_id))
    if user.staff_id is None:
        return []
    open_rows = [each for each in stored.measures_of(store, user.staff_id) if is_open_to_employee(each)]
    return _lines(store, open_rows, today)


def _lines(store: Store, found: Sequence[Measure], today: date) -> list[MeasureLine]:
    if not found:
        return []
    work = _calendar(store, found, today)
    names = staff_initials(store)
    orders: dict[int, list[date]] = {}
    for each in found:
        if each.ordered_on is not None and each.kind in SANCTIONS:
            orders.setdefault(each.staff_id, []).append(each.ordered_on)
    return [
        _line(each, names.get(each.staff_id, ""), work, orders.get(each.staff_id, []), today)
        for each in found
    ]


def _calendar(store: Store, found: Sequence[Measure], today: date) -> WorkCalendar:
    first = min(each.deed_on for each in found)
    return stored.work_calendar(store, first, max(today, *(each.found_on for each in found)) + AROUND)


def _line(
    measure: Measure, name: str, work: WorkCalendar, orders: Sequence[date], today: date
) -> MeasureLine:
    ordered = measure.ordered_on if measure.kind in SANCTIONS else None
    return MeasureLine(
        measure,
        name,
        next_step(measure, work, today),
        order_until(measure.deed_on, measure.found_on, measure.away),
        explanation_until(measure.asked_on, work) if measure.asked_on else None,
        acquaintance_until(ordered, work, measure.away) if ordered else None,
        measure.lifted_on or (lifts_on(ordered, orders) if ordered else None),
        is_in_force(measure, orders, today),
    )


@dataclass(frozen=True)
class WaitingStep:
    """What a measure waits for: its id, the title of the step, the last day and whether it is over; names nobody."""

    measure_id: int
    title: str
    due: date | None
    is_late: bool


def next_steps(store: Store, user: User, *, today: date) -> Sequence[WaitingStep]:
    """Return what measures wait for, the nearest term first; nothing for anybody but the head."""
    if not may(user, Action.KEEP_MEASURES):
        return ()
    return [
        WaitingStep(each.measure_id, each.step.title, each.step.due, each.step.is_late)
        for each in measures(store, user, today=today)
        if each.step is not None
    ]


def employees(store: Store, user: User, *, today: date) -> dict[int, str]:
    """Return whom a measure may be about, by name: who works here, but the head themself. Raises AccessRefused."""
    check_may(user, Action.KEEP_MEASURES)
    names = staff_full_names(store)
    return {each: names[each] for each in employed_staff(store, today) if each != user.staff_id}


def found_about(store: Store, user: User, staff_id: int) -> list[FoundWords]:
    """Return the findings and requests about an employee that a measure may point to. Raises AccessRefused."""
    check_may(user, Action.KEEP_MEASURES)
    return words_about(store, staff_id)


def _held(store: Store, user: User, measure_id: int) -> tuple[Measure, str]:
    check_may(user, Action.KEEP_MEASURES)
    measure = stored.measure_by_id(store, measure_id)
    if measure is None:
        raise RuleRefused("Такой записи нет.", next_step="Обновите страницу.")
    (member,) = staff_members(store, [measure.staff_id])
    return measure, ", ".join(part for part in (member.name.full, member.position) if part)


def request_paper(
    store: Store, user: User, measure_id: int, head: str, *, today: date
) -> papers.MeasurePaper:
    """Return the request for an explanation, as of the day it was or is asked for. Raises AccessRefused, RuleRefused."""
    measure, employee = _held(store, user, measure_id)
    work = _calendar(store, [measure], today)
    until = explanation_until(measure.asked_on or today, work)
    return papers.request_paper(measure, employee, head, until)


def refusal_paper(store: Store, user: User, measure_id: int, head: str) -> papers.MeasurePaper:
    """Return the act that no explanation was given. Raises AccessRefused, RuleRefused."""
    return papers.refusal_paper(*_held(store, user, measure_id), head)


def order_draft(store: Store, user: User, measure_id: int, kind: MeasureKind) -> str:
    """Return the text of an order to be edited; the head has chosen its kind. Raises AccessRefused, RuleRefused."""
    return papers.order_body(*_held(store, user, measure_id), kind)
