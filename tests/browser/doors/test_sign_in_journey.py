"""Signing in and out in a real browser: the cookie, two tabs, a copied cookie, a server restart, other people's sites."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from running_app import ROOT, RunningApp
from small_school import LOGINS, NOW, PASSWORD

pytestmark = pytest.mark.browser
COOKIE = "school_session"
FORM, LEAVE = "Имя для входа", "Выйти"


@pytest.fixture
def running(run_app: Callable[..., RunningApp], small_school_file: Path, tmp_path: Path) -> RunningApp:
    """The register of the small school, at the small school's moment."""
    folder = tmp_path / "live"
    folder.mkdir()
    shutil.copy(small_school_file, folder)
    return run_app(ROOT / "app.py", SCHOOL_DATA=str(folder), SCHOOL_NOW=NOW.isoformat())


def open_tab(context: BrowserContext, url: str) -> Page:
    page = context.new_page()
    page.goto(url)
    return page


def sign_in(page: Page, name: str) -> None:
    page.get_by_label(FORM).fill(LOGINS[name])
    page.get_by_label("Пароль", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name=LEAVE)).to_be_visible(timeout=20_000)


def session_cookie(context: BrowserContext) -> dict[str, object] | None:
    return next((dict(cookie) for cookie in context.cookies() if cookie["name"] == COOKIE), None)


def test_a_teachers_day_from_sign_in_to_sign_out(
    running: RunningApp, browser_context: BrowserContext, chromium: Browser
) -> None:
    elsewhere: list[str] = []
    browser_context.on(
        "request",
        lambda request: (
            None if request.url.startswith((running.url, "data:", "blob:")) else elsewhere.append(request.url)
        ),
    )
    page = open_tab(browser_context, running.url)
    sign_in(page, "owner")
    expect(page).to_have_url(f"{running.url}/today")
    cookie = session_cookie(browser_context)
    assert cookie is not None
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict")
    assert COOKIE not in page.evaluate("document.cookie")

    page.reload()
    expect(page.get_by_role("button", name=LEAVE)).to_be_visible(timeout=20_000)
    running.stop()
    running.start()
    page.reload()
    expect(page.get_by_role("button", name=LEAVE)).to_be_visible(timeout=20_000)

    other_tab = open_tab(browser_context, f"{running.url}/messages")
    expect(other_tab.get_by_role("button", name=LEAVE)).to_be_visible(timeout=20_000)
    page.get_by_role("button", name=LEAVE).click()
    expect(page.get_by_label(FORM)).to_be_visible(timeout=20_000)
    expect(page).to_have_url(f"{running.url}/")
    assert session_cookie(browser_context) is None
    other_tab.get_by_role("link", name="Сегодня").click()
    expect(other_tab.get_by_text("Сеанс завершён")).to_be_visible(timeout=20_000)

    thief = chromium.new_context()
    thief.add_cookies([cookie])  # type: ignore[list-item]
    stolen = open_tab(thief, running.url)
    expect(stolen.get_by_label(FORM)).to_be_visible(timeout=20_000)
    thief.close()
    assert elsewhere == []


def test_a_link_opens_its_page_after_sign_in(running: RunningApp, browser_context: BrowserContext) -> None:
    page = open_tab(browser_context, f"{running.url}/remarks")
    sign_in(page, "owner")
    assert page.url.startswith(f"{running.url}/remarks")


def test_the_next_person_at_a_computer_takes_over_from_the_last(
    running: RunningApp, browser_context: BrowserContext
) -> None:
    first, second = open_tab(browser_context, running.url), open_tab(browser_context, running.url)
    sign_in(first, "owner")
    sign_in(second, "stranger")
    first.get_by_role("link", name="Журнал", exact=True).click()
    expect(first.get_by_text("Сеанс завершён")).to_be_visible(timeout=20_000)
