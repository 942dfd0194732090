"""Consultations in the demonstration: times of teachers, some of them booked, talks with notes, a parents' evening ahead (п. 4.7)."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, time, timedelta

from demo.days.families import families_of
from demo.plan.structure_rows import Founded
from demo.plan.whole_school import SchoolPlan
from school.consultations.actions.booking import WantedTime, book_slots, cancel_booking, write_note
from school.consultations.actions.evenings import plan_evening
from school.consultations.actions.offering import Offer, offer_slots
from school.consultations.lookups.family import evening_choices, family_consultations, fitting_slots
from school.consultations.lookups.staff import own_consultations, staff_to_receive
from school.consultations.rules import Hours
from school.errors import RuleRefused
from school.records import Role, User
from school.store.connection import Store

EVENING = time(17, 0), time(19, 0), 10
# So many school days ahead; so many families have booked by now, each with so many teachers at the most.
DAYS_UNTIL_EVENING, FAMILIES, TEACHERS_EACH = 10, 20, 3
# From this hour on nobody opens times for the same day.
LAST_HOUR = 15
QUESTIONS = (
    "Как подтянуть предмет до «4»?",
    "",
    "Пропустили две недели по болезни: что сдать в первую очередь?",
    "",
    "Хотим посоветоваться, чем помочь дома.",
)
NOTES = (
    "Договорились: дома проверяют тетрадь по средам, через месяц смотрим на отметки.",
    "Попросили пересадить на первую парту: с последней плохо видно доску.",
)
SORRY = "Простите, задерживают на работе. Выберу другой день."


def live_consultations(store: Store, plan: SchoolPlan, school: Founded, now: datetime) -> None:
    """Write the consultations up to ``now``: a week ago one was held, some are ahead, and a parents' evening is planned."""
    guardians = {key: each for key, each in families_of(plan, school).items() if each.has(Role.GUARDIAN)}
    ids = {row.name: int(row.value) for row in school.structure.settings if "demo.user." in row.name}
    users = {user.user_id: user for user in school.users.values()}
    own = guardians.get(ids["demo.user.guardian"])
    if own is None:
        return
    teachers = [
        users[ids[name]]
        for name in (f"demo.user.{role}" for role in (Role.HOMEROOM, Role.TEACHER))
        if name in ids
    ]
    calendar = plan.years[-1].calendar
    first = now.date() + timedelta(now.hour >= LAST_HOUR)
    ahead = calendar.school_days(first, calendar.ends_on)
    behind = calendar.school_days(calendar.starts_on, now.date() - timedelta(1))
    if len(ahead) <= DAYS_UNTIL_EVENING or len(behind) < 6:
        return
    families = [own, *(each for each in guardians.values() if each is not own)]
    for number, teacher in enumerate(reversed(teachers)):
        _receive(store, teacher, families, (behind[-5], ahead[number]), now)
    _plan_evening(store, school.user_with(Role.DEPUTY), families, ahead[DAYS_UNTIL_EVENING - 1], now)


def _receive(
    store: Store, teacher: User, families: list[User], days: tuple[date, date], now: datetime
) -> None:
    """Let a teacher have received families on one day and offer times on another."""
    for day, offered_at in (
        (days[0], datetime.combine(days[0] - timedelta(6), time(16))),
        (days[1], now - timedelta(days=2)),
    ):
        hours = Hours(day, time(15, 30), time(16, 45), 15)
        with suppress(RuleRefused):  # lessons may take all of it
            offer_slots(store, teacher, Offer(hours, _place(store, teacher, now)), now=offered_at)
            _book(store, teacher, families, day, offered_at + timedelta(hours=3))
    for number, each in enumerate(own_consultations(store, teacher, now=now).past[: len(NOTES)]):
        if each.begins_at.date() == days[0]:
            write_note(
                store, teacher, each.booking_id, NOTES[number], now=each.ends_at + timedelta(minutes=9)
            )


def _place(store: Store, teacher: User, now: datetime) -> str:
    room = own_consultations(store, teacher, now=now).usual_place
    return f"кабинет {room}" if room else "учительская"


def _book(store: Store, teacher: User, families: list[User], day: date, at: datetime) -> None:
    """Let the first families that may ask this teacher book every other time of a day; one of them cancels."""
    booked: list[tuple[User, int]] = []
    for guardian, pupil_id in _asking(store, teacher, families, at):
        if len(booked) == len(QUESTIONS) // 2 + 1:
            break
        found = family_consultations(store, guardian, pupil_id, now=at)
        slots = [
            slot
            for each in found.hosts
            for slot in each.slots
            if slot.staff_id == teacher.staff_id and slot.begins_at.date() == day
        ]
        if slots:
            wanted = WantedTime(pupil_id, slots[min(1, len(slots) - 1)].slot_id, QUESTIONS[len(booked)])
            with suppress(RuleRefused):
                (made,) = book_slots(store, guardian, [wanted], now=at)
                booked.append((guardian, made))
    for guardian, booking_id in booked[2:]:
        cancel_booking(store, guardian, booking_id, SORRY, now=at + timedelta(hours=4))


def _asking(store: Store, teacher: User, families: list[User], at: datetime) -> Iterator[tuple[User, int]]:
    for guardian in families:
        for pupil_id in sorted(guardian.pupil_ids):
            if any(
                each.host.staff_id == teacher.staff_id
                for each in family_consultations(store, guardian, pupil_id, now=at).hosts
            ):
                yield guardian, pupil_id
                break


def _plan_evening(store: Store, deputy: User, families: list[User], day: date, now: datetime) -> None:
    """Plan a parents' evening for all teachers; some families have booked, the demonstration's own has not yet."""
    planned_at = now - timedelta(days=1)
    staff = [each.staff_id for each in staff_to_receive(store, deputy, day)]
    made = plan_evening(store, deputy, Hours(day, *EVENING), staff, now=planned_at)
    step = max(2, len(families) // FAMILIES)
    for number, guardian in enumerate(families[1::step]):
        choices = evening_choices(store, guardian, made.evening_id, now=planned_at)
        wanted = [
            (child.pupil_id, host.host.staff_id)
            for child in choices.children
            for host in child.hosts[number % 4 :: 2][:TEACHERS_EACH]
        ]
        with suppress(RuleRefused):
            fitting = fitting_slots(store, guardian, made.evening_id, wanted, (), now=planned_at)
            at = planned_at + timedelta(minutes=3 * number)
            talks = [
                WantedTime(*each, "" if place else QUESTIONS[number % len(QUESTIONS)])
                for place, each in enumerate(fitting)
            ]
            book_slots(store, guardian, talks, now=min(at, now))
