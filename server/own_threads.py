"""The threads that answer the product's own routes: few, since the interpreter runs one at a time anyway.

In forty threads fifty people's answers took turns with one another, and each turn cost more than it brought. Entries have
threads of their own: they never stand behind those who read.
"""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from typing import ParamSpec, TypeVar

from starlette.requests import Request

from server.state.saves import saves

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")
_READING, _ENTERING = ThreadPoolExecutor(2, "reading"), ThreadPoolExecutor(4, "entering")


# A page or a reader that waits for entries waits no longer than this at once.
LONGEST_SECONDS = 0.03


class Entries:
    """How many entries are in hand, and waiting until none is."""

    def __init__(self) -> None:
        """Begin with none."""
        self._in_hand, self._lock = 0, threading.Lock()
        self._none = threading.Event()
        self._none.set()

    @contextmanager
    def one(self) -> Iterator[None]:
        """Have an entry in hand until the block ends."""
        began = time.monotonic()
        with self._lock:
            self._in_hand += 1
            self._none.clear()
        try:
            yield
        finally:
            saves.note(began)
            with self._lock:
                self._in_hand -= 1
                if not self._in_hand:
                    self._none.set()

    def go_first(self, most_seconds: float = LONGEST_SECONDS) -> float:
        """Wait until no entry is in hand, a moment at the most; return the seconds: called between the steps of anything else."""
        if not self._in_hand or most_seconds <= 0:
            return 0.0
        began = time.monotonic()
        self._none.wait(min(most_seconds, LONGEST_SECONDS))
        return time.monotonic() - began


entries = Entries()


async def in_reading_thread(
    work: Callable[Parameters, Result], *args: Parameters.args, **kwargs: Parameters.kwargs
) -> Result:
    """Run what mostly answers from memory in a thread of those who read; what then computes lets entries go first itself."""
    loop, context = asyncio.get_running_loop(), copy_context()
    return await loop.run_in_executor(_READING, lambda: context.run(work, *args, **kwargs))


async def in_own_thread(
    request: Request, work: Callable[Parameters, Result], *args: Parameters.args, **kwargs: Parameters.kwargs
) -> Result:
    """Run what answers a request in a thread of its kind: of those who enter, or of those who read."""
    loop, context = asyncio.get_running_loop(), copy_context()

    def read() -> Result:
        entries.go_first()
        return context.run(work, *args, **kwargs)

    if request.method in {"GET", "HEAD"}:
        return await loop.run_in_executor(_READING, read)
    with entries.one():
        return await loop.run_in_executor(_ENTERING, lambda: context.run(work, *args, **kwargs))
