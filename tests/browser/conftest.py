"""A real Chromium and a real Streamlit server for the journeys of people."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from grid_on_a_page import Grid
from harness.small_register import SmallRegister
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
HARNESS = Path(__file__).parent / "harness"
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
    context = chromium.new_context(viewport=LAPTOP, locale="ru-RU", reduced_motion="reduce")
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


@pytest.fixture(scope="module")
def small_register(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RunningApp, SmallRegister]]:
    folder = tmp_path_factory.mktemp("school")
    app = RunningApp(HARNESS / "app.py", {"SMALL_REGISTER": str(folder)}, folder / "server.log")
    app.start()
    yield app, SmallRegister(folder)
    app.stop()


@pytest.fixture
def register(small_register: tuple[RunningApp, SmallRegister]) -> SmallRegister:
    small_register[1].clear()
    return small_register[1]


@pytest.fixture
def url(small_register: tuple[RunningApp, SmallRegister], register: SmallRegister) -> str:
    return small_register[0].url


@pytest.fixture
def grid(browser_page: Page, url: str) -> Grid:
    return Grid(browser_page).open(url)


@pytest.fixture
def opened(browser_page: Page, url: str, register: SmallRegister) -> Callable[..., Grid]:
    """Open the grid after the register got something to show."""

    def open_with(cells: dict[str, str] | None = None, **mood: object) -> Grid:
        for key, text in (cells or {}).items():
            register.write(key, text, "Петрова А. И.")
        register.set_mood(**mood)
        return Grid(browser_page).open(url)

    return open_with
