"""Connections that ask slowly, never or too many at once are ended, and take nobody's place."""

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from server.http import connections
from server.http.connections import DESCRIPTORS, HEAD_BYTES, HEAD_SECONDS, OF_AN_ADDRESS, watch_connections

HALF = b"GET / HTTP/1.1\r\nHost: school\r\nX-Slow: "
SECONDS, LOOK = 0.6, 0.05


async def _answer(request: Request) -> Response:
    return PlainTextResponse(str(len(await request.body())))


async def _large(_request: Request) -> Response:
    return Response(b"1" * 30_000_000)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[uvicorn.Server]:
    """A server of this process with deadlines of a fraction of a second."""
    for owner, name in (
        (HttpToolsProtocol, "connection_made"),
        (HttpToolsProtocol, "data_received"),
        (WebSocketsSansIOProtocol, "connection_made"),
    ):
        monkeypatch.setattr(owner, name, getattr(owner, name))
    for name in ("HEAD_SECONDS", "BODY_SECONDS", "STALLED_SECONDS"):
        monkeypatch.setattr(connections, name, SECONDS)
    monkeypatch.setattr(connections, "LOOK_SECONDS", LOOK)
    watch_connections()
    app = Starlette(
        routes=[Route("/", _answer, methods=["GET", "POST"]), Route("/large", _large, methods=["GET"])]
    )
    listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
    running = uvicorn.Server(
        uvicorn.Config(app, http="httptools", lifespan="off", log_level="critical", access_log=False)
    )
    running.address = listener.getsockname()  # type: ignore[attr-defined]
    thread = threading.Thread(target=lambda: asyncio.run(running.serve(sockets=[listener])), daemon=True)
    thread.start()
    wait_until(lambda: running.started)
    yield running
    running.should_exit = running.force_exit = True
    thread.join(10)


def wait_until(is_so: Callable[[], object], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.02)


def line_to(server: uvicorn.Server) -> socket.socket:
    return socket.create_connection(server.address, timeout=20)  # type: ignore[attr-defined]


def held(server: uvicorn.Server) -> int:
    return len(server.server_state.connections)


def answer(line: socket.socket) -> bytes:
    with suppress(ConnectionResetError):
        return line.recv(65536)
    return b""


def test_six_hundred_half_requests_do_not_stay(server: uvicorn.Server) -> None:
    with ExitStack() as lines:
        for _ in range(600):
            lines.enter_context(line_to(server)).sendall(HALF)
        wait_until(lambda: held(server) == 0)
        with line_to(server) as other:
            other.sendall(b"GET / HTTP/1.1\r\nHost: school\r\n\r\n")
            assert answer(other).startswith(b"HTTP/1.1 200")


def test_a_connection_that_never_asks_is_told_so(server: uvicorn.Server) -> None:
    with line_to(server) as line:
        assert answer(line).startswith(b"HTTP/1.1 408")


def test_a_head_that_drips_is_late_too(server: uvicorn.Server) -> None:
    began = time.monotonic()
    with line_to(server) as line:
        line.settimeout(0.05)
        line.sendall(HALF)
        with suppress(OSError):
            while time.monotonic() - began < 20:
                line.sendall(b"x")
                with suppress(TimeoutError):
                    if not line.recv(1024):
                        break
    assert time.monotonic() - began < 15


def test_a_head_without_end_is_not_kept(server: uvicorn.Server) -> None:
    with line_to(server) as line:
        with suppress(OSError):
            line.sendall(HALF + b"x" * (8 * HEAD_BYTES))
        assert b"400" in answer(line) or held(server) == 0


def test_a_body_that_stops_is_ended_and_one_that_goes_on_is_not(server: uvicorn.Server) -> None:
    head = b"POST / HTTP/1.1\r\nHost: school\r\nContent-Length: 100000\r\n\r\n"
    with line_to(server) as stopped:
        stopped.sendall(head + b"1" * 10)
        assert answer(stopped) == b""
    with line_to(server) as slow:
        slow.sendall(head)
        for _ in range(10):
            slow.sendall(b"1" * 10_000)
            time.sleep(3 * LOOK)
        assert slow.recv(1024).endswith(b"100000")


def test_an_answer_that_nobody_takes_is_dropped(server: uvicorn.Server) -> None:
    with line_to(server) as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        line.sendall(b"GET /large HTTP/1.1\r\nHost: school\r\n\r\n")
        wait_until(lambda: held(server) == 1)
        wait_until(lambda: held(server) == 0)


def test_an_address_holds_only_so_many_connections(
    server: uvicorn.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "OF_AN_ADDRESS", 20)
    monkeypatch.setattr(connections, "HEAD_SECONDS", 60)
    with ExitStack() as lines:
        for _ in range(30):
            lines.enter_context(line_to(server))
        wait_until(lambda: held(server) == 30)
    wait_until(lambda: held(server) == 0)
    monkeypatch.setattr(connections, "_trusted", ())
    with ExitStack() as lines:
        mine = [lines.enter_context(line_to(server)) for _ in range(30)]
        assert answer(mine[-1]) == b"", "no proxy of ours: it is one too many"
        assert held(server) == 20


def test_a_school_behind_one_address_has_room() -> None:
    computers, connections_of_a_browser, tabs = 100, 6, 3
    assert computers * (connections_of_a_browser + tabs) < OF_AN_ADDRESS < DESCRIPTORS
    assert HEAD_SECONDS > 10, "a phone far from its mast"
