"""What was typed is read letter by letter in a real browser, wherever Streamlit makes Markdown of words."""

import os
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page
from running_app import RunningApp
from typed_texts import TYPED

pytestmark = pytest.mark.browser
APP = Path(__file__).parent / "harness" / "typed_texts.py"
# What Markdown and its extensions make of signs.
MADE = "a, em, del, code, pre, img, hr, strong strong, blockquote, ol, [role=img], .katex, svg, mark, input"
PLACES = {
    "text": "{0}",
    "inside": "{0}, {0} «{0}»",
    "item": "{0}",
    "cell": "Тема {0}",
    "label": "{0}",
    "title": "{0}",
}


@pytest.fixture(scope="module")
def typed_texts_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A page of all texts in all places."""
    root = str(Path(__file__).resolve().parents[2])
    app = RunningApp(APP, os.environ | {"PYTHONPATH": root}, tmp_path_factory.mktemp("typed") / "log")
    app.start()
    yield app.url
    app.stop()


def _words(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def _read(page: Page, box: Locator, words: str) -> str:
    """Return what a box says; a component that the browser loads later has some seconds to say it."""
    until = time.monotonic() + 10
    while (read := _words(box.inner_text())) != words and time.monotonic() < until:
        page.wait_for_timeout(100)
    return read


def test_every_sign_is_read_as_it_was_typed(browser_page: Page, typed_texts_url: str) -> None:
    page = browser_page
    page.goto(typed_texts_url)
    last = page.locator(f".st-key-title{len(TYPED) - 1}")
    last.get_by_text(_words(TYPED[-1])).wait_for(timeout=60_000)
    wrong = []
    for number, text in enumerate(TYPED):
        for place, around in PLACES.items():
            box = page.locator(f".st-key-{place}{number}")
            # The anchor of a heading is Streamlit's own.
            words = _words(around.format(text))
            read = _read(page, box, words)
            made = 0 if place == "title" else box.locator(MADE).count()
            if made or read != words:
                wrong.append((place, text, read, made))
    assert wrong == []
