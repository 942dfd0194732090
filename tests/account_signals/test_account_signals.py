"""Signs of shared and leaked credentials: each kind on its own facts, what is no sign, and what was looked into (п. 8.5, 8.7)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from small_school import NOW, STRANGER_STAFF, USER_IDS, People

from school.account_signals import actions, lookups
from school.account_signals.rules import AccountFacts, EntryFacts, Facts, Signal, SignalKind, Visit, signals
from school.errors import RuleRefused
from school.store.connection import Store

TEACHER, COLLEAGUE, THIRD, PUPIL, PARENT = 1, 2, 3, 11, 21
ACCOUNTS = {
    TEACHER: AccountFacts(TEACHER, "Орлова В.", is_staff=True),
    COLLEAGUE: AccountFacts(COLLEAGUE, "Климова Р.", is_staff=True),
    THIRD: AccountFacts(THIRD, "Завьялова И.", is_staff=True),
    PUPIL: AccountFacts(PUPIL, "Алёшин Пётр", pupil_id=51),
    PARENT: AccountFacts(PARENT, "Алёшина О.", children=frozenset({51})),
}
MONDAY = date(2026, 11, 2)
DAYS = [MONDAY + timedelta(days=number) for number in range(12) if number % 7 < 5]
LAST = DAYS[-1]
SCHOOL, HOME, ELSEWHERE = "10.0.0.x", "95.24.7.x", "85.140.7.x"


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute)


def visit(
    user: int,
    day: date,
    hour: int,
    minutes: int = 30,
    *,
    network: str = SCHOOL,
    device: str | None = None,
    browser: str = "Windows, Chrome",
) -> Visit:
    began = at(day, hour)
    return Visit(
        user, began, began + timedelta(minutes=minutes), network, device or f"office {user}", browser
    )


# Three colleagues at their computers of the school every day.
USUAL = [visit(user, day, 8, 360) for user in (TEACHER, COLLEAGUE, THIRD) for day in DAYS]
WITHOUT_TODAY = [each for each in USUAL if (each.user_id, each.began.date()) != (TEACHER, LAST)]


def strange(day: date = LAST, hour: int = 10, minutes: int = 30, browser: str = "Windows, Opera") -> Visit:
    return visit(TEACHER, day, hour, minutes, network=ELSEWHERE, device="strange", browser=browser)


def telephone(day: date, hour: int, device: str = "telephone") -> Visit:
    return visit(TEACHER, day, hour, network="176.59.1.x", device=device, browser="Android, Chrome")


def found(
    visits: Sequence[Visit], entries: Sequence[EntryFacts] = (), lessons: Sequence[int] = ()
) -> list[SignalKind]:
    spans = [(at(LAST, hour), at(LAST, hour, 45)) for hour in lessons]
    facts = Facts(ACCOUNTS, visits, entries, {TEACHER: spans}, frozenset(DAYS))
    return sorted(signal.kind for signal in signals(facts))


def entered(*minutes: int, hour: int = 10, raised: Sequence[int] = ()) -> list[EntryFacts]:
    moments = [at(LAST, hour, minute) for minute in minutes]
    if raised:
        return [EntryFacts(TEACHER, moment, 0, pupil) for moment, pupil in zip(moments, raised, strict=True)]
    return [EntryFacts(TEACHER, moment) for moment in moments]


PARENTS_PHONE = [
    visit(PARENT, day, 20, 5, network=HOME, device="mother", browser="iPhone, Safari") for day in DAYS[:2]
]
FROM_SCHOOL = [visit(PARENT, day, 10, 5, device="child", browser="Android, Chrome") for day in DAYS[1:6]]
EVENING = [visit(COLLEAGUE, LAST, 19, network=HOME, device="laptop")]
CHILDS = [visit(PUPIL, day, 18, 5, network=HOME, device="child") for day in DAYS[:5]]
COMPUTER_CLASS = [
    visit(user, LAST, 12, 5, device="computer class") for user in (TEACHER, COLLEAGUE, THIRD, PUPIL, PARENT)
]
K = SignalKind


@pytest.mark.parametrize(
    ("visits", "entries", "lessons", "kinds"),
    [
        pytest.param(USUAL, entered(0, 1, 2), [10], [], id="an ordinary fortnight"),
        pytest.param([*USUAL, strange()], (), (), [K.TWO_PLACES], id="another computer at the same time"),
        pytest.param([*USUAL, strange(hour=17)], (), (), [], id="another computer in the evening"),
        pytest.param([*USUAL, telephone(LAST, 10)], (), (), [], id="a new telephone once"),
        pytest.param(
            [*USUAL, *(telephone(day, 10) for day in DAYS[-3:])],
            (),
            (),
            [K.TWO_PLACES],
            id="a new telephone elsewhere on each of its days",
        ),
        pytest.param(
            [*USUAL, *(telephone(day, 19) for day in DAYS[:4]), telephone(LAST, 10)],
            (),
            (),
            [],
            id="one's own telephone beside the computer",
        ),
        pytest.param(
            [*WITHOUT_TODAY, strange(minutes=60)],
            entered(0, 5, 9),
            [10],
            [K.OWN_LESSON],
            id="entries from elsewhere in the own lesson",
        ),
        pytest.param(
            [*WITHOUT_TODAY, strange(minutes=60)], entered(0, 5, 9), [12], [], id="in somebody else's lesson"
        ),
        pytest.param(
            [*WITHOUT_TODAY, strange(minutes=60)],
            entered(0, 5),
            [10],
            [],
            id="two entries are too few to ask",
        ),
        pytest.param(
            [*WITHOUT_TODAY, *(telephone(day, 19) for day in DAYS[:4]), telephone(LAST, 10)],
            entered(0, 5, 9),
            [10],
            [],
            id="on one's own telephone in the class",
        ),
        pytest.param(
            [*USUAL, strange(hour=2)],
            entered(3, 5, 9, hour=2),
            (),
            [K.NIGHT],
            id="at night on a strange device",
        ),
        pytest.param(
            [*USUAL, *(visit(TEACHER, day, 2, network=HOME, device="laptop") for day in DAYS)],
            entered(3, 5, 9, hour=2),
            (),
            [],
            id="who always works at night",
        ),
        pytest.param(
            [*USUAL, strange(hour=20)],
            entered(1, 2, 3, 4, 5, hour=20, raised=[51, 52, 51, 52, 51]),
            (),
            [K.CORRECTIONS],
            id="marks of two pupils put up on a strange device",
        ),
        pytest.param(
            [*USUAL, strange(hour=20)],
            entered(1, 2, 3, 4, 5, hour=20, raised=[51, 52, 53, 54, 55]),
            (),
            [],
            id="marks of a whole class",
        ),
        pytest.param(
            USUAL, entered(1, 2, 3, 4, 5, raised=[51] * 5), (), [], id="corrections on the usual computer"
        ),
        pytest.param(
            [*USUAL, *PARENTS_PHONE, visit(PUPIL, LAST, 13, 5, device=f"office {TEACHER}")],
            (),
            (),
            [K.SHARED_DEVICE],
            id="a pupil on a teacher's computer",
        ),
        pytest.param([*USUAL, *COMPUTER_CLASS], (), (), [], id="a computer for everybody"),
        pytest.param(
            [*USUAL, *EVENING, *FROM_SCHOOL],
            (),
            (),
            [K.PARENT_AT_SCHOOL],
            id="a parent from the school in lessons alone",
        ),
        pytest.param([*USUAL, *FROM_SCHOOL, *PARENTS_PHONE], (), (), [], id="a parent from home as well"),
        pytest.param(CHILDS, (), (), [K.PARENT_NEVER], id="the child comes and the parents never"),
        pytest.param([*CHILDS, *PARENTS_PHONE], (), (), [], id="the parent comes too"),
        pytest.param(
            [replace(each, network="этот компьютер") for each in [*USUAL, *FROM_SCHOOL]],
            (),
            (),
            [],
            id="behind a proxy all addresses are one and say nothing",
        ),
        pytest.param([strange(day) for day in DAYS[:2]], (), (), [], id="the first days of a new school"),
    ],
)
def test_what_is_a_sign_and_what_is_not(
    visits: Sequence[Visit], entries: Sequence[EntryFacts], lessons: Sequence[int], kinds: list[SignalKind]
) -> None:
    assert found(visits, entries, lessons) == kinds


def test_a_parent_who_teaches_here_may_share_a_device_with_the_own_child() -> None:
    accounts = ACCOUNTS | {TEACHER: replace(ACCOUNTS[TEACHER], children=frozenset({51}))}
    visits = [*USUAL, visit(PUPIL, LAST, 13, 5, device=f"office {TEACHER}")]
    assert signals(Facts(accounts, visits, school_days=frozenset(DAYS))) == []


SIGNAL = Signal(SignalKind.NIGHT, str(USER_IDS["stranger"]), ("Стрельцов Г.",), ("12.11: 4 записи",), NOW)


def test_a_sign_that_was_looked_into_rests_until_there_is_more(
    school_store: Store, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    newest = [SIGNAL]
    monkeypatch.setattr(lookups, "signals", lambda _: newest)
    (found_one,) = lookups.account_signals(school_store, people.admin, now=NOW)
    assert found_one.check is None
    with pytest.raises(RuleRefused, match="что выяснилось"):
        actions.check_signal(school_store, people.admin, SIGNAL, "  ", now=NOW)
    actions.check_signal(school_store, people.admin, SIGNAL, "записи свои", now=NOW)
    (found_one,) = lookups.account_signals(school_store, people.admin, now=NOW)
    assert found_one.check is not None
    assert (found_one.check.note, found_one.check.checked_by) == ("записи свои", "Адамов Л.")
    newest[:] = [replace(SIGNAL, until=NOW + timedelta(hours=1))]
    (found_one,) = lookups.account_signals(school_store, people.admin, now=NOW)
    assert found_one.check is None
    assert school_store.read("SELECT reason FROM events WHERE kind = 'account_signal_checked'") == [
        ("записи свои",)
    ]


def test_the_facts_of_a_school_are_read(school_store: Store, people: People) -> None:
    read = lookups.facts(school_store, NOW)
    assert read.accounts[USER_IDS["guardian"]].children == frozenset({51})
    assert read.accounts[USER_IDS["stranger"]].is_staff
    assert NOW.date() in read.school_days
    assert len(read.lessons[USER_IDS["stranger"]]) == 2
    assert STRANGER_STAFF not in read.accounts
