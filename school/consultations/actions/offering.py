"""Whoever receives families offers times and takes them back; the families who had booked are told why (п. 4.7)."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from school.access.action import Action
from school.access.checks import check_may, may
from school.access.scopes import Rows
from school.consultations.records import Booking, Slot
from school.consultations.rules import (
    Hours,
    Times,
    check_hours,
    check_place,
    check_weeks,
    check_words,
    free_times,
    moment_words,
)
from school.consultations.store.bookings import bookings_of_slots, save_cancelling
from school.consultations.store.slots import (
    lessons_on,
    offered_slots,
    remove_slots,
    save_slots,
    slots_by_id,
)
from school.errors import AccessRefused, RuleRefused
from school.records import User
from school.store.connection import Transaction, in_transaction
from school.store.events import Event


@dataclass(frozen=True)
class Offer:
    """Hours of a day, where or how, and in how many weeks on, that of the day included."""

    hours: Hours
    place: str
    weeks: int = 1


@dataclass(frozen=True)
class Offered:
    """How many times were made, and how many were left out for a lesson or a time that is offered already."""

    made: int
    left_out: int


@in_transaction
def offer_slots(transaction: Transaction, user: User, offer: Offer, *, now: datetime) -> Offered:
    """Offer times of the user's own; those at which they have a lesson or receive somebody already are left out.

    Raises AccessRefused, and RuleRefused for hours that may not be or have nothing free.
    """
    check_may(user, Action.HOLD_CONSULTATIONS, Rows(user_id=user.user_id))
    if user.staff_id is None:
        raise AccessRefused(
            "Ваш вход не связан с сотрудником.", next_step="Обратитесь к администратору журнала."
        )
    check_hours(offer.hours, now)
    check_weeks(offer.weeks)
    place = check_place(offer.place)
    wanted = [
        each
        for week in range(offer.weeks)
        for each in replace(offer.hours, day=offer.hours.day + timedelta(weeks=week)).times()
    ]
    free = free_of_staff(transaction, user.staff_id, wanted)
    if not free:
        raise RuleRefused(
            "В это время у вас уроки или уже открыт приём.", next_step="Выберите другой день или час."
        )
    add_slots(transaction, user, {user.staff_id: free}, {user.staff_id: place}, None, now)
    words = f"{moment_words(Times(free[0].begins_at, free[-1].ends_at))}: {len(free)}"
    transaction.record(Event(now, user.user_id, "consultation_slots", new_value=words))
    return Offered(len(free), len(wanted) - len(free))


def free_of_staff(transaction: Transaction, staff_id: int, wanted: Sequence[Times]) -> list[Times]:
    """Return those of the times at which an employee has neither a lesson nor offers another time."""
    lessons = lessons_on(transaction, {each.day for each in wanted}).get(staff_id, [])
    others = [
        each.times
        for each in offered_slots(transaction, min(each.day for each in wanted))
        if each.staff_id == staff_id
    ]
    return free_times(wanted, lessons, others)


def add_slots(
    transaction: Transaction,
    user: User,
    times: dict[int, list[Times]],
    places: dict[int, str],
    evening_id: int | None,
    now: datetime,
) -> int:
    """Offer times by employee, and return how many."""
    rows = [(staff_id, each) for staff_id, of_one in times.items() for each in of_one]
    ids = transaction.new_ids(len(rows))
    slots = [
        Slot(slot_id, staff_id, evening_id, each.begins_at, each.ends_at, places.get(staff_id, ""))
        for slot_id, (staff_id, each) in zip(ids, rows, strict=True)
    ]
    if slots:
        save_slots(transaction, slots, at=now, user_id=user.user_id)
    return len(slots)


@in_transaction
def take_slots_back(
    transaction: Transaction, user: User, slot_ids: Collection[int], words: str, *, now: datetime
) -> int:
    """Offer times no longer: own ones, or of a parents' evening for who plans it; return how many families are told.

    Where a family has booked, ``words`` say why. Raises AccessRefused for another's time, RuleRefused without words.
    """
    slots = slots_by_id(transaction, slot_ids)
    for slot_id in slot_ids:
        slot = slots.get(slot_id)
        if slot is None or not (is_own(user, slot.staff_id) or may_plan(user, slot.evening_id)):
            raise AccessRefused("Это время снимает тот, кто его открыл.", next_step="Обновите страницу.")
    return drop_slots(transaction, user, slots.values(), words, now)


def is_own(user: User, staff_id: int) -> bool:
    """Whether somebody receives families at times of this employee: they are the employee."""
    is_them = staff_id == user.staff_id
    return is_them and may(user, Action.HOLD_CONSULTATIONS, Rows(user_id=user.user_id))


def may_plan(user: User, evening_id: int | None) -> bool:
    """Whether somebody may change times of a parents' evening."""
    return evening_id is not None and may(user, Action.PLAN_PARENTS_EVENINGS)


def drop_slots(
    transaction: Transaction, user: User, slots: Iterable[Slot], words: str, now: datetime
) -> int:
    """Offer times no longer, cancel what was booked of those to come, and return how many bookings that were."""
    dropped = list(slots)
    if not dropped:
        return 0
    booked = [
        each for each in bookings_of_slots(transaction, [each.slot_id for each in dropped]) if each.begins_at > now
    ]
    said = check_words(words, is_wanted=bool(booked))
    for each in booked:
        cancel(transaction, user, each, said, now, is_by_school=True)
    remove_slots(transaction, [each.slot_id for each in dropped], now)
    span = Times(min(each.begins_at for each in dropped), max(each.ends_at for each in dropped))
    transaction.record(
        Event(
            now,
            user.user_id,
            "consultation_slots",
            old_value=f"{moment_words(span)}: {len(dropped)}",
            new_value="снято",
        )
    )
    return len(booked)


def cancel(
    transaction: Transaction, user: User, booking: Booking, words: str, now: datetime, *, is_by_school: bool
) -> None:
    """Cancel a booking; the school's words go to the family with what is new, the family's stay with the booking."""
    save_cancelling(
        transaction, booking, at=now, user_id=user.user_id, is_by_school=is_by_school, words=words
    )
    transaction.record(
        Event(
            now,
            user.user_id,
            "consultation",
            pupil_id=booking.pupil_id,
            record_id=booking.booking_id,
            old_value=booking_words(booking.times, booking.staff_name, booking.place),
            new_value="отменено школой" if is_by_school else "отменено семьёй",
            reason=words if is_by_school else "",
            class_id=booking.class_id,
        )
    )


def booking_words(times: Times, staff_name: str, place: str) -> str:
    """Return «3 декабря, четверг, 17:10–17:20, Орлова В., каб. 12»."""
    return ", ".join(filter(None, (moment_words(times), staff_name, place)))
