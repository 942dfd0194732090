"""What the server does beside its visitors: a job each, looking again and again in a thread of its own until the server stops."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from server.state.errors import recent_errors

log = logging.getLogger(__name__)


@dataclass
class Job:
    """A job that looks whether something is due ``every`` so many seconds, the ``first`` time after so many.

    ``begin`` is done at once when the job starts; ``end`` interrupts what it is doing when the server stops. Whoever sets
    ``asked`` makes it look without waiting. What a look raises stops no later one.
    """

    name: str
    every: float
    first: float
    look: Callable[[], object]
    begin: Callable[[], object] | None = None
    end: Callable[[], object] | None = None
    asked: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._is_stopping = threading.Event()
        self.thread = threading.Thread(target=self._run, name=self.name, daemon=True)

    def start(self) -> None:
        """Start looking."""
        self.thread.start()

    def stop(self) -> None:
        """End the thread after the look that it is at."""
        self._is_stopping.set()
        self.asked.set()
        if self.end:
            self.end()
        self.thread.join(timeout=10)

    def _run(self) -> None:
        if self.begin:
            self.begin()
        self._wait(self.first)
        while not self._is_stopping.is_set():
            try:
                self.look()
            except Exception as fault:
                recent_errors.note(type(fault).__name__)
                # Only the kind: a message might hold a pupil's data.
                log.error("The job %s stumbled: %s", self.name, type(fault).__name__)
            self._wait(self.every)

    def _wait(self, seconds: float) -> None:
        self.asked.wait(seconds)
        if not self._is_stopping.is_set():
            self.asked.clear()
