"""Deadlines and states of requests, texts of remarks (п. 3.6, 4.3)."""

from datetime import date, datetime

import pytest

from school.control.rules import (
    RequestState,
    check_closing_note,
    check_request,
    default_deadline,
    request_state,
)
from school.errors import RuleRefused
from school.families.rules import check_remark

NOW = datetime(2026, 11, 19, 12)

# Closed by the deputy, lessons left, pupils left, where the request stands.
STATES = [
    (False, 2, 0, RequestState.OPEN),
    (False, 0, 1, RequestState.OPEN),
    (False, 0, 0, RequestState.DONE),
    (True, 2, 0, RequestState.CLOSED),
]


@pytest.mark.parametrize(("is_closed", "lessons", "pupils", "state"), STATES)
def test_a_request_is_done_by_itself_when_the_gaps_are_gone(
    is_closed: bool, lessons: int, pupils: int, state: RequestState
) -> None:
    assert request_state(is_closed=is_closed, lessons_left=lessons, pupils_left=pupils) is state


def weekdays(day: date) -> bool:
    return day.isoweekday() <= 5


# Today, the deadline: the next school day and two more.
DEADLINES = [
    (date(2026, 11, 16), date(2026, 11, 19)),
    (date(2026, 11, 19), date(2026, 11, 24)),
    (date(2026, 11, 21), date(2026, 11, 25)),
]


@pytest.mark.parametrize(("today", "deadline"), DEADLINES)
def test_the_deadline_counts_school_days(today: date, deadline: date) -> None:
    assert default_deadline(today, weekdays) == deadline


def test_holidays_put_the_deadline_off() -> None:
    assert default_deadline(
        date(2026, 10, 22), lambda day: weekdays(day) and not 24 <= day.day <= 31
    ) == date(2026, 11, 3)


def test_where_the_calendar_ends_weekdays_are_counted() -> None:
    assert default_deadline(date(2027, 5, 28), lambda _: False) == date(2027, 6, 2)


@pytest.mark.parametrize("due_on", [date(2026, 11, 18), date(2027, 3, 1)])
def test_a_deadline_that_is_over_or_far_away_is_refused(due_on: date) -> None:
    with pytest.raises(RuleRefused, match="срок не подходит"):
        check_request("", due_on, NOW)


def test_a_request_needs_no_words_but_not_too_many() -> None:
    check_request("", NOW.date(), NOW)
    with pytest.raises(RuleRefused, match="длиннее"):
        check_request("п" * 501, NOW.date(), NOW)


@pytest.mark.parametrize("note", ["", "  ", "р" * 501])
def test_the_deputy_closes_with_a_note(note: str) -> None:
    with pytest.raises(RuleRefused):
        check_closing_note(note)


@pytest.mark.parametrize("text", ["", "  \n", "ок", "т" * 1001])
def test_a_remark_says_something_and_not_too_much(text: str) -> None:
    with pytest.raises(RuleRefused):
        check_remark(text)


def test_a_remark_keeps_its_words() -> None:
    assert check_remark("  Молодец!\nТак держать. ") == "Молодец!\nТак держать."
