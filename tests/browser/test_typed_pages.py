"""The worst that can be typed, on the pages that hold most of it, in a real browser: read as it was typed."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from running_app import RunningApp
from spoiled_school import NOW, SIGNS, spoil

from school.store.connection import DATABASE_NAME, Store

pytestmark = pytest.mark.browser
ROOT = Path(__file__).resolve().parents[2]
# Page, and what a reader finds on it of a text with the signs.
PAGES = {"requests": "Родители спрашивают", "inspections": "Проверка журналов", "subjects": "Предметы"}
# What the signs would be made into; links and code of the page's own have other words.
MADE = "main a[href*='b.c'], main del, main .katex, main b:text-is('x'), main code:text-is('c')"


def _words(text: str) -> str:
    return re.sub(r"\s+", " ", text)


@pytest.fixture
def spoiled_app(tmp_path: Path, run_app: Callable[..., RunningApp]) -> RunningApp:
    """The product with the school whose every typed text holds the signs."""
    store = Store(tmp_path / DATABASE_NAME, lambda: NOW)
    spoil(store)
    store.close()
    return run_app(ROOT / "app.py", SCHOOL_DATA=str(tmp_path), SCHOOL_NOW=NOW.isoformat())


def test_pages_show_what_was_typed(browser_page: Page, spoiled_app: RunningApp) -> None:
    page = browser_page
    page.goto(spoiled_app.url)
    expect(page.get_by_role("heading", level=1)).to_contain_text("2*3*4 3~4 :smile:", timeout=60_000)
    page.get_by_role("button", name="Завуч").click()
    page.get_by_text("Выйти").wait_for(timeout=60_000)
    for address, words in PAGES.items():
        page.goto(f"{spoiled_app.url}/{address}")
        page.locator("main").get_by_text(words).first.wait_for(timeout=60_000)
        page.wait_for_timeout(1500)
        assert page.locator(MADE).count() == 0, address
        assert SIGNS in _words(page.locator("body").inner_text()), address
    names = page.locator(".js-plotly-plot .ytick text")
    expect(names.first).to_contain_text("*_~:[](<b>", timeout=60_000)
    assert page.locator(".js-plotly-plot .ytick text *[style*='font-weight']").count() == 0
