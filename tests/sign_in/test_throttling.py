"""How long guessing costs: a wait that grows and ends, never a lock (п. 3.2, 8.5)."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from school.sign_in.rules.throttling import (
    LIMITS,
    STRANGER,
    Attempt,
    Counted,
    Known,
    allowed_at,
    time_to_wait,
    wait_after,
    wait_text,
)

START = datetime(2026, 11, 19, 12, 0)
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)


@pytest.mark.parametrize(
    ("counted", "failures", "seconds"),
    [
        (Counted.NAME_AT_ADDRESS, 4, 0),
        (Counted.NAME_AT_ADDRESS, 5, 30),
        (Counted.NAME_AT_ADDRESS, 6, 60),
        (Counted.NAME_AT_ADDRESS, 9, 480),
        (Counted.NAME_AT_ADDRESS, 10, 900),
        (Counted.NAME_AT_ADDRESS, 1000, 900),
        (Counted.NAME, 19, 0),
        (Counted.NAME, 20, 5),
        (Counted.NAME, 1000, 30),
        (Counted.ADDRESS, 49, 0),
        (Counted.ADDRESS, 50, 10),
        (Counted.ADDRESS, 1000, 10),
        (Counted.NAME_AT_DEVICE, 4, 0),
        (Counted.NAME_AT_DEVICE, 5, 30),
        (Counted.NAME_AT_DEVICE, 1000, 900),
    ],
)
def test_the_wait_doubles_up_to_its_longest(counted: Counted, failures: int, seconds: int) -> None:
    assert wait_after(failures, LIMITS[counted]) == timedelta(seconds=seconds)


def test_a_pause_of_a_quarter_of_an_hour_starts_the_count_again() -> None:
    limit = LIMITS[Counted.NAME_AT_ADDRESS]
    in_a_row = [START + number * MINUTE for number in range(4)]
    assert allowed_at([*in_a_row, START + 4 * MINUTE], limit) == START + 4 * MINUTE + 30 * SECOND
    assert allowed_at([*in_a_row, START + 19 * MINUTE], limit) == START + 19 * MINUTE


def test_a_row_of_failures_goes_on_through_its_own_waits() -> None:
    limit = LIMITS[Counted.NAME_AT_ADDRESS]
    moments, at = [], START
    for _ in range(20):
        moments.append(at)
        at = (allowed_at(moments, limit) or at) + SECOND
    assert moments[-1] - moments[-2] == 15 * MINUTE + SECOND


def _attempt(
    minute: float, *, name: bool = True, here: bool = True, device: bool = False, good: bool = False
) -> Attempt:
    return Attempt(START + minute * MINUTE, name, here, device, good)


FIVE = [_attempt(number / 10) for number in range(5)]
# A school's own address, from which somebody has tried fifty names.
FIFTY = [_attempt(number / 125, name=False) for number in range(50)]
KNOWN_HERE, OWN_DEVICE = Known(at_address=True), Known(at_device=True)


@pytest.mark.parametrize(
    ("attempts", "known", "wait"),
    [
        pytest.param(FIVE, STRANGER, 30 * SECOND, id="five failures on the name from here"),
        pytest.param([*FIVE, _attempt(0.45, good=True)], STRANGER, timedelta(), id="a success ends them"),
        pytest.param(
            [*FIVE, _attempt(0.45, here=False, good=True)],
            STRANGER,
            30 * SECOND,
            id="a success elsewhere does not",
        ),
        pytest.param(
            [_attempt(n / 10, here=False) for n in range(5)],
            STRANGER,
            timedelta(),
            id="guesses from elsewhere",
        ),
        pytest.param(
            [_attempt(n / 100, here=False) for n in range(41)],
            STRANGER,
            30 * SECOND,
            id="many guesses from elsewhere",
        ),
        pytest.param(
            [_attempt(n / 10, name=False) for n in range(5)],
            STRANGER,
            timedelta(),
            id="a neighbour's mistakes",
        ),
        pytest.param(FIFTY, STRANGER, 10 * SECOND, id="a newcomer where many names were tried"),
        pytest.param(FIFTY * 20, STRANGER, 10 * SECOND, id="the wait does not grow"),
        pytest.param(FIFTY, KNOWN_HERE, timedelta(), id="who was here lately is not held up"),
        pytest.param(FIFTY, OWN_DEVICE, timedelta(), id="nor whose device is known"),
        pytest.param(FIVE, KNOWN_HERE, 30 * SECOND, id="guesses at a known name are slow as ever"),
        pytest.param(FIVE, OWN_DEVICE, timedelta(), id="a known device is not held up by guesses beside it"),
        pytest.param(
            [_attempt(n / 10, device=True) for n in range(5)],
            OWN_DEVICE,
            30 * SECOND,
            id="guesses on a known device are slow",
        ),
    ],
)
def test_who_waits_for_whose_failures(attempts: list[Attempt], known: Known, wait: timedelta) -> None:
    assert time_to_wait(attempts, attempts[-1].at, known) == pytest.approx(wait, abs=timedelta(seconds=5))


ROWS = st.tuples(st.integers(0, 20_000), *[st.booleans()] * 4)


@given(st.lists(ROWS, max_size=80), st.booleans(), st.booleans())
def test_nobody_waits_longer_than_a_quarter_of_an_hour(
    rows: list[tuple[int, bool, bool, bool, bool]], at_device: bool, at_address: bool
) -> None:
    attempts = [Attempt(START + second * SECOND, *flags) for second, *flags in sorted(rows)]
    last, known = attempts[-1].at if attempts else START, Known(at_device, at_address)
    assert time_to_wait(attempts, last, known) <= 15 * MINUTE
    assert time_to_wait(attempts, last + 15 * MINUTE, known) == timedelta()


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.2, "1 с"), (29.1, "30 с"), (59, "59 с"), (60, "1 мин"), (61, "2 мин"), (900, "15 мин")],
)
def test_the_wait_in_words_is_never_shorter_than_it_is(seconds: float, text: str) -> None:
    assert wait_text(timedelta(seconds=seconds)) == text.replace(" ", "\u00a0")
