"""Numbers as Russian readers write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from school.numbers import change_text, counted, number_text, percent_text, plural


@pytest.mark.parametrize(
    ("number", "decimals", "text"),
    [
        (4.333, 2, "4,33"),
        (12345.678, 1, "12\u202f345,7"),
        (-1.25, 1, "−1,2"),
        (-0.04, 1, "0,0"),
        (None, 1, "—"),
        (float("nan"), 1, "—"),
        (float("inf"), 1, "—"),
    ],
)
def test_numbers(number: float | None, decimals: int, text: str) -> None:
    assert number_text(number, decimals) == text


def test_percents_and_changes() -> None:
    assert percent_text(98.66) == "98,7\u202f%"
    assert percent_text(None) == "—"
    assert change_text(1.24) == "+1,2 п. п."
    assert change_text(-1.24) == "−1,2 п. п."
    assert change_text(0.01) == "0,0 п. п."
    assert change_text(float("nan")) is None


@pytest.mark.parametrize(
    ("count", "word"),
    [
        (0, "уроков"),
        (1, "урок"),
        (2, "урока"),
        (5, "уроков"),
        (11, "уроков"),
        (14, "уроков"),
        (21, "урок"),
        (112, "уроков"),
    ],
)
def test_plurals(count: int, word: str) -> None:
    assert plural(count, "урок", "урока", "уроков") == word
    assert counted(count, "урок", "урока", "уроков") == f"{count} {word}"


@given(st.floats(allow_nan=True, allow_infinity=True) | st.none(), st.integers(0, 3))
def test_no_number_is_written_in_english(number: float | None, decimals: int) -> None:
    text = number_text(number, decimals)
    assert "." not in text
    assert "nan" not in text
    assert not text.startswith("−0,") or any(digit in text for digit in "123456789")
