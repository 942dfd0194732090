"""Consultations as the staff sees them: one's own times and families, those of a class or the school, evenings (п. 4.3, 4.7)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from school.access.action import Action
from school.access.checks import check_may, check_may_somewhere, may, scopes_of
from school.access.scopes import Rows, Scope
from school.calendar import school_year_of
from school.consultations.records import Booking, Evening, Host, Slot
from school.consultations.store.bookings import (
    bookings_of_classes,
    bookings_of_staff,
    pupils_booked,
    taken_slots,
)
from school.consultations.store.hosts import staff_who_receive
from school.consultations.store.slots import evenings_from, lessons_on, offered_slots, rooms_of_staff
from school.errors import RuleRefused
from school.people.store.class_lists import class_heads, enrolled_pupils
from school.records import PersonName, User
from school.register.store.class_members import members_on
from school.store.connection import Store
from school.store.names import staff_initials

# For so long a teacher writes notes, and is told of what families cancelled.
PAST_DAYS = 60
TEACHES_NO_MORE = "больше не ведёт уроков"


@dataclass(frozen=True)
class OwnTime:
    """A time of one's own, who has booked it, and whether a lesson was put there meanwhile."""

    slot: Slot
    booking: Booking | None
    has_lesson: bool = False


@dataclass(frozen=True)
class OwnConsultations:
    """An employee's times to come, talks that are over, the latest first, and bookings of times to come that families cancelled."""

    ahead: tuple[OwnTime, ...]
    past: tuple[Booking, ...]
    cancelled: tuple[Booking, ...]
    usual_place: str

    @property
    def booked(self) -> int:
        """How many of the times to come a family has."""
        return sum(each.booking is not None for each in self.ahead)


def own_consultations(store: Store, user: User, *, now: datetime) -> OwnConsultations:
    """Return the user's own times and the families who come. Raises AccessRefused for who receives nobody."""
    check_may(user, Action.HOLD_CONSULTATIONS, Rows(user_id=user.user_id))
    if user.staff_id is None:
        return OwnConsultations((), (), (), "")
    today = now.date()
    rows = bookings_of_staff(store, user.staff_id, today - timedelta(PAST_DAYS))
    booked = {each.slot_id: each for each in rows if each.cancelled_at is None}
    slots = [
        each for each in offered_slots(store, today) if each.staff_id == user.staff_id and each.ends_at > now
    ]
    lessons = lessons_on(store, {each.begins_at.date() for each in slots}).get(user.staff_id, [])
    return OwnConsultations(
        tuple(
            OwnTime(each, booked.get(each.slot_id), any(each.times.meets(lesson) for lesson in lessons))
            for each in slots
        ),
        tuple(each for each in reversed(rows) if each.ends_at <= now and each.cancelled_at is None),
        tuple(each for each in rows if each.cancelled_at and not each.is_by_school and each.begins_at > now),
        rooms_of_staff(store, today).get(user.staff_id, ""),
    )


def consultations_today(store: Store, user: User, *, now: datetime) -> list[Booking]:
    """Return the families who come to the user today, the first first; from memory, for every «Сегодня»."""
    check_may_somewhere(user, Action.HOLD_CONSULTATIONS)
    if user.staff_id is None or not may(user, Action.HOLD_CONSULTATIONS, Rows(user_id=user.user_id)):
        return []
    today = now.date()
    return [
        each
        for each in bookings_of_staff(store, user.staff_id, today)
        if each.begins_at.date() == today and each.cancelled_at is None
    ]


@dataclass(frozen=True)
class ConsultationDay:
    """What a teacher takes along on paper: the times of a day, booked and free, and who prints it."""

    day: date
    name: str
    times: tuple[OwnTime, ...]


def consultation_day(store: Store, user: User, day: date) -> ConsultationDay:
    """Return the user's own times of a day, for paper. Raises AccessRefused, RuleRefused where there are none."""
    check_may(user, Action.HOLD_CONSULTATIONS, Rows(user_id=user.user_id))
    slots = [
        each
        for each in offered_slots(store, day)
        if each.staff_id == user.staff_id and each.begins_at.date() == day
    ]
    if not slots or user.staff_id is None:
        raise RuleRefused("В этот день приёма нет.", next_step="Выберите другой день.")
    booked = {
        each.slot_id: each
        for each in bookings_of_staff(store, user.staff_id, day)
        if each.cancelled_at is None
    }
    return ConsultationDay(day, user.name, tuple(OwnTime(each, booked.get(each.slot_id)) for each in slots))


def booked_consultations(store: Store, user: User, since: date) -> list[Booking]:
    """Return what families of the classes that the user leads or oversees have booked since a day, with the notes.

    Raises AccessRefused for who may read of none.
    """
    check_may_somewhere(user, Action.READ_CONSULTATIONS)
    every = Scope.WHOLE_SCHOOL in scopes_of(user, Action.READ_CONSULTATIONS)
    rows = bookings_of_classes(store, None if every else user.homeroom_class_ids, since)
    return [each for each in rows if may(user, Action.READ_CONSULTATIONS, Rows(class_id=each.class_id))]


@dataclass(frozen=True)
class HostOfEvening:
    """Somebody who takes part in a parents' evening: how many times they have, and how many of these families have."""

    host: Host
    slots: int
    booked: int


@dataclass(frozen=True)
class ClassOfEvening:
    """How many of a class's families come to a parents' evening."""

    class_id: int
    class_name: str
    pupils: int
    booked: int


@dataclass(frozen=True)
class SeenEvening:
    """A parents' evening with whoever takes part and the classes of the day; ``may_change``: its reader plans it."""

    evening: Evening
    hosts: tuple[HostOfEvening, ...]
    classes: tuple[ClassOfEvening, ...]
    slot_ids: dict[int, tuple[int, ...]]
    may_change: bool

    @property
    def slots(self) -> int:
        """How many times there are."""
        return sum(each.slots for each in self.hosts)

    @property
    def booked(self) -> int:
        """How many of them families have."""
        return sum(each.booked for each in self.hosts)


def parents_evenings(store: Store, user: User, *, now: datetime) -> list[SeenEvening]:
    """Return the parents' evenings ahead, for who oversees the school. Raises AccessRefused."""
    check_may(user, Action.READ_CONSULTATIONS)
    today = now.date()
    evenings = [
        each for each in evenings_from(store, today) if each.cancelled_at is None and each.ends_at > now
    ]
    if not evenings:
        return []
    slots, taken = offered_slots(store, today), taken_slots(store, today)
    names = staff_initials(store)
    # Whoever teaches no more has families until their times are taken back.
    known = {staff_id: Host(staff_id, name, TEACHES_NO_MORE) for staff_id, name in names.items()}
    known |= {each.staff_id: each for each in staff_who_receive(store, today)}
    found = []
    for evening in evenings:
        own: dict[int, list[int]] = {}
        for each in slots:
            if each.evening_id == evening.evening_id:
                own.setdefault(each.staff_id, []).append(each.slot_id)
        hosts = [
            HostOfEvening(host, len(own[staff_id]), len(taken.intersection(own[staff_id])))
            for staff_id, host in known.items()
            if staff_id in own
        ]
        ids = {staff_id: tuple(of_one) for staff_id, of_one in own.items()}
        classes = tuple(_classes(store, evening.evening_id, today))
        may_change = may(user, Action.PLAN_PARENTS_EVENINGS)
        found.append(SeenEvening(evening, tuple(hosts), classes, ids, may_change))
    return found


def _classes(store: Store, evening_id: int, today: date) -> Iterator[ClassOfEvening]:
    booked = pupils_booked(store, evening_id)
    year = school_year_of(today)
    names = {each.class_id: each.name for each in class_heads(store) if each.school_year == year}
    of_class: dict[int, list[int]] = {class_id: [] for class_id in names}
    for member in members_on(store, list(names), today):
        of_class[member.class_id].append(member.pupil_id)
    for class_id, pupils in of_class.items():
        if pupils:
            yield ClassOfEvening(class_id, names[class_id], len(pupils), len(booked.intersection(pupils)))


def staff_to_receive(store: Store, user: User, day: date) -> list[Host]:
    """Return who of the staff may take part in a parents' evening, by name. Raises AccessRefused."""
    check_may(user, Action.PLAN_PARENTS_EVENINGS)
    return staff_who_receive(store, day)


@dataclass(frozen=True)
class ClassEvening:
    """A parents' evening for one class: whose families have booked nothing yet, by name."""

    evening: Evening
    pupils: int
    not_booked: tuple[PersonName, ...]


def class_evenings(store: Store, user: User, class_id: int, *, now: datetime) -> list[ClassEvening]:
    """Return for the parents' evenings ahead which families of a class come. Raises AccessRefused."""
    check_may(user, Action.READ_CONSULTATIONS, Rows(class_id=class_id))
    pupils = enrolled_pupils(store, class_id, now.date())
    found = []
    for evening in evenings_from(store, now.date()):
        if evening.cancelled_at is None and evening.ends_at > now:
            booked = pupils_booked(store, evening.evening_id)
            missing = tuple(each.name for each in pupils if each.pupil_id not in booked)
            found.append(ClassEvening(evening, len(pupils), missing))
    return found
