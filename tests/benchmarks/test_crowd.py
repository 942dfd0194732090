"""People of a measured crowd act in processes of their own, together, and all that they saw comes back."""

import asyncio
import os
import sys
from dataclasses import dataclass
from functools import partial
from types import ModuleType

import pytest

from benchmarks.crowd.people import Stage, dealt, run_crowd
from benchmarks.server import Server
from benchmarks.visitor import Visitor


@dataclass(frozen=True)
class Sleeper:
    """Somebody who asks for nothing but time, in turns that succeed and fail."""

    number: int
    comes_late: bool = True

    def visitor(self, port: int) -> Visitor:
        return Visitor(port, "")

    async def play(self, visitor: Visitor, stage: Stage) -> None:
        stage.outcome.entries.acknowledged([((self.number, os.getpid()), "5")])
        await stage.timed("sleep", partial(asyncio.sleep, 0.05), visitor)
        await stage.timed("fail", partial(_fail), visitor)
        await stage.pause(60)


async def _fail() -> None:
    raise ConnectionError


def test_what_everybody_saw_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    # A process of the crowd begins with the main module, and a test of a screen before this one left its page there.
    monkeypatch.setitem(sys.modules, "__main__", ModuleType("__main__"))
    players = [Sleeper(number) for number in range(3)]
    outcome = run_crowd(Server(0, os.getpid()), dealt(players), 0.5)
    assert len(outcome.times("sleep")) == 3
    assert min(outcome.times("sleep")) >= 50
    assert outcome.errors() == ["ConnectionError"] * 3
    assert {number for number, _ in outcome.entries.expected} == {0, 1, 2}
    processes = {process for _, process in outcome.entries.expected}
    assert len(processes) == 2
    assert os.getpid() not in processes
    # A pause ends with the stage.
    assert outcome.wall_seconds == pytest.approx(0.5, abs=1.0)
    assert outcome.memory_mb > 0
    assert outcome.client_seconds > 0
