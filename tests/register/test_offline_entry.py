"""Entry without a connection: what a browser keeps for then names nobody, and the marks go out only for who typed them (п. 8.2)."""

import re
from base64 import b64encode
from hashlib import sha256

import pytest
from grid_answers import client_of
from screens import session_of
from small_school import CHILD, OWNERS_LESSON_TODAY, People
from starlette.applications import Starlette
from starlette.testclient import TestClient

from pages.families.parts.diary_files import worker
from pages.families.routes import routes as family_routes
from pages.grid import SCRIPT_ADDRESS
from pages.grid.offline import OFFLINE_ADDRESS, offline_routes
from pages.grid.requests import script_route
from school.records import User
from server.http.document import document
from server.http.own_routes import OwnRoutes
from server.session import COOKIE_NAME

pytestmark = pytest.mark.usefixtures("school_screens")


def browser_of(user: User | None) -> TestClient:
    client = TestClient(OwnRoutes(Starlette(), [*offline_routes, script_route, *family_routes]))
    if user is not None:
        client.cookies.set(COOKIE_NAME, session_of(user))
    return client


def test_the_page_for_no_connection_is_the_same_for_everybody_and_runs_its_own_script_alone(
    people: People,
) -> None:
    answer = browser_of(people.owner).get(OFFLINE_ADDRESS)
    assert answer.text == browser_of(None).get(OFFLINE_ADDRESS).text
    (script,) = re.findall(r"<script>(.*?)</script>", answer.text, flags=re.DOTALL)
    named = b64encode(sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{named}';" in answer.headers["content-security-policy"]
    assert not re.search(r'(src|href)="', answer.text), "without a connection nothing else can be loaded"


def test_the_worker_keeps_that_page() -> None:
    assert f'const OFFLINE = "{OFFLINE_ADDRESS}";'.encode() in worker()


def test_the_script_that_sends_is_that_of_the_grids_and_knows_who_is_signed_in(people: People) -> None:
    address = f"{SCRIPT_ADDRESS.rpartition('/')[0]}/unsent.js"
    answer = browser_of(people.owner).get(address)
    assert f'export {{ sendUnsent }} from "{SCRIPT_ADDRESS}";' in answer.text
    assert f'export const user = "{people.owner.user_id}";' in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert "export const user = null;" in browser_of(None).get(address).text
    assert "export { sendUnsent };" in browser_of(None).get(SCRIPT_ADDRESS).text


def test_a_teachers_browser_is_told_how_to_hold_the_register_as_an_app() -> None:
    (address,) = re.findall(r'<link rel="manifest" href="([^"]+)">', document())
    said = browser_of(None).get(address).json()
    assert (said["id"], said["start_url"], said["short_name"]) == ("/", "/", "Журнал")


def test_a_grid_is_told_when_its_marks_were_saved_by_the_clock_of_the_school(people: People) -> None:
    edit = {"lesson": str(OWNERS_LESSON_TODAY), "pupil": str(CHILD), "text": "5", "base": "", "seq": 1}
    body = {"user_id": str(people.owner.user_id), "client": "a", "edits": [edit]}
    answer = client_of(people.owner).post("/api/register/cells", json=body).json()
    assert (answer["results"][0]["status"], answer["at"]) == ("saved", "12:00:00")
