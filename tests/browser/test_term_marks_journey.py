"""The end of a quarter in a real browser: marks for the term, its closing, a correction by permission."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

import pytest
from end_of_term import add_marks
from playwright.sync_api import Browser, Locator, Page, expect
from running_app import ROOT, RunningApp
from small_school import CLASS_7A, LOGINS, MATHS, PASSWORD, QUARTER_2, build_small_school

from pages.grid import script
from school.errors import RuleRefused
from school.register.rules.cells import LOOK_ALIKES
from school.store.connection import DATABASE_NAME, Store
from school.term_marks.rules.term_marks import parse_term_mark

pytestmark = pytest.mark.browser

LAST_DAY = datetime(2026, 12, 29, 12)
PAGE = f"term_marks?year=2026&class={CLASS_7A}&subject={MATHS}&term={QUARTER_2}"
CHILD, CLASSMATE, ABSENTEE = range(3)  # rows, by the alphabet
QUARTER_COLUMN = 1


class Person:
    """Somebody at a computer of their own."""

    def __init__(self, page: Page, url: str, name: str) -> None:
        self.page, self.url = page, url
        page.goto(url)
        page.get_by_label("Имя для входа").fill(LOGINS[name])
        page.get_by_label("Пароль", exact=True).fill(PASSWORD)
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Выйти")).to_be_visible(timeout=30_000)

    def open(self, address: str) -> "Person":
        self.page.goto(f"{self.url}/{address}")
        return self

    def open_marks(self) -> "Person":
        self.open(PAGE)
        expect(self.cell(CHILD)).to_be_attached(timeout=30_000)
        return self

    def cell(self, row: int) -> Locator:
        return self.page.locator(f'tr[data-row="{row}"] td.cell[data-column="{QUARTER_COLUMN}"]')

    def type_mark(self, row: int, key: str) -> None:
        self.cell(row).click()
        self.page.keyboard.press(key)

    def is_saved(self) -> None:
        expect(self.page.locator(".saved")).to_contain_text("Все отметки сохранены", timeout=30_000)

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).last.click()


@pytest.fixture
def school_at_end(run_app: Callable[..., RunningApp], tmp_path: Path) -> str:
    """The address of the small school on the last day of its quarter."""
    store = Store(tmp_path / DATABASE_NAME, lambda: LAST_DAY)
    build_small_school(store)
    store.write(add_marks)
    store.close()
    return run_app(ROOT / "app.py", SCHOOL_DATA=str(tmp_path), SCHOOL_NOW=LAST_DAY.isoformat()).url


@pytest.fixture
def person(new_person: Callable[[], Page], school_at_end: str) -> Callable[[str], Person]:
    """Let somebody sign in at a computer of their own."""
    return lambda name: Person(new_person(), school_at_end, name)


def test_a_quarter_ends_is_closed_and_one_mark_is_corrected_by_permission(
    person: Callable[[str], Person],
) -> None:
    teacher = person("owner").open_marks()
    page = teacher.page
    teacher.type_mark(CHILD, "4")
    page.reload()
    expect(teacher.cell(CHILD)).to_have_text("4", timeout=30_000)
    teacher.cell(CLASSMATE).click()
    page.keyboard.press("+")
    page.keyboard.press("3")
    expect(page.locator(".questions")).to_contain_text("Текущих отметок меньше, чем нужно (п. 5.2).")
    page.keyboard.press("Alt+Enter")
    page.keyboard.insert_text("долго болел")
    page.keyboard.press("Enter")
    expect(page.locator(".questions")).to_be_hidden()
    teacher.is_saved()
    teacher.open_marks()
    for row, mark in ((CHILD, "4"), (CLASSMATE, "5"), (ABSENTEE, "3")):
        expect(teacher.cell(row)).to_have_text(mark)

    deputy = person("deputy").open("terms?period=2026-quarter-2")
    deputy.press("Закрыть период")
    deputy.page.get_by_text("Закрыть, хотя").click()
    deputy.press("Закрыть период")
    expect(deputy.page.get_by_role("button", name="Открыть снова")).to_be_visible(timeout=30_000)

    teacher.type_mark(CHILD, "5")  # the page is of before the closing: the server refuses
    expect(page.locator(".questions")).to_contain_text(
        "Попросите заместителя директора разрешить исправление"
    )
    teacher.press("убрать")
    teacher.open_marks()
    expect(teacher.cell(CHILD)).to_have_text("4")
    teacher.press("Попросить разрешение")
    page.get_by_label("Что и почему нужно исправить").fill("описка в отметке за четверть")
    teacher.press("Отправить запрос")
    expect(page.get_by_text("ждёт заместителя директора")).to_be_visible(timeout=30_000)

    deputy.open("terms?period=2026-quarter-2")
    expect(deputy.page.get_by_text("описка в отметке за четверть")).to_be_visible(timeout=30_000)
    deputy.press("Разрешить")
    expect(deputy.page.get_by_text("Новых запросов нет")).to_be_visible(timeout=30_000)

    teacher.open_marks()
    expect(page.get_by_text("исправление разрешено")).to_be_visible()
    teacher.type_mark(CHILD, "5")
    expect(page.locator(".questions")).to_contain_text("Учебный период закрыт.")
    page.get_by_role("button", name="ошибка при вводе").click()
    teacher.is_saved()
    teacher.open_marks()
    expect(teacher.cell(CHILD)).to_have_text("5")
    teacher.cell(CHILD).click()
    page.keyboard.press("Alt+i")
    expect(page.get_by_role("dialog", name="История клетки")).to_contain_text("4 → 5")


def test_proposed_marks_are_accepted_at_one_key_where_no_reason_is_needed(
    person: Callable[[str], Person],
) -> None:
    teacher = person("owner").open_marks()
    teacher.cell(CHILD).click()
    expect(teacher.page.get_by_role("button", name="Принять предложенные: 2")).to_be_visible()
    teacher.page.keyboard.press("Alt+p")
    teacher.is_saved()
    for row, mark in ((CHILD, "4"), (CLASSMATE, "5"), (ABSENTEE, "")):
        expect(teacher.cell(row)).to_have_text(mark)
    expect(teacher.page.get_by_role("button", name="Принять предложенные")).to_be_hidden()


def test_the_cursor_stands_in_the_period_that_is_chosen(person: Callable[[str], Person]) -> None:
    teacher = person("owner").open_marks()
    teacher.cell(CHILD).click()
    teacher.page.get_by_text("Год", exact=True).first.click()
    year = teacher.page.locator('tr[data-row="0"] td.cell[data-column="2"]')
    expect(year).to_have_attribute("aria-selected", "true", timeout=30_000)
    expect(teacher.page.locator("th.month").first).to_have_text("Год")


def test_edits_of_term_marks_go_out_from_the_register_page_too(person: Callable[[str], Person]) -> None:
    """A mark typed without a connection is sent by whichever grid the teacher opens next."""
    teacher = person("owner").open_marks()
    teacher.page.route("**/api/term-marks/cells", lambda route: route.abort())
    teacher.type_mark(CHILD, "4")
    expect(teacher.page.locator(".bar")).to_contain_text("1 отметка ждёт отправки")
    # Waited for before the way is open: the queue may try again in the moment before the other page opens.
    with teacher.page.expect_response("**/api/term-marks/cells"):
        teacher.page.unroute("**/api/term-marks/cells")
        teacher.open(PAGE.replace("term_marks", "grid"))
    teacher.open_marks()
    expect(teacher.cell(CHILD)).to_have_text("4")


def test_browser_and_school_read_a_term_mark_alike(chromium: Browser) -> None:
    entries = [
        start + rest
        for start in ["", *LOOK_ALIKES, *"нбуо156", "осв", "н/а", "зачёт"]
        for rest in ["", "5", " 4", "/4", "5/4", "  "]
    ]
    page = chromium.new_page()
    module = f"data:text/javascript;charset=utf-8,{quote(script())}"
    read = page.evaluate(
        """async ([module, entries]) => {
            const { readSingleMark } = await import(module);
            return entries.map((entry) => readSingleMark(entry));
        }""",
        [module, entries],
    )
    page.close()
    assert dict(zip(entries, read, strict=True)) == {entry: read_by_the_school(entry) for entry in entries}


def read_by_the_school(entry: str) -> dict[str, str]:
    try:
        return {"text": str(parse_term_mark(entry) or "")}
    except RuleRefused as refusal:
        return {"message": str(refusal)}
