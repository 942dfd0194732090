"""A guardian asks about a mark on a phone before the school opens; the teacher reads and answers at a PC; the guardian sees it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from running_app import ROOT, RunningApp, fill_sign_in
from small_school import CHILD, LOGINS, MATHS, NOW, PASSWORD, build_small_school

from school.store.connection import DATABASE_NAME, Store

pytestmark = pytest.mark.browser
LONG = 30_000
NIGHT, MORNING = "2026-11-19T06:30", "2026-11-19T08:05"


@pytest.fixture
def app(run_app: Callable[..., RunningApp], tmp_path: Path) -> RunningApp:
    store = Store(tmp_path / DATABASE_NAME, lambda: NOW)
    build_small_school(store)
    store.close()
    return run_app(ROOT / "app.py", SCHOOL_DATA=str(tmp_path), SCHOOL_NOW=NIGHT)


def test_a_question_asked_at_night_is_answered_by_day(
    app: RunningApp, new_person: Callable[[], Page]
) -> None:
    phone = new_person()
    phone.set_viewport_size({"width": 360, "height": 740})
    phone.goto(f"{app.url}/family/{CHILD}/marks/{MATHS}")
    fill_sign_in(phone, LOGINS["guardian"], PASSWORD)
    phone.get_by_role("link", name="Спросить об отметке за 18 ноября").click(timeout=LONG)
    expect(phone.get_by_label("Кому")).to_contain_text("Орлова Вера — Математика")
    phone.get_by_label("Сообщение").fill("Что нужно повторить?")
    phone.get_by_label("Файлы").set_input_files(
        {"name": "Тетрадь.txt", "mimeType": "text/plain", "buffer": b"1/2 + 1/3"}
    )
    assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    phone.get_by_role("button", name="Отправить").click()
    expect(phone.get_by_text("Будет доставлено 19 ноября в 08:00")).to_be_visible(timeout=LONG)

    # The power goes and comes again: what waits is in the school's database, and the clock delivers it.
    app.stop()
    app.env["SCHOOL_NOW"] = MORNING
    app.start()
    teacher = new_person()
    teacher.goto(f"{app.url}/messages")
    fill_sign_in(teacher, LOGINS["owner"], PASSWORD)
    expect(teacher.get_by_role("link", name="Сообщения · 1")).to_be_visible(timeout=LONG)
    teacher.get_by_role("button", name="Отметка за урок 18 ноября, Математика").click(timeout=LONG)
    expect(teacher.get_by_text("Что нужно повторить?")).to_be_visible(timeout=LONG)
    # What is read is no longer counted in the menu that stands beside it.
    expect(teacher.get_by_role("link", name="Сообщения ·")).to_have_count(0, timeout=LONG)
    expect(teacher.get_by_role("link", name="Тетрадь.txt")).to_be_visible(timeout=LONG)
    teacher.get_by_label("Сообщение").fill("Сложение дробей, параграф 12")
    teacher.get_by_role("button", name="Отправить").click()
    # What was sent stands in the thread and may be taken back; the notice that says so is gone in four seconds.
    expect(teacher.get_by_role("button", name="Отозвать")).to_be_visible(timeout=LONG)

    phone.goto(f"{app.url}/family/{CHILD}")
    tab = phone.get_by_role("link", name="Сообщения 1 не прочитано")
    expect(tab).to_be_visible(timeout=LONG)
    tab.click()
    phone.get_by_role("link", name="Отметка за урок 18 ноября, Математика").click()
    expect(phone.get_by_text("Сложение дробей, параграф 12")).to_be_visible(timeout=LONG)
    expect(phone.get_by_text("Прочитано 19 ноября")).to_be_visible(timeout=LONG)
    expect(phone.get_by_role("link", name="Сообщения 1 не прочитано")).to_have_count(0)
