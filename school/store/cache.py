"""Answers kept in memory, each computed once until its key changes: the one cache of figures, forecasts and queries."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pandas as pd

Answer = TypeVar("Answer")


@dataclass
class _Entry:
    lock: threading.Lock = field(default_factory=threading.Lock)
    is_ready: bool = False
    answer: Any = None


class Cache:
    """The answers asked for last, at most ``size`` of them; of many who ask at once one computes and the others wait.

    Tables are handed out as shallow copies: pandas copies what a caller changes. All other answers are shared, and
    callers leave them as they are.
    """

    def __init__(self, size: int) -> None:
        """Keep at most ``size`` answers."""
        self._size = size
        self._entries: dict[str, _Entry] = {}
        self._lock = threading.Lock()

    def get(self, key: str, compute: Callable[[], Answer]) -> Answer:
        """Return the answer under a key, computed where there is none; an error is raised and nothing is kept."""
        with self._lock:
            entry = self._entries.pop(key, None) or _Entry()
            self._entries[key] = entry
            if len(self._entries) > self._size:
                del self._entries[next(iter(self._entries))]
        with entry.lock:
            if not entry.is_ready:
                entry.answer, entry.is_ready = compute(), True
        answer: Answer = entry.answer
        return answer.copy(deep=False) if isinstance(answer, pd.DataFrame) else answer

    def clear(self) -> None:
        """Forget every answer."""
        with self._lock:
            self._entries.clear()
