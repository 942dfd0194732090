"""Unexpected errors: people get a number and a calm sentence, the log a traceback without anybody's data."""

import re

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Route
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from server.faults import answer_fault

NAME = "Яковлев"


def _broken_page() -> None:
    from server.faults import show_fault

    try:
        try:
            int("Яковлев")
        except ValueError as problem:
            raise KeyError("Яковлев") from problem
    except KeyError as problem:
        show_fault(problem)


def _refusing_page() -> None:
    from school.errors import Refusal
    from server.faults import show_fault

    show_fault(Refusal("Так нельзя.", "Потому что.", "Сделайте иначе."))


def test_a_page_that_fails_shows_a_number_that_the_log_has_too(caplog: pytest.LogCaptureFixture) -> None:
    page = AppTest.from_function(_broken_page).run()
    said = page.error[0].value
    number = re.search(r"№ (\d{3}-\d{3})", said)
    assert number
    assert not page.exception
    assert f"Fault {number[1]}" in caplog.text
    assert "ValueError" in caplog.text
    assert "KeyError" in caplog.text
    assert NAME not in said + caplog.text.replace('int("Яковлев")', "").replace('KeyError("Яковлев")', "")


def test_a_refusal_that_nobody_caught_is_shown_as_it_is() -> None:
    page = AppTest.from_function(_refusing_page).run()
    assert page.warning[0].value == "Так нельзя. Потому что. Сделайте иначе."


def test_a_route_that_fails_answers_with_a_number() -> None:
    async def fail(_request: Request) -> None:
        raise ValueError(NAME)

    app = Starlette(routes=[Route("/", fail)], exception_handlers={Exception: answer_fault})
    answer = TestClient(app, raise_server_exceptions=False).get("/")
    assert answer.status_code == 500
    assert re.search(r"№ \d{3}-\d{3}", answer.json()["message"])
    assert NAME not in answer.text
