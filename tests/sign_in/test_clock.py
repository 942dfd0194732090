"""A clock that jumped and was put right, and another zone: nobody waits for decades, no session lasts till 2099 (п. 3.2, 8.5)."""

from datetime import datetime, timedelta

import bcrypt
import pytest
from small_school import LOGINS, NOW, PASSWORD, People

from school.errors import AccessRefused
from school.sign_in.actions.clock import accept_clock, mind_clock
from school.sign_in.actions.letting_in import Entered
from school.sign_in.actions.sessions import SignInRefused, sign_in
from school.sign_in.lookups.clock import clock_shown_before
from school.sign_in.lookups.sessions import user_of_session
from school.sign_in.rules.clock import zone_shift
from school.sign_in.rules.second_factor import TRUSTED_FOR
from school.sign_in.rules.sessions import STAFF_SESSION
from school.sign_in.rules.throttling import Attempt, time_to_wait
from school.sign_in.store.second_factors import is_trusted, trust_device
from school.store.connection import Store, Transaction
from school.store.events import Event

MOSCOW, VLADIVOSTOK = "Europe/Moscow", "Asia/Vladivostok"
HERE = "10.0.0.1"
FAR = datetime(2099, 1, 1, 12)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


class Hasher:
    """bcrypt at its cheapest."""

    def hash(self, password: str) -> str:
        return bcrypt.hashpw(password.encode(), bcrypt.gensalt(4)).decode()

    def check_pw(self, password: str, hashed_password: str) -> bool:
        return bcrypt.checkpw(password.encode(), hashed_password.encode())


HASHER = Hasher()


def enter(store: Store, now: datetime, password: str = PASSWORD) -> str:
    entered = sign_in(store, LOGINS["owner"], password, address=HERE, now=now, hasher=HASHER)
    assert isinstance(entered, Entered)
    return entered.secret


def trust(store: Store, user: int, now: datetime) -> None:
    def work(transaction: Transaction) -> None:
        trust_device(transaction, user, "device", now, now + TRUSTED_FOR)
        transaction.record(Event(now, user, "session"))

    store.write(work)


def works_until(store: Store, secret: str, moment: datetime, end: datetime) -> bool:
    """Whether a session is open still at the end for somebody who never rests for long."""
    while moment < end:
        user_of_session(store, secret, moment)
        moment += 30 * MINUTE
    return user_of_session(store, secret, end) is not None


def fail(store: Store, now: datetime) -> None:
    for number in range(5):
        with pytest.raises(SignInRefused):
            enter(store, now + number * timedelta(seconds=1), "не тот пароль")


@pytest.mark.parametrize("failures", [5, 6, 60])
def test_no_wait_counts_from_later_than_now(failures: int) -> None:
    attempts = [Attempt(FAR, True, True, False, False)] * failures
    assert timedelta() < time_to_wait(attempts, NOW) <= 15 * MINUTE


def test_failures_of_a_clock_gone_ahead_keep_nobody_out(school_store: Store) -> None:
    fail(school_store, FAR)
    with pytest.raises(SignInRefused, match=r"через 30\u00a0с"):
        enter(school_store, NOW)
    mind_clock(school_store, now=NOW, zone=MOSCOW)
    assert enter(school_store, NOW + MINUTE)


def test_a_session_of_a_clock_gone_ahead_lasts_as_long_as_any(school_store: Store) -> None:
    secret = enter(school_store, FAR)
    mind_clock(school_store, now=FAR, zone=MOSCOW)
    assert user_of_session(school_store, secret, NOW) is None
    mind_clock(school_store, now=NOW, zone=MOSCOW)
    assert works_until(school_store, secret, NOW, NOW + STAFF_SESSION - MINUTE)
    assert user_of_session(school_store, secret, NOW + STAFF_SESSION + MINUTE) is None


def test_a_clock_put_back_by_minutes_ends_no_session(school_store: Store) -> None:
    secret = enter(school_store, NOW)
    assert user_of_session(school_store, secret, NOW - 10 * MINUTE) is not None


@pytest.mark.parametrize(
    ("before", "after", "hours"), [(VLADIVOSTOK, MOSCOW, -7), (MOSCOW, VLADIVOSTOK, 7), (MOSCOW, MOSCOW, 0)]
)
def test_another_zone_moves_the_walls_clock(before: str, after: str, hours: int) -> None:
    assert zone_shift(before, after, NOW) == hours * HOUR


@pytest.mark.parametrize(("before", "after", "hours"), [(VLADIVOSTOK, MOSCOW, -7), (MOSCOW, VLADIVOSTOK, 7)])
def test_another_zone_neither_shortens_nor_lengthens_anything(
    school_store: Store, before: str, after: str, hours: int
) -> None:
    mind_clock(school_store, now=NOW, zone=before)
    secret = enter(school_store, NOW)
    fail(school_store, NOW)
    later = NOW + hours * HOUR + timedelta(seconds=10)
    mind_clock(school_store, now=later, zone=after)
    with pytest.raises(SignInRefused, match=r"через 2\d\u00a0с"):
        enter(school_store, later)
    end = NOW + hours * HOUR + STAFF_SESSION
    assert works_until(school_store, secret, later, end - MINUTE)
    assert user_of_session(school_store, secret, end + MINUTE) is None


def test_a_clock_that_is_behind_is_known_by_what_it_has_shown(school_store: Store) -> None:
    mind_clock(school_store, now=NOW, zone=MOSCOW)
    assert clock_shown_before(school_store, NOW - 5 * MINUTE) is None
    assert clock_shown_before(school_store, NOW - 30 * HOUR) == NOW


def test_an_event_is_newer_than_the_noted_moment(school_store: Store) -> None:
    mind_clock(school_store, now=NOW, zone=MOSCOW)
    enter(school_store, NOW + 9 * HOUR)
    assert clock_shown_before(school_store, NOW) == NOW + 9 * HOUR


def test_a_clock_that_is_said_to_be_right_is_taken_as_right(school_store: Store, people: People) -> None:
    secret = enter(school_store, FAR)
    mind_clock(school_store, now=FAR, zone=MOSCOW)
    assert clock_shown_before(school_store, NOW) == FAR
    with pytest.raises(AccessRefused):
        accept_clock(school_store, people.head, now=NOW, zone=MOSCOW)
    accept_clock(school_store, people.admin, now=NOW, zone=MOSCOW)
    assert clock_shown_before(school_store, NOW + MINUTE) is None
    assert user_of_session(school_store, secret, NOW) is not None
    assert user_of_session(school_store, secret, NOW + STAFF_SESSION + MINUTE) is None


def test_a_device_trusted_by_a_clock_gone_ahead_is_trusted_as_long_as_any(
    school_store: Store, people: People
) -> None:
    user = people.admin.user_id
    trust(school_store, user, FAR)
    mind_clock(school_store, now=FAR, zone=MOSCOW)
    mind_clock(school_store, now=NOW, zone=MOSCOW)
    assert is_trusted(school_store, user, "device", NOW + TRUSTED_FOR - MINUTE)
    assert not is_trusted(school_store, user, "device", NOW + TRUSTED_FOR + MINUTE)


def test_another_zone_moves_the_end_of_a_devices_trust(school_store: Store, people: People) -> None:
    user = people.admin.user_id
    mind_clock(school_store, now=NOW, zone=VLADIVOSTOK)
    trust(school_store, user, NOW)
    mind_clock(school_store, now=NOW - 7 * HOUR, zone=MOSCOW)
    assert is_trusted(school_store, user, "device", NOW - 7 * HOUR + TRUSTED_FOR - MINUTE)
    assert not is_trusted(school_store, user, "device", NOW - 7 * HOUR + TRUSTED_FOR + MINUTE)


def test_minding_the_clock_writes_seldom(school_store: Store) -> None:
    for minutes in range(30):
        mind_clock(school_store, now=NOW + minutes * MINUTE, zone=MOSCOW)
    before = school_store.version
    mind_clock(school_store, now=NOW - 3 * HOUR, zone=MOSCOW)
    assert school_store.version == before
