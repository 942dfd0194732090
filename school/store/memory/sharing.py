"""Equal values of rows that stay in memory are one object: a lesson's number stands in hundreds of rows."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

Row = tuple[Any, ...]
# Of these, equal values of one type are interchangeable; True is no 1, and no fraction is here (-0.0 is 0.0).
SHARED = (int, str, date, datetime)


class _Sharing(threading.local):
    known: dict[type, Callable[[Any, Any], Any]] | None = None


_sharing = _Sharing()


@contextmanager
def sharing_values() -> Iterator[None]:
    """Let equal values of what this thread reads, until the block ends, be one object: for reading ahead much that stays."""
    _sharing.known = {each: {}.setdefault for each in SHARED}
    try:
        yield
    finally:
        _sharing.known = None


def shared(rows: list[Row]) -> list[Row]:
    """Return the rows, within ``sharing_values`` made anew of the first of equal values; outside of it as they are."""
    known = _sharing.known
    if known is None:
        return rows
    return [tuple(known.get(type(each), _itself)(each, each) for each in row) for row in rows]


def _itself(value: Any, _same: Any) -> Any:
    return value
