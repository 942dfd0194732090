"""How long saving takes: from the request until its answer, kept in memory."""

import time
from collections import deque
from math import ceil
from threading import Lock

MOST_KEPT = 20_000


class SaveTimes:
    """The seconds of the last saves; noting one costs a microsecond."""

    def __init__(self) -> None:
        """Begin with none."""
        self._times: deque[tuple[float, float]] = deque(maxlen=MOST_KEPT)
        self._lock = Lock()

    def note(self, began: float) -> None:
        """Note a save that ends now; ``began`` by ``time.monotonic``."""
        now = time.monotonic()
        with self._lock:
            self._times.append((now, now - began))

    def since(self, seconds: float) -> list[float]:
        """Return how long the saves of the last so many seconds took."""
        oldest = time.monotonic() - seconds
        with self._lock:
            return [took for ended, took in self._times if ended >= oldest]


def percentile_95(times: list[float]) -> float | None:
    """Return what 95 of 100 did not exceed; None without any."""
    return sorted(times)[ceil(0.95 * len(times)) - 1] if times else None


saves = SaveTimes()
