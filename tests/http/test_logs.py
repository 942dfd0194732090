"""The log holds nobody's data, whoever writes it, and its lines are found by the number that a person was shown."""

import asyncio
import json
import logging
import re
import stat
import sys
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit.logger
from event_loop import run_to_end
from starlette.requests import Request
from starlette.routing import Route
from starlette.testclient import TestClient

from server.http.edge import Edge
from server.http.own_routes import OwnRoutes
from server.logs import FILE, FILES, MEGABYTES, set_up_logs
from server.own_threads import in_own_thread

NAME, LOGIN, MARK = "Яковлев", "yakovlev.7", "отметка 2"
LINE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} [A-Z]+ [\w.]+ \[(-|\d{3}-\d{3})\] ")


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The log of a process as the server sets it up, in a file; everything as it was afterwards."""
    loggers = [logging.root, *(logging.getLogger(name) for name in [*logging.root.manager.loggerDict])]
    before = [(each, [*each.handlers], each.propagate, each.level) for each in loggers]
    factory = logging.getLogRecordFactory()
    for owner, name in (
        (threading, "excepthook"),
        (sys, "unraisablehook"),
        (streamlit.logger, "setup_formatter"),
    ):
        monkeypatch.setattr(owner, name, getattr(owner, name))
    set_up_logs({FILE: str(tmp_path / "school.log")})
    yield tmp_path / "school.log"
    logging.captureWarnings(False)
    logging.setLogRecordFactory(factory)
    for each, handlers, propagate, level in before:
        each.handlers[:], each.propagate = handlers, propagate
        each.setLevel(level)


def failing(text: str) -> Exception:
    try:
        try:
            raise ValueError(text)
        except ValueError as problem:
            raise KeyError(text) from problem
    except KeyError as problem:
        return problem


@pytest.mark.parametrize(
    "name",
    ["streamlit.error_util", "uvicorn.error", "asyncio", "duckdb", "made.today", "school.x", "server.x"],
)
def test_no_logger_writes_what_an_error_says(log: Path, name: str) -> None:
    logger = logging.getLogger(name)
    logger.addHandler(logging.FileHandler(log))
    logger.error("Failed", exc_info=failing(f"no pupil {NAME}"))
    written = log.read_text(encoding="utf-8")
    assert NAME not in written
    assert "ValueError" in written
    assert "KeyError" in written
    assert "test_logs.py" in written


def test_no_library_writes_the_values_of_its_sentences(log: Path) -> None:
    library = streamlit.logger.get_logger("streamlit.came_later")
    library.error("Refused user %s with %r", LOGIN, {"mark": MARK})
    library.error(f"Refused {LOGIN} {MARK}")
    logging.getLogger("uvicorn.error").warning("GET /family/51?name=%s", NAME)
    warnings.warn(f"{NAME} got {MARK}", stacklevel=1)
    written = log.read_text(encoding="utf-8")
    assert not [each for each in (NAME, LOGIN, MARK) if each in written]
    assert "Refused user %s with %r" in written
    assert all(LINE.match(line) for line in written.splitlines()), written


def test_what_ends_a_thread_or_a_callback_is_written_without_values(log: Path) -> None:
    def fail() -> None:
        raise ValueError(NAME)

    thread = threading.Thread(target=fail, name="forecasts")
    thread.start()
    thread.join()

    async def call() -> None:
        asyncio.get_running_loop().call_soon(fail)
        await asyncio.sleep(0)

    run_to_end(call())
    written = log.read_text(encoding="utf-8")
    assert NAME not in written.replace("raise ValueError(NAME)", "")
    assert "forecasts" in written
    assert written.count("ValueError\n") == 2


def test_the_number_on_the_page_of_a_fault_stands_in_the_lines_of_its_request(log: Path) -> None:
    def work() -> None:
        logging.getLogger("school.work").info("On the way")
        raise ValueError(NAME)

    async def fail(request: Request) -> None:
        await in_own_thread(request, work)

    app = Edge(OwnRoutes(None, [Route("/api/fail", fail, methods=["GET"])]))  # type: ignore[arg-type]
    browser = TestClient(app, raise_server_exceptions=False)
    numbers = []
    for _ in range(2):
        answer = browser.get("/api/fail")
        assert answer.status_code == 500
        numbers.append(re.search(r"№ (\d{3}-\d{3})", answer.json()["message"])[1])  # type: ignore[index]
    assert numbers[0] != numbers[1]
    lines = log.read_text(encoding="utf-8").splitlines()
    for number in numbers:
        mine = [line for line in lines if f"[{number}]" in line]
        assert [line.split("] ")[1].split()[0] for line in mine] == ["On", "Fault"]
    assert NAME not in json.dumps(lines, ensure_ascii=False)


def test_the_file_is_changed_when_it_is_full_and_is_nobody_elses(log: Path) -> None:
    set_up_logs({FILE: str(log), MEGABYTES: "1", FILES: "2"})
    logger = logging.getLogger("school.much")
    for _ in range(40):
        logger.error("x" * 100_000)
    files = sorted(each.name for each in log.parent.glob("school.log*"))
    assert files == ["school.log", "school.log.1", "school.log.2"]
    assert {stat.S_IMODE(each.stat().st_mode) for each in log.parent.glob("school.log*")} == {0o600}


def test_without_a_file_the_log_goes_to_the_output(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs({})
    logging.getLogger("school.here").error("Here")
    out, err = capsys.readouterr()
    assert LINE.match(out)
    assert out.endswith("ERROR school.here [-] Here\n")
    assert err == ""
