"""The running register before strangers: who gets in, what is taken from whom, what is given to whom (п. 3.2, 8.5)."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import httpx
import pytest
from live_register import Live
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import InvalidHandshake
from websockets.sync.client import ClientConnection, connect

from server.session import COOKIE_NAME

MEGABYTE = 1024 * 1024
REVOKED = "ваши права изменились"


@dataclass
class Tab:
    """A browser's tab: its connection, and its id once a page was drawn in it."""

    connection: ClientConnection
    session_id: str = ""

    def send(self, message: BackMsg) -> None:
        self.connection.send(message.SerializeToString())

    def next(self) -> ForwardMsg:
        message = ForwardMsg()
        message.ParseFromString(self.connection.recv(timeout=20))  # type: ignore[arg-type]
        if message.WhichOneof("type") == "new_session":
            self.session_id = message.new_session.initialize.session_id
        return message

    def open(self, page: str) -> list[ForwardMsg]:
        """Open a page and return what it draws."""
        message = BackMsg()
        message.rerun_script.page_name = page
        self.send(message)
        drawn = [self.next()]
        while drawn[-1].WhichOneof("type") != "script_finished" or (
            drawn[-1].script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN
        ):
            drawn.append(self.next())
        return drawn

    def download(self, file_id: str) -> ForwardMsg:
        """Press a button of a download and return the answer."""
        message = BackMsg()
        request = message.backend_operation_request
        request.request_id, request.session_id, request.deferred_file.file_id = "1", self.session_id, file_id
        self.send(message)
        while (answer := self.next()).WhichOneof("type") != "backend_operation_response":
            pass
        return answer


@contextmanager
def tab_of(live: Live, name: str | None, revived: str = "", **headers: str) -> Iterator[Tab]:
    """A tab with somebody's cookie; ``revived`` is the id of the tab that it says it was."""
    cookie = {"Cookie": f"{COOKIE_NAME}={live.secrets[name]}"} if name else {}
    sent = {"Origin": live.app.url} | cookie | headers
    with connect(
        f"{live.app.url.replace('http', 'ws')}/_stcore/stream",
        additional_headers={key: value for key, value in sent.items() if value},
        subprotocols=["streamlit", "none", *([revived] if revived else [])],  # type: ignore[list-item]
        max_size=None,
        proxy=None,
    ) as connection:
        yield Tab(connection)


def deferred_files(drawn: list[ForwardMsg]) -> list[str]:
    return [
        each.delta.new_element.download_button.deferred_file_id
        for each in drawn
        if each.WhichOneof("type") == "delta"
        and each.delta.new_element.WhichOneof("type") == "download_button"
    ]


def upload_to(browser: httpx.Client, tab: Tab, size: int, number: int = 1) -> httpx.Response:
    token = "2|00000000|00000000000000000000000000000000|1"
    browser.cookies.set("_streamlit_xsrf", token)
    return browser.put(
        f"/_stcore/upload_file/{tab.session_id}/file-{number}",
        files={"file": ("list.csv", b"1" * size)},
        headers={"X-Xsrftoken": token},
    )


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "http://localhost:1",
        "http://127.0.0.1:1",
        "http://0.0.0.0:8501",
        "null",
        "",
        "http://127.0.0.1.evil.example",
    ],
)
def test_a_page_of_another_site_is_refused_at_once(live: Live, origin: str) -> None:
    seconds = []
    for _ in range(3):
        began = time.monotonic()
        with pytest.raises(InvalidHandshake), tab_of(live, "owner", Origin=origin):
            pass
        seconds.append(time.monotonic() - began)
    # A machine that does something else beside the tests may be late once.
    assert min(seconds) < 0.1


def test_pages_of_other_sites_delay_nobody_and_ask_the_network_nothing(live: Live) -> None:
    with tab_of(live, "owner") as tab:
        tab.open("today")
        for _ in range(20):
            with pytest.raises(InvalidHandshake), tab_of(live, None, Origin="https://evil.example"):
                pass
        began = time.monotonic()
        tab.open("today")
        assert time.monotonic() - began < 3
    assert live.trap.came == 0


def test_a_tab_is_not_revived_by_its_id_without_its_cookie(live: Live) -> None:
    with tab_of(live, "owner") as tab:
        tab.open("today")
        known = tab.session_id
    for name in (None, "deputy"):
        with tab_of(live, name, known) as tab:
            tab.open("today")
            assert tab.session_id != known
    with tab_of(live, "owner", known) as tab:
        tab.open("today")
        assert tab.session_id == known, "its own browser goes on where it was"


def test_a_file_is_given_to_whom_it_was_made_for_and_to_nobody_after_they_left(live: Live) -> None:
    with tab_of(live, "secretary") as tab, live.browser("secretary") as browser:
        files = deferred_files(tab.open("imports"))
        address = tab.download(files[0]).backend_operation_response.deferred_file.url
        answer = browser.get(address)
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-store"
        for other in (None, "owner", "deputy"):
            with live.browser(other) as stranger:
                assert stranger.get(address).status_code == 403
        with tab_of(live, "deputy") as another:
            another.open("today")
            assert REVOKED in another.download(files[0]).backend_operation_response.error_msg
        browser.post("/api/session/close", json={})
        assert browser.get(address).status_code == 403
        assert REVOKED in tab.download(files[0]).backend_operation_response.error_msg


def test_nobody_fills_the_memory_without_an_account(live: Live) -> None:
    """Twenty files of 49 MB, and bodies without a length: refused before they are taken."""
    with tab_of(live, None) as tab:
        tab.open("")
        before = live.memory()
        addresses = [f"/_stcore/upload_file/{tab.session_id}/{n}" for n in range(20)]
        for address in addresses:
            assert poured(live, "PUT", address, 49 * MEGABYTE) == 401
        for address in ("/api/session/open", "/api/register/cells", "/family/password", "/today"):
            assert poured(live, "POST", address, 49 * MEGABYTE, is_chunked=True) in {401, 403, 404, 413}
        assert live.memory() - before < 20


def poured(live: Live, method: str, address: str, size: int, *, is_chunked: bool = False) -> int:
    """Pour a body into the server until it hangs up, and return the status of its answer."""
    length = "Transfer-Encoding: chunked" if is_chunked else f"Content-Length: {size}"
    port = live.app.port
    head = (
        f"{method} {address} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\n"
        f"Content-Type: application/json\r\n{length}\r\n\r\n"
    )
    part = b"1" * (MEGABYTE // 4)
    with socket.create_connection(("127.0.0.1", port), timeout=5) as line:
        line.sendall(head.encode())
        line.settimeout(2)
        with suppress(OSError):
            for _ in range(size // len(part)):
                line.sendall(b"%x\r\n%s\r\n" % (len(part), part) if is_chunked else part)
        answer = b""
        with suppress(OSError):
            answer = line.recv(4096)
    return int(answer.split()[1]) if answer else 401


def test_only_a_tab_that_asks_for_a_file_may_send_one(live: Live) -> None:
    with tab_of(live, "admin") as tab, live.browser("admin") as browser:
        tab.open("users")
        assert upload_to(browser, tab, 10).status_code == 403
        tab.open("imports")
        assert upload_to(browser, tab, 10).status_code == 204
        with live.browser("owner") as stranger, live.browser() as nobody:
            assert upload_to(stranger, tab, 10).status_code == 401
            assert upload_to(nobody, tab, 10).status_code == 401


def test_one_person_holds_only_so_much_in_memory(live: Live) -> None:
    with tab_of(live, "admin") as tab, live.browser("admin") as browser:
        tab.open("imports")
        answers = [upload_to(browser, tab, 2 * MEGABYTE - 1000, number) for number in range(5)]
        assert [each.status_code for each in answers] == [204, 204, 204, 413, 413]
        assert "Слишком много" in answers[-1].text
        assert upload_to(browser, tab, 3 * MEGABYTE).status_code == 413


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/today", 200),
        ("/Today", 404),
        ("/page2", 404),
        ("/a/b/C", 404),
        ("/today/", 308),
        ("/api", 404),
        ("/api/", 404),
        ("/api/nothing/here", 404),
        ("/API/x", 404),
        ("/family/nothing", 303),
        ("/_stcore/health", 200),
        ("/_stcore/metrics", 404),
        ("/_stcore/script-health-check", 404),
        ("/_stcore/agent/openapi.json", 404),
        ("/_stcore/agent/mcp", 404),
        ("/_stcore/host-config", 200),
        ("/auth/login", 404),
        ("/media/00ff.csv", 403),
        ("/static/nothing.js", 404),
        ("/static/../app.py", 404),
        ("/.git/config", 404),
        ("/.well-known/change-password", 303),
        ("/.well-known/nothing", 404),
        ("/favicon.png", 200),
        ("//evil.example", 404),
    ],
)
def test_every_address_answers_for_what_it_is_and_is_guarded(live: Live, path: str, status: int) -> None:
    with live.browser() as browser:
        answer = browser.get(httpx.URL(live.app.url).copy_with(raw_path=path.encode()))
    headers = answer.headers
    assert answer.status_code == status
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "unsafe-eval" not in headers["content-security-policy"]
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]
    assert "strict-transport-security" not in headers, "the browser came without TLS"
    assert headers["cache-control"] in {"no-store", "private, no-store", "no-cache"} or path == "/favicon.png"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "POST"])
def test_no_other_method_finds_anything(live: Live, method: str) -> None:
    with live.browser() as browser:
        for path in ("/", "/today", "/_stcore/health", "/static/index.html", "/media/00ff"):
            assert browser.request(method, path).status_code in {404, 405}


@pytest.mark.parametrize("path", ["/", "/_stcore/health", "/_stcore/host-config", "/api/x", "/favicon.png"])
def test_no_answer_is_another_origins_to_read(live: Live, path: str) -> None:
    with live.browser("owner") as browser:
        answer = browser.get(path, headers={"Origin": "https://evil.example"})
    assert not [name for name in answer.headers if name.startswith("access-control-allow")]
    if path.endswith("host-config"):
        assert answer.json()["allowedOrigins"] == []


@pytest.mark.parametrize(
    "path", ["/", "/nothing", "/api/x", "/_stcore/health", "/_stcore/nope", "/favicon.png"]
)
def test_every_answer_with_a_body_names_its_type(live: Live, path: str) -> None:
    with live.browser() as browser:
        kind = browser.get(path).headers["content-type"]
    assert kind in {"text/html; charset=utf-8", "text/plain; charset=utf-8", "application/json", "image/png"}


@pytest.mark.parametrize(
    "lengths",
    [
        "Content-Length: 5\r\nContent-Length: 6",
        "Content-Length: 5\r\nTransfer-Encoding: chunked",
        "Content-Length: -1",
    ],
)
def test_a_request_with_two_lengths_is_refused(live: Live, lengths: str) -> None:
    with socket.create_connection(("127.0.0.1", live.app.port), timeout=5) as line:
        line.sendall(f"POST /api/session/open HTTP/1.1\r\nHost: a\r\n{lengths}\r\n\r\n0\r\n\r\n".encode())
        assert line.recv(1024).startswith(b"HTTP/1.1 400")


def test_a_parameter_given_twice_is_one(live: Live) -> None:
    with live.browser("owner") as browser:
        once = browser.get("/api/register/history?lesson=73&pupil=51")
        twice = browser.get("/api/register/history?lesson=74&pupil=54&lesson=73&pupil=51")
    assert once.status_code == 200
    assert twice.json() == once.json()


def test_the_log_names_nobody(live: Live) -> None:
    with live.browser() as browser:
        browser.get("/family/51?name=Алёшин", follow_redirects=False)
        browser.get("/today?name=Алёшин")
    written = live.app.log.read_text(encoding="utf-8")
    assert "Алёшин" not in written
    assert "%D0" not in written
