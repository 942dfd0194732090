"""One's own sessions: listed, ended, ended by themselves without work; new devices are told of (п. 3.2, 8.5)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from office import HASHER, HERE
from small_school import LOGINS, NOW, PASSWORD, USER_IDS, People

from school.errors import AccessRefused, RuleRefused
from school.privacy.actions.erasing import erase_sign_ins
from school.records import Role
from school.sign_in.actions.letting_in import Entered
from school.sign_in.actions.own_sessions import (
    confirm_devices,
    end_other_sessions,
    end_session,
    set_idle_minutes,
    write_down_visits,
)
from school.sign_in.actions.sessions import SignInRefused, sign_in, sign_out
from school.sign_in.lookups.own_sign_ins import new_devices, own_attempts, own_sessions
from school.sign_in.lookups.sessions import EndedSession, ended_session, read_families_ahead, user_of_session
from school.sign_in.rules.browsers import Browser, browser_words, short_address
from school.sign_in.rules.idle import USUAL_MINUTES, IdleGroup, idle_limit
from school.sign_in.rules.sessions import KEPT_FOR, secret_hash
from school.sign_in.store.visits import visits_of
from school.store.connection import Store

OFFICE, LAPTOP = Browser("o" * 43, "Windows, Chrome"), Browser("l" * 43, "Mac, Safari")
HOME = "95.24.7.31"


def enter(
    store: Store,
    name: str = "owner",
    browser: Browser = OFFICE,
    *,
    address: str = HERE,
    minutes: float = 0,
    password: str = PASSWORD,
) -> str:
    now = NOW + timedelta(minutes=minutes)
    found = sign_in(store, LOGINS[name], password, address=address, now=now, hasher=HASHER, browser=browser)
    assert isinstance(found, Entered)
    return found.secret


def test_who_signs_in_or_out_lets_nobody_else_be_read_again(
    school_store: Store, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    names, asked, ask = ("owner", "homeroom", "guardian"), list[str](), Store.execute
    there = {name: enter(school_store, name) for name in names}
    read_families_ahead(school_store, NOW.date())

    def execute(store: Store, sql: str, parameters: object = None, /) -> object:
        asked.append(f"{sql} {parameters}")
        return ask(store, sql, parameters)

    def who_is_there() -> dict[str, bool]:
        return {
            name: user_of_session(school_store, secret, NOW) is not None for name, secret in there.items()
        }

    assert all(who_is_there().values())
    monkeypatch.setattr(Store, "execute", execute)
    there["pupil"] = enter(school_store, "pupil")
    asked.clear()
    assert all(who_is_there().values())
    # The new session alone, and whose it is.
    assert [
        each for each in asked if "FROM sessions" in each and secret_hash(there["pupil"]) not in each
    ] == []
    assert len([each for each in asked if "FROM sessions" in each]) <= 1
    asked.clear()
    sign_out(school_store, there["owner"], now=NOW)
    end_other_sessions(school_store, people.homeroom, "", now=NOW)
    asked.clear()
    assert who_is_there() == {"owner": False, "homeroom": False, "guardian": True, "pupil": True}
    gone = {secret_hash(there["owner"]), secret_hash(there["homeroom"])}
    assert all(any(each in sql for each in gone) for sql in asked if "FROM sessions" in sql)


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/142.0.0.0 Safari/537.36", "Windows, Chrome"),
        (
            "Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 YaBrowser/25.8 Safari/537.36",
            "Windows, Яндекс Браузер",
        ),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/142.0 Safari/537.36 Edg/142.0", "Windows, Edge"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.0 Safari/605.1.15", "Mac, Safari"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1",
            "iPhone, Safari",
        ),
        ("Mozilla/5.0 (Linux; Android 15; Pixel) Chrome/142.0 Mobile Safari/537.36", "Android, Chrome"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0", "Linux, Firefox"),
        ("curl/8.5", "неизвестный браузер"),
        ("", "неизвестный браузер"),
        ("<script>alert(1)</script>" * 1000, "неизвестный браузер"),
    ],
)
def test_a_browser_in_words(agent: str, words: str) -> None:
    assert browser_words(agent) == words


@pytest.mark.parametrize(
    ("address", "short"),
    [
        ("192.168.1.77", "192.168.1.x"),
        ("2001:db8:0:1::7", "2001:db8:0:1::x"),
        ("127.0.0.1", "этот компьютер"),
        ("::1", "этот компьютер"),
        ("::ffff:192.168.1.77", "192.168.1.x"),
        ("::ffff:127.0.0.1", "этот компьютер"),
        ("localhost", "этот компьютер"),
        ("nonsense", "неизвестный адрес"),
    ],
)
def test_an_address_names_no_single_computer(address: str, short: str) -> None:
    assert short_address(address) == short


def test_one_sees_where_one_is_signed_in(school_store: Store, people: People) -> None:
    here = enter(school_store)
    enter(school_store, browser=LAPTOP, address=HOME, minutes=10)
    enter(school_store, "deputy", minutes=11)
    now = NOW + timedelta(minutes=20)
    user_of_session(school_store, here, now)
    found = own_sessions(school_store, people.owner, here, now=now)
    assert [(each.browser, each.address, each.is_here) for each in found] == [
        ("Windows, Chrome", "10.0.0.x", True),
        ("Mac, Safari", "95.24.7.x", False),
    ]
    assert [each.last_seen_at for each in found] == [now, NOW + timedelta(minutes=10)]


def test_one_ends_the_others_or_a_single_one(school_store: Store, people: People) -> None:
    here, one, other = (enter(school_store, minutes=minute) for minute in (0, 1, 2))
    now = NOW + timedelta(minutes=3)
    (first, *_) = [
        each for each in own_sessions(school_store, people.owner, here, now=now) if not each.is_here
    ]
    end_session(school_store, people.owner, first.session_hash, now=now)
    assert [bool(user_of_session(school_store, each, now)) for each in (here, one, other)] == [
        True,
        True,
        False,
    ]
    end_other_sessions(school_store, people.owner, here, now=now)
    assert [bool(user_of_session(school_store, each, now)) for each in (here, one)] == [True, False]
    ended = ended_session(school_store, one, now)
    assert ended is not None
    assert "завершили" in ended.why
    assert ended_session(school_store, here, now) is None
    assert ended_session(school_store, "made up", now) is None


def test_nobody_ends_a_session_of_somebody_else(school_store: Store, people: People) -> None:
    here = enter(school_store)
    (own,) = own_sessions(school_store, people.owner, here, now=NOW)
    with pytest.raises(AccessRefused):
        end_session(school_store, people.admin, own.session_hash, now=NOW)
    assert user_of_session(school_store, here, NOW)


# Without work.


@pytest.mark.parametrize(
    ("roles", "minutes"),
    [
        ({Role.TEACHER}, 50),
        ({Role.HOMEROOM, Role.TEACHER}, 50),
        ({Role.ADMIN}, 60),
        ({Role.TEACHER, Role.DEPUTY}, 50),
        ({Role.GUARDIAN}, 7 * 24 * 60),
        ({Role.GUARDIAN, Role.TEACHER}, 50),
        (set(), 7 * 24 * 60),
    ],
)
def test_who_is_signed_out_after_how_long(roles: set[Role], minutes: int) -> None:
    assert idle_limit(roles, {}) == timedelta(minutes=minutes)
    assert idle_limit(roles, {"teachers": "10", "office": "20"}) == timedelta(
        minutes=minutes if minutes > 60 else 10 if roles & {Role.TEACHER, Role.HOMEROOM} else 20
    )


def test_a_session_without_work_ends_and_work_puts_it_off(school_store: Store, people: People) -> None:
    secret = enter(school_store)
    for minutes in (49, 98, 147):
        assert user_of_session(school_store, secret, NOW + timedelta(minutes=minutes))
    late = NOW + timedelta(minutes=147 + 50)
    assert user_of_session(school_store, secret, late) is None
    assert user_of_session(school_store, secret, late) is None, "asking again is no work"
    assert ended_session(school_store, secret, late) == EndedSession(
        "в журнале не работали 50 минут", people.owner.roles
    )


def test_the_school_sets_the_time_and_it_holds_at_once(school_store: Store, people: People) -> None:
    secret = enter(school_store)
    now = NOW + timedelta(minutes=20)
    set_idle_minutes(school_store, people.admin, {IdleGroup.TEACHERS: 15}, now=now)
    assert user_of_session(school_store, secret, now) is None
    with pytest.raises(RuleRefused, match="от 5 минут до 12 часов"):
        set_idle_minutes(school_store, people.admin, {IdleGroup.OFFICE: 0}, now=now)
    assert USUAL_MINUTES[IdleGroup.TEACHERS] == 50


def test_visits_outlive_a_restart_and_cost_no_request_a_write(school_store: Store) -> None:
    secret = enter(school_store)
    writes = school_store.version
    seen = NOW + timedelta(minutes=45)
    for _ in range(100):
        assert user_of_session(school_store, secret, seen)
    assert school_store.version == writes
    assert school_store.read("SELECT last_seen_at FROM sessions") == [(NOW,)]
    write_down_visits(school_store, seen)
    assert school_store.read("SELECT last_seen_at FROM sessions") == [(seen,)]
    assert school_store.version == writes, "nothing that is kept in memory is read again for it"
    assert visits_of(school_store).take_unwritten(seen) == {}


# New devices.


def test_a_sign_in_from_a_new_device_is_told_on_the_others(school_store: Store, people: People) -> None:
    known = enter(school_store)
    assert new_devices(school_store, people.owner, known, now=NOW) == [], "the first device is no news"
    stranger = enter(school_store, browser=LAPTOP, address=HOME, minutes=5)
    now = NOW + timedelta(minutes=6)
    (notice,) = new_devices(school_store, people.owner, known, now=now)
    assert (notice.browser, notice.address) == ("Mac, Safari", "95.24.7.x")
    assert new_devices(school_store, people.owner, stranger, now=now) == []
    confirm_devices(school_store, people.owner, stranger, now=now)
    assert new_devices(school_store, people.owner, known, now=now), "the new device does not confirm itself"
    confirm_devices(school_store, people.owner, known, now=now)
    assert new_devices(school_store, people.owner, known, now=now) == []
    enter(school_store, browser=LAPTOP, address=HOME, minutes=7)
    assert new_devices(school_store, people.owner, known, now=now) == [], "it is known by now"


def test_sign_ins_and_failed_tries_are_listed_for_ninety_days(school_store: Store, people: People) -> None:
    enter(school_store)
    with pytest.raises(SignInRefused):
        enter(school_store, password="не тот пароль", browser=LAPTOP, address=HOME, minutes=1)
    now = NOW + timedelta(minutes=2)
    assert [
        (each.outcome, each.browser, each.address)
        for each in own_attempts(school_store, people.owner, now=now)
    ] == [
        ("неудачно: пароль не подошёл", "Mac, Safari", "95.24.7.x"),
        ("вход", "Windows, Chrome", "10.0.0.x"),
    ]
    assert own_attempts(school_store, people.stranger, now=now) == []
    erase_sign_ins(school_store, now=now + KEPT_FOR)
    assert len(own_attempts(school_store, people.owner, now=now)) == 2
    erase_sign_ins(school_store, now=now + timedelta(days=92))
    assert own_attempts(school_store, people.owner, now=now) == []
    assert school_store.read("SELECT count(*) FROM sessions") == [(0,)]


# Guesses behind a school's one address.


def _guess(
    store: Store, times: int, name: str = "nobody", browser: Browser = LAPTOP, address: str = HERE
) -> None:
    for number in range(times):
        login = f"{name}{number}" if name == "nobody" else LOGINS[name]
        with pytest.raises(SignInRefused):
            sign_in(store, login, "догадка", address=address, now=NOW, hasher=HASHER, browser=browser)


def test_fifty_wrong_passwords_keep_nobody_out_who_works_there(school_store: Store) -> None:
    enter(school_store, "owner", OFFICE)
    enter(school_store, "deputy", Browser())
    _guess(school_store, 60)
    assert enter(school_store, "owner", OFFICE), "a device that is known"
    assert enter(school_store, "deputy", Browser()), "a name that was here lately"
    with pytest.raises(SignInRefused, match="через 10"):
        enter(school_store, "secretary")
    assert enter(school_store, "secretary", minutes=1), "a newcomer waits a breath"


def test_a_guessed_name_is_protected_and_its_owner_comes_in(school_store: Store) -> None:
    enter(school_store, "owner", OFFICE)
    _guess(school_store, 6, "owner", LAPTOP)
    with pytest.raises(SignInRefused, match="Слишком много"):
        enter(school_store, "owner", LAPTOP)
    assert enter(school_store, "owner", OFFICE)


def test_weak_passwords_of_earlier_rules_still_open_and_are_asked_about(
    school_store: Store, people: People, change: Callable[[str], None]
) -> None:
    for password, is_weak in (("коротко7", True), ("пароль123456", True), ("тихая заводь", False)):
        change(
            f"UPDATE users SET password_hash = '{HASHER.hash(password)}' WHERE user_id = {USER_IDS['owner']}"
        )
        found = sign_in(
            school_store, LOGINS["owner"], password, address=HERE, now=NOW, hasher=HASHER, browser=OFFICE
        )
        assert isinstance(found, Entered)
        assert found.has_weak_password == is_weak, password
