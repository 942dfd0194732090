"""The number of a request: short enough to be told over the phone, the same on the page of a fault and in the log."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

# A list that is empty until somebody asks: nearly all requests end without their number.
_current: ContextVar[list[str] | None] = ContextVar("request_number", default=None)


@contextmanager
def numbered() -> Iterator[None]:
    """Give what is done within, in this thread and in those that take its context along, a number of its own."""
    before = _current.set([])
    try:
        yield
    finally:
        _current.reset(before)


def begin_number() -> None:
    """Let what this thread does from now on have a number of its own: a rerun, whose fault is shown after it has ended."""
    _current.set([])


def request_number() -> str:
    """Return the number of what is being done; a fresh one outside any request."""
    held = _current.get()
    if held is None:
        return _fresh()
    if not held:
        held.append(_fresh())
    return held[0]


def number_if_known() -> str:
    """Return the number of what is being done for a line of the log, «-» outside any request."""
    return "-" if _current.get() is None else request_number()


def _fresh() -> str:
    return f"{secrets.randbelow(900) + 100}-{secrets.randbelow(900) + 100}"
