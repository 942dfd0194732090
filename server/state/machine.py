"""The machine and the process: memory, uptime, versions, who is here."""

import os
import platform
import re
import time
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import streamlit
from streamlit.runtime import Runtime

from school import __version__

_BEGAN = time.monotonic()
_LIMITS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))


@dataclass(frozen=True)
class Memory:
    """Bytes that this process takes, and that it may take at the most."""

    used: int
    total: int


def memory() -> Memory:
    """Return what the process takes of the machine's memory, or of what its container may take; zeros where nobody says."""
    pages = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 0
    total = pages * os.sysconf("SC_PHYS_PAGES") if pages else 0
    for limit in _LIMITS:
        text = limit.read_text().strip() if limit.is_file() else ""
        total = min(total, int(text)) if text.isdigit() else total
    status = Path("/proc/self/status")
    found = re.search(r"VmRSS:\s+(\d+)", status.read_text()) if status.is_file() else None
    return Memory(int(found[1]) * 1024 if found else 0, total)


def uptime_seconds() -> float:
    """Return for how long this process has been up."""
    return time.monotonic() - _BEGAN


def open_tabs() -> int:
    """Return how many tabs of browsers are connected now."""
    # Streamlit tells this number to nobody; its own metrics count it the same way.
    manager = getattr(Runtime.instance(), "_session_mgr", None) if Runtime.exists() else None
    return manager.num_active_sessions() if manager is not None else 0


def versions() -> dict[str, str]:
    """Return the versions that a developer asks for first."""
    return {
        "Журнал": __version__,
        "Python": platform.python_version(),
        "DuckDB": version("duckdb"),
        "Streamlit": streamlit.__version__,
    }
