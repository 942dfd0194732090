"""A guardian books times for their children and cancels; the teacher cancels too, and writes a note after the talk (п. 4.7)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from school.access.action import Action
from school.access.checks import check_may, may
from school.access.scopes import Rows
from school.consultations.appointments import appointment_of, own_appointments
from school.consultations.changes import booking_words, cancel, is_own, may_plan
from school.consultations.records import Booking, Host, Slot
from school.consultations.rules import (
    MOST_BOOKED,
    Appointment,
    TimeTaken,
    check_begun,
    check_guardian_free,
    check_not_begun,
    check_note,
    check_once_a_day,
    check_question,
    check_stands,
    check_words,
)
from school.consultations.store.bookings import (
    booking_by_id,
    bookings_of_pupils,
    bookings_of_slots,
    guardian_times_of_staff,
    is_guardian_still,
    save_booking,
    save_note,
)
from school.consultations.store.hosts import class_on, hosts_of_pupil
from school.consultations.store.slots import lessons_on, slots_by_id
from school.errors import AccessRefused, RuleRefused
from school.records import User
from school.store.connection import Transaction, in_transaction
from school.store.events import Event

OTHERS_BOOKING = "Эту запись отменяет тот, кто её сделал, или школа."


@dataclass(frozen=True)
class WantedTime:
    """A time that a guardian books for a child, with what they want to speak of."""

    pupil_id: int
    slot_id: int
    question: str = ""


@in_transaction
def book_slots(
    transaction: Transaction, user: User, wanted: Sequence[WantedTime], *, now: datetime
) -> list[int]:
    """Book times with several teachers and for several children at once, all or none; return the bookings' ids.

    Writes run one after another: of two families who press the same time one has it. Raises AccessRefused for another's child
    or somebody who does not receive this child's family; in words RuleRefused for a time that cannot be, TimeTaken for one that
    is free no more.
    """
    for each in wanted:
        check_may(user, Action.BOOK_CONSULTATION, Rows(pupil_id=each.pupil_id))
    if not wanted:
        raise RuleRefused("Ни одно время не выбрано.", next_step="Выберите время хотя бы у одного учителя.")
    slots = slots_by_id(transaction, {each.slot_id for each in wanted})
    own = own_appointments(transaction, user, {each.begins_at.date() for each in slots.values()}, now.date())
    of_children = [
        each
        for each in bookings_of_pupils(transaction, {each.pupil_id for each in wanted}, now.date())
        if each.cancelled_at is None
    ]
    made = []
    for each in wanted:
        slot = slots.get(each.slot_id)
        if slot is None:
            raise TimeTaken("Этого времени больше нет: его сняли.", next_step="Выберите другое из свободных.")
        host = _host(transaction, user, slot, each.pupil_id, now)
        appointment = Appointment(slot.times, slot.staff_id, host.name, each.pupil_id)
        check_not_begun(slot.times, now)
        check_once_a_day(
            appointment, [appointment_of(row) for row in of_children if row.pupil_id == each.pupil_id]
        )
        _check_free(transaction, user, slot, host)
        check_guardian_free(appointment, own)
        if slot.evening_id is None:
            _check_count(of_children, user, each.pupil_id)
        made.append(_save(transaction, user, each, slot, host, now))
        own.append(appointment)
        of_children += bookings_of_slots(transaction, [slot.slot_id])
    return made


def _host(transaction: Transaction, user: User, slot: Slot, pupil_id: int, now: datetime) -> Host:
    """Return who receives the family; raises AccessRefused for who does not receive this child's, RuleRefused for oneself."""
    hosts = hosts_of_pupil(transaction, pupil_id, now.date())
    host = next((each for each in hosts if each.staff_id == slot.staff_id), None)
    if host is None:
        raise AccessRefused(
            "К этому сотруднику записаться нельзя.",
            "На консультацию записываются к учителям ребёнка, классному руководителю и администрации.",
            "Выберите время из списка.",
        )
    if slot.staff_id == user.staff_id:
        raise RuleRefused("К самому себе не записываются.", next_step="Выберите другого учителя.")
    return host


def _check_free(transaction: Transaction, user: User, slot: Slot, host: Host) -> None:
    """Raise RuleRefused for a time that somebody has, or at which the teacher is elsewhere by now."""
    met = f"{host.name}, {slot.times.words}"
    for each in bookings_of_slots(transaction, [slot.slot_id]):
        if each.pupil_id in user.pupil_ids:
            raise TimeTaken(
                f"{met}: это время уже занято вашей семьёй ({each.pupil_name.short}).",
                next_step="Выберите другое время.",
            )
        raise TimeTaken(
            f"{met}: это время только что заняла другая семья.",
            next_step="Выберите другое: в списке осталось только свободное.",
        )
    lessons = lessons_on(transaction, [slot.begins_at.date()]).get(slot.staff_id, [])
    elsewhere = [
        each.times
        for each in guardian_times_of_staff(transaction, slot.begins_at.date())
        if each.staff_id == slot.staff_id
    ]
    if any(slot.times.meets(each) for each in (*lessons, *elsewhere)):
        raise TimeTaken(f"{met}: учитель в это время занят.", next_step="Выберите другое время.")


def _check_count(of_children: Iterable[Booking], user: User, pupil_id: int) -> None:
    booked = [
        each
        for each in of_children
        if each.pupil_id == pupil_id and each.evening_id is None and each.booked_by == user.user_id
    ]
    if len(booked) >= MOST_BOOKED:
        raise RuleRefused(
            f"Впереди уже {MOST_BOOKED} консультаций по этому ребёнку.",
            next_step="Отмените ненужную запись или дождитесь встречи.",
        )


def _save(
    transaction: Transaction, user: User, wanted: WantedTime, slot: Slot, host: Host, now: datetime
) -> int:
    class_id = class_on(transaction, wanted.pupil_id, now.date())
    assert class_id is not None  # else nobody would receive the family
    (booking_id,) = transaction.new_ids(1)
    save_booking(
        transaction,
        booking_id,
        slot_id=slot.slot_id,
        pupil_id=wanted.pupil_id,
        class_id=class_id,
        question=check_question(wanted.question),
        at=now,
        user_id=user.user_id,
    )
    transaction.record(
        Event(
            now,
            user.user_id,
            "consultation",
            pupil_id=wanted.pupil_id,
            record_id=booking_id,
            new_value=booking_words(slot.times, host.name, slot.place),
            class_id=class_id,
        )
    )
    return booking_id


@in_transaction
def cancel_booking(
    transaction: Transaction, user: User, booking_id: int, words: str, *, now: datetime
) -> None:
    """Cancel a booking: the guardian who made it, another once that one is no guardian any more, or the school with words.

    The time is free again.
    Raises AccessRefused for another's, RuleRefused for one that was cancelled or has begun.
    """
    booking = booking_by_id(transaction, booking_id)
    is_by_school = booking is not None and (
        is_own(user, booking.staff_id) or may_plan(user, booking.evening_id)
    )
    is_by_guardian = (
        booking is not None
        and may(user, Action.BOOK_CONSULTATION, Rows(pupil_id=booking.pupil_id))
        and (
            booking.booked_by == user.user_id
            or not is_guardian_still(transaction, booking.booked_by, booking.pupil_id)
        )
    )
    if booking is None or not (is_by_school or is_by_guardian):
        raise AccessRefused(OTHERS_BOOKING, next_step="Вернитесь к списку консультаций.")
    check_stands(booking.cancelled_at)
    check_not_begun(booking.times, now)
    is_by_school = not is_by_guardian
    said = check_words(words, is_wanted=is_by_school)
    cancel(transaction, user, booking, said, now, is_by_school=is_by_school)


@in_transaction
def cancel_bookings(
    transaction: Transaction, user: User, booking_ids: Iterable[int], words: str, *, now: datetime
) -> None:
    """Cancel bookings, all or none; raises as ``cancel_booking``."""
    for booking_id in booking_ids:
        cancel_booking(transaction, user, booking_id, words, now=now)


@in_transaction
def write_note(transaction: Transaction, user: User, booking_id: int, note: str, *, now: datetime) -> None:
    """Write a note on a talk of one's own after it has begun, or change it; families never read it.

    Raises AccessRefused for another's talk, RuleRefused before it, or where it was cancelled.
    """
    booking = booking_by_id(transaction, booking_id)
    if booking is None or not is_own(user, booking.staff_id):
        raise AccessRefused("Заметку пишет тот, кто принимал семью.", next_step="Вернитесь к списку.")
    check_stands(booking.cancelled_at)
    check_begun(booking.times, now)
    kept = check_note(note)
    if kept == booking.note:
        return
    save_note(transaction, booking, kept, now)
    # Its words stay with the booking: they are private, and are erased with it.
    transaction.record(
        Event(
            now,
            user.user_id,
            "consultation_note",
            pupil_id=booking.pupil_id,
            record_id=booking_id,
            new_value="записана" if kept else "стёрта",
            class_id=booking.class_id,
        )
    )
