"""What several actions do to times and bookings, each within its own transaction: none of it checks whether somebody may."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from school.access.action import Action
from school.access.checks import may
from school.access.scopes import Rows
from school.consultations.records import Booking, Slot
from school.consultations.rules import Times, check_words, free_times, moment_words
from school.consultations.store.bookings import bookings_of_slots, save_cancelling
from school.consultations.store.slots import lessons_on, offered_slots, remove_slots, save_slots
from school.records import User
from school.store.connection import Transaction
from school.store.events import Event


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


def is_own(user: User, staff_id: int) -> bool:
    """Whether somebody receives families at times of this employee: they are the employee."""
    is_them = staff_id == user.staff_id
    return is_them and may(user, Action.HOLD_CONSULTATIONS, Rows(user_id=user.user_id))


def may_plan(user: User, evening_id: int | None) -> bool:
    """Whether somebody may change times of a parents' evening."""
    return evening_id is not None and may(user, Action.PLAN_PARENTS_EVENINGS)


def drop_slots(transaction: Transaction, user: User, slots: Iterable[Slot], words: str, now: datetime) -> int:
    """Offer times no longer, cancel what was booked of those to come, and return how many bookings that were."""
    dropped = list(slots)
    if not dropped:
        return 0
    booked = [
        each
        for each in bookings_of_slots(transaction, [each.slot_id for each in dropped])
        if each.begins_at > now
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
