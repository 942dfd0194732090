"""The deputy head plans a parents' evening in one step for all teachers, and cancels it (п. 2.9, 4.7)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from school.access.action import Action
from school.access.checks import check_may
from school.consultations.changes import add_slots, drop_slots, free_of_staff
from school.consultations.records import Evening
from school.consultations.rules import Hours, check_hours, moment_words
from school.consultations.store import slots as stored
from school.consultations.store.hosts import staff_who_receive
from school.errors import RuleRefused
from school.records import User
from school.store.connection import Transaction, in_transaction
from school.store.events import Event


@dataclass(frozen=True)
class PlannedEvening:
    """A parents' evening as it was made: its times, and who of the staff has fewer than the others, or none, by id."""

    evening_id: int
    slots: int
    staff: int
    shortened: dict[int, int]


@in_transaction
def plan_evening(
    transaction: Transaction, user: User, hours: Hours, staff_ids: Collection[int], *, now: datetime
) -> PlannedEvening:
    """Make a parents' evening with times for everybody of the staff who takes part, but where they have a lesson.

    Raises AccessRefused; RuleRefused for hours that may not be, nobody who takes part, or a second evening on that day.
    """
    check_may(user, Action.PLAN_PARENTS_EVENINGS)
    check_hours(hours, now)
    if any(
        each.begins_at.date() == hours.day and each.cancelled_at is None
        for each in stored.evenings_from(transaction, hours.day)
    ):
        raise RuleRefused(
            "На этот день родительский день уже назначен.",
            next_step="Добавьте в него учителей или выберите другой день.",
        )
    (evening_id,) = transaction.new_ids(1)
    wanted = list(hours.times())
    evening = Evening(evening_id, wanted[0].begins_at, wanted[-1].ends_at, hours.minutes, None)
    stored.save_evening(transaction, evening, at=now, user_id=user.user_id)
    # Families read of it in what is new.
    transaction.record(
        Event(
            now, user.user_id, "parents_evening", record_id=evening_id, new_value=moment_words(evening.times)
        )
    )
    return _add(transaction, user, evening, staff_ids, now)


@in_transaction
def add_to_evening(
    transaction: Transaction, user: User, evening_id: int, staff_ids: Collection[int], *, now: datetime
) -> PlannedEvening:
    """Let more of the staff take part in a parents' evening. Raises AccessRefused or RuleRefused."""
    return _add(transaction, user, _evening(transaction, user, evening_id, now), staff_ids, now)


def _evening(transaction: Transaction, user: User, evening_id: int, now: datetime) -> Evening:
    check_may(user, Action.PLAN_PARENTS_EVENINGS)
    evening = stored.evening_by_id(transaction, evening_id)
    if evening is None or evening.cancelled_at is not None or evening.ends_at <= now:
        raise RuleRefused("Такого родительского дня впереди нет.", next_step="Обновите страницу.")
    return evening


def _add(
    transaction: Transaction, user: User, evening: Evening, staff_ids: Collection[int], now: datetime
) -> PlannedEvening:
    day = evening.begins_at.date()
    known = {each.staff_id for each in staff_who_receive(transaction, day)}
    chosen = [each for each in dict.fromkeys(staff_ids) if each in known]
    if not chosen:
        raise RuleRefused("Никто не выбран.", next_step="Выберите, кто принимает семьи.")
    hours = Hours(day, evening.begins_at.time(), evening.ends_at.time(), evening.minutes)
    wanted = [each for each in hours.times() if each.begins_at > now]
    free = {staff_id: free_of_staff(transaction, staff_id, wanted) for staff_id in chosen}
    rooms = stored.rooms_of_staff(transaction, day)
    places = {staff_id: room_words(rooms.get(staff_id, "")) for staff_id in chosen}
    made = add_slots(transaction, user, free, places, evening.evening_id, now)
    if not made:
        raise RuleRefused(
            "У выбранных нет свободного времени в эти часы.", next_step="Выберите другие часы или день."
        )
    words = f"{moment_words(evening.times)}: учителей {len(chosen)}, встреч {made}"
    transaction.record(
        Event(now, user.user_id, "consultation_slots", record_id=evening.evening_id, new_value=words)
    )
    shortened = {staff_id: len(times) for staff_id, times in free.items() if len(times) < len(wanted)}
    return PlannedEvening(evening.evening_id, made, len(chosen), shortened)


def room_words(room: str) -> str:
    """Return «кабинет 12», or the room as it is called; empty where nobody knows it."""
    return f"кабинет {room}" if room[:1].isdigit() else room


@in_transaction
def cancel_evening(
    transaction: Transaction, user: User, evening_id: int, words: str, *, now: datetime
) -> int:
    """Cancel a parents' evening: the families who had booked are told why; return how many bookings that were.

    Raises AccessRefused or RuleRefused.
    """
    evening = _evening(transaction, user, evening_id, now)
    slots = [
        each
        for each in stored.offered_slots(transaction, evening.begins_at.date())
        if each.evening_id == evening_id
    ]
    told = drop_slots(transaction, user, slots, words, now)
    stored.cancel_evening(transaction, evening_id, now)
    transaction.record(
        Event(
            now,
            user.user_id,
            "parents_evening",
            record_id=evening_id,
            old_value=moment_words(evening.times),
            new_value="отменён",
            reason=words.strip(),
        )
    )
    return told
