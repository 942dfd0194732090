"""«Найти» of a diary: a page, a subject, a teacher, an answer of the guide by typed words, of one's own child only (п. 3.6, 4.7)."""

import re

import pytest
from diary_pages import diary_client, diary_page, press
from small_school import CHILD, MATHS, STRANGE_CHILD, People

from pages.families.parts.diary_html import PLACES, SCHOOL_PLACES
from pages.families.talk.finding import ACCOUNT_PLACES, MORE_PLACES, _places
from school.records import User

pytestmark = pytest.mark.usefixtures("school_screens")


def found(user: User, words: str) -> list[str]:
    """Return the addresses that words find, in the order shown."""
    answer = press(diary_client(user), f"/family/{CHILD}/find", q=words)
    assert answer.status_code == 200, answer.text
    return re.findall(r'<li><a class="file" href="([^"]*)"', answer.text)


@pytest.mark.parametrize(
    ("words", "address"),
    [
        ("пропуски", f"/family/{CHILD}/absences"),
        ("ghjgecrb", f"/family/{CHILD}/absences"),
        ("ребёнок заболел", f"/family/{CHILD}/absences"),
        ("сообщить о проп", f"/family/{CHILD}/absences/announce"),
        ("матем", f"/family/{CHILD}/marks/{MATHS}"),
        ("смен парол", "/family/password"),
        ("буквы", "/family/view"),
        ("каникулы", f"/family/{CHILD}/events"),
    ],
)
def test_words_lead_to_where_they_are_answered(people: People, words: str, address: str) -> None:
    assert address in found(people.guardian, words)


def test_a_teacher_is_found_as_whom_to_write_to(people: People) -> None:
    letters = [each for each in found(people.guardian, "математика") if "/messages/new?to=" in each]
    assert letters == [f"/family/{CHILD}/messages/new?to={people.owner.user_id}"]


def test_a_pupil_is_not_led_to_what_only_a_guardian_may(people: People) -> None:
    assert not any("announce" in each for each in found(people.pupil, "сообщить о пропуске"))
    assert f"/family/{CHILD}/absences" in found(people.pupil, "пропуски")


def test_what_is_found_opens(people: People) -> None:
    client = diary_client(people.guardian)
    for place in _places():
        address = place if place in ACCOUNT_PLACES else f"/family/{CHILD}{place}"
        assert client.get(address).status_code == 200, address
    assert set(_places()) == {*PLACES, *SCHOOL_PLACES, *MORE_PLACES, *ACCOUNT_PLACES} - {"/find"}


def test_nothing_found_says_what_to_do(people: People) -> None:
    answer = press(diary_client(people.guardian), f"/family/{CHILD}/find", q="<b>щщщ")
    assert "Ничего не нашлось" in answer.text
    assert "<b>щщщ" not in answer.text


def test_another_child_is_not_searched(people: People) -> None:
    client = diary_client(people.guardian)
    assert press(client, f"/family/{STRANGE_CHILD}/find", q="математика").status_code == 403
    assert press(diary_client(people.homeroom), f"/family/{CHILD}/find", q="математика").status_code == 403


def test_staff_have_no_link_to_it(people: People) -> None:
    assert f"/family/{CHILD}/find" in diary_page(people.guardian, f"/{CHILD}")
    assert f"/family/{CHILD}/find" not in diary_page(people.homeroom, f"/{CHILD}")
