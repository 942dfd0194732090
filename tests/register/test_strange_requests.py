"""What no grid of ours sends: one edit that cannot be stored is refused alone, an address with nonsense is no fault."""

from typing import Any

import duckdb
import pytest
from grid_answers import client_of
from screens import session_of
from small_school import CHILD, CLASSMATE, OWNERS_LESSON_TODAY, People
from starlette.applications import Starlette
from starlette.testclient import TestClient

from pages.families import routes as family_routes
from pages.homework import routes as homework_routes
from school.received import id_of, text_of
from school.store.connection import Store
from server.session import COOKIE_NAME

shown = pytest.mark.usefixtures("school_screens")
HUGE = "9" * 40


@pytest.mark.parametrize(
    ("value", "number"),
    [("71", 71), (71, 71), (2**63 - 1, 2**63 - 1), (str(2**63 - 1), 2**63 - 1), ("0", 0), (2**63, None),
     (str(2**63), None), (HUGE, None), (-1, None), ("-1", None), ("", None), ("7 1", None), ("٧", None),
     (float("inf"), None), (1e400, None), (7.0, None), (True, None), (None, None), ({"a": 1}, None), ([], None)],
)  # fmt: skip
def test_an_id_is_a_number_that_the_database_knows(value: Any, number: int | None) -> None:
    assert id_of(value) == number


@pytest.mark.parametrize(
    ("value", "text"),
    [("5", "5"), ("а\x0bб", "а б"), ("а\tб\nв", "а\tб\nв"), ("длинно", "длин"), ("\ud800", None), (5, None),
     (None, None), ({"a": 1}, None)],
)  # fmt: skip
def test_a_text_is_what_every_form_can_hold(value: Any, text: str | None) -> None:
    assert text_of(value, 4) == (text and text[:4])


def edit(**changed: Any) -> dict[str, Any]:
    return {
        "lesson": str(OWNERS_LESSON_TODAY),
        "pupil": str(CHILD),
        "text": "5",
        "base": "",
        "seq": 1,
        **changed,
    }


STRANGE: dict[str, str] = {
    "an id too large": '{"lesson": "71", "pupil": 9223372036854775808, "text": "5", "base": "", "seq": 2}',
    "a lesson of forty digits": f'{{"lesson": "{HUGE}", "pupil": "51", "text": "5", "base": "", "seq": 2}}',
    "infinity": '{"lesson": "71", "pupil": "51", "text": "5", "base": "", "seq": 1e400}',
    "half a surrogate pair": '{"lesson": "71", "pupil": "51", "text": "\\ud800", "base": "", "seq": 2}',
    "an object for a text": '{"lesson": "71", "pupil": "51", "text": {"a": [1]}, "base": "", "seq": 2}',
    "a number for an edit": "7",
}


@shown
@pytest.mark.parametrize("case", STRANGE)
def test_one_edit_that_cannot_be_stored_is_refused_alone(
    school_store: Store, people: People, case: str
) -> None:
    good = f'{{"lesson": "{OWNERS_LESSON_TODAY}", "pupil": "{CLASSMATE}", "text": "4", "base": "", "seq": 1}}'
    body = f'{{"user_id": "{people.owner.user_id}", "client": "c", "edits": [{STRANGE[case]}, {good}]}}'
    headers = {"Content-Type": "application/json"}
    answer = client_of(people.owner).post("/api/register/cells", content=body.encode(), headers=headers)
    assert answer.status_code == 200
    results = {result["pupil"]: result for result in answer.json()["results"]}
    assert results.pop(str(CLASSMATE))["status"] == "saved"
    (refused,) = results.values()
    assert refused["status"] == "refused"
    assert "Введите её ещё раз" in refused["message"]


@shown
@pytest.mark.parametrize("body", ["[" * 100_000, '{"user_id": 1e400}', '{"user_id": "101", "client": {}}'])
def test_what_is_no_batch_at_all_is_malformed(people: People, body: str) -> None:
    headers = {"Content-Type": "application/json"}
    answer = client_of(people.owner).post("/api/register/cells", content=body.encode(), headers=headers)
    assert answer.status_code in {400, 401}


@shown
@pytest.mark.parametrize(
    "address",
    ["/api/register/page?class={n}&subject={n}", "/api/register/page?class=11&subject=21&lesson={n}&first={n}",
     "/api/register/history?lesson={n}&pupil={n}", "/api/term-marks/page?class={n}&subject=21&term={n}",
     "/api/term-marks/history?lesson={n}.21.0.32&pupil={n}", "/api/homeroom/absences/page?class={n}",
     "/api/homeroom/absences/history?lesson={n}&pupil=51", "/api/exams/page?class={n}&subject={n}",
     "/api/exams/history?lesson={n}.21.0.exam&pupil={n}"],
)  # fmt: skip
def test_forty_digits_in_an_address_are_no_fault(people: People, address: str) -> None:
    for user in (people.owner, people.homeroom):
        assert client_of(user).get(address.format(n=HUGE)).status_code < 500


@shown
@pytest.mark.parametrize(
    "address", ["/family/{n}", "/family/{n}/marks/{n}", "/family/51/marks/{n}", "/family?term={n}"]
)
def test_forty_digits_in_the_diary_are_no_such_page(people: People, address: str) -> None:
    client = TestClient(Starlette(routes=[*family_routes.routes, *homework_routes.routes]))
    client.cookies.set(COOKIE_NAME, session_of(people.guardian))
    answer = client.get(address.format(n=HUGE))
    assert answer.status_code in {200, 404}
    if answer.status_code == 404:
        assert "Такой страницы в дневнике нет" in answer.text
    assert client.get(f"/api/homework/files/{HUGE}").status_code == 404


@shown
def test_control_signs_are_left_out_of_what_is_stored(school_store: Store, people: People) -> None:
    body = {"user_id": str(people.owner.user_id), "lesson": str(OWNERS_LESSON_TODAY), "topic": "Дроби\x0b и\x00 доли",
            "type": "", "homework": "", "none": False, "plan": ""}  # fmt: skip
    assert client_of(people.owner).post("/api/register/lesson", json=body).status_code == 200
    assert school_store.read(
        "SELECT topic FROM lessons WHERE lesson_id = $l", {"l": OWNERS_LESSON_TODAY}
    ) == [("Дроби  и  доли",)]


@shown
def test_a_full_disk_is_said_to_the_grid_which_repeats(
    school_store: Store, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not «refused», which would drop what was typed, and not a fault of the program."""
    problem = duckdb.TransactionException('Could not write file "school.duckdb.wal": No space left on device')

    def fails(*_arguments: object) -> None:
        raise problem

    edits = [edit()]
    attendance = [{"lesson": str(OWNERS_LESSON_TODAY), "seq": 2}]
    browser = client_of(people.owner)
    for typed in ({"edits": edits}, {"attendance": attendance}):
        body = {"user_id": str(people.owner.user_id), "client": "c", **typed}
        with monkeypatch.context() as patch:
            patch.setattr("school.store.connection._run_together", fails)
            answer = browser.post("/api/register/cells", json=body)
            assert (
                school_store.failure() == "Запись в журнал остановлена: на диске сервера не осталось места."
            )
        assert answer.status_code == 507
        assert answer.json()["error"] == "unavailable"
        assert "на диске сервера не осталось места" in answer.json()["message"]
        again = browser.post("/api/register/cells", json=body)
        assert [result["status"] for result in again.json()["results"]] == ["saved"]
        assert school_store.failure() is None
