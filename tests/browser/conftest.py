"""A real Chromium and a real Streamlit server for the journeys of people."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from grid_on_a_page import Grid
from harness.small_register import SmallRegister
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright
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
SCREEN: dict[str, Any] = {
    "viewport": {"width": 1366, "height": 768},
    "locale": "ru-RU",
    "reduced_motion": "reduce",
}


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """What drives Chromium; without one the tests are skipped, and fail where CI promises it."""
    if not CHROMIUM:
        message = "no chromium in PATH: install Debian's chromium or set CHROMIUM to its path"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(message)
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """A browser for several people at once, each in a context of its own."""
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
    yield browser
    browser.close()


@pytest.fixture
def own_chromium(playwright: Playwright, tmp_path: Path) -> Iterator[Callable[..., BrowserContext]]:
    """Start a browser with a profile of its own: own_chromium(*flags, **settings); what a private window lacks is there."""
    started: list[BrowserContext] = []

    def start(*flags: str, **settings: Any) -> BrowserContext:
        started.append(
            playwright.chromium.launch_persistent_context(
                tmp_path, executable_path=CHROMIUM, args=[*CHROMIUM_FLAGS, *flags], **settings
            )
        )
        return started[-1]

    yield start
    for browser in started:
        browser.close()


@pytest.fixture
def new_person(chromium: Browser) -> Iterator[Callable[[], Page]]:
    """Sit somebody down: new_person() → the tab of a computer of their own; all are taken away after the test."""
    computers: list[BrowserContext] = []

    def sit_down() -> Page:
        computers.append(chromium.new_context(**SCREEN))
        return computers[-1].new_page()

    yield sit_down
    for computer in computers:
        computer.close()


@pytest.fixture(scope="session")
def computer(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserContext]:
    """A browser with a profile on disk: a page's scripts are compiled once, and opening it takes half the time."""
    context = playwright.chromium.launch_persistent_context(
        tmp_path_factory.mktemp("profile"), executable_path=CHROMIUM, args=CHROMIUM_FLAGS, **SCREEN
    )
    yield context
    context.close()


@pytest.fixture
def browser_context(computer: BrowserContext) -> Iterator[BrowserContext]:
    """One person's computer as if nobody had used it: no cookies, nothing stored, one empty tab."""
    yield computer
    computer.set_offline(False)
    first, *others = computer.pages
    origins = {"/".join(page.url.split("/")[:3]) for page in others if page.url.startswith("http")}
    for page in others:
        page.close()
    # Only now: an open page may still store what was typed in it.
    tab = computer.new_cdp_session(first)
    for origin in origins:
        tab.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "local_storage"})
    tab.detach()
    computer.clear_cookies()


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
