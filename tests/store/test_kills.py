"""A process killed at any moment of its work loses nothing that it has acknowledged (п. 6.1, 8.6)."""

import json
import os
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).with_name("killed_writers.py")
KILLS = 16
HARM = ("lost", "doubled", "torn", "without_event", "not_opened")


def test_nothing_acknowledged_is_lost_by_a_kill() -> None:
    """Two kills of each kind of work; ``make bench FAULTS=1`` does hundreds."""
    environment = os.environ | {"PYTHONPATH": str(SCRIPT.parents[2])}
    done = subprocess.run(
        [sys.executable, str(SCRIPT), str(KILLS)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert sum(each["kills"] for each in found) == KILLS
    assert sum(each["acknowledged"] for each in found) > 0
    assert {(each["kind"], name): each[name] for each in found for name in HARM if each[name]} == {}
