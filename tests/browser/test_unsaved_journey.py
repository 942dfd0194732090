"""What is typed and not saved: a table keeps it over another page, a form asks before one leaves; a row opens by its name."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Dialog, Page, expect
from running_app import ROOT, RunningApp
from small_school import NOW, USER_IDS, build_small_school

from school.store.connection import DATABASE_NAME, Store, Transaction
from school.store.events import Event

pytestmark = pytest.mark.browser
QUESTION = "Введённое не сохранено"


@pytest.fixture
def admin(tmp_path: Path, run_app: Callable[..., RunningApp], browser_page: Page) -> tuple[Page, str]:
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


def test_what_is_not_saved_is_kept_or_asked_about(admin: tuple[Page, str]) -> None:
    page, url = admin
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", stay)

    # A typed table: the draft reaches the server by itself, is checked as typed, and is there after another page.
    page.goto(f"{url}/year_opening?step=subjects")
    canvas = page.locator('[data-testid="stDataFrame"] canvas').first
    box = canvas.bounding_box(timeout=30_000)
    assert box is not None
    page.mouse.dblclick(box["x"] + 150, box["y"] + 52)
    page.locator("#portal textarea").fill("Риторика")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Вписанное ждёт здесь")).to_be_visible(timeout=15_000)
    page.get_by_role("link", name="Сотрудники").first.click()
    expect(page.get_by_role("heading", name="Сотрудники")).to_be_visible(timeout=15_000)
    assert asked == []

    # A row opens by its name.
    rows = page.locator('[data-testid="stDataFrame"] canvas').first.bounding_box(timeout=15_000)
    assert rows is not None
    page.mouse.click(rows["x"] + 150, rows["y"] + 52)
    expect(page.get_by_role("dialog").get_by_label("Фамилия")).to_be_visible(timeout=15_000)
    page.keyboard.press("Escape")

    page.go_back()
    expect(page.get_by_text("Вписанное ждёт здесь")).to_be_visible(timeout=15_000)
    page.get_by_role("button", name="Вернуть сохранённое").click()
    expect(page.get_by_text("Вписанное ждёт здесь")).to_have_count(0, timeout=15_000)

    # A form: its fields are the browser's alone, so it says so and asks.
    page.goto(f"{url}/year_opening?step=school")
    name = page.get_by_label("Название школы, как на титульном листе журнала")
    name.fill("Школа № 7", timeout=15_000)
    expect(page.locator("[data-unsaved]")).to_have_count(1)
    page.get_by_role("link", name="Сотрудники").first.click()
    page.wait_for_timeout(500)
    assert [QUESTION in each for each in asked] == [True]
    assert "year_opening" in page.url
    expect(name).to_have_value("Школа № 7")
    page.get_by_role("button", name="Сохранить", exact=True).click()
    expect(page.get_by_text("Название сохранено.")).to_be_visible(timeout=15_000)
    expect(page.locator("[data-unsaved]")).to_have_count(0)
    page.get_by_role("link", name="Сотрудники").first.click()
    expect(page.get_by_role("heading", name="Сотрудники")).to_be_visible(timeout=15_000)
    assert len(asked) == 1

    # Another part of the page would take the form's place.
    del asked[:]
    page.goto(f"{url}/pupil_list")
    page.get_by_text("Новый ученик").click(timeout=30_000)
    surname = page.get_by_label("Фамилия").first
    surname.fill("Орешкина", timeout=15_000)
    page.get_by_text("Движение", exact=True).click()
    expect(surname).to_have_value("Орешкина")
    assert len(asked) == 1
