"""A stranger opens an empty school from the files of its secretary, and a teacher enters the first mark (п. 3.1, 4.3)."""

import io
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import pytest
import xlsxwriter
from playwright.sync_api import Page, expect
from running_app import ROOT, RunningApp

from school.store.connection import DATABASE_NAME, Store

pytestmark = pytest.mark.browser

NOW = datetime(2026, 9, 1, 9)  # a Tuesday, the first day of the year
LONG = 30_000
TEACHERS = ("Орлова Вера Павловна", "Стрельцов Глеб Юрьевич", "Климова Рита Олеговна")
CLASSES = ("5А", "5Б", "10А")
SUBJECTS = ("Математика", "История", "Физическая культура")
FIRST_NAMES = ("Анна", "Борис", "Вера", "Глеб", "Дарья")
PUPILS = {
    "5А": "Абрамова Белов Волкова Громов Дёмина",
    "5Б": "Ершова Жуков Зимина Исаев Котова",
    "10А": "Лапина Мухин Носова Орехов Панина",
}
WEEKDAYS = ("Понедельник", "Вторник", "Среда", "Четверг", "Пятница")

Lines = Sequence[Sequence[object]]


def book(lines: Lines) -> bytes:
    """Return a workbook of one sheet as a secretary keeps it."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet("Лист1")
        for number, line in enumerate(lines):
            sheet.write_row(number, 0, line)
    return buffer.getvalue()


def staff_file() -> bytes:
    return book(
        [("Сотрудники МБОУ «СОШ № 12»",), ("№", "ФИО", "Должность")]
        + [(number, name, "учитель") for number, name in enumerate(TEACHERS, start=1)]
    )


def classes_file() -> bytes:
    return book([("Класс", "Классный руководитель"), *zip(CLASSES, TEACHERS, strict=True)])


def pupils_file() -> bytes:
    people = [
        (f"{last_name} {first_name}", f"{name[:-1]} {name[-1].lower()}")
        for name, last_names in PUPILS.items()
        for last_name, first_name in zip(last_names.split(), FIRST_NAMES, strict=True)
    ]
    return book([("ФИО ученика", "Класс"), *people])


def load_file() -> bytes:
    lines = [
        (teacher, name, subject, 2)
        for name in CLASSES
        for teacher, subject in zip(TEACHERS, SUBJECTS, strict=True)
    ]
    return book([("Учитель", "Класс", "Предмет", "Часов в неделю"), *lines])


def timetable_file() -> bytes:
    """Each class has its subjects in turn on Mondays and Tuesdays, so that nobody is in two places at once."""
    lines: list[Sequence[object]] = [("День", "Урок", *CLASSES)]
    for weekday in WEEKDAYS[:2]:
        for number in range(3):
            cells = [f"{SUBJECTS[(number + shift) % 3]}, {101 + shift}" for shift in range(len(CLASSES))]
            lines.append((weekday, number + 1, *cells))
    return book(lines)


def upload(page: Page, content: bytes, name: str) -> None:
    page.locator("input[type=file]").last.set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    )


def press(page: Page, name: str | re.Pattern[str]) -> None:
    page.get_by_role("button", name=name, exact=isinstance(name, str)).first.click(timeout=LONG)


def choose(page: Page, name: str) -> None:
    """Press a segment of a row of choices."""
    page.get_by_test_id("stMain").get_by_text(name, exact=True).first.click(timeout=LONG)


def says(page: Page, text: str | re.Pattern[str]) -> None:
    expect(page.get_by_text(text).first).to_be_visible(timeout=LONG)


def first_administrator(page: Page, app: RunningApp) -> None:
    page.goto(app.url)
    code = re.search(r"Код первого входа: (\S+)", app.log.read_text(encoding="utf-8"))
    assert code
    for label, text in {
        "Фамилия": "Новикова",
        "Имя": "Ольга",
        "Имя для входа": "novikova",
        "Пароль": "тихий омут 7",
        "Пароль ещё раз": "тихий омут 7",
        "Код первого входа": code[1],
    }.items():
        page.get_by_label(label, exact=True).fill(text, timeout=LONG)
    press(page, "Создать администратора")
    says(page, "Готово шагов: 1 из 10")  # subgroups are needed by none yet


def open_step(page: Page, app: RunningApp, code: str) -> None:
    page.goto(f"{app.url}/year_opening?step={code}")


def load_people(page: Page, app: RunningApp, kind: str, content: bytes) -> None:
    """Load a list through the page of loads."""
    page.goto(f"{app.url}/imports")
    choose(page, kind)
    upload(page, content, f"{kind}.xlsx")
    press(page, re.compile("^Загрузить"))
    says(page, re.compile("Загружено"))


def load_table(page: Page, content: bytes) -> None:
    upload(page, content, "Таблица.xlsx")
    press(page, re.compile("^Загрузить$"))
    says(page, re.compile("Сохранено|сохранен"))


def open_the_year(page: Page, app: RunningApp) -> None:
    """Go through the steps as the list of steps has them."""
    open_step(page, app, "school")
    page.get_by_label(re.compile("Название школы")).fill("МБОУ «СОШ № 12»", timeout=LONG)
    press(page, "Сохранить")
    for step, button, saved in (
        ("Календарный график", "Сохранить календарь", "Календарь сохранён"),
        ("Предметы", "Сохранить", "Сохранено"),
    ):
        press(page, f"Дальше: {step}")
        expect(page.get_by_role("heading", name=step)).to_be_visible(timeout=LONG)
        press(page, button)
        says(page, saved)
    load_people(page, app, "Сотрудники", staff_file())
    open_step(page, app, "classes")
    page.get_by_role("tab", name="Загрузить из файла").click(timeout=LONG)
    load_table(page, classes_file())
    load_people(page, app, "Ученики", pupils_file())
    open_step(page, app, "bells")
    press(page, "Сохранить")
    says(page, re.compile("Сохранено"))
    page.goto(f"{app.url}/load")
    choose(page, "Загрузить из файла")
    load_table(page, load_file())
    page.goto(f"{app.url}/timetable")
    choose(page, "Загрузить из файла")
    load_table(page, timetable_file())
    says(page, "Совпадений нет, часы нагрузки расставлены.")


def code_for(page: Page, app: RunningApp, name: str) -> str:
    page.goto(f"{app.url}/invitations")
    press(page, re.compile("Выдать коды всем"))
    return page.locator("p", has_text=name).locator("code").first.inner_text(timeout=LONG)


def enter_first_mark(page: Page, app: RunningApp, code: str) -> None:
    """Accept the code, open today's first lesson and type a five."""
    page.goto(app.url)
    press(page, re.compile("У меня есть код приглашения"))
    page.get_by_label("Код приглашения", exact=True).fill(code, timeout=LONG)
    press(page, "Дальше")
    page.get_by_label("Пароль", exact=True).fill("длинный пароль", timeout=LONG)
    page.get_by_label("Пароль ещё раз", exact=True).fill("длинный пароль")
    press(page, "Сохранить и войти")
    page.get_by_role("link", name=re.compile("5А.*Математика")).first.click(timeout=LONG)
    cell = page.locator('tr[data-row="0"] td.cell[data-column="0"]')
    cell.click(timeout=LONG)
    page.keyboard.press("5")
    expect(page.locator(".saved")).to_contain_text("Все отметки сохранены", timeout=LONG)


def test_from_an_empty_school_to_the_first_mark(
    run_app: Callable[..., RunningApp], new_person: Callable[[], Page], tmp_path: Path
) -> None:
    folder = tmp_path / "live"
    subprocess.run([sys.executable, "-m", "school.store", "create", str(folder)], cwd=ROOT, check=True)
    app = run_app(ROOT / "app.py", SCHOOL_DATA=str(folder), SCHOOL_NOW=NOW.isoformat())
    office = new_person()
    first_administrator(office, app)
    open_the_year(office, app)
    code = code_for(office, app, TEACHERS[0])
    classroom = new_person()
    enter_first_mark(classroom, app, code)
    office.goto(f"{app.url}/year_opening")
    says(office, re.compile("уроков впереди"))
    app.stop()
    store = Store(folder / DATABASE_NAME, lambda: NOW)
    assert store.read("SELECT value, held_on FROM marks JOIN lessons USING (lesson_id)") == [(5, NOW.date())]
    assert store.read("SELECT count(*) FROM classes c JOIN enrolments USING (class_id)") == [(15,)]
    store.close()
