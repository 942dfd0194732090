"""Whoever receives families offers times and takes them back; the families who had booked are told why (п. 4.7)."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from school.access.action import Action
from school.access.checks import check_may
from school.access.scopes import Rows
from school.consultations.changes import add_slots, drop_slots, free_of_staff, is_own, may_plan
from school.consultations.rules import Hours, Times, check_hours, check_place, check_weeks, moment_words
from school.consultations.store.slots import slots_by_id
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
