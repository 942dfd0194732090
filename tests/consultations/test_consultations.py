"""Times of teachers and who has them: rules as tables, booking, cancelling (п. 2.9, 4.7)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from small_school import CHILD, CLASS_7A, CLASSMATE, NOW, OWNER_STAFF, STRANGE_CHILD, People

from school.consultations.actions.booking import (
    WantedTime,
    book_slots,
    cancel_booking,
    cancel_bookings,
    write_note,
)
from school.consultations.actions.offering import Offer, offer_slots, take_slots_back
from school.consultations.lookups.family import family_consultations
from school.consultations.lookups.staff import booked_consultations, consultations_today, own_consultations
from school.consultations.rules import Hours, Times, check_hours, fitted_times, free_times
from school.errors import AccessRefused, RuleRefused
from school.families.lookups.news import NewsKind, news_since
from school.records import Role, User
from school.store.connection import Store

TODAY, TOMORROW = NOW.date(), NOW.date() + timedelta(1)
# The owner's lesson of a day is from 8:30 to 9:15; the small school has lessons up to today.
AFTERNOON = Hours(TOMORROW, time(15), time(16), 15)
Change = Callable[[str], None]


def at(hour: int, minute: int = 0, day: date = TOMORROW) -> datetime:
    return datetime.combine(day, time(hour, minute))


def times(*hours: tuple[int, int, int]) -> list[Times]:
    """Times of 10 minutes (hour, minute, length)."""
    return [
        Times(at(hour, minute), at(hour, minute) + timedelta(minutes=length))
        for hour, minute, length in hours
    ]


def offered(store: Store, user: User, hours: Hours = AFTERNOON) -> list[int]:
    """Offer times of a user's and return their ids, the first first."""
    offer_slots(store, user, Offer(hours, "кабинет 12"), now=NOW)
    return [each.slot.slot_id for each in own_consultations(store, user, now=NOW).ahead]


def booked(store: Store, people: People, slot_id: int) -> int:
    (booking_id,) = book_slots(store, people.guardian, [WantedTime(CHILD, slot_id, "О контрольной")], now=NOW)
    return booking_id


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({}, ""),
        ({"minutes": 4}, "На семью 4"),
        ({"minutes": 61}, "На семью 61"),
        ({"minutes": 60}, ""),
        ({"ends": time(15)}, "не подходит"),
        ({"starts": time(6, 55)}, "не подходит"),
        ({"ends": time(21, 5)}, "не подходит"),
        ({"starts": time(15, 50)}, "не помещается"),
        ({"day": TODAY}, ""),
        ({"day": TODAY, "starts": time(12)}, "уже прошло"),
        ({"day": TODAY - timedelta(1)}, "уже прошло"),
        ({"day": TODAY + timedelta(121)}, "больше 120"),
        ({"starts": time(7), "ends": time(21), "minutes": 10}, "больше 60"),
    ],
)
def test_which_hours_may_be_offered(change: dict[str, object], words: str) -> None:
    hours = replace(AFTERNOON, **change)  # type: ignore[arg-type]
    if not words:
        check_hours(hours, NOW)
        return
    with pytest.raises(RuleRefused, match=words):
        check_hours(hours, NOW)


def test_what_is_left_of_the_hours_at_their_end_is_no_time() -> None:
    assert [each.words for each in replace(AFTERNOON, ends=time(15, 40)).times()] == [
        "15:00–15:15",
        "15:15–15:30",
    ]


def test_a_lesson_takes_every_time_that_it_touches() -> None:
    wanted = list(replace(AFTERNOON, starts=time(8), ends=time(10)).times())
    lesson = times((8, 30, 45))
    assert [each.words for each in free_times(wanted, lesson)] == [
        "08:00–08:15", "08:15–08:30", "09:15–09:30", "09:30–09:45", "09:45–10:00",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("wanted", "busy", "expected"),
    [
        # One after the other with five minutes to walk; the same teacher needs none.
        ([(1, [(17, 0, 10), (17, 10, 10)]), (2, [(17, 0, 10), (17, 10, 10), (17, 20, 10)])], [], ["17:00", "17:20"]),
        ([(1, [(17, 0, 10)]), (1, [(17, 10, 10)])], [], ["17:00", "17:10"]),
        ([(1, [(17, 0, 10)]), (2, [(17, 10, 10)])], [], None),
        # Who has one time left comes first.
        ([(1, [(17, 0, 10), (17, 30, 10)]), (2, [(17, 0, 10)])], [], ["17:30", "17:00"]),
        ([(1, [(17, 0, 10), (17, 20, 10)])], [(2, (17, 0, 10))], ["17:20"]),
        ([], [], []),
    ],
)  # fmt: skip
def test_times_are_fitted_with_room_to_walk(wanted: list, busy: list, expected: list[str] | None) -> None:
    found = fitted_times(
        [(staff, times(*of_one)) for staff, of_one in wanted],
        [(staff, times(each)[0]) for staff, each in busy],
    )
    assert (found and [f"{each.begins_at:%H:%M}" for each in found]) == (expected or found)
    assert (found is None) == (expected is None)


def test_times_are_offered_beside_lessons_and_other_times(school_store: Store, people: People) -> None:
    morning = Offer(replace(AFTERNOON, day=TODAY, starts=time(8), ends=time(10)), "учительская")
    early = NOW.replace(hour=7)
    made = offer_slots(school_store, people.owner, morning, now=early)
    assert (made.made, made.left_out) == (5, 3)
    with pytest.raises(RuleRefused, match="уроки или уже открыт"):
        offer_slots(school_store, people.owner, morning, now=early)
    weekly = offer_slots(school_store, people.owner, Offer(AFTERNOON, "по телефону", weeks=3), now=NOW)
    assert weekly.made == 12
    with pytest.raises(RuleRefused, match="где или как"):
        offer_slots(school_store, people.owner, Offer(AFTERNOON, "  "), now=NOW)


def test_a_family_books_and_both_sides_read_it(school_store: Store, people: People) -> None:
    first, second, *_ = offered(school_store, people.owner)
    page = family_consultations(school_store, people.guardian, CHILD, now=NOW)
    assert [(each.host.name, each.host.duty, len(each.slots)) for each in page.hosts] == [
        ("Орлова В.", "Математика", 4)
    ]
    booked(school_store, people, second)
    page = family_consultations(school_store, people.guardian, CHILD, now=NOW)
    (ahead,) = page.ahead
    assert (ahead.booking.question, ahead.is_own, ahead.may_cancel) == ("О контрольной", True, True)
    assert [each.slot_id for each in page.hosts[0].slots][:2] == [first, second + 1]
    own = own_consultations(school_store, people.owner, now=NOW)
    (coming,) = [each.booking for each in own.ahead if each.booking]
    assert (coming.pupil_name.short, coming.class_name, coming.guardian) == (
        "Алёшин Пётр",
        "7А",
        "Алёшина Ольга",
    )
    later = NOW + timedelta(days=1)
    assert [each.booking_id for each in consultations_today(school_store, people.owner, now=later)] == [
        coming.booking_id
    ]
    assert consultations_today(school_store, people.owner, now=NOW) == []
    (news,) = [
        each
        for each in news_since(school_store, people.guardian, CHILD, NOW - timedelta(1), now=NOW)
        if each.kind is NewsKind.CONSULTATION
    ]
    assert news.text == "20 ноября, пятница, 15:15–15:30, Орлова В., кабинет 12"
    assert not any(
        each.kind is NewsKind.CONSULTATION
        for each in news_since(school_store, people.pupil, CHILD, NOW - timedelta(1), now=NOW)
    )


def test_of_two_families_who_press_one_time_one_has_it(school_store: Store, people: People) -> None:
    slot, *_ = offered(school_store, people.owner)
    other = replace(people.guardian, user_id=999, pupil_ids=frozenset([CLASSMATE]))

    def press(user: User, pupil: int) -> str:
        try:
            book_slots(school_store, user, [WantedTime(pupil, slot)], now=NOW)
        except RuleRefused as refusal:
            return str(refusal)
        return ""

    with ThreadPoolExecutor(2) as both:
        said = sorted(both.map(press, (people.guardian, other), (CHILD, CLASSMATE)))
    assert said[0] == ""
    assert "только что заняла другая семья" in said[1]
    assert "Алёшин" not in said[1]
    assert "Ёлкина" not in said[1]
    assert school_store.read("SELECT count(*) FROM consultation_bookings") == [(1,)]


def test_a_family_cancels_and_the_time_is_free_again(school_store: Store, people: People) -> None:
    slot, *_ = offered(school_store, people.owner)
    booking = booked(school_store, people, slot)
    cancel_booking(school_store, people.guardian, booking, "Заболели", now=NOW)
    own = own_consultations(school_store, people.owner, now=NOW)
    assert [each.cancel_words for each in own.cancelled] == ["Заболели"]
    with pytest.raises(RuleRefused, match="уже отменена"):
        cancel_booking(school_store, people.guardian, booking, "", now=NOW)
    # Words of a family may speak of health: they stay with the booking.
    assert school_store.read("SELECT count(*) FROM events WHERE reason = 'Заболели'") == [(0,)]
    booked(school_store, people, slot)


def test_a_time_that_a_teacher_takes_back_is_told_to_the_family(school_store: Store, people: People) -> None:
    slot, free, *_ = offered(school_store, people.owner)
    booked(school_store, people, slot)
    with pytest.raises(RuleRefused, match="почему встречи не будет"):
        take_slots_back(school_store, people.owner, [slot, free], " ", now=NOW)
    assert take_slots_back(school_store, people.owner, [slot, free], "Уезжаю на курсы", now=NOW) == 1
    page = family_consultations(school_store, people.guardian, CHILD, now=NOW)
    (seen,) = page.past
    assert (page.ahead, seen.booking.is_by_school, seen.booking.cancel_words) == ((), True, "Уезжаю на курсы")
    told = news_since(school_store, people.guardian, CHILD, NOW - timedelta(1), now=NOW)[-1]
    assert (told.kind, told.is_changed, told.reason) == (NewsKind.CONSULTATION, True, "Уезжаю на курсы")


def test_several_bookings_are_cancelled_all_or_none(school_store: Store, people: People) -> None:
    first, second, *_ = offered(school_store, people.owner)
    other = replace(people.guardian, user_id=999, pupil_ids=frozenset([CLASSMATE]))
    made = [
        booked(school_store, people, first),
        *book_slots(school_store, other, [WantedTime(CLASSMATE, second)], now=NOW),
    ]
    begun = NOW + timedelta(days=1, hours=3, minutes=5)
    with pytest.raises(RuleRefused, match="уже наступило"):
        cancel_bookings(school_store, people.owner, reversed(made), "Болею", now=begun)
    assert own_consultations(school_store, people.owner, now=NOW).booked == 2
    cancel_bookings(school_store, people.owner, made, "Болею", now=NOW)
    assert own_consultations(school_store, people.owner, now=NOW).booked == 0


def test_a_note_is_written_after_the_talk_and_is_not_the_family_s(
    school_store: Store, people: People
) -> None:
    slot, *_ = offered(school_store, people.owner)
    booking = booked(school_store, people, slot)
    with pytest.raises(RuleRefused, match="ещё не началась"):
        write_note(school_store, people.owner, booking, "Договорились", now=NOW)
    after = NOW + timedelta(days=2)
    write_note(school_store, people.owner, booking, "Договорились о зачёте", now=after)
    for reader in (people.homeroom, people.deputy, people.head):
        (row,) = booked_consultations(school_store, reader, TODAY)
        assert row.note == "Договорились о зачёте"
    (seen,) = family_consultations(school_store, people.guardian, CHILD, now=after).past
    assert seen.booking.note == ""
    assert "зачёте" not in str(school_store.read("SELECT new_value, reason FROM events"))
    for other in (people.homeroom, people.deputy, people.guardian):
        with pytest.raises(AccessRefused):
            write_note(school_store, other, booking, "Чужая", now=after)


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ([], "Ни одно время"),
        ([WantedTime(CHILD, 999999)], "больше нет"),
        ([WantedTime(CHILD, 999999, "о" * 201)], "больше нет"),
    ],
)
def test_a_booking_that_cannot_be(
    school_store: Store, people: People, wanted: list[WantedTime], words: str
) -> None:
    with pytest.raises(RuleRefused, match=words):
        book_slots(school_store, people.guardian, wanted, now=NOW)


def test_only_whoever_teaches_or_leads_the_child_or_the_school_is_asked(
    school_store: Store, people: People
) -> None:
    for host in (people.owner, people.homeroom, people.deputy, people.head):
        offered(school_store, host)
    names = [
        each.host.name for each in family_consultations(school_store, people.guardian, CHILD, now=NOW).hosts
    ]
    assert names == ["Климова Р.", "Орлова В.", "Завьялова И.", "Дорохов И."]
    (strange, *_) = offered(school_store, people.stranger)
    with pytest.raises(AccessRefused, match="записаться нельзя"):
        booked(school_store, people, strange)
    for other in (people.admin, people.secretary, people.guardian, people.pupil):
        with pytest.raises(AccessRefused):
            offered(school_store, other)
    for pupil in (CLASSMATE, STRANGE_CHILD, 999):
        with pytest.raises(AccessRefused):
            book_slots(school_store, people.guardian, [WantedTime(pupil, strange)], now=NOW)


def test_a_pupil_who_changed_class_asks_the_new_teachers(
    school_store: Store, people: People, change: Change
) -> None:
    old, *_ = offered(school_store, people.owner)
    new, *_ = offered(school_store, people.stranger)
    booked(school_store, people, old)
    change(f"UPDATE enrolments SET ends_on = '{TODAY}' WHERE pupil_id = {CHILD}")
    with pytest.raises(AccessRefused):
        booked(school_store, people, new)
    assert not family_consultations(school_store, people.guardian, CHILD, now=NOW).may_book
    change(f"INSERT INTO enrolments VALUES (901, {CHILD}, 12, '{TODAY}', NULL)")
    page = family_consultations(school_store, people.guardian, CHILD, now=NOW)
    assert [each.host.name for each in page.hosts] == ["Стрельцов Г."]
    # What was booked before stands.
    assert [each.booking.staff_name for each in page.ahead] == ["Орлова В."]


def test_a_guardian_who_teaches_books_neither_themself_nor_while_receiving(
    school_store: Store, people: People
) -> None:
    mother = replace(
        people.guardian,
        user_id=people.owner.user_id,
        staff_id=OWNER_STAFF,
        roles=frozenset({Role.GUARDIAN, Role.TEACHER}),
    )
    own, *_ = offered(school_store, people.owner)
    others = offered(school_store, people.homeroom)
    assert [each.host.name for each in family_consultations(school_store, mother, CHILD, now=NOW).hosts] == [
        "Климова Р."
    ]
    with pytest.raises(RuleRefused, match="К самому себе"):
        book_slots(school_store, mother, [WantedTime(CHILD, own)], now=NOW)
    other = replace(people.guardian, pupil_ids=frozenset([CLASSMATE]))
    book_slots(school_store, other, [WantedTime(CLASSMATE, own)], now=NOW)
    with pytest.raises(RuleRefused, match="сами заняты"):
        book_slots(school_store, mother, [WantedTime(CHILD, others[0])], now=NOW)
    # And while they sit with a colleague, their own time is not free.
    book_slots(school_store, mother, [WantedTime(CHILD, others[2])], now=NOW)
    free = family_consultations(school_store, other, CLASSMATE, now=NOW).hosts
    assert [
        f"{slot.begins_at:%H:%M}" for each in free for slot in each.slots if slot.staff_id == OWNER_STAFF
    ] == ["15:15", "15:45"]


def test_two_guardians_see_each_other_s_booking_of_the_child(school_store: Store, people: People) -> None:
    first, second, *_ = offered(school_store, people.owner)
    booking = booked(school_store, people, first)
    father = replace(people.guardian, user_id=999)
    (seen,) = family_consultations(school_store, father, CHILD, now=NOW).ahead
    assert (seen.booking.guardian, seen.booking.question, seen.may_cancel) == ("Алёшина Ольга", "", False)
    with pytest.raises(RuleRefused, match="уже записан, в 15:00"):
        book_slots(school_store, father, [WantedTime(CHILD, second)], now=NOW)
    with pytest.raises(AccessRefused):
        cancel_booking(school_store, father, booking, "", now=NOW)


def test_a_lesson_put_on_a_time_takes_it(school_store: Store, people: People, change: Change) -> None:
    offered(school_store, people.owner, replace(AFTERNOON, starts=time(12, 10), ends=time(12, 55)))
    change(
        f"""INSERT INTO lessons (lesson_id, class_id, subject_id, teacher_id, term_id, held_on, number)
        VALUES (902, {CLASS_7A}, 21, {OWNER_STAFF}, 32, '{TOMORROW}', 5)"""
    )
    assert family_consultations(school_store, people.guardian, CHILD, now=NOW).hosts == ()
    own = own_consultations(school_store, people.owner, now=NOW)
    assert all(each.has_lesson for each in own.ahead)
    with pytest.raises(RuleRefused, match="учитель в это время занят"):
        booked(school_store, people, own.ahead[0].slot.slot_id)


def test_the_other_guardian_cancels_what_one_whose_access_ended_has_booked(
    school_store: Store, people: People, change: Change
) -> None:
    first, second, *_ = offered(school_store, people.owner)
    booking = booked(school_store, people, first)
    mother = replace(people.guardian, user_id=999)
    change(f"UPDATE users SET blocked_at = '{NOW}' WHERE user_id = {people.guardian.user_id}")
    (seen,) = family_consultations(school_store, mother, CHILD, now=NOW).ahead
    assert (seen.is_own, seen.may_cancel) == (False, True)
    cancel_booking(school_store, mother, booking, "", now=NOW)
    book_slots(school_store, mother, [WantedTime(CHILD, second)], now=NOW)
    stranger = replace(people.guardian, pupil_ids=frozenset([CLASSMATE]))
    with pytest.raises(AccessRefused):
        cancel_booking(school_store, stranger, booking, "", now=NOW)
