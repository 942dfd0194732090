"""A topic is taken from the plan with one key; homework with a file reaches the family's diary."""

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect
from running_app import ROOT, RunningApp

from demo.build import make_school
from school.store.connection import DATABASE_NAME, Store

pytestmark = pytest.mark.browser
# A Monday in the second quarter.
NOW = datetime(2026, 11, 23, 10, 0)
PDF = b"%PDF-1.7\nhomework"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demonstration school whose shown teacher teaches the shown child."""
    folder = tmp_path_factory.mktemp("school")
    store = Store(folder / DATABASE_NAME, lambda: NOW)
    make_school(store, pupils=80, years=1, seed=3, now=NOW, say=lambda _text: None)
    store.close()
    return folder


@pytest.fixture(scope="module")
def lesson(folder: Path) -> str:
    """The address of the child's newest lesson that is not filled yet, now given by the shown teacher."""
    store = Store(folder / DATABASE_NAME, lambda: NOW)
    (class_id, subject_id, lesson_id), *_ = store.read(
        """SELECT l.class_id, l.subject_id, l.lesson_id FROM lessons l
           JOIN enrolments e ON e.class_id = l.class_id AND e.ends_on IS NULL
           JOIN guardian_pupils g USING (pupil_id) JOIN users u USING (guardian_id)
           JOIN settings s ON s.name = 'demo.user.guardian' AND s.value = u.user_id::VARCHAR
           JOIN lesson_plans p ON p.class_id = l.class_id AND p.subject_id = l.subject_id
           WHERE l.held_on = DATE '2026-11-23' AND l.subgroup_id IS NULL AND l.status <> 'cancelled'
           ORDER BY l.number LIMIT 1"""
    )
    (teacher,) = store.read(
        "SELECT u.staff_id FROM settings s JOIN users u ON s.value = u.user_id::VARCHAR WHERE s.name = 'demo.user.teacher'"
    )

    def take_over(transaction) -> None:
        transaction.keep(
            "UPDATE lessons SET teacher_id = $teacher WHERE lesson_id = $lesson",
            {"teacher": teacher[0], "lesson": lesson_id},
        )

    store.write(take_over)
    store.close()
    return f"/grid?class={class_id}&subject={subject_id}&lesson={lesson_id}"


def test_a_topic_from_the_plan_and_a_file_for_the_family(
    folder: Path,
    lesson: str,
    run_app: Callable[..., RunningApp],
    browser_context: BrowserContext,
    tmp_path: Path,
) -> None:
    app = run_app(ROOT / "app.py", SCHOOL_DATA=str(folder), SCHOOL_NOW=NOW.isoformat())
    page = browser_context.new_page()
    app.enter_as(page, "Учитель")
    page.goto(app.url + lesson)
    topic = page.get_by_role("textbox", name="Тема урока")
    topic.click(timeout=30_000)
    page.keyboard.press("Alt+Enter")
    expect(topic).to_have_value(re.compile(".+"))
    homework = homework_box(page)
    homework.click()
    homework.press_sequentially("Проект о реке")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Записано.")).to_be_visible()
    attach(page, tmp_path)
    page.context.clear_cookies()
    app.enter_as(page, "Родитель")
    today = page.locator("section", has=page.get_by_role("heading", name="Понедельник, 23 ноября"))
    expect(today.get_by_text("Проект о реке")).to_be_visible(timeout=30_000)
    link = page.get_by_role("link", name="Задание по проекту.pdf").first
    answer = page.request.get(app.url + str(link.get_attribute("href")))
    assert (answer.status, answer.body()) == (200, PDF)
    page.context.clear_cookies()
    assert page.request.get(app.url + str(link.get_attribute("href"))).status == 401


def attach(page: Page, folder: Path) -> None:
    """Add a file to the lesson's homework."""
    file = folder / "Задание по проекту.pdf"
    file.write_bytes(PDF)
    more = page.get_by_role("button", name="Ещё", exact=True)
    more.click()
    page.locator("input[type=file]").first.set_input_files(file)
    # What was attached stands in the dialog: nobody attaches it once more to be sure.
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("link", name="Задание по проекту.pdf")).to_have_count(1, timeout=30_000)
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0, timeout=30_000)
    expect(homework_box(page)).to_have_value("Проект о реке")


def homework_box(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Домашнее задание")
