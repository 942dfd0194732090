"""Which lines of the product the tests run: counted in each worker, summed and held to the floor as the run ends.

Tracing, as coverage.py does it before Python 3.12, costs half of a run's processor time again; a line that counts itself
costs next to nothing. SlipCover's own plugin counts what is imported and adds the workers up; this adds the scripts of pages.
"""

import io
import json
import os
from functools import cache
from pathlib import Path

import pytest
from slipcover import print_coverage, pytest_plugin
from slipcover.config import read_config
from streamlit.runtime.scriptrunner.script_cache import ScriptCache

ROOT = Path(__file__).parent.parent


def count_scripts() -> None:
    """Count lines of the scripts that Streamlit reads itself, past every import."""
    counter = pytest_plugin._slipcover_instance
    if counter is None:
        return
    read = ScriptCache.get_bytecode

    @cache
    def counted(path: str) -> object:
        code = read(ScriptCache(), path)
        return counter.instrument(code) if Path(path).is_relative_to(ROOT) else code

    ScriptCache.get_bytecode = lambda _, path: counted(path)


def lines_of_workers(session: pytest.Session) -> str:
    """Return the files with lines that no worker ran; the session fails where fewer lines ran than the floor wants.

    Nothing where lines are not counted, or where this is a worker.
    """
    folder = os.environ.get("SLIPCOVER_COVERAGE_DIR")
    if not folder or "PYTEST_XDIST_WORKER" in os.environ:
        return ""
    sums, floor = Path(folder) / "merged.json", read_config()["fail-under"]
    if not sums.exists():
        session.exitstatus = pytest.ExitCode.INTERNAL_ERROR
        return "No worker said which lines it ran."
    found = json.loads(sums.read_text())
    table = io.StringIO()
    print_coverage(found, outfile=table, skip_covered=True)
    percent = found["summary"]["percent_covered"]
    has_failed = percent < floor
    if has_failed and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
    verdict = (
        f"{percent:.1f} % of the lines were run; {'FAIL: ' if has_failed else ''}the floor is {floor} %."
    )
    return f"{table.getvalue()}\n{verdict}"
