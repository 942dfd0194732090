"""Signing in and out over the store: sessions, refusals, waits, and what of it is recorded (п. 3.2, 7.1, 8.5)."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from threading import Lock

import bcrypt
import pytest
from small_school import ADMIN_STAFF, LOGINS, NOW, PASSWORD, USER_IDS, People

from school.records import Role
from school.sign_in.actions.sessions import Entered, SignInRefused, demo_sign_in, sign_in, sign_out
from school.sign_in.lookups.sessions import demo_roles, user_of_session
from school.sign_in.rules.sessions import FAMILY_SESSION, STAFF_SESSION
from school.sign_in.store.sessions import revoke_sessions_of
from school.store.connection import Store, Transaction
from school.store.events import Event
from school.store.settings import save_setting

HERE, ELSEWHERE = "10.0.0.1", "203.0.113.9"


class CountingHasher:
    """bcrypt at its cheapest, counting how often it was asked."""

    def __init__(self) -> None:
        self.checks = 0
        self.lock = Lock()

    def hash(self, password: str) -> str:
        return bcrypt.hashpw(password.encode(), bcrypt.gensalt(4)).decode()

    def check_pw(self, password: str, hashed_password: str) -> bool:
        with self.lock:
            self.checks += 1
        return bcrypt.checkpw(password.encode(), hashed_password.encode())


HASHER = CountingHasher()


def enter(
    store: Store,
    login: str = LOGINS["owner"],
    password: str = PASSWORD,
    *,
    address: str = HERE,
    seconds: float = 0,
    hasher: CountingHasher = HASHER,
) -> str:
    now = NOW + timedelta(seconds=seconds)
    found = sign_in(store, login, password, address=address, now=now, hasher=hasher)
    assert isinstance(found, Entered)
    return found.secret


def fail(store: Store, times: int, login: str = LOGINS["owner"], *, address: str = HERE) -> None:
    for _ in range(times):
        with pytest.raises(SignInRefused, match="не подошли"):
            enter(store, login, "не тот", address=address)


def events(store: Store, kind: str) -> list[tuple[object, ...]]:
    return store.read(
        "SELECT user_id, record_id, old_value, new_value, reason FROM events WHERE kind = $kind ORDER BY event_id",
        {"kind": kind},
    )


@pytest.mark.parametrize("login", ["owner.7", "OWNER.7", "  Owner.7 "])
def test_the_right_name_and_password_open_a_session(school_store: Store, people: People, login: str) -> None:
    assert user_of_session(school_store, enter(school_store, login), NOW) == people.owner


def test_the_store_keeps_no_secret(school_store: Store) -> None:
    secret = enter(school_store)
    assert len(secret) >= 43  # 32 bytes
    stored = str(school_store.read("SELECT * FROM sessions")) + str(school_store.read("SELECT * FROM events"))
    assert secret not in stored


@pytest.mark.parametrize(("name", "length"), [("owner", STAFF_SESSION), ("guardian", FAMILY_SESSION)])
def test_a_session_ends_by_itself(school_store: Store, name: str, length: timedelta) -> None:
    secret = enter(school_store, LOGINS[name])
    for minutes in range(0, int(length.total_seconds()) // 60, 30):
        assert user_of_session(school_store, secret, NOW + timedelta(minutes=minutes))
    assert user_of_session(school_store, secret, NOW + length - timedelta(seconds=1))
    assert user_of_session(school_store, secret, NOW + length) is None


def test_signing_out_ends_the_session_for_good(school_store: Store) -> None:
    secret, other = enter(school_store), enter(school_store)
    sign_out(school_store, secret, now=NOW)
    sign_out(school_store, secret, now=NOW)
    assert user_of_session(school_store, secret, NOW) is None
    assert user_of_session(school_store, other, NOW)
    assert len(events(school_store, "sign_out")) == 1


def test_a_made_up_secret_opens_nothing(school_store: Store) -> None:
    sign_out(school_store, "made up", now=NOW)
    assert user_of_session(school_store, "made up", NOW) is None


def test_all_sessions_of_a_user_can_be_ended(school_store: Store) -> None:
    secrets = [enter(school_store), enter(school_store)]

    def work(transaction: Transaction) -> None:
        revoke_sessions_of(transaction, USER_IDS["owner"], NOW)
        transaction.record(Event(NOW, None, "user", record_id=USER_IDS["owner"]))

    school_store.write(work)
    assert [user_of_session(school_store, secret, NOW) for secret in secrets] == [None, None]


def _change(store: Store, sql: str) -> None:
    def work(transaction: Transaction) -> None:
        transaction.change(sql)
        transaction.record(Event(NOW, None, "user"))

    store.write(work)


def test_a_role_taken_away_acts_at_once(school_store: Store) -> None:
    secret = enter(school_store)
    _change(school_store, f"DELETE FROM user_roles WHERE user_id = {USER_IDS['owner']}")
    user = user_of_session(school_store, secret, NOW)
    assert user is not None
    assert user.roles == frozenset()


def test_blocking_acts_at_once_and_is_told_to_who_knows_the_password(school_store: Store) -> None:
    secret = enter(school_store)
    _change(school_store, f"UPDATE users SET blocked_at = '{NOW}' WHERE user_id = {USER_IDS['owner']}")
    assert user_of_session(school_store, secret, NOW) is None
    with pytest.raises(SignInRefused, match="Доступ закрыт"):
        enter(school_store)
    fail(school_store, 1)


@pytest.mark.parametrize("password", ["тихий омут 8", "т" * 100, "a\0b", "$2b$04$" + "x" * 53])
def test_a_wrong_password_is_refused_whatever_it_is(school_store: Store, password: str) -> None:
    with pytest.raises(SignInRefused, match="не подошли"):
        enter(school_store, password=password)


@pytest.mark.parametrize(("login", "password"), [("", PASSWORD), (LOGINS["owner"], ""), ("  ", "  ")])
def test_an_empty_form_is_no_attempt(school_store: Store, login: str, password: str) -> None:
    with pytest.raises(SignInRefused, match="Введите"):
        enter(school_store, login, password)
    assert events(school_store, "sign_in_refused") == []


def test_an_account_without_a_password_lets_nobody_in(school_store: Store) -> None:
    _change(school_store, f"UPDATE users SET password_hash = '' WHERE user_id = {USER_IDS['owner']}")
    fail(school_store, 1)


def test_an_unknown_name_cannot_be_told_from_a_wrong_password(school_store: Store) -> None:
    enter(school_store)
    said, costs = [], []
    for login in (LOGINS["owner"], "nobody"):
        hasher = CountingHasher()
        with pytest.raises(SignInRefused) as refused:
            enter(school_store, login, "не тот", hasher=hasher)
        said.append(str(refused.value))
        costs.append(hasher.checks)
    assert said[0] == said[1]
    assert costs == [1, 1]


@pytest.mark.parametrize("login", [LOGINS["owner"], "nobody"])
def test_after_five_failures_one_waits_half_a_minute(school_store: Store, login: str) -> None:
    fail(school_store, 5, login)
    with pytest.raises(SignInRefused, match="через 20\u00a0с"):
        enter(school_store, login, seconds=10)
    with pytest.raises(SignInRefused, match="через 1\u00a0мин"):
        enter(school_store, login, "снова не тот", seconds=31)


def test_the_right_password_opens_once_the_wait_is_over_and_ends_the_row(school_store: Store) -> None:
    fail(school_store, 5)
    with pytest.raises(SignInRefused, match="Слишком много"):
        enter(school_store, seconds=29)
    assert enter(school_store, seconds=30)
    with pytest.raises(SignInRefused, match=r"не подошли.*снова\.$"):
        enter(school_store, password="не тот", seconds=31)


def test_guesses_elsewhere_do_not_keep_a_teacher_out(school_store: Store) -> None:
    fail(school_store, 5, address=ELSEWHERE)
    with pytest.raises(SignInRefused, match="Слишком много"):
        enter(school_store, address=ELSEWHERE)
    assert enter(school_store, address=HERE)


def test_guesses_sent_at_once_are_all_counted(school_store: Store) -> None:
    hasher = CountingHasher()

    def guess(number: int) -> None:
        with suppress(SignInRefused):
            enter(school_store, password=f"догадка {number}", hasher=hasher)

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(guess, range(24)))
    assert hasher.checks == 5


def test_signing_in_out_and_refusals_are_recorded_without_what_was_typed(school_store: Store) -> None:
    """П. 7.1: the activity of users is reported; a password typed into the name's field is in no record."""
    sign_out(school_store, enter(school_store), now=NOW)
    fail(school_store, 1)
    fail(school_store, 1, "пароль вместо имени")
    owner = USER_IDS["owner"]
    assert events(school_store, "sign_in") == [(owner, None, None, None, "")]
    assert events(school_store, "sign_out") == [(owner, None, None, None, "")]
    assert events(school_store, "sign_in_refused") == [
        (None, owner, None, None, f"с адреса {HERE}"),
        (None, None, None, None, f"с адреса {HERE}"),
    ]
    assert "пароль вместо имени" not in str(school_store.read("SELECT * FROM sign_in_attempts"))


def test_a_demonstration_school_lets_in_by_role(school_store: Store, people: People) -> None:
    assert demo_roles(school_store) == []
    with pytest.raises(SignInRefused):
        demo_sign_in(school_store, Role.ADMIN, now=NOW)

    def work(transaction: Transaction) -> None:
        save_setting(transaction, "demo", "1")
        save_setting(transaction, "demo.user.admin", str(USER_IDS["admin"]))
        transaction.record(Event(NOW, None, "school"))

    school_store.write(work)
    assert demo_roles(school_store) == [Role.ADMIN]
    secret = demo_sign_in(school_store, Role.ADMIN, now=NOW).secret
    assert user_of_session(school_store, secret, NOW) == people.admin
    assert people.admin.staff_id == ADMIN_STAFF
    with pytest.raises(SignInRefused):
        demo_sign_in(school_store, Role.HEAD, now=NOW)
