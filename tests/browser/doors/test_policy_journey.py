"""A strict policy costs nobody anything: pages draw, files come in and go out, and the browser has nothing to refuse (п. 3.2)."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from running_app import ROOT, RunningApp
from small_school import LOGINS, NOW, PASSWORD

pytestmark = pytest.mark.browser
DRAWN = "[data-testid=stApp][data-test-script-state=notRunning]"
PAGES = {
    "owner": ["today", "grid", "term_marks", "lesson_plan", "remarks"],
    "deputy": ["overview", "quality", "register_work", "exchange", "inspections", "reports"],
}


@pytest.fixture(scope="module")
def running(small_school_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    folder = tmp_path_factory.mktemp("live")
    shutil.copy(small_school_file, folder)
    app = RunningApp(
        ROOT / "app.py", {"SCHOOL_DATA": str(folder), "SCHOOL_NOW": NOW.isoformat()}, folder / "server.log"
    )
    app.start()
    yield app
    app.stop()


def seen_by(page: Page) -> list[str]:
    """Return where the browser will say what it refused and what broke."""
    said: list[str] = []
    page.on("pageerror", lambda problem: said.append(str(problem)))
    # A look for the server under a page's address would be an error too: it is at the root, and the document says so.
    page.on("console", lambda line: said.append(line.text) if line.type == "error" else None)
    return said


@pytest.mark.parametrize("name", list(PAGES))
def test_the_browser_refuses_nothing_of_a_days_pages(
    running: RunningApp, browser_page: Page, name: str
) -> None:
    said = seen_by(browser_page)
    running.sign_in(browser_page, LOGINS[name], PASSWORD)
    for address in PAGES[name]:
        browser_page.goto(f"{running.url}/{address}")
        browser_page.locator(DRAWN).wait_for(timeout=20_000)
    assert said == []


def test_files_come_in_and_go_out(
    running: RunningApp, new_person: Callable[[], Page], tmp_path: Path
) -> None:
    page, other = new_person(), new_person()
    said = seen_by(page)
    running.sign_in(page, LOGINS["admin"], PASSWORD)
    page.goto(f"{running.url}/imports")
    with page.expect_download() as loading:
        page.get_by_test_id("stDownloadButton").get_by_role("button").first.click()
    assert Path(loading.value.path()).stat().st_size > 1000
    given = tmp_path / "list.csv"
    given.write_text("Фамилия;Имя\nИванов;Пётр\n", encoding="utf-8")
    with page.expect_response(lambda answer: "/upload_file/" in answer.url) as sending:
        page.locator("input[type=file]").first.set_input_files(given)
    assert sending.value.status == 204
    assert said == []
    assert other.goto(loading.value.url).status in {403, 404}  # type: ignore[union-attr]


def test_who_has_left_gets_no_file_from_a_tab_that_is_still_open(
    running: RunningApp, new_person: Callable[[], Page]
) -> None:
    page = new_person()
    running.sign_in(page, LOGINS["secretary"], PASSWORD)
    page.goto(f"{running.url}/imports")
    button = page.get_by_test_id("stDownloadButton").get_by_role("button").first
    expect(button).to_be_visible()
    page.context.request.post(f"{running.url}/api/session/close", data={}, headers={"Origin": running.url})
    button.click()
    expect(page.get_by_text("ваши права изменились")).to_be_visible()
