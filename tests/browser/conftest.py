"""A real Chromium and a real Streamlit server for the journeys of people."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from running_app import RunningApp

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium")
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LAPTOP = {"width": 1366, "height": 768}


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser of the whole run; without one the tests are skipped, and fail where CI promises it."""
    if not CHROMIUM:
        message = "no chromium in PATH: install Debian's chromium or set CHROMIUM to its path"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(message)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def browser_context(chromium: Browser) -> Iterator[BrowserContext]:
    """One person's computer: cookies and storage of its own."""
    context = chromium.new_context(viewport=LAPTOP, locale="ru-RU")
    yield context
    context.close()


@pytest.fixture
def browser_page(browser_context: BrowserContext) -> Page:
    """One tab on that computer."""
    return browser_context.new_page()


@pytest.fixture
def run_app(tmp_path: Path) -> Iterator[Callable[..., RunningApp]]:
    """Start an app: run_app(path, NAME="value") → RunningApp; all are stopped after the test."""
    started: list[RunningApp] = []

    def run(app: Path, **env: str) -> RunningApp:
        running = RunningApp(app, env, tmp_path / f"server-{len(started)}.log")
        started.append(running)
        running.start()
        return running

    yield run
    for running in started:
        running.stop()
