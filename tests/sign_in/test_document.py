"""The document around every screen: Russian, framed by nobody, loading nothing from elsewhere."""

import re

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from server.document import OwnDocument


@pytest.fixture
def browser() -> TestClient:
    passed_on = Route(
        "/{path:path}", lambda _request: PlainTextResponse("passed on"), methods=["GET", "POST"]
    )
    return TestClient(Starlette(routes=[passed_on], middleware=[Middleware(OwnDocument)]))


@pytest.mark.parametrize("path", ["/", "/today", "/class_lists", "/nothing"])
def test_an_address_of_a_page_opens_the_products_document(browser: TestClient, path: str) -> None:
    answer = browser.get(path)
    assert '<html lang="ru"' in answer.text
    assert "<title>Электронный журнал</title>" in answer.text
    assert "Электронному журналу нужен JavaScript" in answer.text
    assert "Streamlit app" not in re.sub(r"<script>.*?</script>|<!--.*?-->", "", answer.text, flags=re.DOTALL)


@pytest.mark.parametrize("path", ["/_stcore/health", "/static/js/index.js", "/api/session/open", "/today/"])
def test_everything_else_is_passed_on(browser: TestClient, path: str) -> None:
    assert browser.get(path).text == "passed on"


def test_a_post_is_passed_on(browser: TestClient) -> None:
    assert browser.post("/today").text == "passed on"


def test_the_browser_is_told_to_load_nothing_from_elsewhere(browser: TestClient) -> None:
    headers = browser.get("/").headers
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "http" not in policy
    assert headers["x-content-type-options"] == "nosniff"
