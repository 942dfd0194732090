"""The second factor in a real browser: turned on, asked for, a replayed code refused; another session ended at once (п. 3.2, 8.5)."""

import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from running_app import ROOT, RunningApp
from small_school import LOGINS, NOW, PASSWORD

pytestmark = pytest.mark.browser
PATIENCE = 20_000


@pytest.fixture
def running(run_app: Callable[..., RunningApp], small_school_file: Path, tmp_path: Path) -> RunningApp:
    folder = tmp_path / "live"
    folder.mkdir()
    shutil.copy(small_school_file, folder)
    return run_app(ROOT / "app.py", SCHOOL_DATA=str(folder), SCHOOL_NOW=NOW.isoformat())


def show_password(context: BrowserContext, url: str) -> Page:
    page = context.new_page()
    page.goto(url)
    page.get_by_label("Имя для входа").fill(LOGINS["owner"])
    page.get_by_label("Пароль", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    return page


def signed_in(page: Page) -> Page:
    expect(page.get_by_role("button", name="Выйти")).to_be_visible(timeout=PATIENCE)
    return page


def send_code(page: Page, code: str) -> None:
    page.get_by_label("Код", exact=True).fill(code)
    page.get_by_role("button", name="Войти").click()


def fresh_code(totp: pyotp.TOTP, used: str) -> str:
    """Return a code that was not used: that of the next half-minute is within the window."""
    now = int(time.time())
    return next(code for code in (totp.at(now), totp.at(now + 30)) if code != used)


def test_a_code_after_the_password_and_another_session_ended(
    running: RunningApp, browser_context: BrowserContext, chromium: Browser
) -> None:
    page = signed_in(show_password(browser_context, running.url))
    page.get_by_role("link", name="Мой вход").click()
    page.get_by_role("button", name="Включить второй фактор").click()
    dialog = page.get_by_role("dialog")
    key = dialog.locator("code").inner_text(timeout=PATIENCE)
    totp = pyotp.TOTP(key.replace(" ", ""))
    first = totp.at(int(time.time()))
    dialog.get_by_label("Код из приложения").fill(first)
    dialog.get_by_role("button", name="Включить", exact=True).click()
    expect(dialog.get_by_text("Второй фактор включён.")).to_be_visible(timeout=PATIENCE)
    dialog.get_by_role("button", name="Коды сохранены").click()
    expect(page.get_by_text("На бумаге осталось: 10 кодов.")).to_be_visible(timeout=PATIENCE)

    home = chromium.new_context()
    other = show_password(home, running.url)
    expect(other.get_by_text("Пароль верный.")).to_be_visible(timeout=PATIENCE)
    assert "school_session" not in {cookie["name"] for cookie in home.cookies()}
    send_code(other, first)
    expect(other.get_by_text("Код не подошёл.")).to_be_visible(timeout=PATIENCE)
    send_code(other, fresh_code(totp, first))
    signed_in(other)
    cookies = {cookie["name"]: cookie for cookie in home.cookies()}
    assert cookies["school_device"]["httpOnly"]

    page.reload()
    expect(page.get_by_text("Вход с нового устройства")).to_be_visible(timeout=PATIENCE)
    page.get_by_role("button", name="Завершить", exact=True).click()
    expect(page.get_by_text("Других открытых сеансов нет.")).to_be_visible(timeout=PATIENCE)
    other.get_by_role("link", name="Журнал", exact=True).click()
    expect(other.get_by_text("Сеанс завершён")).to_be_visible(timeout=PATIENCE)
    other.reload()
    expect(other.get_by_label("Имя для входа")).to_be_visible(timeout=PATIENCE)
    expect(other.get_by_text("Сеанс завершён")).to_be_visible(timeout=PATIENCE)
    home.close()
