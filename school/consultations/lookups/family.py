"""What a guardian has booked, and which times of whom are free for their children (п. 4.7)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from school.access.action import Action
from school.access.checks import check_may, may
from school.access.scopes import Rows
from school.consultations.appointments import own_appointments
from school.consultations.records import Booking, Evening, Host, Slot
from school.consultations.rules import fitted_times
from school.consultations.store.bookings import (
    bookings_of_pupils,
    guardian_times_of_staff,
    is_guardian_still,
    taken_slots,
)
from school.consultations.store.hosts import hosts_of_pupil
from school.consultations.store.slots import evenings_from, lessons_on, offered_slots
from school.errors import RuleRefused
from school.families.lookups.diary import children_of
from school.records import User
from school.store.connection import Store

# A family sees talks that are over for so long.
PAST_DAYS = 60


@dataclass(frozen=True)
class SeenBooking:
    """A booking of a child without the teacher's note; ``is_own``: its reader has made it; ``may_cancel``: and may cancel it yet.

    The other guardian's question and words are theirs.
    """

    booking: Booking
    is_own: bool
    may_cancel: bool


@dataclass(frozen=True)
class FreeHost:
    """Somebody of the staff with their free times, none when all are taken; ``booked``: what the child's family has with them."""

    host: Host
    slots: tuple[Slot, ...]
    booked: tuple[SeenBooking, ...] = ()


@dataclass(frozen=True)
class FamilyConsultations:
    """The page of a child: bookings to come and those that are over or cancelled, whom one may ask, the parents' evenings ahead."""

    ahead: tuple[SeenBooking, ...]
    past: tuple[SeenBooking, ...]
    hosts: tuple[FreeHost, ...]
    evenings: tuple[Evening, ...]
    may_book: bool


@dataclass(frozen=True)
class EveningOfChild:
    """A parents' evening for one child: who receives its family, with free times."""

    pupil_id: int
    pupil_name: str
    hosts: tuple[FreeHost, ...]


@dataclass(frozen=True)
class EveningChoices:
    """A parents' evening for all children of a guardian, on one page."""

    evening: Evening
    children: tuple[EveningOfChild, ...]


def family_consultations(store: Store, user: User, pupil_id: int, *, now: datetime) -> FamilyConsultations:
    """Return what a guardian sees of a child's consultations. Raises AccessRefused for another's child, and for the pupil."""
    check_may(user, Action.BOOK_CONSULTATION, Rows(pupil_id=pupil_id))
    today = now.date()
    rows = bookings_of_pupils(store, [pupil_id], today - timedelta(PAST_DAYS))
    seen = [_seen(store, user, each, now) for each in rows]
    ahead = [each for each in seen if each.booking.ends_at > now and each.booking.cancelled_at is None]
    hosts = hosts_of_pupil(store, pupil_id, today)
    free = [each for each in _free(store, user, now) if each.evening_id is None]
    return FamilyConsultations(
        tuple(ahead),
        tuple(reversed([each for each in seen if each not in ahead])),
        tuple(
            FreeHost(host, own)
            for host in hosts
            if (own := tuple(each for each in free if each.staff_id == host.staff_id))
        ),
        tuple(_evenings(store, now)) if hosts else (),
        bool(hosts),
    )


def evening_choices(store: Store, user: User, evening_id: int, *, now: datetime) -> EveningChoices:
    """Return a parents' evening with free times of whoever teaches or leads the user's children, child by child.

    Raises AccessRefused for who has no children here, RuleRefused for an evening that is not ahead.
    """
    today = now.date()
    own = [each for each in user.pupil_ids if may(user, Action.BOOK_CONSULTATION, Rows(pupil_id=each))]
    if not own:
        check_may(user, Action.BOOK_CONSULTATION)
    evening = next((each for each in _evenings(store, now) if each.evening_id == evening_id), None)
    if evening is None:
        raise RuleRefused(
            "Такого родительского дня впереди нет.", next_step="Откройте «Консультации» и выберите другой."
        )
    free = [each for each in _free(store, user, now) if each.evening_id == evening_id]
    receiving = {each.staff_id for each in offered_slots(store, today) if each.evening_id == evening_id}
    booked = [
        each
        for each in bookings_of_pupils(store, own, today)
        if each.cancelled_at is None and each.begins_at.date() == evening.begins_at.date()
    ]
    return EveningChoices(
        evening,
        tuple(
            EveningOfChild(pupil_id, name, _hosts(store, user, pupil_id, receiving, free, booked, now))
            for pupil_id, name in children_of(store, user).items()
            if pupil_id in own
        ),
    )


def _hosts(
    store: Store,
    user: User,
    pupil_id: int,
    receiving: Collection[int],
    free: Iterable[Slot],
    booked: Iterable[Booking],
    now: datetime,
) -> tuple[FreeHost, ...]:
    found = []
    for host in hosts_of_pupil(store, pupil_id, now.date()):
        slots = tuple(each for each in free if each.staff_id == host.staff_id)
        with_host = [each for each in booked if each.staff_id == host.staff_id and each.pupil_id == pupil_id]
        if with_host or (host.staff_id in receiving and host.staff_id != user.staff_id):
            found.append(FreeHost(host, slots, tuple(_seen(store, user, each, now) for each in with_host)))
    return tuple(found)


def _seen(store: Store, user: User, booking: Booking, now: datetime) -> SeenBooking:
    is_own = booking.booked_by == user.user_id
    hidden = booking._replace(note="", noted_at=None)
    if not is_own:
        words = hidden.cancel_words if hidden.is_by_school else ""
        hidden = hidden._replace(question="", cancel_words=words)
    may_cancel = (
        booking.cancelled_at is None
        and booking.begins_at > now
        and (is_own or not is_guardian_still(store, booking.booked_by, booking.pupil_id))
    )
    return SeenBooking(hidden, is_own, may_cancel)


def _evenings(store: Store, now: datetime) -> list[Evening]:
    return [
        each for each in evenings_from(store, now.date()) if each.cancelled_at is None and each.ends_at > now
    ]


def _free(store: Store, user: User, now: datetime) -> list[Slot]:
    """Return the times to come that nobody has, but for those of the user's own and those at which the teacher is elsewhere."""
    today = now.date()
    taken = taken_slots(store, today)
    free = [
        each
        for each in offered_slots(store, today)
        if each.begins_at > now and each.slot_id not in taken and each.staff_id != user.staff_id
    ]
    lessons = lessons_on(store, _days(free))
    elsewhere = guardian_times_of_staff(store, today)
    return [
        each
        for each in free
        if not any(
            each.times.meets(other) for other in lessons.get(each.staff_id, ()) if other.day == each.times.day
        )
        and not any(each.times.meets(other.times) for other in elsewhere if other.staff_id == each.staff_id)
    ]


def _days(slots: Iterable[Slot]) -> set[date]:
    return {each.begins_at.date() for each in slots}


def fitting_slots(
    store: Store,
    user: User,
    evening_id: int,
    anywhen: Collection[tuple[int, int]],
    chosen: Collection[int],
    *,
    now: datetime,
) -> list[tuple[int, int]]:
    """Choose times at a parents' evening: for each (child, employee) of ``anywhen`` the child with the id of a free time.

    They meet neither what the guardian has booked, their own lessons and families where they work here, nor the times ``chosen``.
    Raises AccessRefused; RuleRefused where nothing fits.
    """
    for pupil_id, _ in anywhen:
        check_may(user, Action.BOOK_CONSULTATION, Rows(pupil_id=pupil_id))
    choices = evening_choices(store, user, evening_id, now=now)
    free = {
        (child.pupil_id, host.host.staff_id): host.slots for child in choices.children for host in child.hosts
    }
    wanted = [(each, free.get(each, ())) for each in anywhen]
    fixed = {
        slot.slot_id: (slot.staff_id, slot.times)
        for slots in free.values()
        for slot in slots
        if slot.slot_id in chosen
    }
    day = choices.evening.begins_at.date()
    engaged = [(each.staff_id, each.times) for each in own_appointments(store, user, [day], day)]
    times = fitted_times(
        [(staff_id, [each.times for each in slots]) for (_, staff_id), slots in wanted],
        [*fixed.values(), *engaged],
    )
    if times is None:
        raise RuleRefused(
            f"Подобрать время ко всем сразу не получилось: на столько встреч ({len(wanted)}) с переходами времени не хватает.",
            next_step="Уберите кого-нибудь из списка или выберите время сами.",
        )
    return [
        (pupil_id, next(each.slot_id for each in slots if each.times == time))
        for ((pupil_id, _), slots), time in zip(wanted, times, strict=True)
    ]
