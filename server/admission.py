"""Whose page is drawn next: a fair queue before the pages' scripts, so that they share the interpreter in turn.

Dozens of scripts at once only wait for one another, and every save waits for all of them. Here few run at a time: of those
who wait first the page that will take shortest, those behind who have used much more than the others lately; a person's pages
run one by one.
"""

import math
import threading
import time
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

# One interpreter: a second script would only make the first one slower, but a page that is longer than this does not hold
# up the others. Of long pages, too, one runs at a time.
LONG_SECONDS = 0.15
# A page that runs longer than this on the clock turns out to be a long one.
PATIENCE_SECONDS = 0.6
AT_MOST = 2
# So many times what half of those who wait have used is nobody's fault: they go in the order in which they came.
FAIR_SHARES = 2
# What a person has used counts half after so many seconds.
HALF_LIFE_SECONDS = 10.0
# How much the newest measurement of a page counts in what is expected of it.
NEWEST_SHARE = 0.3
FIRST_GUESS_SECONDS = 0.05
# People who used so little are forgotten.
NEGLIGIBLE_SECONDS = 0.001
MOST_PEOPLE = 5000


@dataclass(eq=False)
class _Ticket:
    """A script that waits: whose it is, what it should cost, since when it waits."""

    person: Hashable
    seconds: float
    since: float
    is_admitted: threading.Event = field(default_factory=threading.Event)
    began: float = 0.0

    def is_long(self, moment: float) -> bool:
        """Whether the page is a long one, or turns out to be."""
        return self.seconds > LONG_SECONDS or (
            self.is_admitted.is_set() and moment - self.began > PATIENCE_SECONDS
        )


@dataclass
class _Used:
    """Processor seconds that a person has used, worth less from moment to moment."""

    seconds: float
    at: float

    def by(self, moment: float) -> float:
        return self.seconds * math.exp2((self.at - moment) / HALF_LIFE_SECONDS)


class Admission:
    """The queue; ``clock`` and ``processor`` give seconds of time and of the calling thread's processor."""

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, processor: Callable[[], float] = time.thread_time
    ) -> None:
        """Begin with nobody waiting."""
        self._clock, self._processor = clock, processor
        self._lock = threading.Lock()
        self._waiting: list[_Ticket] = []
        self._running: list[_Ticket] = []
        self._expected: dict[str, float] = {}
        self._used: dict[Hashable, _Used] = {}

    @contextmanager
    def turn(self, person: Hashable, page: str) -> Iterator[None]:
        """Wait for a turn and hold it until the block ends; what it cost is remembered of the person and of the page."""
        ticket = self._queue(person, page)
        # Looked at again and again, by one of those who wait: the page before may turn out to be a long one.
        while not ticket.is_admitted.wait(PATIENCE_SECONDS * (1 if self._is_first(ticket) else 10)):
            with self._lock:
                self._admit()
        began = self._processor()
        has_ended = False
        try:
            yield
            has_ended = True
        finally:
            self._leave(ticket, page if has_ended else None, self._processor() - began)

    def _queue(self, person: Hashable, page: str) -> _Ticket:
        with self._lock:
            ticket = _Ticket(person, self._expected.get(page, FIRST_GUESS_SECONDS), self._clock())
            self._waiting.append(ticket)
            self._admit()
        return ticket

    def _is_first(self, ticket: _Ticket) -> bool:
        with self._lock:
            return bool(self._waiting) and self._waiting[0] is ticket

    def _leave(self, ticket: _Ticket, page: str | None, seconds: float) -> None:
        """Note what a script cost; of a page only where it was drawn to its end."""
        with self._lock:
            self._running.remove(ticket)
            moment = self._clock()
            before = self._used.get(ticket.person)
            self._used[ticket.person] = _Used((before.by(moment) if before else 0.0) + seconds, moment)
            if len(self._used) > MOST_PEOPLE:
                self._forget(moment)
            if page is not None:
                known = self._expected.get(page, seconds)
                self._expected[page] = known + NEWEST_SHARE * (seconds - known)
            self._admit()

    def _forget(self, moment: float) -> None:
        self._used = {
            person: used for person, used in self._used.items() if used.by(moment) > NEGLIGIBLE_SECONDS
        }

    def _admit(self) -> None:
        moment = self._clock()
        while ticket := self._next(moment):
            self._waiting.remove(ticket)
            self._running.append(ticket)
            ticket.began = moment
            ticket.is_admitted.set()

    def _next(self, moment: float) -> _Ticket | None:
        if len(self._running) >= AT_MOST:
            return None
        busy = {ticket.person for ticket in self._running}
        taken = {ticket.is_long(moment) for ticket in self._running}
        ready = (
            ticket
            for ticket in self._waiting
            if ticket.person not in busy and ticket.is_long(moment) not in taken
        )
        used = {ticket: self._used_by(ticket.person, moment) for ticket in self._waiting}
        fair = FAIR_SHARES * sorted(used.values())[(len(used) - 1) // 2] if used else 0.0

        def rank(ticket: _Ticket) -> float:
            """Seconds: what the page costs and the person has used beyond a fair share, less the time waited: nobody waits for ever."""
            return ticket.seconds + max(used[ticket] - fair, 0.0) - (moment - ticket.since)

        return min(ready, key=rank, default=None)

    def _used_by(self, person: Hashable, moment: float) -> float:
        used = self._used.get(person)
        return used.by(moment) if used else 0.0
