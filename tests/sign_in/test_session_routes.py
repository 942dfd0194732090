"""The session's cookie: set once for a fresh ticket, out of scope of scripts, gone after signing out."""

from datetime import timedelta
from http.cookies import SimpleCookie

import pytest
from screens import session_of
from small_school import NOW, People
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.testclient import TestClient

from school.records import Role, User
from school.sign_in.lookups.sessions import user_of_session
from school.store.school import School
from server.http.document import page_addresses
from server.http.session_routes import TICKET_LIFE, Tickets, routes, tickets
from server.session import COOKIE_NAME, is_same_origin, user_of_request

SITE = "http://school.example"
OWN = {"origin": SITE}


@pytest.fixture
def browser(school_screens: School) -> TestClient:
    return TestClient(Starlette(routes=routes), base_url=SITE)


def ticket_for(user: User) -> tuple[str, str]:
    secret = session_of(user)
    return secret, tickets.issue(secret, user.roles, NOW)


def cookie_of(answer: object) -> dict[str, str]:
    header = answer.headers["set-cookie"]  # type: ignore[attr-defined]
    morsel = SimpleCookie(header)[COOKIE_NAME]
    return {"value": morsel.value} | {key: str(value) for key, value in morsel.items() if value}


def test_a_ticket_becomes_a_cookie_that_scripts_and_other_sites_cannot_use(
    browser: TestClient, people: People
) -> None:
    secret, ticket = ticket_for(people.owner)
    answer = browser.post("/api/session/open", json={"ticket": ticket}, headers=OWN)
    assert answer.status_code == 200
    assert cookie_of(answer) == {"value": secret, "httponly": "True", "samesite": "strict", "path": "/"}


def test_over_https_the_cookie_stays_on_https(school_screens: School, people: People) -> None:
    browser = TestClient(Starlette(routes=routes), base_url="https://school.example")
    _, ticket = ticket_for(people.owner)
    answer = browser.post(
        "/api/session/open", json={"ticket": ticket}, headers={"origin": "https://school.example"}
    )
    assert cookie_of(answer)["secure"] == "True"


def test_a_family_stays_signed_in_when_the_browser_closes(browser: TestClient, people: People) -> None:
    _, ticket = ticket_for(people.guardian)
    answer = browser.post("/api/session/open", json={"ticket": ticket}, headers=OWN)
    assert cookie_of(answer)["max-age"] == str(7 * 24 * 3600)


def test_a_ticket_serves_once(browser: TestClient, people: People) -> None:
    _, ticket = ticket_for(people.owner)
    browser.post("/api/session/open", json={"ticket": ticket}, headers=OWN)
    again = browser.post("/api/session/open", json={"ticket": ticket}, headers=OWN)
    assert again.status_code == 410
    assert "set-cookie" not in again.headers


def test_a_ticket_ages_quickly() -> None:
    held = Tickets()
    ticket = held.issue("secret", {Role.TEACHER}, NOW)
    assert held.redeem(ticket, NOW + TICKET_LIFE) is None
    assert held.redeem(held.issue("secret", {Role.TEACHER}, NOW), NOW + TICKET_LIFE - timedelta(seconds=1))


@pytest.mark.parametrize("body", [{}, {"ticket": "made up"}, {"ticket": None}, [], "ticket", 7])
def test_a_made_up_ticket_gets_no_cookie(browser: TestClient, body: object) -> None:
    answer = browser.post("/api/session/open", json=body, headers=OWN)
    assert answer.status_code in (400, 410)
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("path", ["/api/session/open", "/api/session/close"])
@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "http://school.example.evil.example"},
        {"origin": "null"},
        {},
        {"origin": SITE, "sec-fetch-site": "cross-site"},
        {"origin": SITE, "sec-fetch-site": "same-site"},
        {"origin": SITE, "content-type": "text/plain"},
        {"origin": SITE, "content-type": "application/x-www-form-urlencoded"},
    ],
)
def test_another_site_can_neither_sign_in_nor_out(
    browser: TestClient, people: People, path: str, headers: dict[str, str]
) -> None:
    secret, ticket = ticket_for(people.owner)
    browser.cookies.set(COOKIE_NAME, secret)
    sent = {"content-type": "application/json"} | headers
    answer = browser.post(path, content=f'{{"ticket": "{ticket}"}}', headers=sent)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers
    assert tickets.redeem(ticket, NOW), "the ticket is still good"


def test_signing_in_ends_the_session_this_browser_had(
    browser: TestClient, people: People, school_screens: School
) -> None:
    """Whoever left a tab open on a shared computer does not stay signed in beside the next person."""
    before = session_of(people.stranger)
    browser.cookies.set(COOKIE_NAME, before)
    secret, ticket = ticket_for(people.owner)
    browser.post("/api/session/open", json={"ticket": ticket}, headers=OWN)
    assert user_of_session(school_screens.store, before, NOW) is None
    assert user_of_session(school_screens.store, secret, NOW) == people.owner


def test_closing_ends_the_session_and_takes_the_cookie_away(
    browser: TestClient, people: People, school_screens: School
) -> None:
    secret = session_of(people.owner)
    browser.cookies.set(COOKIE_NAME, secret)
    answer = browser.post("/api/session/close", json={}, headers=OWN)
    assert cookie_of(answer) == {
        "value": "",
        "max-age": "0",
        "httponly": "True",
        "samesite": "strict",
        "path": "/",
    }
    assert user_of_session(school_screens.store, secret, NOW) is None


def _request(cookie: str | None = None, **headers: str) -> Request:
    sent = headers | ({"cookie": f"{COOKIE_NAME}={cookie}"} if cookie else {})
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in sent.items()]
    return Request({"type": "http", "method": "POST", "path": "/", "headers": raw})


def test_a_request_is_its_cookies_user(school_screens: School, people: People) -> None:
    assert user_of_request(_request(session_of(people.owner))) == people.owner
    assert user_of_request(_request("made up")) is None
    assert user_of_request(_request()) is None


def test_over_plain_http_the_origin_decides() -> None:
    """Browsers send Sec-Fetch-Site over https and to localhost only."""
    json = {"content_type": "application/json; charset=utf-8", "host": "journal.local:8501"}
    assert is_same_origin(_request(origin="http://journal.local:8501", **json))
    assert not is_same_origin(_request(origin="http://journal.local", **json))
    assert is_same_origin(_request(origin="null", sec_fetch_site="same-origin", **json))


@pytest.mark.parametrize(
    ("name", "back", "next_address"),
    [
        ("guardian", None, "/family"),
        ("pupil", "", "/family"),
        ("guardian", "/family/51/marks?term=32", "/family/51/marks?term=32"),
        ("guardian", "//evil.example", "/family"),
        ("guardian", "/family/../grid", "/family"),
        ("guardian", "/family//evil.example", "/family"),
        ("guardian", "https://evil.example/family/1", "/family"),
        ("guardian", ["/family/1"], "/family"),
        ("deputy", "/family/51", "/family/51"),
        ("deputy", "/today", None),
        ("deputy", None, None),
        ("owner", "/family/51", None),
    ],
)
def test_where_the_browser_goes_after_a_sign_in(
    browser: TestClient, people: People, name: str, back: object, next_address: str | None
) -> None:
    _, ticket = ticket_for(getattr(people, name))
    answer = browser.post("/api/session/open", json={"ticket": ticket, "back": back}, headers=OWN)
    assert answer.json() == {"next": next_address}


def test_a_password_manager_is_led_to_where_a_password_is_changed(
    browser: TestClient, people: People
) -> None:
    ways = {None: "/own_sign_ins", people.owner: "/own_sign_ins", people.guardian: "/family/password"}
    for user, way in ways.items():
        browser.cookies.set(COOKIE_NAME, session_of(user) if user else "")
        answer = browser.get("/.well-known/change-password", follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (303, way)
    assert "own_sign_ins" in page_addresses()
