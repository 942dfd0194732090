"""What the outermost layer does: names of hosts and cookies behind a proxy with TLS, headers of all answers."""

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from server.http.cookies import COOKIE_NAME, SECURE_NAME, for_https, from_https
from server.http.edge import Edge
from server.http.origins import is_own_origin
from server.http.rates import MOST_ADDRESSES, Rates

PROXY = "10.1.1.1"


async def _echo(scope: Scope, receive: Receive, send: Send) -> None:
    request = Request(scope)
    answer = JSONResponse({"host": request.headers["host"], "cookies": request.cookies})
    answer.set_cookie(COOKIE_NAME, "new", path="/", httponly=True, samesite="strict")
    answer.set_cookie("_streamlit_xsrf", "token")
    await answer(scope, receive, send)


@pytest.fixture
def edge(monkeypatch: pytest.MonkeyPatch) -> Edge:
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", PROXY)
    return Edge(_echo)


def through(edge: Edge, peer: str, scheme: str = "https", **headers: str) -> Response:
    """Ask as if a proxy had passed it on from ``peer``."""

    async def from_peer(scope: Scope, receive: Receive, send: Send) -> None:
        await edge({**scope, "state": {"peer": peer}}, receive, send)

    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return TestClient(from_peer, base_url=f"{scheme}://inside:8501").get("/today", headers=sent)  # type: ignore[return-value]


def test_only_a_trusted_proxy_names_the_host(edge: Edge) -> None:
    asked = {"x_forwarded_host": "journal.school.example"}
    assert through(edge, PROXY, **asked).json()["host"] == "journal.school.example"  # type: ignore[attr-defined]
    assert through(edge, "10.9.9.9", **asked).json()["host"] == "inside:8501"  # type: ignore[attr-defined]


def test_behind_tls_the_session_is_kept_to_this_host(edge: Edge) -> None:
    cookies = through(edge, PROXY).headers.get_list("set-cookie")  # type: ignore[attr-defined]
    session, token = sorted(cookies)
    assert session.startswith(f"{SECURE_NAME}=new; ")
    assert {"HttpOnly", "SameSite=strict", "Secure", "Path=/"} <= set(session.split("; "))
    assert "Domain" not in session
    assert token.endswith("; Secure")


def test_without_tls_the_cookie_has_its_plain_name(edge: Edge) -> None:
    answer = through(edge, PROXY, "http")
    assert any(each.startswith(f"{COOKIE_NAME}=") for each in answer.headers.get_list("set-cookie"))  # type: ignore[attr-defined]
    assert "strict-transport-security" not in answer.headers
    assert "cross-origin-opener-policy" not in answer.headers


def test_behind_tls_the_browser_is_told_to_stay_there(edge: Edge) -> None:
    headers = through(edge, PROXY).headers
    assert headers["strict-transport-security"] == "max-age=31536000"
    assert headers["cross-origin-opener-policy"] == "same-origin"


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        (f"{SECURE_NAME}=mine; other=1", {COOKIE_NAME: "mine", "other": "1"}),
        (f"{COOKIE_NAME}=slipped in; {SECURE_NAME}=mine", {COOKIE_NAME: "mine"}),
        (f"{COOKIE_NAME}=slipped in", {}),
    ],
)
def test_behind_tls_a_cookie_set_without_it_signs_nobody_in(
    edge: Edge, sent: str, read: dict[str, str]
) -> None:
    assert through(edge, PROXY, cookie=sent).json()["cookies"] == read  # type: ignore[attr-defined]


def test_a_cookie_that_is_secure_already_stays_as_it_is() -> None:
    assert for_https(b"a=1; Secure; Path=/") == b"a=1; Secure; Path=/"
    assert from_https([(b"accept", b"*/*")]) == [(b"accept", b"*/*")]


@pytest.mark.parametrize(
    ("scheme", "host", "origin", "is_own"),
    [
        ("ws", "journal:8501", "http://journal:8501", True),
        ("ws", "Journal:8501", "http://journal:8501", True),
        ("wss", "journal", "https://journal", True),
        ("wss", "journal:443", "https://journal", True),
        ("wss", "journal", "http://journal", False),
        ("ws", "journal", "https://journal", True),
        ("ws", "journal:8501", "http://journal", False),
        ("ws", "journal:8501", "http://journal:8502", False),
        ("ws", "127.0.0.1:8501", "http://localhost:8501", False),
        ("ws", "journal", "http://journal.evil.example", False),
        ("ws", "journal", "file://journal", False),
        ("ws", "journal", "http://[", False),
        ("ws", "journal", "null", False),
        ("ws", "journal", "", False),
        ("ws", "", "http://", False),
    ],
)
def test_whose_page_a_request_comes_from(scheme: str, host: str, origin: str, is_own: bool) -> None:
    headers = [(b"host", host.encode()), (b"origin", origin.encode())]
    assert is_own_origin({"type": "websocket", "scheme": scheme, "headers": headers}) is is_own


def test_an_address_may_do_so_much_at_once_and_then_as_time_goes_by() -> None:
    moment = [0.0]
    rates = Rates(3, 0.5, lambda: moment[0])
    assert [rates.take("a") for _ in range(4)] == [True, True, True, False]
    assert rates.take("b"), "another address has its own"
    moment[0] = 2.0
    assert [rates.take("a") for _ in range(2)] == [True, False]


def test_addresses_are_forgotten_when_they_have_rested() -> None:
    moment = [0.0]
    rates = Rates(1, 1, lambda: moment[0])
    for number in range(MOST_ADDRESSES):
        rates.take(str(number))
    moment[0] = 10.0
    rates.take("new")
    assert list(rates._left) == ["new"]
