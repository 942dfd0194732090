"""A quarter in a real browser, from its first lesson to the closed term and the family's diary."""

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from running_app import ROOT, RunningApp
from small_school import CLASS_7A, LOGINS, MATHS, OWNER_STAFF, PASSWORD, QUARTER_2, build_small_school

from school.store.connection import DATABASE_NAME, Store, Transaction
from school.store.events import Event

pytestmark = pytest.mark.browser

FIRST_LESSON, CONTROL_WORK, LAST_DAY = (
    datetime(2026, 11, 3, 9, 30),
    datetime(2026, 12, 8, 9, 30),
    datetime(2026, 12, 29, 12),
)
LESSON_DAYS = ("2026-11-03", "2026-11-10", "2026-11-17", "2026-11-24", "2026-12-08", "2026-12-15")
CONTROL_COLUMN, PUPILS = 4, 3
# By lesson, from the first row down: three pupils, six marks each (п. 5.2 asks as many of five hours a week).
TYPED = ("453", "443", "543", "453", "553", "443")
TERM_MARKS = ("4", "5", "3")
REGISTER = f"grid?year=2026&class={CLASS_7A}&subject={MATHS}&term={QUARTER_2}"


def begin_quarter(transaction: Transaction) -> None:
    """Leave the class six lessons of the quarter, none of them filled."""
    transaction.change(
        f"""DELETE FROM marks WHERE lesson_id IN (SELECT lesson_id FROM lessons WHERE class_id = {CLASS_7A});
            DELETE FROM absences WHERE lesson_id IN (SELECT lesson_id FROM lessons WHERE class_id = {CLASS_7A});
            DELETE FROM lessons WHERE class_id = {CLASS_7A}"""
    )
    for number, day in enumerate(LESSON_DAYS):
        transaction.change(
            """INSERT INTO lessons (lesson_id, class_id, subject_id, teacher_id, term_id, held_on, number)
               VALUES (?, ?, ?, ?, ?, ?, 1)""",
            [300 + number, CLASS_7A, MATHS, OWNER_STAFF, QUARTER_2, day],
        )
    transaction.record(Event(FIRST_LESSON, None, "school"))


@pytest.fixture
def app(run_app: Callable[..., RunningApp], tmp_path: Path) -> RunningApp:
    """The school on the day of the quarter's first lesson."""
    store = Store(tmp_path / DATABASE_NAME, lambda: FIRST_LESSON)
    build_small_school(store)
    store.write(begin_quarter)
    store.close()
    return run_app(ROOT / "app.py", SCHOOL_DATA=str(tmp_path), SCHOOL_NOW=FIRST_LESSON.isoformat())


def come_to(app: RunningApp, moment: datetime) -> None:
    """Let the school open on another day."""
    app.stop()
    app.env["SCHOOL_NOW"] = moment.isoformat()
    app.start()


def sign_in(new_person: Callable[[], Page], app: RunningApp, name: str) -> Page:
    """Sit down at a computer of one's own and sign in."""
    page = new_person()
    app.sign_in(page, LOGINS[name], PASSWORD)
    return page


def cell(page: Page, row: int, column: int) -> Locator:
    return page.locator(f'tr[data-row="{row}"] td.cell[data-column="{column}"]')


def type_column(page: Page, column: int, marks: str) -> None:
    """Type a lesson's marks from the first pupil down: the cursor goes on by itself."""
    cell(page, 0, column).click(timeout=30_000)
    for mark in marks:
        page.keyboard.press(mark)
    for row, mark in enumerate(marks):
        expect(cell(page, row, column)).to_have_text(mark)
    is_saved(page)


def is_saved(page: Page) -> None:
    expect(page.locator(".saved")).to_contain_text("Все отметки сохранены", timeout=30_000)


def write_head(page: Page, topic: str, homework: str) -> None:
    """Write what the lesson was about and what is set for the next."""
    page.get_by_role("textbox", name="Тема урока").fill(topic)
    page.keyboard.press("Tab")
    page.get_by_role("textbox", name="Домашнее задание").fill(homework)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Записано.")).to_be_visible(timeout=30_000)


def test_a_quarter_from_its_first_lesson_to_the_closed_term(
    new_person: Callable[[], Page], app: RunningApp
) -> None:
    teacher = sign_in(new_person, app, "owner")
    teacher.get_by_role("link", name=re.compile("7А.*Математика")).first.click(timeout=30_000)
    type_column(teacher, 0, TYPED[0])
    write_head(teacher, "Дроби", "№ 12, 14")
    teacher.get_by_role("button", name="Отметить: все, кроме записанных, присутствуют").first.click()
    expect(teacher.locator("th.work .taken").first).to_be_visible(timeout=30_000)
    cell(teacher, 0, 1).click()
    teacher.keyboard.press("5")
    expect(cell(teacher, 0, 1)).to_have_text("")  # the lesson of next week takes nothing yet

    come_to(app, CONTROL_WORK)
    teacher = sign_in(new_person, app, "owner")
    teacher.goto(f"{app.url}/{REGISTER}&lesson={300 + CONTROL_COLUMN}")
    type_column(teacher, CONTROL_COLUMN, TYPED[CONTROL_COLUMN])
    kinds = teacher.get_by_role("combobox", name="Вид работы")
    control = kinds.locator("option", has_text="Контр").first.get_attribute("value")
    kinds.select_option(control)
    write_head(teacher, "Контрольная по дробям", "повторить")
    expect(teacher.locator("th.work.control .badge")).to_have_text("К/р", timeout=30_000)

    come_to(app, LAST_DAY)
    teacher = sign_in(new_person, app, "owner")
    teacher.goto(f"{app.url}/{REGISTER}")
    for column in (1, 2, 3, 5):
        type_column(teacher, column, TYPED[column])
    expect(teacher.locator('tr[data-row="0"] td.mean')).to_have_text("4,436/6")  # the control work weighs two
    teacher.goto(f"{app.url}/{REGISTER.replace('grid', 'term_marks')}")
    cell(teacher, 0, 1).click(timeout=30_000)
    teacher.keyboard.press("Alt+p")
    is_saved(teacher)
    for row, mark in enumerate(TERM_MARKS):
        expect(cell(teacher, row, 1)).to_have_text(mark)

    deputy = sign_in(new_person, app, "deputy")
    deputy.goto(f"{app.url}/terms?period=2026-quarter-2")
    deputy.get_by_role("button", name="Закрыть период", exact=True).last.click(timeout=30_000)
    deputy.get_by_text("Закрыть, хотя").click(timeout=30_000)  # the parallel class has no marks yet
    deputy.get_by_role("button", name="Закрыть период", exact=True).last.click()
    expect(deputy.get_by_role("button", name="Открыть снова")).to_be_visible(timeout=30_000)

    teacher.goto(f"{app.url}/{REGISTER}")
    expect(cell(teacher, 0, 5)).to_have_text("4", timeout=30_000)
    expect(teacher.get_by_role("textbox", name="Тема урока")).to_have_count(0)
    cell(teacher, 0, 5).click()
    teacher.keyboard.press("5")
    expect(cell(teacher, 0, 5)).to_have_text("4")

    family = sign_in(new_person, app, "guardian")
    family.get_by_role("link", name="Отметки").click()
    finals = family.get_by_role("heading", name="Итоговые отметки")
    expect(finals).to_be_visible(timeout=30_000)
    row = family.locator("tr", has_text="Математика").filter(
        has=family.get_by_role("cell", name="4", exact=True)
    )
    expect(row.last).to_be_visible()
