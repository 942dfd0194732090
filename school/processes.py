"""Heavy work in a process of its own: it holds nobody's interpreter, steps back in priority and ends with its starter."""

import os
import runpy
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryFile
from typing import TextIO

ROOT = Path(__file__).resolve().parents[1]
STEPS_BACK = 15
STARTER_IS_GONE = 3
# What a process that ran out of memory says last, if the system has not killed it before.
OUT_OF_MEMORY = "MemoryError"


class ProcessFault(Exception):
    """A process ended before its work was done; the text names the kind of its last exception, or the signal, and no data."""

    def __init__(self, kind: str, *, is_killed: bool) -> None:
        super().__init__(kind)
        # By the system, by somebody, or for want of memory: not by a fault of the program.
        self.is_killed = is_killed


class OwnProcess:
    """One module at a time in a process of its own, which steps back for the register unless somebody waits for it."""

    def __init__(self, *, steps_back: int = STEPS_BACK) -> None:
        self._steps_back = steps_back
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self.is_stopped = False

    @property
    def pid(self) -> int | None:
        """The number of the process that runs, if one does."""
        with self._lock:
            return self._process.pid if self._process else None

    def stop(self) -> None:
        """Kill what runs; whatever is begun later ends at once."""
        with self._lock:
            self.is_stopped = True
            if self._process is not None:
                self._process.kill()

    def run(self, module: str, *arguments: str) -> Iterator[str]:
        """Run a module as ``python -m`` does and yield the lines that it prints as they come.

        Who stops reading ends it. Raises ProcessFault where it does not end well, or is stopped.
        """
        environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
        command = [sys.executable, "-m", __name__, str(self._steps_back), module, *arguments]
        with TemporaryFile("w+", encoding="utf-8", errors="replace") as faults:
            with subprocess.Popen(
                command,
                cwd=ROOT,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=faults,
                encoding="utf-8",
            ) as process:
                self._note(process)
                try:
                    for line in process.stdout or ():
                        yield line.rstrip("\n")
                except GeneratorExit:
                    process.kill()
                    raise
            self._note(None)
            if process.returncode:
                raise _fault(process.returncode, faults)

    def _note(self, process: subprocess.Popen[str] | None) -> None:
        with self._lock:
            self._process = process
            if self.is_stopped and process is not None:
                process.kill()


def _fault(code: int, faults: TextIO) -> ProcessFault:
    if code < 0:
        return ProcessFault(f"signal {-code}", is_killed=True)
    faults.seek(0)
    # An exception's text may hold somebody's data, its name does not.
    kind = (faults.read().strip().splitlines() or [f"code {code}"])[-1].partition(":")[0]
    return ProcessFault(kind, is_killed=kind == OUT_OF_MEMORY)


def _end_with_starter() -> None:
    """Wait until the pipe from the starter is closed, as it is when that ends however it ends; then end this process."""
    while os.read(0, 1):
        pass
    os._exit(STARTER_IS_GONE)


def _main(steps_back: str, module: str, *arguments: str) -> None:
    if hasattr(os, "nice"):
        os.nice(int(steps_back))
    threading.Thread(target=_end_with_starter, daemon=True).start()
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    _main(*sys.argv[1:])
