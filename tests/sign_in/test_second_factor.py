"""The second factor: a code after the password, each once; codes on paper; required, trusted, reset (п. 3.2, 8.5)."""

import shutil
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
from office import HASHER, HERE, NEW_PASSWORD
from small_school import LOGINS, NOW, OWNER_STAFF, PASSWORD, USER_IDS, People, people_of

from school.clock import school_clock
from school.errors import AccessRefused, Refusal, RuleRefused
from school.invitations.__main__ import main as hand_out
from school.invitations.actions import Acceptance, accept_code, issue_codes
from school.people.records import Invitee, PersonKind
from school.records import Role, User
from school.sign_in.actions.letting_in import Arrival, Entered, HalfWay
from school.sign_in.actions.second_factor import (
    TypedCode,
    finish_sign_in,
    finish_turning_on,
    renew_recovery_codes,
    require_second_factor,
    reset_second_factor,
    stop_trusting_devices,
    turn_off,
    turn_on,
)
from school.sign_in.actions.sessions import SignInRefused, sign_in
from school.sign_in.lookups.own_sign_ins import own_attempts
from school.sign_in.lookups.second_factor import own_factor
from school.sign_in.lookups.sessions import user_of_session
from school.sign_in.rules.browsers import Browser
from school.sign_in.rules.second_factor import HALF_WAY_FOR, fitting_counter, new_factor_secret
from school.sign_in.store.factor_key import KEY_FILE
from school.store.connection import Store

UNIX = 1_790_000_010.0  # ten seconds into a half-minute
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PHONE = Browser("d" * 43, "Android, Chrome")


def code_at(unix: float, secret: str = SECRET) -> str:
    return pyotp.TOTP(secret).at(int(unix))


def typed(code: str, *, seconds: float = 0) -> TypedCode:
    return TypedCode(code, HERE, NOW + timedelta(seconds=seconds), UNIX + seconds)


def with_factor(store: Store, user: User) -> list[str]:
    """Turn on somebody's second factor a minute ago, so that the code of this half-minute is unused."""
    return turn_on(store, user, SECRET, typed(code_at(UNIX - 60), seconds=-60))


def half_way(
    store: Store, name: str = "owner", browser: Browser = PHONE, *, seconds: float = 0
) -> HalfWay | Entered:
    now = NOW + timedelta(seconds=seconds)
    return sign_in(store, LOGINS[name], PASSWORD, address=HERE, now=now, hasher=HASHER, browser=browser)


def finish(store: Store, code: str, *, seconds: float = 0, is_trusting: bool = False) -> Entered:
    found = half_way(store)
    assert isinstance(found, HalfWay)
    arrival = Arrival(HERE, NOW + timedelta(seconds=seconds), PHONE)
    return finish_sign_in(store, found, typed(code, seconds=seconds), arrival, is_trusting=is_trusting)


@pytest.mark.parametrize(
    ("half_minutes", "last", "fits"),
    [
        pytest.param(-2, 0, False, id="too old"),
        pytest.param(-1, 0, True, id="the telephone is behind"),
        pytest.param(0, 0, True, id="now"),
        pytest.param(1, 0, True, id="the telephone is ahead"),
        pytest.param(2, 0, False, id="too early"),
        pytest.param(0, int(UNIX) // 30, False, id="used already"),
        pytest.param(-1, int(UNIX) // 30, False, id="older than the one used"),
        pytest.param(1, int(UNIX) // 30, True, id="newer than the one used"),
        pytest.param(0, int(UNIX) // 30 + 9_000_000, True, id="a last use in 2035 was a clock that jumped"),
    ],
)
def test_a_code_fits_within_a_half_minute_and_once(half_minutes: int, last: int, fits: bool) -> None:
    code = code_at(UNIX + 30 * half_minutes)
    found = fitting_counter(SECRET, code, UNIX, last)
    assert found == (int(UNIX) // 30 + half_minutes if fits else None)


def test_a_code_is_taken_with_the_blanks_that_applications_show(school_store: Store, people: People) -> None:
    code = code_at(UNIX)
    assert fitting_counter(SECRET, f" {code[:3]} {code[3:]} ", UNIX, 0)
    assert fitting_counter(SECRET, "", UNIX, 0) is None


def test_the_password_alone_opens_nothing(school_store: Store, people: People) -> None:
    with_factor(school_store, people.owner)
    assert isinstance(half_way(school_store), HalfWay)
    assert school_store.read("SELECT count(*) FROM sessions") == [(0,)]


def test_the_code_opens_the_session_and_a_used_one_does_not(school_store: Store, people: People) -> None:
    with_factor(school_store, people.owner)
    entered = finish(school_store, code_at(UNIX))
    assert user_of_session(school_store, entered.secret, NOW) == people.owner
    with pytest.raises(SignInRefused, match="один раз"):
        finish(school_store, code_at(UNIX))
    assert finish(school_store, code_at(UNIX + 30), seconds=30)


def test_of_two_who_show_one_code_at_once_one_comes_in(school_store: Store, people: People) -> None:
    with_factor(school_store, people.owner)

    def enter(_: int) -> bool:
        try:
            return bool(finish(school_store, code_at(UNIX)))
        except SignInRefused:
            return False

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(enter, range(4))) == 1


def test_guessing_codes_costs_a_wait(school_store: Store, people: People) -> None:
    with_factor(school_store, people.owner)
    for _ in range(5):
        with pytest.raises(SignInRefused, match="Код не подошёл"):
            finish(school_store, "000000")
    with pytest.raises(SignInRefused, match="Слишком много"):
        finish(school_store, code_at(UNIX))


def test_a_password_shown_long_ago_does_not_count(school_store: Store, people: People) -> None:
    with_factor(school_store, people.owner)
    seconds = HALF_WAY_FOR.total_seconds() + 1
    with pytest.raises(SignInRefused, match="не завершён вовремя"):
        finish(school_store, code_at(UNIX + seconds), seconds=seconds)


def test_each_code_on_paper_opens_once_however_it_is_typed(school_store: Store, people: People) -> None:
    codes = with_factor(school_store, people.owner)
    assert len(set(codes)) == 10
    assert finish(school_store, codes[0].lower().replace("-", " "))
    assert own_factor(school_store, people.owner).codes_left == 9
    (sign_in_by_paper, *_) = own_attempts(school_store, people.owner, now=NOW)
    assert sign_in_by_paper.outcome == "вход по коду с бумаги", "its owner sees who has the paper"
    with pytest.raises(SignInRefused):
        finish(school_store, codes[0])
    fresh = renew_recovery_codes(school_store, people.owner, typed(code_at(UNIX)))
    with pytest.raises(SignInRefused):
        finish(school_store, codes[1])
    assert finish(school_store, fresh[0])


def test_a_trusted_device_is_not_asked_for_thirty_days(school_store: Store, people: People) -> None:
    with_factor(school_store, people.owner)
    finish(school_store, code_at(UNIX), is_trusting=True)
    month = timedelta(days=30).total_seconds()
    assert isinstance(half_way(school_store, seconds=month - 1), Entered)
    assert isinstance(half_way(school_store, seconds=month + 1), HalfWay)
    assert isinstance(half_way(school_store, browser=Browser("e" * 43)), HalfWay), "another device"
    assert isinstance(half_way(school_store, browser=Browser()), HalfWay), "a device without a cookie"
    stop_trusting_devices(school_store, people.owner, now=NOW)
    assert isinstance(half_way(school_store), HalfWay)


def test_an_invitation_code_is_no_way_around(school_store: Store, people: People) -> None:
    with_factor(school_store, people.owner)
    (issued,) = issue_codes(school_store, people.admin, [Invitee(PersonKind.STAFF, OWNER_STAFF)], now=NOW)
    form = Acceptance(issued.code, "", NEW_PASSWORD, NEW_PASSWORD)
    found = accept_code(school_store, form, address=HERE, now=NOW, hasher=HASHER)
    assert isinstance(found, HalfWay)


def test_the_school_requires_it_and_it_is_turned_on_at_the_door(school_store: Store, people: People) -> None:
    with pytest.raises(RuleRefused, match="Сначала включите"):
        require_second_factor(school_store, people.admin, [Role.ADMIN], now=NOW)
    before = half_way(school_store, "head")
    assert isinstance(before, Entered)
    require_second_factor(school_store, people.admin, [Role.HEAD], now=NOW)
    assert user_of_session(school_store, before.secret, NOW) is None, "who has none is signed out"
    found = half_way(school_store, "head")
    assert isinstance(found, HalfWay)
    assert found.must_turn_on
    secret = new_factor_secret()
    with pytest.raises(SignInRefused, match="Код не подошёл"):
        finish_turning_on(school_store, found, secret, typed("000000"), Arrival(HERE, NOW))
    entered, codes = finish_turning_on(
        school_store, found, secret, typed(code_at(UNIX, secret)), Arrival(HERE, NOW)
    )
    assert user_of_session(school_store, entered.secret, NOW) == people.head
    assert len(codes) == 10
    with pytest.raises(RuleRefused, match="Школа требует"):
        turn_off(school_store, people.head, typed(codes[0]))
    with pytest.raises(RuleRefused, match="не требуют"):
        require_second_factor(school_store, people.admin, [Role.TEACHER], now=NOW)


def test_it_is_turned_off_by_a_code_alone(school_store: Store, people: People) -> None:
    with_factor(school_store, people.owner)
    with pytest.raises(SignInRefused):
        turn_off(school_store, people.owner, typed("000000"))
    turn_off(school_store, people.owner, typed(code_at(UNIX)))
    assert isinstance(half_way(school_store), Entered)


def test_the_administrator_resets_it_and_sessions_end(school_store: Store, people: People) -> None:
    with_factor(school_store, people.owner)
    entered = finish(school_store, code_at(UNIX))
    with pytest.raises(AccessRefused):
        reset_second_factor(school_store, people.deputy, USER_IDS["owner"], now=NOW)
    reset_second_factor(school_store, people.admin, USER_IDS["owner"], now=NOW)
    assert user_of_session(school_store, entered.secret, NOW) is None
    assert isinstance(half_way(school_store), Entered)
    assert (people.admin.user_id, USER_IDS["owner"]) in school_store.read(
        "SELECT user_id, record_id FROM events WHERE kind = 'second_factor_reset'"
    )


def test_nothing_that_is_stored_or_recorded_gives_a_code_away(school_store: Store, people: People) -> None:
    codes = with_factor(school_store, people.owner)
    finish(school_store, codes[0])
    tables = [name for (name,) in school_store.read("SELECT table_name FROM duckdb_tables()")]
    stored = "".join(str(school_store.read(f"SELECT * FROM {name}")) for name in tables)
    assert SECRET not in stored
    assert not any(code in stored or code.replace("-", "") in stored for code in codes)


def test_the_key_lies_beside_the_database_for_the_program_alone(school_store: Store, people: People) -> None:
    with_factor(school_store, people.owner)
    key = school_store.path.parent / KEY_FILE
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert stat.S_IMODE(key.parent.stat().st_mode) == 0o700


def test_without_the_key_paper_still_opens_and_the_screen_says_why_not(
    school_store: Store, people: People
) -> None:
    codes = with_factor(school_store, people.owner)
    (school_store.path.parent / KEY_FILE).unlink()
    with pytest.raises(Refusal, match="нет ключа второго фактора"):
        finish(school_store, code_at(UNIX))
    assert finish(school_store, codes[0])


def test_the_only_administrator_who_lost_everything_is_let_in_by_whoever_keeps_the_server(
    small_school_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No telephone, no codes on paper, no password: nobody else in the school could issue a code (п. 8.2)."""
    database = Path(shutil.copy(small_school_file, tmp_path))
    store = Store(database, lambda: NOW)
    turn_on(store, people_of(store).admin, SECRET, typed(code_at(UNIX)))
    store.close()
    assert hand_out(["administrator", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    store = Store(database, lambda: NOW)
    form = Acceptance(said.split("код приглашения ")[1].split(",")[0], "", NEW_PASSWORD, NEW_PASSWORD)
    entered = accept_code(store, form, address=HERE, now=school_clock()(), hasher=HASHER)
    assert isinstance(entered, Entered), "no second factor stands in the way"
    kinds = {
        kind for (kind,) in store.read("SELECT kind FROM events WHERE user_id = $u", {"u": USER_IDS["admin"]})
    }
    assert {"second_factor_reset", "invitation", "invitation_accepted"} <= kinds
    store.close()


@pytest.mark.parametrize("asked", [["--login", "nobody"], ["no such folder"]])
def test_a_code_for_nobody_is_refused_in_words(
    small_school_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], asked: list[str]
) -> None:
    shutil.copy(small_school_file, tmp_path)
    folder = tmp_path / asked[0] if len(asked) == 1 else tmp_path
    assert hand_out(["administrator", str(folder), *asked[: len(asked) // 2 * 2]]) == 1
    assert capsys.readouterr().err.startswith(("Неясно, кому", "В папке"))
