"""Ctrl+K from the register: found by the wrong layout, opened by Enter, come back to by the menu; the menu folds and unfolds."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from running_app import ROOT, RunningApp, fill_sign_in
from small_school import CHILD, LOGINS, NOW, PASSWORD

pytestmark = pytest.mark.browser
LONG = 30_000


@pytest.fixture
def running(run_app: Callable[..., RunningApp], small_school_file: Path, tmp_path: Path) -> RunningApp:
    """The register of the small school, at the small school's moment."""
    folder = tmp_path / "live"
    folder.mkdir()
    shutil.copy(small_school_file, folder)
    return run_app(ROOT / "app.py", SCHOOL_DATA=str(folder), SCHOOL_NOW=NOW.isoformat())


def ask_a_question(page: Page) -> None:
    """Ask the search how something is done: the answer opens over the page and closes again."""
    page.keyboard.press("Control+k")
    page.keyboard.type("как поставить н")
    page.get_by_role("dialog", name="Поиск").get_by_role("option").filter(has_text="с клавиатуры").click(
        timeout=LONG
    )
    help_window = page.get_by_role("dialog", name="Помощь")
    expect(help_window.get_by_role("heading", name="Журнал: отметки и пропуски с клавиатуры")).to_be_visible(
        timeout=LONG
    )
    help_window.get_by_role("button", name="Закрыть").click()
    expect(help_window).to_have_count(0)


def test_anything_is_found_from_anywhere(running: RunningApp, browser_page: Page) -> None:
    page = browser_page
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{running.url}/grid")
    fill_sign_in(page, LOGINS["owner"], PASSWORD)
    head, menu, leave = (
        page.locator(".head"),
        page.locator(".places"),
        page.get_by_role("button", name="Выйти"),
    )
    expect(head.get_by_role("heading", name="Журнал")).to_be_visible(timeout=LONG)
    # The register has the menu's width; a click or Enter brings the menu for as long as one stays.
    expect(leave).to_be_hidden()
    page.get_by_role("button", name="Показать меню").click()
    expect(leave).to_be_visible()
    expect(menu.locator("[aria-current]")).to_have_text(re.compile("Журнал"))

    # Nothing lies over the first line of a page that has the menu's width: what is drawn there is what a click meets.
    find = page.get_by_role("button", name="Найти")
    find.click(position={"x": 8, "y": 8})
    expect(page.get_by_role("dialog", name="Поиск")).to_be_visible()
    page.keyboard.press("Escape")
    find.focus()
    page.keyboard.press("Control+k")
    dialog = page.get_by_role("dialog", name="Поиск")
    field = dialog.get_by_role("combobox")
    expect(field).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(find).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.type("ghjuyjp")
    options = dialog.get_by_role("option")
    expect(options.first).to_have_text(re.compile("Прогнозы"), timeout=LONG)
    page.keyboard.press("ArrowDown")
    expect(field).to_have_attribute("aria-activedescendant", "find_1")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{running.url}/forecasts", timeout=LONG)
    # Left the register: the menu stands again, with the place marked and its views over the page.
    expect(menu.locator("[aria-current]")).to_have_text(re.compile("Прогнозы"), timeout=LONG)
    expect(leave).to_be_visible()
    head.get_by_role("link", name="Сбылось ли").click()
    expect(page).to_have_url(f"{running.url}/forecast_record", timeout=LONG)
    expect(head.locator('[aria-current="page"]')).to_have_text("Сбылось ли", timeout=LONG)

    page.keyboard.press("Control+k")
    page.keyboard.type("алеш")
    # Pressed before the answer to the last letter, Enter opens what comes first in it.
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{running.url}/pupil?pupil={CHILD}", timeout=LONG)
    expect(page.get_by_role("heading", name="Алёшин Пётр")).to_be_visible(timeout=LONG)
    page.go_back()
    expect(head.get_by_role("heading", name="Сбылось ли")).to_be_visible(timeout=LONG)

    ask_a_question(page)
    expect(page).to_have_url(f"{running.url}/forecast_record")
    assert errors == []
