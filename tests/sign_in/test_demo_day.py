"""A demonstration school opens on a day with lessons; a real one on today."""

from datetime import date, datetime, timedelta

import pytest
from small_school import NOW, USER_IDS

from school.sign_in.lookups.demo_day import demo_clock
from school.sign_in.rules.demo_day import demo_moment
from school.store.connection import Store, Transaction
from school.store.events import Event
from school.store.settings import save_setting

THURSDAY, FRIDAY, MONDAY = date(2026, 11, 19), date(2026, 11, 20), date(2026, 11, 23)


def at(day: int, hour: int = 12) -> datetime:
    return datetime(2026, 11, day, hour)


@pytest.mark.parametrize(
    ("now", "newest", "days", "moment"),
    [
        (at(20), at(20, 11), {THURSDAY, FRIDAY}, at(20)),  # a day with lessons
        (at(21), at(20, 11), {THURSDAY, FRIDAY, MONDAY}, at(20)),  # Saturday: the Friday before
        (at(21), at(20, 15), {THURSDAY, FRIDAY, MONDAY}, at(20, 15)),  # never before what was written
        (at(22), at(21, 9), {THURSDAY, FRIDAY, MONDAY}, at(23)),  # Friday is older than what was written
        (at(22), None, {THURSDAY}, at(19)),
        (at(22), at(21), set(), at(22)),  # no lessons at all
    ],
)
def test_a_moment_with_lessons(
    now: datetime, newest: datetime | None, days: set[date], moment: datetime
) -> None:
    assert demo_moment(now, newest, days) == moment


def test_a_real_school_lives_today(school_store: Store) -> None:
    saturday = NOW + (5 - NOW.weekday()) * timedelta(days=1)
    assert demo_clock(school_store, lambda: saturday) is None


def test_a_demonstration_lives_on_a_day_with_lessons(school_store: Store) -> None:
    saturday = NOW + timedelta(days=2)
    assert saturday.isoweekday() == 6

    def make_demo(transaction: Transaction) -> None:
        save_setting(transaction, "demo", "1")
        save_setting(transaction, "demo.user.admin", str(USER_IDS["admin"]))
        transaction.record(Event(NOW, None, "demo"))

    school_store.write(make_demo)
    clock = demo_clock(school_store, lambda: saturday)
    assert clock is not None
    assert clock().date() == NOW.date()
    assert demo_clock(school_store, lambda: NOW) is None
