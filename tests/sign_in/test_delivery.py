"""What a page draws comes in its order, in few deliveries, and at once where a run begins or ends."""

import asyncio
import sys
import threading
import time
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
from event_loop import run_to_end
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from streamlit.runtime.scriptrunner import ScriptRunnerEvent

from server.http import delivery
from server.http.delivery import SECONDS_GATHERED, SECONDS_GIVING_WAY, OneWrite, Outbox
from server.http.own_routes import SECONDS_A_TURN, SECONDS_BESIDE_AN_ENTRY, OwnRoutes
from server.own_threads import LONGEST_SECONDS, entries

ELEMENT, END = ScriptRunnerEvent.ENQUEUE_FORWARD_MSG, ScriptRunnerEvent.SCRIPT_STOPPED_WITH_SUCCESS
RUNNING = "the script that runs"


@dataclass
class Browser:
    """Stands at the end of the way: what came, and how many deliveries it took."""

    drawn: list[str] = field(default_factory=list)
    deliveries: int = 0


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Browser:
    there = Browser()

    def sent(_session: Any) -> None:
        there.deliveries += 1

    monkeypatch.setattr(delivery, "_send", sent)
    return there


def outbox_to(browser: Browser) -> Outbox:
    session = SimpleNamespace(
        _event_loop=asyncio.get_running_loop(),
        _message_enqueued_callback=print,
        _scriptrunner=RUNNING,
        _browser_queue=SimpleNamespace(enqueue=browser.drawn.append),
        _handle_scriptrunner_event_on_event_loop=lambda _sender, event, **_named: browser.drawn.append(
            event.name
        ),
    )
    return Outbox(session)  # type: ignore[arg-type]


async def script_draws(outbox: Outbox, *elements: str, ends: bool = False, script: str = RUNNING) -> None:
    def run() -> None:
        for name in elements:
            outbox.put(ELEMENT, (script, ELEMENT), {"forward_msg": name})
        if ends:
            outbox.put(END, (script, END), {})

    thread = threading.Thread(target=run)
    thread.start()
    await asyncio.to_thread(thread.join)


def test_elements_of_a_page_come_together_and_in_order(browser: Browser) -> None:
    async def visit() -> None:
        outbox = outbox_to(browser)
        await script_draws(outbox, "title", "table", "chart")
        await asyncio.sleep(4 * SECONDS_GATHERED)

    run_to_end(visit())
    assert browser == Browser(["title", "table", "chart"], deliveries=1)


def test_the_end_of_a_run_takes_along_what_waits(browser: Browser) -> None:
    async def visit() -> None:
        await script_draws(outbox_to(browser), "title", "table", ends=True)
        await asyncio.sleep(0)
        assert browser.drawn == ["title", "table", END.name]

    run_to_end(visit())


def test_an_element_after_a_delivery_comes_with_the_next(browser: Browser) -> None:
    async def visit() -> None:
        outbox = outbox_to(browser)
        for name in ("title", "table"):
            await script_draws(outbox, name)
            await asyncio.sleep(4 * SECONDS_GATHERED)

    run_to_end(visit())
    assert browser == Browser(["title", "table"], deliveries=2)


def test_a_page_of_many_elements_gives_way_to_entries_but_comes(browser: Browser) -> None:
    elements = [str(number) for number in range(40)]

    async def visit() -> float:
        outbox = outbox_to(browser)
        with entries.one():
            began = time.monotonic()
            await script_draws(outbox, *elements, ends=True)
            took = time.monotonic() - began
        await asyncio.sleep(0)
        return took

    assert SECONDS_GIVING_WAY <= run_to_end(visit()) < len(elements) * LONGEST_SECONDS / 2
    assert browser.drawn == [*elements, END.name]


def test_what_a_script_draws_after_the_next_has_begun_is_dropped(browser: Browser) -> None:
    async def visit() -> None:
        outbox = outbox_to(browser)
        await script_draws(outbox, "old title", script="the script before")
        await script_draws(outbox, "title", ends=True)
        await asyncio.sleep(0)
        assert browser.drawn == ["title", END.name]

    run_to_end(visit())


def test_a_script_that_draws_after_the_server_stopped_is_no_fault(browser: Browser) -> None:
    async def made() -> Outbox:
        return outbox_to(browser)

    outbox = run_to_end(made())
    outbox.put(ELEMENT, (RUNNING, ELEMENT), {"forward_msg": "title"})
    outbox.put(END, (RUNNING, END), {})
    assert browser.drawn == []


class Socket:
    """Notes what is written to it, and when it is closed."""

    def __init__(self) -> None:
        self.written: list[bytes] = []

    def write(self, data: bytes) -> None:
        self.written.append(data)

    def close(self) -> None:
        self.written.append(b"closed")

    def is_closing(self) -> bool:
        return b"closed" in self.written


def test_what_is_written_in_one_step_goes_to_the_socket_at_once() -> None:
    async def write() -> Socket:
        socket = Socket()
        connection = OneWrite(socket, asyncio.get_running_loop())  # type: ignore[arg-type]
        connection.write(b"a")
        connection.write(b"b")
        assert socket.written == []
        await asyncio.sleep(0)
        connection.write(b"c")
        connection.close()
        await asyncio.sleep(0)
        assert connection.is_closing()
        return socket

    assert run_to_end(write()).written == [b"ab", b"c", b"closed"]


@pytest.mark.parametrize("path", ["/api/entry", "/api/fault"])
def test_pages_give_way_to_an_entry_only_while_it_is_answered(path: str) -> None:
    seen = []

    async def answered(request: Request) -> PlainTextResponse:
        seen.append(sys.getswitchinterval())
        if request.url.path == "/api/fault":
            raise ValueError
        return PlainTextResponse("saved")

    own = [Route("/api/{name}", answered)]
    visitor = TestClient(
        Starlette(middleware=[Middleware(OwnRoutes, routes=own)]), raise_server_exceptions=False
    )
    before = sys.getswitchinterval()
    try:
        visitor.get(path)
        assert sys.getswitchinterval() == pytest.approx(SECONDS_A_TURN)
    finally:
        sys.setswitchinterval(before)
    assert seen == [pytest.approx(SECONDS_BESIDE_AN_ENTRY)]
