"""A process of its own: what it prints arrives, how it ends is known, and it never outlives who started it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from school.processes import STEPS_BACK, OwnProcess, ProcessFault

SLEEP = ("timeit", "-n1", "-r1", "-s", "import time; print('began', flush=True)", "time.sleep(60)")


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_lines_arrive_and_a_good_end_is_silent() -> None:
    words = "print('первая'); print('вторая')"
    lines = list(OwnProcess().run("timeit", "-n1", "-r1", "-s", words))
    assert lines[:2] == ["первая", "вторая"]


def test_it_steps_back_for_others() -> None:
    first, *_ = OwnProcess().run("timeit", "-n1", "-r1", "-s", "import os; print(os.nice(0))")
    assert int(first) == min(os.nice(0) + STEPS_BACK, 19)


@pytest.mark.parametrize(
    ("statement", "kind", "is_killed"),
    [
        ("int('пять')", "ValueError", False),
        ("raise MemoryError", "MemoryError", True),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "signal 9", True),
    ],
)
def test_a_bad_end_is_told_by_its_kind_and_without_data(statement: str, kind: str, is_killed: bool) -> None:
    with pytest.raises(ProcessFault) as told:
        list(OwnProcess().run("timeit", "-n1", "-r1", statement))
    assert (str(told.value), told.value.is_killed) == (kind, is_killed)


def test_stopping_ends_it_and_whatever_would_begin_later() -> None:
    process = OwnProcess()
    lines = process.run(*SLEEP)
    assert next(lines) == "began"
    pid = process.pid
    assert pid is not None
    process.stop()
    with pytest.raises(ProcessFault):
        next(lines)
    assert not is_running(pid)
    with pytest.raises(ProcessFault):
        list(process.run(*SLEEP))


def test_who_stops_reading_ends_it() -> None:
    process = OwnProcess()
    lines = process.run(*SLEEP)
    next(lines)
    pid = process.pid
    assert pid is not None
    lines.close()
    assert not is_running(pid)


def test_it_does_not_outlive_a_killed_starter() -> None:
    program = f"""
from school.processes import OwnProcess
process = OwnProcess()
lines = process.run(*{SLEEP!r})
next(lines)
print(process.pid, flush=True)
next(lines)
"""
    command = [sys.executable, "-c", program]
    with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8") as starter:
        assert starter.stdout is not None
        pid = int(starter.stdout.readline())
        assert is_running(pid)
        starter.send_signal(signal.SIGKILL)
    until(lambda: not is_running(pid))
