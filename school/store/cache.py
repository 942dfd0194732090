"""Answers cached in memory, each computed once until its key changes: the one cache of figures, forecasts and queries."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pandas as pd

Answer = TypeVar("Answer")


@dataclass
class Entry:
    """An answer of the cache; who finds it not ready sets it."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    is_ready: bool = False
    _answer: Any = None

    @property
    def answer(self) -> Any:
        """The answer; of a table a shallow copy."""
        return self._answer.copy(deep=False) if isinstance(self._answer, pd.DataFrame) else self._answer

    @answer.setter
    def answer(self, answer: Any) -> None:
        self._answer, self.is_ready = answer, True


class Cache:
    """The answers asked for last, at most ``size`` of them; of many who ask at once one computes and the others wait.

    Tables are handed out as shallow copies: pandas copies what a caller changes. All other answers are shared, and
    callers leave them as they are.
    """

    def __init__(self, size: int) -> None:
        """Cache at most ``size`` answers."""
        self._size = size
        self._entries: dict[str, Entry] = {}
        self._lock = threading.Lock()

    @contextmanager
    def entry(self, key: str) -> Iterator[Entry]:
        """Give the entry of a key, locked so that whoever finds it not ready sets its answer for all who wait."""
        with self._lock:
            entry = self._entries.pop(key, None) or Entry()
            self._entries[key] = entry
            if len(self._entries) > self._size:
                del self._entries[next(iter(self._entries))]
        with entry.lock:
            yield entry

    def get(self, key: str, compute: Callable[[], Answer]) -> Answer:
        """Return the answer under a key, computed where there is none; an error is raised and nothing is cached."""
        with self.entry(key) as entry:
            if not entry.is_ready:
                entry.answer = compute()
        answer: Answer = entry.answer
        return answer

    def clear(self) -> None:
        """Forget every answer."""
        with self._lock:
            self._entries.clear()
