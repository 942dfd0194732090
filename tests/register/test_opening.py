"""«Журнал» from the menu opens where one stands: the lesson of now, else the register looked at last, else one's own first."""

import json
from datetime import datetime, timedelta

import pytest
from small_school import CLASS_7A, CLASS_8B, MATHS, NOW, OWNERS_LESSON_TODAY, People

from pages.register.parts.opening import opening_address
from pages.register.parts.register_answer import register_answer
from school.records import User
from school.store.connection import Store
from school.store.school import School

# The owner's lesson of this day, by the bells.
BEGINS = datetime(2026, 11, 19, 8, 30)
LESSON = {"class": str(CLASS_7A), "subject": str(MATHS), "lesson": str(OWNERS_LESSON_TODAY)}


@pytest.mark.parametrize(
    ("minutes", "address"), [(-1, {}), (0, LESSON), (44, LESSON), (60, LESSON), (61, {}), (24 * 60, {})]
)
def test_the_lesson_of_now_opens_until_the_break_is_over(
    school_store: Store, people: People, minutes: int, address: dict[str, str]
) -> None:
    at = BEGINS + timedelta(minutes=minutes)
    assert opening_address(School(school_store, lambda: at), people.owner, {}) == address


def test_an_address_that_names_a_class_stands(school_store: Store, people: People) -> None:
    named = {"class": str(CLASS_8B)}
    assert opening_address(School(school_store, lambda: BEGINS), people.owner, named) == named


def opened(store: Store, user: User, address: dict[str, str]) -> str:
    return json.loads(register_answer(School(store, lambda: NOW), user, address))["address"]["class"]


def test_who_has_no_lesson_now_comes_back_to_the_register_looked_at_last(
    school_store: Store, people: People
) -> None:
    first = opened(school_store, people.deputy, {})
    other = str(CLASS_8B if first == str(CLASS_7A) else CLASS_7A)
    assert opened(school_store, people.deputy, {"class": other}) == other
    assert opened(school_store, people.deputy, {}) == other
    # Another's last register is not one's own.
    assert opened(school_store, people.head, {}) == first
