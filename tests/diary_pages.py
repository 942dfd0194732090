"""The family's diary without a browser: ask for its pages as somebody, read the answer."""

from screens import session_of
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.testclient import TestClient

from pages.families.routes import routes
from school.records import User
from server.http import session_routes
from server.session import COOKIE_NAME

OWN_FORM = {"Sec-Fetch-Site": "same-origin", "Content-Type": "application/x-www-form-urlencoded"}


def diary_client(user: User | None) -> TestClient:
    """Return a browser that follows no redirects, in which somebody is signed in; the screens must show a school."""
    client = TestClient(Starlette(routes=[*routes, *session_routes.routes]), follow_redirects=False)
    if user is not None:
        client.cookies.set(COOKIE_NAME, session_of(user))
    return client


def diary_page(user: User | None, address: str = "") -> str:
    """Return a page of the diary by its address after ``/family``; it must open."""
    answer = diary_client(user).get(f"/family{address}")
    assert answer.status_code == 200, answer.text
    return answer.text


def press(client: TestClient, address: str, **fields: str) -> Response:
    """Send a form as a browser on a page of the diary does."""
    return client.post(address, data=fields, headers=OWN_FORM)
