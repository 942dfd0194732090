"""The routes of the grid's pages without a browser: ask as somebody, read the answer."""

from typing import Any

from screens import session_of
from starlette.applications import Starlette
from starlette.testclient import TestClient

from pages.attendance import routes as absence_routes
from pages.councils import routes as exam_routes
from pages.register import routes as register_routes
from pages.term_marks import routes as term_mark_routes
from school.records import User
from server.session import COOKIE_NAME

SAME_SITE = {"Sec-Fetch-Site": "same-origin"}


def client_of(user: User | None) -> TestClient:
    """Return a browser in which somebody is signed in; the screens must show a school."""
    client = TestClient(
        Starlette(
            routes=[
                *register_routes.routes,
                *term_mark_routes.routes,
                *absence_routes.routes,
                *exam_routes.routes,
            ]
        ),
        headers=SAME_SITE,
    )
    if user is not None:
        client.cookies.set(COOKIE_NAME, session_of(user))
    return client


def register_of(user: User, **address: str) -> dict[str, Any]:
    """Return «Журнал» as somebody reads it at an address."""
    answer: dict[str, Any] = client_of(user).get("/api/register/page", params=address).json()
    return answer


def term_marks_of(user: User, **address: str) -> dict[str, Any]:
    """Return «Оценки за период» as somebody reads it at an address."""
    answer: dict[str, Any] = client_of(user).get("/api/term-marks/page", params=address).json()
    return answer


def absences_of(user: User, **address: str) -> dict[str, Any]:
    """Return «Пропуски» as somebody reads it at an address."""
    answer: dict[str, Any] = client_of(user).get("/api/homeroom/absences/page", params=address).json()
    return answer


def exams_of(user: User, **address: str) -> dict[str, Any]:
    """Return «Экзамены и итог» as somebody reads it at an address."""
    answer: dict[str, Any] = client_of(user).get("/api/exams/page", params=address).json()
    return answer


def write_head(user: User, lesson: int, **typed: object) -> dict[str, Any]:
    """Write at a lesson's head as its teacher's browser does; return the answer."""
    head = {"topic": "", "type": "", "homework": "", "none": False, "plan": "", **typed}
    body = {"user_id": str(user.user_id), "lesson": str(lesson), **head}
    answer: dict[str, Any] = client_of(user).post("/api/register/lesson", json=body).json()
    return answer
