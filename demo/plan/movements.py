"""The orders behind pupils who come, leave or change their class within a year of the demonstration (п. 4.6)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time

from demo.plan.classes import ClassStay, SchoolClass
from demo.plan.whole_school import PlannedYear, SchoolPlan
from school.people.records import MovementKind
from school.people.rules.movements import DEPARTURE_REASONS
from school.store.rows import MovementRow

SCHOOLS = ("школа № 5, г. Речной", "школа № 12, г. Ачинск", "лицей № 1, г. Томск")


def movement_rows(ids: Iterator[int], plan: SchoolPlan) -> list[MovementRow]:
    """Return the movements of all years, an order for each but the newest: it waits for the secretary."""
    rows = [row for year in plan.years for row in _of_year(ids, year)]
    newest = max(rows, key=lambda row: (row.happened_on, row.movement_id), default=None)
    return [replace(row, order_title="") if row is newest else row for row in rows]


def _of_year(ids: Iterator[int], year: PlannedYear) -> Iterator[MovementRow]:
    first, last = year.calendar.starts_on, year.calendar.ends_on
    stays = [(each, stay) for each in year.classes for stay in each.stays]
    left = {
        (stay.pupil_id, stay.ends_on): each for each, stay in stays if stay.ends_on and stay.ends_on <= last
    }
    entered = {(stay.pupil_id, stay.starts_on) for _, stay in stays}
    for number, (each, stay) in enumerate(stays):
        if stay.starts_on > first:
            yield _coming(ids, number, each, stay, left.get((stay.pupil_id, stay.starts_on)))
        if stay.ends_on and stay.ends_on <= last and (stay.pupil_id, stay.ends_on) not in entered:
            reason, where = DEPARTURE_REASONS[number % 2], SCHOOLS[number % 2 + 1]
            order = _order(number, stay.ends_on)
            yield MovementRow(
                next(ids),
                stay.pupil_id,
                MovementKind.DEPARTURE,
                stay.ends_on,
                each.class_id,
                None,
                *order[:1],
                reason,
                order[1],
                to_where=where,
            )


def _coming(
    ids: Iterator[int], number: int, place: SchoolClass, stay: ClassStay, former: SchoolClass | None
) -> MovementRow:
    title, at = _order(number, stay.starts_on)
    kind = MovementKind.TRANSFER if former else MovementKind.ARRIVAL
    where = "" if former else SCHOOLS[number % len(SCHOOLS)]
    from_id = former.class_id if former else None
    return MovementRow(
        next(ids), stay.pupil_id, kind, stay.starts_on, from_id, place.class_id, title, "", at, where
    )


def _order(number: int, day: date) -> tuple[str, datetime]:
    return f"№ {number % 90 + 10}-у от {day:%d.%m.%Y}", datetime.combine(day, time(9, 30))
