"""Answers kept in memory, each with the state of the data it was computed from: the one cache of rows, figures and forecasts."""

import math
import threading
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import pandas as pd

Answer = TypeVar("Answer")
# What an answer is of: its name and all that it depends on but the data. What changes when the data may have: its state.
Key = tuple[Hashable, ...]
# How many answers of each kind a store keeps.
SIZES = {
    "rows": 12_000,
    "derived": 8,
    "choices": 12_000,
    "users": 2000,
    "sessions": 4000,
    "registers": 400,
    "search": 120,
    "diaries": 4000,
    "statements": 2000,
    "queries": 2000,
    "measure queries": 500,
    "partitions": 96,
    "figures": 600,
    "tables": 40,
    "school": 24,
    "models": 2,
}


class Asking(threading.local):
    """The state of the data when what this thread answers was asked: an answer no older than that is a true one.

    Of many who wait for the same figure, one computes it after all of them have asked, and it is true for them all,
    whatever was entered meanwhile. Where nobody says when they asked, only the newest state will do.
    """

    since: float = math.inf

    @contextmanager
    def at(self, state: int) -> Iterator[None]:
        """Answer, until the block ends, what was asked when the newest commit was this."""
        self.since = state
        try:
            yield
        finally:
            self.since = math.inf

    def note_own_change(self, state: int) -> None:
        """See to it that who has changed something sees it: from now on it is asked as of this state."""
        if self.since < math.inf:
            self.since = state


asking = Asking()


class Entry:
    """An answer of the cache and the state of its data; None where there is no answer yet."""

    def __init__(self) -> None:
        """Begin without an answer."""
        self.lock = threading.Lock()
        self.state: Hashable = None
        self._answer: Any = None

    @property
    def answer(self) -> Any:
        """The answer; of a table a shallow copy."""
        return self._answer.copy(deep=False) if isinstance(self._answer, pd.DataFrame) else self._answer

    def holds(self, state: Hashable) -> bool:
        """Whether the answer is of a state, or of a commit no older than the question: see ``Asking``."""
        return self.state == state or (type(self.state) is int and self.state >= asking.since)

    def set(self, answer: Any, state: Hashable) -> None:
        """Put an answer in the place of the one before."""
        self._answer, self.state = answer, state


class Cache:
    """The answers asked for last, at most ``size`` of them; of many who ask at once one computes and the others wait.

    Tables are handed out as shallow copies: pandas copies what a caller changes. All other answers are shared, and
    callers leave them as they are.
    """

    def __init__(self, size: int) -> None:
        """Keep at most ``size`` answers."""
        self._size = size
        self._entries: dict[Key, Entry] = {}
        self._lock = threading.Lock()

    def entry(self, key: Key) -> Entry:
        """Return the entry of a key; the one asked for longest ago makes room for it."""
        with self._lock:
            entry = self._entries.pop(key, None) or Entry()
            self._entries[key] = entry
            if len(self._entries) > self._size:
                del self._entries[next(iter(self._entries))]
        return entry

    def get(
        self,
        key: Key,
        state: Hashable,
        compute: Callable[[], Answer],
        refresh: Callable[[Answer, Any], Answer] | None = None,
    ) -> Answer:
        """Return the answer of a key at a state, computed where there is none; an error is raised and nothing is kept.

        A state that is a number is that of a commit: a newer one will do for who asked before it, see ``Asking``. ``refresh`` makes it of an older answer and the state of that, where there is one.
        """
        entry = self.entry(key)
        with entry.lock:
            if not entry.holds(state):
                if refresh and entry.state is not None:
                    entry.set(refresh(entry.answer, entry.state), state)
                else:
                    entry.set(compute(), state)
            answer: Answer = entry.answer
        return answer


class Caches:
    """The caches of a store by what they hold (``SIZES``)."""

    def __init__(self) -> None:
        """Begin with nothing known."""
        self._caches = {name: Cache(size) for name, size in SIZES.items()}

    def __getitem__(self, name: str) -> Cache:
        """Return a cache."""
        return self._caches[name]
