"""Parents' evenings: made in one step, booked without clashes by families of several children, seen by who plans them (п. 2.9, 4.7)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import time, timedelta
from itertools import pairwise

import pytest
from small_school import (
    CHILD,
    CLASSMATE,
    HOMEROOM_STAFF,
    NOW,
    OWNER_STAFF,
    STRANGE_CHILD,
    STRANGER_STAFF,
    People,
)

from school.consultations.actions.booking import WantedTime, book_slots
from school.consultations.actions.evenings import add_to_evening, cancel_evening, plan_evening
from school.consultations.actions.offering import Offer, offer_slots, take_slots_back
from school.consultations.lookups.family import evening_choices, family_consultations, fitting_slots
from school.consultations.lookups.staff import own_consultations, parents_evenings
from school.consultations.rules import Hours
from school.errors import AccessRefused, Refusal, RuleRefused
from school.records import User
from school.store.connection import Store

TODAY, TOMORROW = NOW.date(), NOW.date() + timedelta(1)
AFTERNOON = Hours(TOMORROW, time(15), time(16), 15)
EVENING = Hours(TOMORROW, time(17), time(18), 10)
Change = Callable[[str], None]


@pytest.fixture
def family_of_two(people: People) -> User:
    """A guardian of a child in each of the classes."""
    return replace(people.guardian, pupil_ids=frozenset([CHILD, STRANGE_CHILD]))


def test_an_evening_is_made_for_all_in_one_step_and_booked_on_one_page(
    school_store: Store, people: People, family_of_two: User
) -> None:
    made = plan_evening(
        school_store, people.deputy, EVENING, [OWNER_STAFF, STRANGER_STAFF, HOMEROOM_STAFF, 999], now=NOW
    )
    assert (made.slots, made.staff, made.shortened) == (18, 3, {})
    with pytest.raises(RuleRefused, match="уже назначен"):
        plan_evening(school_store, people.deputy, EVENING, [OWNER_STAFF], now=NOW)
    choices = evening_choices(school_store, family_of_two, made.evening_id, now=NOW)
    hosts = {child.pupil_name: [each.host.name for each in child.hosts] for child in choices.children}
    assert hosts == {"Алёшин Пётр": ["Климова Р.", "Орлова В."], "Яковлев Олег": ["Стрельцов Г."]}
    slots = {
        (child.pupil_id, each.host.staff_id): [slot.slot_id for slot in each.slots]
        for child in choices.children
        for each in child.hosts
    }
    maths, own, strange = (
        slots[CHILD, OWNER_STAFF], slots[CHILD, HOMEROOM_STAFF], slots[STRANGE_CHILD, STRANGER_STAFF],
    )  # fmt: skip
    for second, words in ((strange[0], "к другому учителю"), (strange[1], "На переход")):
        wanted = [WantedTime(CHILD, maths[0]), WantedTime(STRANGE_CHILD, second)]
        with pytest.raises(RuleRefused, match=words):
            book_slots(school_store, family_of_two, wanted, now=NOW)
    # All or nothing.
    assert school_store.read("SELECT * FROM consultation_bookings") == []
    wanted = [WantedTime(CHILD, maths[0]), WantedTime(STRANGE_CHILD, strange[2])]
    book_slots(school_store, family_of_two, wanted, now=NOW)
    fitting = fitting_slots(
        school_store, family_of_two, made.evening_id, [(CHILD, HOMEROOM_STAFF)], (), now=NOW
    )
    assert fitting == [(CHILD, own[4])]
    (evening,) = parents_evenings(school_store, people.head, now=NOW)
    assert (evening.slots, evening.booked, evening.may_change) == (18, 2, False)
    told = cancel_evening(school_store, people.deputy, made.evening_id, "Карантин", now=NOW)
    assert (told, parents_evenings(school_store, people.head, now=NOW)) == (2, [])


def test_two_guardians_who_let_times_be_fitted_at_once_have_each_child_booked_once(
    school_store: Store, people: People, family_of_two: User
) -> None:
    staff = [OWNER_STAFF, STRANGER_STAFF, HOMEROOM_STAFF]
    made = plan_evening(school_store, people.deputy, EVENING, staff, now=NOW)
    anywhen = [(CHILD, OWNER_STAFF), (CHILD, HOMEROOM_STAFF), (STRANGE_CHILD, STRANGER_STAFF)]
    fitted = {
        parent: fitting_slots(school_store, parent, made.evening_id, anywhen, (), now=NOW)
        for parent in (family_of_two, replace(family_of_two, user_id=999))
    }

    def press(parent: User) -> str:
        try:
            book_slots(school_store, parent, [WantedTime(*each) for each in fitted[parent]], now=NOW)
        except RuleRefused as refusal:
            return str(refusal)
        return ""

    with ThreadPoolExecutor(2) as both:
        said = sorted(both.map(press, fitted))
    assert said[0] == ""
    assert "ребёнок уже записан" in said[1]
    booked = school_store.read(
        """SELECT pupil_id, staff_id, begins_at FROM consultation_bookings JOIN consultation_slots USING (slot_id)
        ORDER BY begins_at"""
    )
    assert sorted(row[:2] for row in booked) == sorted(anywhen)
    starts = [row[2] for row in booked]
    assert all(later - earlier >= timedelta(minutes=15) for earlier, later in pairwise(starts))


def test_times_are_fitted_beside_what_a_guardian_teaches_and_receives(
    school_store: Store, people: People
) -> None:
    mother = replace(people.guardian, user_id=people.owner.user_id, staff_id=OWNER_STAFF)
    made = plan_evening(school_store, people.deputy, EVENING, [OWNER_STAFF, HOMEROOM_STAFF], now=NOW)
    other = replace(people.guardian, user_id=999, pupil_ids=frozenset([CLASSMATE]))
    received = own_consultations(school_store, people.owner, now=NOW).ahead[0].slot
    book_slots(school_store, other, [WantedTime(CLASSMATE, received.slot_id)], now=NOW)
    asked = [(CHILD, HOMEROOM_STAFF)]
    fitting = fitting_slots(school_store, mother, made.evening_id, asked, (), now=NOW)
    book_slots(school_store, mother, [WantedTime(*each) for each in fitting], now=NOW)
    (seen,) = family_consultations(school_store, mother, CHILD, now=NOW).ahead
    assert seen.booking.times.words == "17:20–17:30"


def test_a_teacher_is_left_out_of_an_evening_and_another_added(school_store: Store, people: People) -> None:
    made = plan_evening(school_store, people.deputy, EVENING, [OWNER_STAFF], now=NOW)
    add_to_evening(school_store, people.deputy, made.evening_id, [HOMEROOM_STAFF], now=NOW)
    (evening,) = parents_evenings(school_store, people.deputy, now=NOW)
    assert [each.host.staff_id for each in evening.hosts] == [HOMEROOM_STAFF, OWNER_STAFF]
    take_slots_back(school_store, people.deputy, evening.slot_ids[OWNER_STAFF], "Болеет", now=NOW)
    (evening,) = parents_evenings(school_store, people.deputy, now=NOW)
    assert [each.host.staff_id for each in evening.hosts] == [HOMEROOM_STAFF]
    # Her own times are nobody's to take but hers.
    offer_slots(school_store, people.owner, Offer(AFTERNOON, "кабинет 12"), now=NOW)
    own = own_consultations(school_store, people.owner, now=NOW).ahead[0].slot.slot_id
    with pytest.raises(AccessRefused):
        take_slots_back(school_store, people.deputy, [own], "Нет", now=NOW)
    for other in (people.head, people.homeroom, people.admin):
        with pytest.raises(Refusal):
            plan_evening(school_store, other, EVENING, [OWNER_STAFF], now=NOW)


def test_an_evening_says_by_class_how_many_families_come(school_store: Store, people: People) -> None:
    made = plan_evening(school_store, people.deputy, EVENING, [OWNER_STAFF], now=NOW)
    fitting = fitting_slots(
        school_store, people.guardian, made.evening_id, [(CHILD, OWNER_STAFF)], (), now=NOW
    )
    book_slots(school_store, people.guardian, [WantedTime(*each) for each in fitting], now=NOW)
    for reader in (people.head, people.deputy):
        (evening,) = parents_evenings(school_store, reader, now=NOW)
        assert [(each.class_name, each.pupils, each.booked) for each in evening.classes] == [
            ("7А", 3, 1),
            ("8Б", 3, 0),
        ]


def test_who_teaches_no_more_stays_in_the_evening_until_the_times_are_taken_back(
    school_store: Store, people: People, change: Change
) -> None:
    made = plan_evening(school_store, people.deputy, EVENING, [OWNER_STAFF], now=NOW)
    fitting = fitting_slots(
        school_store, people.guardian, made.evening_id, [(CHILD, OWNER_STAFF)], (), now=NOW
    )
    book_slots(school_store, people.guardian, [WantedTime(*each) for each in fitting], now=NOW)
    change(f"UPDATE staff SET dismissed_on = '{TODAY}' WHERE staff_id = {OWNER_STAFF}")
    (evening,) = parents_evenings(school_store, people.deputy, now=NOW)
    assert [(each.host.name, each.host.duty, each.booked) for each in evening.hosts] == [
        ("Орлова В.", "больше не ведёт уроков", 1)
    ]
    slot_ids = evening.slot_ids[OWNER_STAFF]
    assert take_slots_back(school_store, people.deputy, slot_ids, "Придёт другой учитель", now=NOW) == 1
