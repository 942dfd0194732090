"""What went wrong lately, by kind: no text of an exception, in which somebody's data may stand."""

import time
from collections import Counter, deque
from dataclasses import dataclass

MOST_KEPT = 1000
A_DAY = 24 * 60 * 60.0


@dataclass(frozen=True)
class ErrorKind:
    """A kind of error: how often it came, and how many seconds ago the last time."""

    kind: str
    count: int
    last_ago: float


class RecentErrors:
    """The kinds of the last errors, kept in memory."""

    def __init__(self) -> None:
        """Begin with none."""
        self._noted: deque[tuple[float, str]] = deque(maxlen=MOST_KEPT)

    def note(self, kind: str) -> None:
        """Note an error of a kind that came now."""
        self._noted.append((time.monotonic(), kind))

    def of_last(self, seconds: float = A_DAY) -> list[ErrorKind]:
        """Return the kinds of the last so many seconds, the most frequent first."""
        now = time.monotonic()
        recent = [(at, kind) for at, kind in list(self._noted) if now - at <= seconds]
        last = {kind: now - at for at, kind in recent}
        return [
            ErrorKind(kind, count, last[kind]) for kind, count in Counter(k for _, k in recent).most_common()
        ]


recent_errors = RecentErrors()
