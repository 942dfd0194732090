"""A day of the whole school in a real browser: what is typed in a classroom reaches the deputy and the head."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from itertools import cycle, islice
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from running_app import ROOT, RunningApp

from demo.build import make_school
from school.records import RegisterKey, Term
from school.register.store.registers import class_terms, lesson_ids_of, listed_pupils
from school.store.connection import DATABASE_NAME, Store, Transaction
from school.store.events import Event

pytestmark = pytest.mark.browser

NOW = datetime(2026, 11, 23, 10, 0)  # a Monday of the second quarter
SIZE = {"pupils": 120, "years": 1, "seed": 5}
MARKS_TO_TYPE = 100
TYPING_PAUSE_MS = 85  # with the work of a key press: about ten cells a second


@dataclass(frozen=True)
class Classroom:
    """The demo teacher's register of today: its pupils in the order of rows, its lessons held so far."""

    folder: Path
    key: RegisterKey
    term: Term
    pupil_ids: list[int]
    lesson_ids: list[int]

    @property
    def address(self) -> str:
        return f"grid?class={self.key.class_id}&subject={self.key.subject_id}&term={self.term.term_id}"

    def app(self, run_app: Callable[..., RunningApp]) -> RunningApp:
        return run_app(ROOT / "app.py", SCHOOL_DATA=str(self.folder), SCHOOL_NOW=NOW.isoformat())


@contextmanager
def opened(folder: Path) -> Iterator[Store]:
    store = Store(folder / DATABASE_NAME, lambda: NOW)
    yield store
    store.close()


@pytest.fixture(scope="module")
def classroom(tmp_path_factory: pytest.TempPathFactory) -> Classroom:
    """A demo school whose teacher has one register with empty cells up to today."""
    folder = tmp_path_factory.mktemp("demo")
    with opened(folder) as store:
        make_school(store, **SIZE, now=NOW, say=lambda _text: None)
        key, term = todays_register(store)
        everybody = listed_pupils(store, key, term)
        present = [pupil.pupil_id for pupil in everybody if pupil.is_listed_on(NOW.date())]
        assert len(present) == len(everybody), (
            "the register of this test has nobody who came or left in the term"
        )
        lessons = [lesson for lesson, held_on in lessons_with_days(store, key, term) if held_on <= NOW.date()]
        empty_cells(store, lessons)
    return Classroom(folder, key, term, present, lessons)


def todays_register(store: Store) -> tuple[RegisterKey, Term]:
    rows = store.read(
        """SELECT l.class_id, l.subject_id, l.term_id FROM lessons l JOIN users u ON u.staff_id = l.teacher_id
           WHERE u.user_id = (SELECT value::BIGINT FROM settings WHERE name = 'demo.user.teacher')
               AND l.held_on = $today AND l.subgroup_id IS NULL
               AND NOT EXISTS (SELECT 1 FROM enrolments e JOIN terms t ON t.term_id = l.term_id
                   WHERE e.class_id = l.class_id AND (e.ends_on >= t.starts_on OR e.starts_on > t.starts_on))
           ORDER BY l.number""",
        {"today": NOW.date()},
    )
    assert rows, "the demo teacher has a whole-class lesson today"
    class_id, subject_id, term_id = rows[0]
    (term,) = (term for term in class_terms(store, class_id) if term.term_id == term_id)
    return RegisterKey(class_id, subject_id), term


def lessons_with_days(store: Store, key: RegisterKey, term: Term) -> list[tuple[int, date]]:
    ids = lesson_ids_of(store, key, term.term_id)
    days = dict(
        store.read(
            "SELECT lesson_id, held_on FROM lessons WHERE lesson_id IN (SELECT unnest($ids))", {"ids": ids}
        )
    )
    return [(lesson, days[lesson]) for lesson in ids]


def empty_cells(store: Store, lesson_ids: list[int]) -> None:
    def work(transaction: Transaction) -> None:
        for table in ("marks", "absences"):
            transaction.change(
                f"DELETE FROM {table} WHERE lesson_id IN (SELECT unnest($ids::BIGINT[]))", {"ids": lesson_ids}
            )
        transaction.record(Event(NOW, None, "school"))

    store.write(work)


def stored_marks(folder: Path, lesson_ids: list[int]) -> dict[tuple[int, int], list[int]]:
    with opened(folder) as store:
        rows = store.read(
            """SELECT lesson_id, pupil_id, list(value ORDER BY slot) FROM marks
               WHERE lesson_id IN (SELECT unnest($ids::BIGINT[])) GROUP BY ALL""",
            {"ids": lesson_ids},
        )
    return {(lesson, pupil): values for lesson, pupil, values in rows}


def sign_out(page: Page) -> None:
    # The register has the menu folded.
    unfold = page.get_by_role("button", name="Показать меню")
    if unfold.is_visible():
        unfold.click()
    with page.expect_navigation(url=re.compile(r"//[^/]+/$"), timeout=30_000):
        page.get_by_role("button", name="Выйти").click()
    expect(page.get_by_role("textbox", name="Пароль")).to_be_visible(timeout=30_000)


def cell(page: Page, row: int, column: int) -> Locator:
    return page.locator(f'tr[data-row="{row}"] td.cell[data-column="{column}"]')


def expect_saved(page: Page) -> None:
    expect(page.locator(".saved")).to_contain_text("Все отметки сохранены", timeout=60_000)


def expect_help(page: Page, words: str) -> None:
    """«?» opens the paragraph of this page and role over it, and Escape leads back."""
    page.get_by_role("link", name="Помощь по этой странице").click()
    window = page.get_by_role("dialog", name="Помощь")
    expect(window).to_contain_text(words)
    page.keyboard.press("Escape")
    expect(window).to_have_count(0)


def metric(page: Page, label: str) -> str:
    box = page.get_by_test_id("stMetric").filter(has_text=label)
    expect(box).to_be_visible(timeout=30_000)
    return box.get_by_test_id("stMetricValue").inner_text()


def number(text: str) -> float:
    return float(re.sub(r"[^\d,−-]", "", text).replace(",", ".").replace("−", "-"))


def figures_of(page: Page, app: RunningApp, classroom: Classroom) -> dict[str, float]:
    """The figures of «Качество обучения» over all current marks of the class."""
    period = f"{classroom.term.school_year}-{classroom.term.kind}-{classroom.term.number}"
    page.goto(f"{app.url}/quality?period={period}&basis=marks&class={classroom.key.class_id}")
    return {label: number(metric(page, label)) for label in ("Отметок", "Успеваемость", "Качество знаний")}


def test_a_hundred_marks_typed_at_speed_reach_their_pupils(
    classroom: Classroom, browser_page: Page, run_app: Callable[..., RunningApp]
) -> None:
    """Ten cells a second, one refresh in the middle, one killed server: exactly these marks, on the right pupils."""
    app = classroom.app(run_app)
    app.enter_as(browser_page, "Учитель")
    browser_page.goto(f"{app.url}/{classroom.address}")
    rows, columns = len(classroom.pupil_ids), len(classroom.lesson_ids)
    assert rows * columns >= MARKS_TO_TYPE
    cells = list(islice(((row, column) for column in range(columns) for row in range(rows)), MARKS_TO_TYPE))
    texts = list(islice(cycle("5443525"), MARKS_TO_TYPE))
    expected = {
        (classroom.lesson_ids[column], classroom.pupil_ids[row]): [int(text)]
        for (row, column), text in zip(cells, texts, strict=True)
    }
    expect(cell(browser_page, 0, 0)).to_be_attached(timeout=30_000)
    for position, ((row, column), text) in enumerate(zip(cells, texts, strict=True)):
        if position == MARKS_TO_TYPE // 2:
            browser_page.reload()
            expect(cell(browser_page, 0, 0)).to_be_attached(timeout=30_000)
            cell(browser_page, row, column).click()
        if position == MARKS_TO_TYPE * 3 // 4:
            app.stop()
        if position == MARKS_TO_TYPE * 9 // 10:
            app.start()
        if row == 0:
            cell(browser_page, row, column).click()
        browser_page.keyboard.press(text)
        browser_page.wait_for_timeout(TYPING_PAUSE_MS)
    expect_saved(browser_page)
    app.stop()
    assert stored_marks(classroom.folder, classroom.lesson_ids) == expected


def test_what_a_teacher_enters_the_deputy_and_the_head_see(
    classroom: Classroom, new_person: Callable[[], Page], run_app: Callable[..., RunningApp]
) -> None:
    """Teacher: «Сегодня», marks and absences by keyboard, sign-out; deputy: figures change; head: reads only."""
    with opened(classroom.folder) as store:
        empty_cells(store, classroom.lesson_ids)
    app = classroom.app(run_app)
    page = new_person()
    app.enter_as(page, "Завуч")
    before = figures_of(page, app, classroom)
    sign_out(page)

    app.enter_as(page, "Учитель")
    expect(page.get_by_text("Сегодня, 23 ноября")).to_be_visible(timeout=30_000)
    address = re.compile(rf"class={classroom.key.class_id}&subject={classroom.key.subject_id}")
    page.locator(
        f"a[href*='class={classroom.key.class_id}&subject={classroom.key.subject_id}']"
    ).first.click()
    expect(page).to_have_url(address)
    today = len(classroom.lesson_ids) - 1
    expect(cell(page, 0, today)).to_be_attached(timeout=30_000)
    cell(page, 0, today).click()
    for key in ("5", "2", "2", "y"):  # «y»: «н» typed with the Latin layout on
        page.keyboard.press(key)
    expect(cell(page, 3, today)).to_contain_text("н")
    expect_help(page, "ставит отметку и переходит")
    expect(cell(page, 3, today)).to_contain_text("н")
    expect_saved(page)
    sign_out(page)

    app.enter_as(page, "Завуч")
    after = figures_of(page, app, classroom)
    assert after["Отметок"] == before["Отметок"] + 3
    assert after["Успеваемость"] < before["Успеваемость"]
    sign_out(page)

    app.enter_as(page, "Директор")
    assert figures_of(page, app, classroom) == after
    page.goto(f"{app.url}/forecasts")
    expect(page.get_by_text("На конец периода")).to_be_visible(timeout=60_000)
    page.goto(f"{app.url}/{classroom.address}")
    expect(cell(page, 0, today)).to_contain_text("5", timeout=30_000)
    expect_help(page, "открываются для чтения")
    cell(page, 0, today).click()
    page.keyboard.press("4")
    page.wait_for_timeout(1000)
    expect(cell(page, 0, today)).to_have_text(re.compile("^5"))
    expect(page.get_by_label("Тема урока")).to_have_count(0)
    page.close()
    app.stop()
    marks = stored_marks(classroom.folder, classroom.lesson_ids[-1:])
    assert sorted(marks.values()) == [[2], [2], [5]]
