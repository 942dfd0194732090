"""Entry by thumb on a phone and a tablet, and without a connection: nothing typed is lost, and no keyboard is needed (п. 4.6, 5.2)."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from running_app import ROOT, RunningApp
from small_school import (
    CLASS_7A,
    MATHS,
    NOW,
    OWNER_STAFF,
    OWNERS_LESSON_TODAY,
    QUARTER_2,
    USER_IDS,
    build_small_school,
)

from school.sign_in.rules.sessions import new_secret, secret_hash
from school.sign_in.store.sessions import save_session
from school.store.connection import DATABASE_NAME, Store, Transaction
from school.store.events import Event
from server.session import COOKIE_NAME

pytestmark = pytest.mark.browser
LONG = 30_000
SECOND_LESSON, CLASS_SIZE, FIRST_NEW, NEW_PUPILS = 75, 25, 301, 22
SECONDS_A_CLASS = 40
PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
TABLET: dict[str, Any] = {"viewport": {"width": 820, "height": 1180}, "has_touch": True, "is_mobile": True}
REGISTER = f"/grid?year=2026&class={CLASS_7A}&subject={MATHS}&term={QUARTER_2}"
KEPT = "caches.open('entry-page').then((entry) => entry.keys()).then((keys) => keys.length)"


@contextmanager
def opened(folder: Path) -> Iterator[Store]:
    store = Store(folder / DATABASE_NAME, lambda: NOW)
    yield store
    store.close()


def grow(transaction: Transaction, secrets: dict[str, str]) -> None:
    """Make 7А a class of 25 with a second lesson today, and let its teachers in."""
    transaction.change(f"""
        INSERT INTO pupils (pupil_id, school_id, last_name, first_name)
            SELECT {FIRST_NEW} + n, 1, 'Ученик' || lpad(n::VARCHAR, 2, '0'), 'Ян' FROM range({NEW_PUPILS}) AS numbers(n);
        INSERT INTO enrolments SELECT 1000 + pupil_id, pupil_id, {CLASS_7A}, '2026-09-01', NULL FROM pupils
            WHERE pupil_id >= {FIRST_NEW};
        INSERT INTO lessons (lesson_id, class_id, subject_id, teacher_id, term_id, held_on, number, topic, homework_state)
            VALUES ({SECOND_LESSON}, {CLASS_7A}, {MATHS}, {OWNER_STAFF}, {QUARTER_2}, '2026-11-19', 2, '', 'unset')""")
    for name, secret in secrets.items():
        save_session(
            transaction,
            secret_hash(secret),
            USER_IDS[name],
            created_at=NOW,
            expires_at=NOW.replace(day=NOW.day + 1),
        )
    transaction.record(Event(NOW, None, "school"))


@pytest.fixture
def secrets() -> dict[str, str]:
    return {name: new_secret() for name in ("owner", "homeroom")}


@pytest.fixture
def app(run_app: Callable[..., RunningApp], tmp_path: Path, secrets: dict[str, str]) -> RunningApp:
    with opened(tmp_path) as store:
        build_small_school(store)
        store.write(lambda transaction: grow(transaction, secrets))
    return run_app(ROOT / "app.py", SCHOOL_DATA=str(tmp_path), SCHOOL_NOW=NOW.isoformat())


def let_in(context: BrowserContext, app: RunningApp, secret: str) -> Page:
    context.add_cookies([{"name": COOKIE_NAME, "value": secret, "url": app.url}])
    return context.new_page()


def open_sheet(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.locator(".pad")).to_be_visible(timeout=LONG)


def key(page: Page, name: str) -> Locator:
    return page.locator(f'.pad [data-key="{name}"]')


def cell(page: Page, row: int, column: int) -> Locator:
    return page.locator(f'tr[data-row="{row}"] td.cell[data-column="{column}"]')


def seconds_for_a_class(page: Page, column: int, texts: str) -> float:
    """Tap a class in from the first pupil down, and return how long it took until the last was on the screen."""
    started = time.monotonic()
    cell(page, 0, column).tap()
    for text in texts:
        key(page, text).tap()
    expect(cell(page, len(texts) - 1, column)).to_have_text(texts[-1])
    took = time.monotonic() - started
    sys.stdout.write(f"{len(texts)} cells by taps: {took:.1f} s\n")
    return took


def is_saved(page: Page) -> None:
    expect(page.locator(".saved")).to_contain_text("Все отметки сохранены · 12:0", timeout=LONG)


def targets_under_a_thumb(page: Page) -> list[str]:
    """Return what is smaller than 44 × 44 among all that one may tap."""
    found: list[str] = page.evaluate("""() => {
        const inside = (root) => [...root.querySelectorAll("*")].flatMap((node) => [node, ...(node.shadowRoot ? inside(node.shadowRoot) : [])]);
        const page = inside(document).find((node) => node.classList.contains("grid-page"));
        return [...page.querySelectorAll("button, select, input:not([type=checkbox]), a, td.cell")]
            .map((node) => [node, node.getBoundingClientRect()])
            .filter(([, box]) => box.width && (box.width < 43.5 || box.height < 43.5))
            .map(([node, box]) => `${node.className} ${node.textContent} ${box.width}×${box.height}`);
    }""")
    return found


def stored(folder: Path, sql: str) -> list[Any]:
    with opened(folder) as store:
        return store.read(sql)


MARKS = f"SELECT pupil_id, value FROM marks WHERE lesson_id = {OWNERS_LESSON_TODAY} ORDER BY ALL"
ABSENCES = (
    f"SELECT reason, count(*) FROM absences WHERE lesson_id = {SECOND_LESSON} GROUP BY ALL ORDER BY ALL"
)
TERM_MARKS = f"SELECT value, count(*) FROM term_marks WHERE term_id = {QUARTER_2} GROUP BY ALL ORDER BY ALL"


def test_a_class_of_25_is_entered_by_thumb_in_every_sheet(
    app: RunningApp, chromium: Browser, tmp_path: Path, secrets: dict[str, str]
) -> None:
    phone, tablet = (
        chromium.new_context(base_url=app.url, locale="ru-RU", reduced_motion="reduce", **screen)
        for screen in (PHONE, TABLET)
    )
    page = let_in(phone, app, secrets["owner"])
    open_sheet(page, f"{REGISTER}&lesson={OWNERS_LESSON_TODAY}")
    first = cell(page, 0, 1).bounding_box()
    assert first
    assert first["y"] + first["height"] < 740, "the first pupil is on the first screen"
    assert targets_under_a_thumb(page) == []
    marks = ("54325" * 5)[:CLASS_SIZE]
    assert seconds_for_a_class(page, 1, marks) < SECONDS_A_CLASS
    last = cell(page, CLASS_SIZE - 1, 1).bounding_box()
    above = page.locator(".pad").bounding_box()
    assert last
    assert above
    assert last["y"] + last["height"] <= above["y"] + 1, "the pad covers the cell"
    is_saved(page)
    page.locator(".where").tap()
    page.locator(".lesson-head .change").tap()
    expect(page.get_by_role("textbox", name="Тема урока")).to_be_visible()
    assert targets_under_a_thumb(page) == []

    page = let_in(tablet, app, secrets["homeroom"])
    open_sheet(page, f"/absences?class={CLASS_7A}&week=2026-11-16")
    today = (
        page.locator('th.day.today button[aria-label*="2-й урок"]').locator("..").get_attribute("data-column")
    )
    assert seconds_for_a_class(page, int(str(today)), ("нбуоб" * 5)[:CLASS_SIZE]) < SECONDS_A_CLASS
    is_saved(page)

    page = let_in(chromium.new_context(base_url=app.url, **PHONE), app, secrets["owner"])
    open_sheet(page, f"/term_marks?year=2026&class={CLASS_7A}&subject={MATHS}&term={QUARTER_2}")
    column = page.locator("th.day.chosen").get_attribute("data-column")
    assert seconds_for_a_class(page, int(str(column)), ("4345" * 7)[:CLASS_SIZE]) < SECONDS_A_CLASS
    expect(page.locator(".saved")).to_have_text(
        f"Не сохранено: {CLASS_SIZE}, нужна причина (выше)", timeout=LONG
    )
    page.locator(".chip", has_text="мало уроков").tap()
    # Those whose mark differs from the rule are asked for another reason.
    expect(page.locator(".saved")).to_have_text("Не сохранено: 5, нужна причина (выше)", timeout=LONG)
    page.locator(".chip").first.tap()
    is_saved(page)
    for context in chromium.contexts:
        context.close()

    app.stop()
    assert [value for _pupil, value in stored(tmp_path, MARKS)] == [int(mark) for mark in marks]
    assert [count for _reason, count in stored(tmp_path, ABSENCES)] == [10, 5, 5, 5]
    assert sum(count for _value, count in stored(tmp_path, TERM_MARKS)) == CLASS_SIZE


def test_marks_typed_without_a_connection_wait_for_the_next_tab(
    app: RunningApp, own_chromium: Callable[..., BrowserContext], tmp_path: Path, secrets: dict[str, str]
) -> None:
    context = own_chromium(locale="ru-RU", reduced_motion="reduce", **PHONE)
    page = let_in(context, app, secrets["owner"])
    page.goto(app.url)
    manifest = context.new_cdp_session(page).send("Page.getAppManifest")
    assert (manifest["errors"], '"start_url":"/"' in manifest["data"]) == ([], True)
    open_sheet(page, f"{app.url}{REGISTER}&lesson={OWNERS_LESSON_TODAY}")
    assert page.evaluate(f"navigator.serviceWorker.ready.then(() => {KEPT})") == 1

    context.set_offline(True)
    seconds_for_a_class(page, 1, "5" * CLASS_SIZE)
    expect(page.locator(".bar")).to_contain_text(f"Нет связи. {CLASS_SIZE} отметок ждут отправки")
    page.close()

    page = context.new_page()
    page.goto(f"{app.url}/grid")
    expect(page.get_by_role("status")).to_contain_text(f"Ждут отправки отметки: {CLASS_SIZE}.")
    names = page.locator("body").inner_text()
    assert "Ученик0" not in names
    page.goto(app.url)
    expect(page.get_by_role("heading", name="Нет связи с журналом")).to_be_visible()
    context.set_offline(False)
    # It opens by itself, on the first page, which has no grid.
    expect(page.get_by_text(f"Отправлено отметок, введённых без связи: {CLASS_SIZE}.")).to_be_visible(
        timeout=LONG
    )
    assert (
        page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('mark-grid:queue')).length")
        == 0
    )
    context.close()

    app.stop()
    assert [value for _pupil, value in stored(tmp_path, MARKS)] == [5] * CLASS_SIZE
