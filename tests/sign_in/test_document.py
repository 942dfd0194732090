"""The document around every screen: Russian, framed by nobody, loading nothing from elsewhere."""

import re

import pytest
from screens import session_of
from small_school import People
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from school.store.school import School
from server.http.document import OwnDocument
from server.session import COOKIE_NAME


@pytest.fixture
def browser() -> TestClient:
    passed_on = Route(
        "/{path:path}", lambda _request: PlainTextResponse("passed on"), methods=["GET", "POST"]
    )
    return TestClient(Starlette(routes=[passed_on], middleware=[Middleware(OwnDocument)]))


@pytest.mark.parametrize("path", ["/", "/today", "/class_lists", "/home"])
def test_an_address_of_a_page_opens_the_products_document(browser: TestClient, path: str) -> None:
    answer = browser.get(path)
    assert '<html lang="ru"' in answer.text
    assert "<title>Электронный журнал</title>" in answer.text
    assert "Электронному журналу нужен JavaScript" in answer.text
    assert "Streamlit app" not in re.sub(r"<script>.*?</script>|<!--.*?-->", "", answer.text, flags=re.DOTALL)


@pytest.mark.parametrize("path", ["/nothing", "/Today", "/today2", "/class/7", "/app.py", "/_stcore2/x"])
def test_an_address_of_no_page_says_so(browser: TestClient, path: str) -> None:
    answer = browser.get(path)
    assert answer.status_code == 404
    assert "Такой страницы в журнале нет" in answer.text
    assert 'href="/"' in answer.text


def test_a_slash_too_many_leads_to_the_page(browser: TestClient) -> None:
    answer = browser.get("/today/", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (308, "/today")


@pytest.mark.parametrize("path", ["/_stcore/health", "/static/js/index.js", "/media/00ff", "/favicon.png"])
def test_what_is_streamlits_is_passed_on(browser: TestClient, path: str) -> None:
    assert browser.get(path).text == "passed on"


def test_a_post_is_passed_on(browser: TestClient) -> None:
    assert browser.post("/today").text == "passed on"


def test_the_browser_is_told_to_load_nothing_from_elsewhere(browser: TestClient) -> None:
    answer = browser.get("/")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "http" not in policy
    scripts = policy.split("script-src ")[1].split(";")[0]
    assert "unsafe" not in scripts
    assert scripts.count("'sha256-") == len(re.findall(r"<script>", answer.text))


@pytest.mark.parametrize("path", ["/", "/grid", "/diary"])
def test_a_family_goes_on_to_its_diary_without_a_script(
    browser: TestClient, school_screens: School, people: People, path: str
) -> None:
    for user in (people.guardian, people.pupil):
        browser.cookies.set(COOKIE_NAME, session_of(user))
        answer = browser.get(path, follow_redirects=False)
        assert (answer.status_code, answer.headers["location"], answer.text) == (303, "/family", "")


def test_staff_and_who_has_left_get_the_document(
    browser: TestClient, school_screens: School, people: People
) -> None:
    for secret in (session_of(people.owner), "of a session that ended"):
        browser.cookies.set(COOKIE_NAME, secret)
        assert browser.get("/", follow_redirects=False).status_code == 200
