"""A task of one pupil: given with a file at a PC, answered with a photo on a phone, replied to and accepted (п. 4.7)."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from running_app import ROOT, RunningApp, fill_sign_in
from small_school import CHILD, LOGINS, NOW, PASSWORD, build_small_school

from school.store.connection import DATABASE_NAME, Store
from tests.homework.made_pictures import PHOTO

pytestmark = pytest.mark.browser
LONG = 30_000
CARD = b"1/2 + 1/3 = ?"


@pytest.fixture
def app(run_app: Callable[..., RunningApp], tmp_path: Path) -> RunningApp:
    store = Store(tmp_path / DATABASE_NAME, lambda: NOW)
    build_small_school(store)
    store.close()
    return run_app(ROOT / "app.py", SCHOOL_DATA=str(tmp_path), SCHOOL_NOW=NOW.isoformat())


def test_a_task_with_a_file_is_answered_with_a_photo_and_accepted(
    app: RunningApp, new_person: Callable[[], Page]
) -> None:
    teacher = new_person()
    teacher.goto(f"{app.url}/tasks")
    fill_sign_in(teacher, LOGINS["owner"], PASSWORD)
    teacher.get_by_text("Новое задание без урока").click(timeout=LONG)
    whom = teacher.get_by_role("combobox", name="Кому")
    # The section unfolds with a rerun, which takes away a list that is open: then it is opened again, as anybody would.
    whom.fill("Алёшин", timeout=LONG)
    teacher.wait_for_timeout(2000)
    whom.fill("Алёши")
    teacher.get_by_role("option", name="Алёшин Пётр").click()
    teacher.get_by_label("Что сделать").fill("Решить карточку, решение сфотографировать")
    # A button pressed before the file has come would give the task without it.
    with teacher.expect_response(lambda answer: answer.request.method == "PUT"):
        teacher.locator("input[type=file]").set_input_files(
            {"name": "Карточка.txt", "mimeType": "text/plain", "buffer": CARD}
        )
    teacher.get_by_role("button", name="Задать").click()
    expect(teacher.get_by_text("ответили 0 из 1")).to_be_visible(timeout=LONG)

    phone = new_person()
    phone.set_viewport_size({"width": 360, "height": 740})
    phone.goto(f"{app.url}/family/{CHILD}")
    fill_sign_in(phone, LOGINS["pupil"], PASSWORD)
    phone.get_by_role("link", name="Ответить (личное задание)").click(timeout=LONG)
    card = phone.get_by_role("link", name="Карточка.txt")
    assert phone.request.get(app.url + str(card.get_attribute("href"))).body() == CARD
    phone.get_by_label("Ответ (до").fill("Решено, ответ 5/6")
    phone.get_by_label("Файлы").set_input_files(
        {"name": "IMG_0001.jpg", "mimeType": "image/jpeg", "buffer": PHOTO}
    )
    assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    phone.get_by_role("button", name="Отправить учителю").click()
    expect(phone.get_by_role("link", name="IMG_0001.jpg")).to_be_visible(timeout=LONG)

    teacher.goto(f"{app.url}/tasks?tasks_view=waiting")
    expect(teacher.get_by_role("link", name="Задания · 1", exact=True)).to_be_visible(timeout=LONG)
    expect(teacher.get_by_text("1 ответ ждёт проверки")).to_be_visible(timeout=LONG)
    teacher.get_by_role("button", name="Алёшин Пётр").click()
    answer = teacher.get_by_role("dialog")
    expect(answer.get_by_text("Решено, ответ 5/6")).to_be_visible(timeout=LONG)
    picture = answer.get_by_role("img", name="IMG_0001.jpg")
    expect(picture).to_be_visible(timeout=LONG)
    assert picture.evaluate("each => each.complete && each.naturalWidth > 0")
    answer.get_by_label("Ответ ученику").fill("Верно, молодец")
    answer.get_by_role("button", name="Принять").click()
    expect(teacher.get_by_text("Ни один ответ не ждёт проверки")).to_be_visible(timeout=LONG)
    expect(teacher.get_by_role("link", name="Задания · 1", exact=True)).to_have_count(0)

    phone.goto(f"{app.url}/family/{CHILD}/new")
    phone.locator("li", has_text="Учитель проверил задание: принято").get_by_role("link").click()
    expect(phone.get_by_text("Верно, молодец")).to_be_visible(timeout=LONG)
    expect(phone.get_by_text("Учитель принял задание")).to_be_visible()
    expect(phone.get_by_role("button", name="Отправить учителю")).to_have_count(0)
