"""Work that writes into the school: each on a copy of its own, in a process of its own."""

import shutil
import subprocess
import sys
from pathlib import Path

from .base import environment
from .moment import ROOT


def run_apart(module: str, school: Path, folder: Path, out: Path) -> str:
    """Run a module of this package on a copy of the school; returns the end of what went wrong, or an empty string."""
    shutil.copytree(school, folder)
    command = [sys.executable, "-m", module, str(folder), str(out)]
    done = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True, check=False)
    return f"{module}: {done.stderr[-2000:]}" if done.returncode else ""
