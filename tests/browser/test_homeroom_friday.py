"""A homeroom teacher's Friday in a real browser: certificates, a warning that turns calm, a word to the deputy (п. 4.3)."""

from collections.abc import Callable
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import pytest
from class_week import HISTORY_ONE, HISTORY_TWO, MATHS_MONDAY, add_class_week
from playwright.sync_api import Locator, Page, expect
from running_app import ROOT, RunningApp
from small_school import ABSENTEE, CHILD, CLASSMATE, USER_IDS, build_small_school

from school.store.connection import DATABASE_NAME, Store, Transaction
from school.store.events import Event

pytestmark = pytest.mark.browser

FRIDAY_AFTERNOON = datetime(2026, 11, 20, 14, 30)
UNKNOWN, KNOWN = "3 дня подряд, причина не выяснена", "3 дня подряд, причина известна"


def open_doors(transaction: Transaction) -> None:
    """Let visitors in by a button, as in a demonstration."""
    rows = [("demo", "1"), *((f"demo.user.{role}", str(USER_IDS[role])) for role in ("homeroom", "deputy"))]
    rows.append(("demo.user.teacher", str(USER_IDS["owner"])))
    for row in rows:
        transaction.change("INSERT INTO settings VALUES (?, ?)", list(row))
    transaction.record(Event(FRIDAY_AFTERNOON, None, "school"))


@pytest.fixture
def app(tmp_path: Path, run_app: Callable[..., RunningApp]) -> RunningApp:
    """The small school with a week of 7А, on its Friday."""
    store = Store(tmp_path / DATABASE_NAME, lambda: FRIDAY_AFTERNOON)
    build_small_school(store)
    store.write(add_class_week)
    store.write(open_doors)
    store.close()
    return run_app(ROOT / "app.py", SCHOOL_DATA=str(tmp_path), SCHOOL_NOW=FRIDAY_AFTERNOON.isoformat())


def open_as(page: Page, app: RunningApp, role: str, address: str) -> None:
    app.enter_as(page, role)
    page.goto(f"{app.url}/{address}")


@pytest.fixture
def homeroom(browser_page: Page, app: RunningApp) -> Page:
    """The homeroom teacher at «Пропуски»."""
    open_as(browser_page, app, "Классный руководитель", "absences")
    return browser_page


@pytest.fixture
def colleague(new_person: Callable[[], Page]) -> Page:
    """Another person's computer."""
    return new_person()


def cell(page: Page, column: str, pupil_id: int) -> Locator:
    """Return the cell of a pupil; the rows are in alphabetical order."""
    row = [CHILD, CLASSMATE, ABSENTEE].index(pupil_id)
    place = page.locator(f"th.day button[data-lesson='{column}']").locator("..").get_attribute("data-column")
    return page.locator(f"tr[data-row='{row}'] td.cell[data-column='{place}']")


def test_a_homeroom_teachers_friday(homeroom: Page, colleague: Page, app: RunningApp) -> None:
    expect(homeroom.get_by_text(UNKNOWN)).to_be_visible()
    expect(cell(homeroom, str(MATHS_MONDAY), ABSENTEE)).to_have_text("н")

    # A certificate for the whole week.
    homeroom.get_by_role("button", name="Проставить причину", exact=True).click()
    homeroom.get_by_role("combobox", name="Ученики").fill("Жуков")
    homeroom.keyboard.press("Enter")
    homeroom.keyboard.press("Escape")
    homeroom.get_by_label("Примечание").fill("ОРВИ")
    homeroom.get_by_role("button", name="Проставить", exact=True).click()
    expect(homeroom.get_by_text(KNOWN)).to_be_visible()
    expect(homeroom.get_by_text(UNKNOWN)).to_have_count(0)
    expect(cell(homeroom, str(MATHS_MONDAY), ABSENTEE)).to_have_text("б")

    # One lesson from the keyboard, in the pupil's own subgroup: the teacher had them present, so a reason is asked.
    there = cell(homeroom, f"{HISTORY_ONE}-{HISTORY_TWO}", CHILD)
    there.click()
    homeroom.keyboard.press("e")  # «у» with the Latin layout left on
    homeroom.get_by_role("button", name="по словам учителя").click()
    expect(there).to_have_text("у")
    expect(homeroom.get_by_text("Все отметки сохранены")).to_be_visible()
    homeroom.reload()
    expect(cell(homeroom, f"{HISTORY_ONE}-{HISTORY_TWO}", CHILD)).to_have_text("у")

    # On a tablet, families have announced absences and brought papers: no button of the row lies over its neighbour.
    reason = homeroom.get_by_role("button", name="Проставить причину", exact=True)
    reason.evaluate("button => button.after(button.cloneNode(true), button.cloneNode(true))")
    homeroom.set_viewport_size({"width": 1024, "height": 768})
    places = [each.bounding_box() for each in homeroom.locator(".choices button:visible").all()]
    for one, other in pairwise(place for place in places if place):
        assert other["x"] > one["x"] + one["width"] - 2 or other["y"] >= one["y"] + one["height"]

    # What is not filled goes to the deputy head and to the teacher.
    homeroom.goto(f"{app.url}/control")
    homeroom.get_by_role("button", name="Сообщить завучу").first.click()
    expect(homeroom.get_by_text("Отправленные обращения")).to_be_visible()
    open_as(colleague, app, "Завуч", "requests")
    expect(colleague.get_by_text("Обращения классных руководителей: открыто 1")).to_be_visible()
    expect(colleague.get_by_text("Математика")).to_be_visible()


def test_the_teachers_register_takes_the_leave_with_attendance(
    homeroom: Page, colleague: Page, app: RunningApp
) -> None:
    homeroom.get_by_role("button", name="Проставить причину", exact=True).click()
    homeroom.get_by_role("combobox", name="Ученики").fill("Жуков")
    homeroom.keyboard.press("Enter")
    homeroom.keyboard.press("Escape")
    homeroom.get_by_role("button", name="Проставить", exact=True).click()
    expect(homeroom.get_by_text(KNOWN)).to_be_visible()

    open_as(colleague, app, "Учитель", "grid")
    fridays = cell(colleague, "313", ABSENTEE)
    expect(fridays).to_have_attribute("data-hint", "б")
    expect(fridays).to_have_text("")
    colleague.locator("button[data-attendance='313']").click()
    expect(fridays).to_have_text("б")
