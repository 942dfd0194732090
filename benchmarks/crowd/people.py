"""Many people at once, in processes other than the server's: what each asked for, how long it took, what went wrong."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from typing import Protocol

from benchmarks.doings import Entries
from benchmarks.server import Server
from benchmarks.visitor import Visitor
from benchmarks.works import percentile

PROCESSES = 2
GATHERING_SECONDS = 180


@dataclass(frozen=True)
class Answer:
    """One thing that somebody asked for: its kind, the wall milliseconds until it was there, the name of an error or nothing."""

    kind: str
    wall_ms: float
    error: str = ""


@dataclass
class Outcome:
    """What a crowd saw, and what it took: processor seconds of the crowd's own processes and of the server."""

    answers: list[Answer] = field(default_factory=list)
    entries: Entries = field(default_factory=Entries)
    client_seconds: float = 0.0
    server_seconds: float = 0.0
    wall_seconds: float = 0.0
    memory_mb: float = 0.0

    def add(self, other: "Outcome") -> None:
        """Add what the people of another process saw."""
        self.answers += other.answers
        self.entries.add(other.entries)
        self.client_seconds += other.client_seconds

    def times(self, *kinds: str) -> list[float]:
        """Return the wall milliseconds of what was answered of these kinds, of all without any."""
        return [
            each.wall_ms for each in self.answers if not each.error and each.kind in (kinds or (each.kind,))
        ]

    def errors(self) -> list[str]:
        """Return the names of all errors."""
        return [each.error for each in self.answers if each.error]

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.times()) / self.wall_seconds

    def show_of(self, title: str, lost: int) -> None:
        """Print what the crowd was and what it took, its entries, and a row for each kind."""
        print(
            f"{title}; server busy {self.server_seconds / self.wall_seconds:.0%} of a core, "
            f"the people's own work {self.client_seconds / self.wall_seconds:.0%}; memory {self.memory_mb:.0f} MB"
        )
        print(f"  entries sent {self.entries.sent}, saved {self.entries.saved}, lost {lost}")
        self.show()

    def show(self) -> None:
        """Print a row for each kind."""
        print(f"  {'kind':<24} {'answers':>7} {'median':>8} {'p95':>8} {'errors':>7}")
        for kind in sorted({each.kind for each in self.answers}):
            times = self.times(kind)
            failed = sum(each.kind == kind for each in self.answers) - len(times)
            shown = (
                f"{percentile(times, 0.5):8.0f} {percentile(times, 0.95):8.0f}"
                if times
                else f"{'—':>8} {'—':>8}"
            )
            print(f"  {kind:<24} {len(times):7d} {shown} {failed:7d}")


class Stage:
    """Where people act: until when, and the account of what they do."""

    def __init__(self, outcome: Outcome, ends_at: float) -> None:
        """Act until this moment of the monotonic clock."""
        self.outcome, self.ends_at = outcome, ends_at

    @property
    def is_over(self) -> bool:
        """Whether nobody begins anything any more."""
        return time.monotonic() >= self.ends_at

    async def timed(self, kind: str, act: Callable[[], Awaitable[None]], visitor: Visitor) -> None:
        """Do one thing and note how long it took; after an error the visitor opens a new websocket."""
        began, error = time.perf_counter(), ""
        try:
            await act()
        except Exception as problem:
            error = type(problem).__name__
            await visitor.leave()
        self.outcome.answers.append(Answer(kind, (time.perf_counter() - began) * 1000, error))

    async def pause(self, seconds: float) -> None:
        """Wait, but not beyond the end."""
        await asyncio.sleep(max(min(seconds, self.ends_at - time.monotonic()), 0))


class Player(Protocol):
    """Somebody in a crowd; travels to a process of the crowd."""

    def visitor(self, port: int) -> Visitor:
        """Return the tab of the player."""

    @property
    def comes_late(self) -> bool:
        """Whether the tab is opened in the course of things, not before."""

    async def play(self, visitor: Visitor, stage: Stage) -> None:
        """Act until the stage is over."""


def run_crowd(server: Server, groups: Sequence[Sequence[Player]], seconds: float) -> Outcome:
    """Let each group act in a process of its own for some seconds; all begin together, once everybody is connected.

    Memory is read while everybody is still there. Raises EOFError where a process of the crowd failed.
    """
    context = get_context("spawn")
    everybody = context.Barrier(len(groups) + 1)
    ends, processes = [], []
    for group in groups:
        mine, theirs = context.Pipe(duplex=False)
        arguments = (list(group), server.port, seconds, everybody, theirs)
        process = context.Process(target=_perform, args=arguments, daemon=True)
        process.start()
        theirs.close()
        ends.append(mine)
        processes.append(process)
    everybody.wait(GATHERING_SECONDS)
    began, used = time.monotonic(), server.processor_seconds()
    whole = Outcome()
    everybody.wait(seconds + GATHERING_SECONDS)
    whole.wall_seconds = time.monotonic() - began
    whole.server_seconds = server.processor_seconds() - used
    whole.memory_mb = server.memory_mb()
    everybody.wait(GATHERING_SECONDS)
    for end in ends:
        whole.add(end.recv())
    for process in processes:
        process.join()
    return whole


def dealt(players: Sequence[Player]) -> list[list[Player]]:
    """Return the players dealt out to as many processes as keep the crowd's own work small beside the server's."""
    return [list(players[number::PROCESSES]) for number in range(min(PROCESSES, len(players)))]


def _perform(
    players: list[Player], port: int, seconds: float, everybody: Barrier, result: Connection
) -> None:
    outcome = asyncio.run(_act(players, port, seconds, everybody))
    result.send(outcome)
    result.close()


async def _act(players: list[Player], port: int, seconds: float, everybody: Barrier) -> Outcome:
    outcome = Outcome()
    visitors = [player.visitor(port) for player in players]
    await asyncio.gather(
        *(
            visitor.connect()
            for player, visitor in zip(players, visitors, strict=True)
            if not player.comes_late
        )
    )
    await asyncio.to_thread(everybody.wait, GATHERING_SECONDS)
    used, stage = time.process_time(), Stage(outcome, time.monotonic() + seconds)
    await asyncio.gather(
        *(player.play(visitor, stage) for player, visitor in zip(players, visitors, strict=True))
    )
    outcome.client_seconds = time.process_time() - used
    await asyncio.to_thread(everybody.wait, seconds + GATHERING_SECONDS)
    await asyncio.to_thread(everybody.wait, GATHERING_SECONDS)
    await asyncio.gather(*(visitor.close() for visitor in visitors))
    return outcome
