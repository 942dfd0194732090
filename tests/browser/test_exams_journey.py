"""The exams of a class typed as fast as a teacher types: every mark is in the store, each reason asked for."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from running_app import ROOT, RunningApp
from small_school import CLASS_7A, LOGINS, MATHS, NOW, PASSWORD, SCHOOL, build_small_school, people_of

from school.councils.actions import plan_exams
from school.store.connection import DATABASE_NAME, Store, Transaction
from school.store.events import Event

pytestmark = pytest.mark.browser

NEWCOMERS = (91, 92)
ADDRESS = f"exams?year=2026&class={CLASS_7A}&subject={MATHS}"


def add_newcomers(transaction: Transaction) -> None:
    """Make the class of three one of five, with a 4 for the year each."""
    for pupil in NEWCOMERS:
        transaction.change(
            "INSERT INTO pupils (pupil_id, school_id, last_name, first_name) VALUES (?, ?, ?, 'Яна')",
            [pupil, SCHOOL, f"Яковлева{pupil}"],
        )
        transaction.change(
            "INSERT INTO enrolments VALUES (?, ?, ?, '2026-09-01', NULL)", [pupil + 100, pupil, CLASS_7A]
        )
    transaction.change(
        f"""INSERT INTO year_marks (class_id, subject_id, school_year, pupil_id, value)
            SELECT {CLASS_7A}, {MATHS}, 2026, pupil_id, 4 FROM enrolments WHERE class_id = {CLASS_7A}"""
    )
    transaction.record(Event(NOW, None, "school"))


def test_five_marks_typed_at_once_are_all_saved_and_another_final_mark_asks_why(
    run_app: Callable[..., RunningApp], new_person: Callable[[], Page], tmp_path: Path
) -> None:
    store = Store(tmp_path / DATABASE_NAME, lambda: NOW)
    build_small_school(store)
    store.write(add_newcomers)
    plan_exams(store, people_of(store).deputy, CLASS_7A, [MATHS], now=NOW)
    store.close()
    app = run_app(ROOT / "app.py", SCHOOL_DATA=str(tmp_path), SCHOOL_NOW=NOW.isoformat())
    page = new_person()
    app.sign_in(page, LOGINS["owner"], PASSWORD)
    page.goto(f"{app.url}/{ADDRESS}")
    cell = 'tr[data-row="{}"] td.cell[data-column="{}"]'
    page.locator(cell.format(0, 0)).click(timeout=30_000)
    page.keyboard.type("53425")
    saved = page.locator(".saved")
    expect(saved).to_contain_text("Все отметки сохранены", timeout=30_000)
    # Year 4 and exam: a half goes up (п. 5.4).
    finals = page.locator("tbody tr td.info:nth-of-type(2)")
    expect(finals).to_have_text(["5", "4", "4", "3", "5"])

    page.locator(cell.format(3, 1)).click()
    page.keyboard.type("4")
    questions = page.locator(".questions")
    expect(questions).to_contain_text("Итог отличается от среднего годовой отметки и экзамена")
    page.get_by_role("button", name="апелляция").click()
    expect(questions).to_be_hidden()
    expect(saved).to_contain_text("Все отметки сохранены", timeout=30_000)
    expect(finals.nth(3)).to_have_text("4")
    app.stop()

    after = Store(tmp_path / DATABASE_NAME, lambda: NOW)
    assert sorted(after.read("SELECT value FROM exam_marks")) == [(2,), (3,), (4,), (5,), (5,)]
    assert after.read("SELECT value, reason FROM final_marks") == [(4, "апелляция")]
    after.close()
