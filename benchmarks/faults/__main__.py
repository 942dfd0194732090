"""``make bench FAULTS=1`` (``KILLS=500``): what the school outlives, as a table; exit code 1 where anything acknowledged was lost."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
TESTS = ROOT / "tests" / "store"
# The tests that hold a fault each; they are run as they are, with one line a file.
FILES = ("tests/store/test_full_disk.py", "tests/store/test_start.py", "tests/sign_in/test_clock.py")
HARM = ("lost", "doubled", "torn", "without_event", "not_opened")


def lines_of(script: Path, *arguments: str) -> Iterator[dict[str, Any]]:
    """Run a script of the tests and yield what it prints, a JSON a line, as it comes."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, str(script), *arguments]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        for line in process.stdout or ():
            yield json.loads(line)


def kills(number: int) -> bool:
    """Kill writers of every kind; return whether nothing came to harm."""
    columns = ("kind", "kills", "acknowledged", *HARM, "orphans")
    print("| " + " | ".join(columns) + " |\n|" + "---|" * len(columns))
    total = dict.fromkeys(columns[1:], 0)
    for found in lines_of(TESTS / "killed_writers.py", str(number)):
        total = {name: count + found[name] for name, count in total.items()}
        print("| " + " | ".join(str(found[name]) for name in columns) + " |", flush=True)
    print("| all | " + " | ".join(map(str, total.values())) + " |")
    return not any(total[name] for name in HARM)


def full_disks() -> bool:
    """Fill the disk at a write of the log and at a checkpoint; return whether all acknowledged is there."""
    print("\n| full disk at | acknowledged | stored | readable while full | said |\n|---|---|---|---|---|")
    is_well = True
    for mode in ("log", "checkpoint"):
        with tempfile.TemporaryDirectory() as folder:
            (found,) = lines_of(TESTS / "full_disk.py", folder, mode)
        is_well &= found["stored"] == found["acknowledged"]
        counts = (len(found["acknowledged"]), len(found["stored"]), found["read_while_full"])
        print(f"| {mode} | {' | '.join(map(str, counts))} | {found['failure']} |", flush=True)
    return is_well


def slow_disk() -> bool:
    """Save on a disk that takes a second for each flush; return whether all acknowledged is there."""
    if not shutil.which("strace"):
        print("\nNo slow disk: no strace here to hold up the flushes.")
        return True
    print("\n| slow disk | acknowledged | stored | p95 of saves, s | said |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        (found,) = lines_of(TESTS / "slow_disk.py", folder)
    counts = (len(found["acknowledged"]), len(found["stored"]), f"{found['p95']:.1f}", found["words"])
    print(f"| 1.2 s a flush | {' | '.join(map(str, counts))} |", flush=True)
    return bool(found["stored"] == found["acknowledged"])


def held_by_tests() -> bool:
    """Run the tests of lost logs, read-only folders, second servers and clocks; return whether they hold."""
    print("\n| faults of | seconds | held |\n|---|---|---|")
    is_well = True
    for file in FILES:
        began = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", file],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            check=False,
        )
        is_well &= not done.returncode
        print(
            f"| {file} | {time.monotonic() - began:.0f} | {'yes' if not done.returncode else 'NO'} |",
            flush=True,
        )
    return is_well


def main() -> int:
    """Print all tables; return the exit code."""
    is_well = [kills(int(os.environ.get("KILLS", "500"))), full_disks(), slow_disk(), held_by_tests()]
    print("\nNothing acknowledged was lost." if all(is_well) else "\nSomething came to harm: see above.")
    return 0 if all(is_well) else 1


if __name__ == "__main__":
    sys.exit(main())
