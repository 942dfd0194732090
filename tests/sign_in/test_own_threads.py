"""Entries go first: whoever draws or reads stands back while one is in hand, but not for ever."""

import asyncio
import threading
import time

from event_loop import run_to_end
from starlette.requests import Request

from server.own_threads import LONGEST_SECONDS, Entries, in_own_thread

MOMENT = LONGEST_SECONDS / 3


def request(method: str) -> Request:
    return Request({"type": "http", "method": method, "path": "/", "headers": []})


def test_nobody_waits_where_no_entry_is_in_hand() -> None:
    began = time.monotonic()
    Entries().go_first()
    assert time.monotonic() - began < MOMENT


def test_a_reader_waits_for_the_entry_in_hand_and_goes_on_when_it_is_saved() -> None:
    entries, order = Entries(), list[str]()
    with entries.one():
        reader = threading.Thread(target=lambda: (entries.go_first(), order.append("read")))
        reader.start()
        time.sleep(MOMENT)
        order.append("saved")
    reader.join()
    assert order == ["saved", "read"]


def test_an_entry_that_takes_long_stops_nobody_for_ever() -> None:
    entries = Entries()
    with entries.one():
        began = time.monotonic()
        entries.go_first()
        assert time.monotonic() - began < 10 * LONGEST_SECONDS


def test_who_enters_never_stands_behind_those_who_read() -> None:
    may_end = threading.Event()

    async def ask() -> str:
        reading = [asyncio.ensure_future(in_own_thread(request("GET"), may_end.wait, 10)) for _ in range(9)]
        entered = await in_own_thread(request("POST"), threading.current_thread)
        may_end.set()
        await asyncio.gather(*reading)
        return entered.name

    assert run_to_end(ask()).startswith("entering")
