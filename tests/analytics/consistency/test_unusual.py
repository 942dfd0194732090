"""Which groups are unusual: beyond the usual spread of the groups, beyond chance, and by enough to matter."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.fair.unusual import FEWEST_GROUPS, discoveries, is_unusual, usual_among

ERRORS = np.full(20, 0.05)


def values(*odd: float) -> np.ndarray:
    """Return 20 values around 0.1, spread by a tenth, the last ones odd."""
    usual = 0.1 + 0.1 * np.sin(np.arange(20 - len(odd)))
    return np.array([*usual, *odd])


def test_odd_groups_do_not_move_what_is_usual() -> None:
    calm, with_odd = usual_among(values(), ERRORS), usual_among(values(3.0, 4.0), ERRORS)
    assert calm is not None
    assert with_odd is not None
    assert with_odd.centre == pytest.approx(calm.centre, abs=0.03)
    assert with_odd.spread == pytest.approx(calm.spread, abs=0.03)


def test_the_odd_are_found_and_nobody_else() -> None:
    rows = values(-0.9, 1.4)
    found = is_unusual(rows, ERRORS, usual_among(rows, ERRORS), least=0.3)
    assert list(np.flatnonzero(found)) == [18, 19]


def test_what_chance_explains_is_not_unusual() -> None:
    rows, errors = values(1.4), ERRORS.copy()
    errors[-1] = 0.9
    assert not is_unusual(rows, errors, usual_among(rows, errors), least=0.3).any()


def test_what_is_certain_but_small_does_not_matter() -> None:
    rows, errors = np.array([*np.zeros(19), 0.1]), np.full(20, 0.001)
    usual = usual_among(rows, errors)
    assert is_unusual(rows, errors, usual, least=0.05).any()
    assert not is_unusual(rows, errors, usual, least=0.2).any()


def test_a_few_groups_do_not_say_what_is_usual() -> None:
    few = np.arange(FEWEST_GROUPS - 1, dtype=float)
    usual = usual_among(few, np.full(len(few), 0.01))
    assert usual is None
    assert not is_unusual(few, np.full(len(few), 0.01), usual, least=0.1).any()


# The example of Benjamini and Hochberg 1995: of 15 questions the first four are discoveries.
PUBLISHED = [
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0,
]  # fmt: skip


def test_discoveries_are_those_of_the_published_example() -> None:
    assert list(np.flatnonzero(discoveries(np.array(PUBLISHED), 15))) == [0, 1, 2, 3]


@given(st.lists(st.floats(0, 1), max_size=30), st.randoms())
def test_discoveries_do_not_depend_on_the_order_and_are_the_least_chances(
    chances: list[float], order: object
) -> None:
    shuffled = sorted(chances, key=lambda _: order.random())  # type: ignore[attr-defined]
    found = discoveries(np.array(shuffled), len(shuffled))
    taken, left = np.array(shuffled)[found], np.array(shuffled)[~found]
    assert not len(taken) or not len(left) or taken.max() <= left.min()
    assert sorted(taken) == sorted(np.array(chances)[discoveries(np.array(chances), len(chances))])
