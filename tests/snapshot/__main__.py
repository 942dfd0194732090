"""``python -m tests.snapshot OUT_DIR [--jobs 2]``: write down what the product shows and writes, for ``diff -r``."""

import argparse
import multiprocessing
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Any

import duckdb

from . import work
from .base import QUIET, facts_of, made_school
from .commands import COMMANDS, exported, run_command
from .database import dump_database
from .loads import dump_loads
from .moment import DATABASE
from .requests import dump_requests
from .views import all_views

PARTS = ("database", "pages", "reports", "commands", "requests", "loads")


def main() -> int:
    """Write a snapshot into a folder that is not there yet; 1 where something could not be opened."""
    options = _options()
    if options.out.exists():
        shutil.rmtree(options.out)
    options.out.mkdir(parents=True)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="snapshot-") as name:
        scratch = Path(name)
        school = options.school or scratch / "base" / "school"
        if options.school is None:
            made_school(school)
        _say(began, "the school is made")
        if "database" in options.parts:
            dump_database(school.with_name("demo.duckdb"), options.out / "database_of_demo")
            dump_database(school / DATABASE, options.out / "database")
            _say(began, "the database is written")
        faults = _share_out(options, school, scratch, began)
    for fault in faults:
        sys.stderr.write(f"{fault}\n")
    _say(began, f"done, {len(faults)} to look at")
    return bool(faults)


def _share_out(options: argparse.Namespace, school: Path, scratch: Path, began: float) -> list[str]:
    # A fresh interpreter for each process: a fork would share the open database.
    context = multiprocessing.get_context("spawn")
    extract = exported(school, scratch) if "commands" in options.parts else None
    with ProcessPoolExecutor(
        options.jobs, context, initializer=work.start, initargs=(school, scratch, options.out)
    ) as pool:
        waiting: list[Future[str]] = [
            pool.submit(task, *given)
            for task, given in _tasks(options.parts, school, extract, options, scratch)
        ]
        _say(began, f"{len(waiting)} tasks")
        faults = []
        for done, future in enumerate(as_completed(waiting), 1):
            if fault := future.result():
                faults.append(fault)
            if done % 100 == 0:
                _say(began, f"{done} of {len(waiting)}")
    return sorted(faults)


def _tasks(
    parts: list[str], school: Path, extract: Path | None, options: argparse.Namespace, scratch: Path
) -> Iterator[tuple[Callable[..., str], tuple[Any, ...]]]:
    """Yield the tasks, the longest ones first."""
    if extract is not None:
        yield from ((run_command, (name, school, extract, scratch, options.out)) for name in COMMANDS)
    if "requests" in parts:
        yield dump_requests, (school, scratch, options.out)
    if "loads" in parts:
        yield dump_loads, (school, scratch, options.out)
    if "reports" in parts:
        with duckdb.connect(str(school / DATABASE), read_only=True) as connection:
            reports = connection.execute("SELECT report_id FROM made_reports ORDER BY 1").fetchall()
        yield from ((work.dump_report, row) for row in reports)
        yield work.dump_shelves, ()
    if "pages" in parts:
        views = all_views(facts_of(school / DATABASE))
        yield from (
            (work.dump_view, (view,)) for view in views if not options.pages or view.page in options.pages
        )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.snapshot", description=__doc__)
    parser.add_argument("out", type=Path, metavar="OUT_DIR", help="the folder to write, emptied first")
    parser.add_argument("--jobs", type=int, default=2, help="processes at a time (2)")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS), help="only these")
    parser.add_argument("--pages", nargs="+", help="of the pages only these, by address")
    parser.add_argument("--school", type=Path, help="a folder that an earlier run has made, for trying out")
    options = parser.parse_args()
    options.out = options.out.resolve()
    return options


def _say(began: float, text: str) -> None:
    sys.stderr.write(f"[{time.monotonic() - began:6.1f} s] {text}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    import os

    if os.environ.get("PYTHONHASHSEED") != QUIET["PYTHONHASHSEED"]:
        # The order of sets is settled when the interpreter starts.
        os.execve(
            sys.executable, [sys.executable, "-m", "tests.snapshot", *sys.argv[1:]], {**os.environ, **QUIET}
        )
    sys.exit(main())
