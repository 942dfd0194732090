"""The keyboard alone: Tab leaves a table that is only read."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from running_app import ROOT, RunningApp
from small_school import NOW, USER_IDS, build_small_school

from school.store.connection import DATABASE_NAME, Store, Transaction
from school.store.events import Event

pytestmark = pytest.mark.browser
TABLE = '[data-testid="stDataFrame"] canvas'
ENOUGH = 3


@pytest.fixture
def school_page(tmp_path: Path, run_app: Callable[..., RunningApp], browser_page: Page) -> tuple[Page, str]:
    """The administrator of the small school, and the address of the server."""
    store = Store(tmp_path / DATABASE_NAME, lambda: NOW)
    build_small_school(store)

    def open_doors(transaction: Transaction) -> None:
        for row in (("demo", "1"), ("demo.user.admin", str(USER_IDS["admin"]))):
            transaction.change("INSERT INTO settings VALUES (?, ?)", list(row))
        transaction.record(Event(NOW, None, "school"))

    store.write(open_doors)
    store.close()
    app = run_app(ROOT / "app.py", SCHOOL_DATA=str(tmp_path), SCHOOL_NOW=NOW.isoformat())
    app.enter_as(browser_page, "Администратор")
    return browser_page, app.url


def _is_in_table(page: Page) -> bool:
    return bool(page.evaluate(f"!!document.activeElement.closest('{TABLE}')"))


def test_tab_leaves_a_table_forwards_and_backwards(school_page: tuple[Page, str]) -> None:
    page, url = school_page
    page.goto(f"{url}/staff")
    table = page.locator(TABLE).first
    expect(table).to_be_visible(timeout=30_000)
    page.wait_for_timeout(2000)
    for key in ("Tab", "Shift+Tab"):
        table.focus()
        # A cell is chosen: from here Tab would else go from cell to cell.
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(300)
        assert _is_in_table(page)
        pressed = 0
        while _is_in_table(page):
            pressed += 1
            assert pressed <= ENOUGH, f"{key} does not leave the table"
            page.keyboard.press(key)
            page.wait_for_timeout(100)
