"""Streamlit servers born of one process that has read the libraries already: each starts in a fifth of the time.

A server still reads `app.py` and everything else of its own; what it is born with is what every start would read first.
"""

import multiprocessing
import os
import sys
from importlib import import_module
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import ModuleType

import pytest

LIBRARIES = [
    "streamlit.web.cli",
    "server.serving",
    "server.menu",
    "pages.attendance.routes",
    "pages.councils.routes",
    "pages.homework.routes",
    "pages.register.routes",
    "pages.sign_in.sign_in",
    "pages.term_marks.routes",
]
_births = multiprocessing.get_context("forkserver")
_births.set_forkserver_preload(LIBRARIES)


def start_streamlit(arguments: list[str], env: dict[str, str], folder: Path, log: Path) -> BaseProcess:
    """Start ``streamlit`` with these arguments in a process group of its own; what it prints is added to the log."""
    return _start("streamlit.web.cli", arguments, env, folder, log)


def start_server(options: list[str], env: dict[str, str], folder: Path, log: Path) -> BaseProcess:
    """Start ``python -m server`` with these options, as ``start_streamlit`` does."""
    return _start("server.__main__", options, env, folder, log)


def _start(program: str, arguments: list[str], env: dict[str, str], folder: Path, log: Path) -> BaseProcess:
    process = _births.Process(target=_run, args=(program, arguments, env, folder, log), daemon=True)
    with pytest.MonkeyPatch.context() as patch:
        # A server would begin with the module that this process began with, or with a page that a test has opened since.
        patch.setitem(sys.modules, "__main__", ModuleType("__main__"))
        process.start()
    return process


def _run(program: str, arguments: list[str], env: dict[str, str], folder: Path, log: Path) -> None:
    os.setsid()
    with log.open("ab") as file:
        os.dup2(file.fileno(), sys.stdout.fileno())
        os.dup2(file.fileno(), sys.stderr.fileno())
    os.chdir(folder)
    os.environ.update(env)
    import_module(program).main(arguments)
