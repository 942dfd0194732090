"""What a measured work is held to: bounds in probes, which a slower machine does not break."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from event_loop import run_to_end

from benchmarks.probe import Probe, mean_probe, probe
from benchmarks.rivals import PROBE_MS
from benchmarks.server import Server
from benchmarks.works import Bound, Work, measure, percentile

BUSY_CHILD = """
import subprocess, sys, time
inner = "import time\\nwhile time.process_time() < 0.5: pass\\nprint('done', flush=True)\\ntime.sleep(60)"
child = subprocess.Popen([sys.executable, "-c", inner])
time.sleep(60)
"""


@pytest.mark.parametrize(
    ("processor_ms", "slowness", "is_within"), [(100, 1, True), (300, 3, True), (100, 0.5, False)]
)
def test_a_processor_bound_is_compared_in_probes(
    processor_ms: float, slowness: float, is_within: bool
) -> None:
    work = Work("open_register", "", 110, None, [1.0], processor_ms, PROBE_MS * slowness)
    assert work.is_within_bounds is is_within
    assert ("OVER" in work.line()) is not is_within


def test_the_rival_stands_in_probes_of_its_own_machine() -> None:
    work = Work("open_register", "", None, None, [1.0], processor_ms=41.0, probe_ms=PROBE_MS / 2)
    assert "×1.0" in work.line()
    assert "×" not in Work("something else", "", wall_ms=[1.0], processor_ms=1.0).line()


def test_a_wall_bound_is_bare() -> None:
    waits = [10.0] * 18 + [30.0] * 2
    assert not Work("", "", None, 20, waits, 1.0, PROBE_MS * 3).is_within_bounds
    assert Work("", "", None, 30, waits, 1.0).is_within_bounds


@pytest.mark.parametrize(
    ("bound", "words", "is_kept"),
    [
        (Bound("p95", 50, 50), "p95≤50", True),
        (Bound("p95", 50.1, 50), "p95 OVER 50", False),
        (Bound("rate", 40, 40, at_least=True), "rate≥40", True),
        (Bound("rate", 39, 40, at_least=True), "rate UNDER 40", False),
    ],
)
def test_bounds_say_whether_they_hold(bound: Bound, words: str, is_kept: bool) -> None:
    assert (str(bound), bound.is_kept) == (words, is_kept)


def test_percentile_is_a_measured_value() -> None:
    assert percentile([3, 1, 2], 0.5) == 2
    assert percentile(range(1, 21), 0.95) == 20
    assert percentile([7], 0.95) == 7


def test_a_probe_has_both_parts() -> None:
    one = probe()
    assert one.loop_ms > 0
    assert one.query_ms > 0
    assert mean_probe([Probe(1, 10), Probe(2, 30), Probe(9, 20)]) == Probe(4, 20)


@pytest.fixture
def parent() -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen([sys.executable, "-c", BUSY_CHILD], stdout=subprocess.PIPE, text=True)
    yield process
    for process_id in Server(0, process.pid).process_ids():
        os.kill(process_id, 9)
    process.communicate()


def test_processes_that_the_server_started_count(parent: subprocess.Popen[str]) -> None:
    server = Server(0, parent.pid)
    assert parent.stdout is not None
    assert parent.stdout.readline() == "done\n"
    assert len(server.process_ids()) == 2
    assert server.processor_seconds() >= 0.5
    assert server.memory_mb() > 2 * 5


def test_what_is_done_before_a_repetition_costs_nothing() -> None:
    done: list[tuple[str, int]] = []

    async def before(number: int) -> None:
        done.append(("before", number))
        await asyncio.sleep(0.1)

    async def once(number: int) -> None:
        done.append(("once", number))

    work = run_to_end(measure(Server(0, os.getpid()), Work("", ""), once, before, repeats=2))
    assert done == [(what, number) for number in range(5) for what in ("before", "once")]
    assert len(work.wall_ms) == 2
    assert min(work.wall_ms) < 100
    assert work.probe_ms > 0
