"""Questions about 8Б to the actions and lookups of consultations: its teacher is the stranger, its child nobody's here."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, time, timedelta

from asking import NOBODY, OVERSEERS, TEACHER, TODAY, Question, past_the_door, the_deputy, was_done
from small_school import CLASS_8B, NOW, STRANGE_CHILD, STRANGER_STAFF, USER_IDS

from school.consultations.actions import booking, evenings, offering
from school.consultations.lookups import family, meeting, staff
from school.consultations.rules import Hours
from school.errors import RuleRefused
from school.records import User
from school.sign_in.store.users import users_by_id
from school.store.connection import Store

HOURS = Hours(TODAY + timedelta(1), time(15), time(16), 15)
EVENING = replace(HOURS, starts=time(17), ends=time(18))
DEPUTY = {"deputy"}
# Whoever receives families has times of their own, and sees no others by them.
HOSTS = {"owner", "stranger", "homeroom", "head", "deputy", "leader"}


def _user(store: Store, name: str) -> User:
    return users_by_id(store, [USER_IDS[name]])[USER_IDS[name]]


def _slot_of_8b(store: Store) -> int:
    """Return a time of 8Б's teacher; made once."""
    stranger = _user(store, "stranger")
    if not staff.own_consultations(store, stranger, now=NOW).ahead:
        offering.offer_slots(store, stranger, offering.Offer(HOURS, "кабинет 8"), now=NOW)
    return staff.own_consultations(store, stranger, now=NOW).ahead[0].slot.slot_id


def _booking_of_8b(store: Store) -> int:
    """Return a booking of 8Б's child with its teacher, by a guardian who is nobody here."""
    mother = replace(_user(store, "guardian"), user_id=999, pupil_ids=frozenset([STRANGE_CHILD]))
    slot_id = _slot_of_8b(store)
    found = staff.own_consultations(store, _user(store, "stranger"), now=NOW).ahead[0].booking
    if found is not None:
        return found.booking_id
    (made,) = booking.book_slots(store, mother, [booking.WantedTime(STRANGE_CHILD, slot_id)], now=NOW)
    return made


def _evening_of_8b(store: Store) -> int:
    found = staff.parents_evenings(store, the_deputy(store), now=NOW)
    if found:
        return found[0].evening.evening_id
    return evenings.plan_evening(store, the_deputy(store), EVENING, [STRANGER_STAFF], now=NOW).evening_id


def _or_none(call: Callable[[], object]) -> object:
    with suppress(RuleRefused):
        return call()
    return None


AFTER: datetime = NOW + timedelta(days=2)

QUESTIONS: dict[str, Question] = {
    "consultations.actions.offering.offer_slots": Question(
        past_the_door(offering.offer_slots, offering.Offer(HOURS, "кабинет 1")), HOSTS - {"leader"}, was_done
    ),
    "consultations.actions.offering.take_slots_back": Question(
        lambda store, user: offering.take_slots_back(store, user, [_slot_of_8b(store)], "Болею", now=NOW),
        TEACHER,
        was_done,
    ),
    "consultations.actions.booking.book_slots": Question(
        lambda store, user: booking.book_slots(
            store, user, [booking.WantedTime(STRANGE_CHILD, _slot_of_8b(store))], now=NOW
        ),
        NOBODY,
        was_done,
    ),
    "consultations.actions.booking.cancel_booking": Question(
        lambda store, user: booking.cancel_booking(store, user, _booking_of_8b(store), "Болею", now=NOW),
        TEACHER,
        was_done,
    ),
    "consultations.actions.booking.cancel_bookings": Question(
        lambda store, user: booking.cancel_bookings(store, user, [_booking_of_8b(store)], "Болею", now=NOW),
        TEACHER,
        was_done,
    ),
    "consultations.actions.booking.write_note": Question(
        lambda store, user: booking.write_note(store, user, _booking_of_8b(store), "Договорились", now=AFTER),
        TEACHER,
        was_done,
    ),
    "consultations.actions.evenings.plan_evening": Question(
        past_the_door(evenings.plan_evening, EVENING, [STRANGER_STAFF]), DEPUTY, was_done
    ),
    "consultations.actions.evenings.add_to_evening": Question(
        past_the_door(evenings.add_to_evening, 1, [STRANGER_STAFF]), DEPUTY, was_done
    ),
    "consultations.actions.evenings.cancel_evening": Question(
        past_the_door(evenings.cancel_evening, 1, "Карантин"), DEPUTY, was_done
    ),
    "consultations.lookups.family.family_consultations": Question(
        lambda store, user: (
            _booking_of_8b(store),
            family.family_consultations(store, user, STRANGE_CHILD, now=NOW),
        )[-1],
        NOBODY,
    ),
    "consultations.lookups.family.evening_choices": Question(
        lambda store, user: family.evening_choices(store, user, _evening_of_8b(store), now=NOW), NOBODY
    ),
    "consultations.lookups.family.fitting_slots": Question(
        lambda store, user: family.fitting_slots(
            store, user, _evening_of_8b(store), [(STRANGE_CHILD, STRANGER_STAFF)], (), now=NOW
        ),
        NOBODY,
        was_done,
    ),
    "consultations.lookups.staff.own_consultations": Question(
        lambda store, user: (_booking_of_8b(store), staff.own_consultations(store, user, now=NOW))[-1],
        TEACHER,
    ),
    "consultations.lookups.staff.consultations_today": Question(
        lambda store, user: (
            _booking_of_8b(store),
            staff.consultations_today(store, user, now=NOW + timedelta(1)),
        )[-1],
        TEACHER,
        bool,
    ),
    "consultations.lookups.staff.consultation_day": Question(
        lambda store, user: _or_none(
            lambda: (_booking_of_8b(store), staff.consultation_day(store, user, HOURS.day))[-1]
        ),
        TEACHER,
    ),
    "consultations.lookups.staff.booked_consultations": Question(
        lambda store, user: (_booking_of_8b(store), staff.booked_consultations(store, user, TODAY))[-1],
        OVERSEERS,
        bool,
    ),
    "consultations.lookups.staff.parents_evenings": Question(
        lambda store, user: (_evening_of_8b(store), staff.parents_evenings(store, user, now=NOW))[-1],
        {"head", "deputy"},
        bool,
    ),
    "consultations.lookups.staff.staff_to_receive": Question(
        lambda store, user: staff.staff_to_receive(store, user, TODAY), DEPUTY
    ),
    "consultations.lookups.staff.class_evenings": Question(
        lambda store, user: (_evening_of_8b(store), staff.class_evenings(store, user, CLASS_8B, now=NOW))[-1],
        OVERSEERS,
    ),
    "consultations.lookups.meeting.class_meeting": Question(
        lambda store, user: meeting.class_meeting(store, user, CLASS_8B, now=NOW), OVERSEERS
    ),
}
