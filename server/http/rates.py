"""How often: a bucket for each address, filled again with time."""

import time
from collections.abc import Callable

MOST_ADDRESSES = 10_000


class Rates:
    """Lets each address do something ``at_once`` times, and then so many times a second."""

    def __init__(self, at_once: float, a_second: float, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin with full buckets; ``clock`` gives seconds."""
        self._at_once, self._a_second, self._clock = at_once, a_second, clock
        self._left: dict[str, tuple[float, float]] = {}

    def take(self, address: str) -> bool:
        """Whether the address may do it now; if so, it has."""
        moment = self._clock()
        left = self._now(*self._left.get(address, (self._at_once, moment)), moment)
        if left < 1:
            return False
        self._left[address] = left - 1, moment
        if len(self._left) > MOST_ADDRESSES:
            self._forget(moment)
        return True

    def _now(self, left: float, since: float, moment: float) -> float:
        return min(self._at_once, left + (moment - since) * self._a_second)

    def _forget(self, moment: float) -> None:
        """Drop the addresses whose buckets are full again; all, where ten thousand are not."""
        kept = {each: held for each, held in self._left.items() if self._now(*held, moment) < self._at_once}
        self._left = kept if len(kept) <= MOST_ADDRESSES else {}
