"""A parent whose link to the child was ended sees nothing more, at once, on a phone that is signed in (п. 3.6)."""

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


@pytest.fixture
def app(run_app: Callable[..., RunningApp], tmp_path: Path) -> RunningApp:
    store = Store(tmp_path / DATABASE_NAME, lambda: NOW)
    build_small_school(store)
    store.close()
    return run_app(ROOT / "app.py", SCHOOL_DATA=str(tmp_path), SCHOOL_NOW=NOW.isoformat())


def test_the_access_ends_at_once(app: RunningApp, new_person: Callable[[], Page]) -> None:
    phone = new_person()
    phone.set_viewport_size({"width": 360, "height": 740})
    phone.goto(f"{app.url}/family/{CHILD}/absences")
    fill_sign_in(phone, LOGINS["guardian"], PASSWORD)
    phone.get_by_role("link", name="Сообщить о пропуске").first.click(timeout=LONG)
    phone.get_by_label("Пояснение").fill("температура")
    phone.get_by_label("Справка").set_input_files(
        {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": PHOTO}
    )
    phone.get_by_role("button", name="Отправить").click()
    expect(phone.get_by_text("ждёт ответа")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    photo = phone.get_by_role("link", name="IMG_1.jpg").get_attribute("href") or ""
    assert phone.request.get(f"{app.url}{photo}").status == 200

    homeroom = new_person()
    homeroom.goto(f"{app.url}/pupil_card?pupil={CHILD}")
    fill_sign_in(homeroom, LOGINS["homeroom"], PASSWORD)
    homeroom.get_by_role("button", name="Изменить").first.click(timeout=LONG)
    homeroom.get_by_role("button", name="Убрать из карточки").click()
    expect(homeroom.get_by_text("Алёшина Ольга")).to_have_count(0, timeout=LONG)

    phone.reload()
    expect(phone.get_by_text("Вам нельзя смотреть дневник")).to_be_visible()
    assert "Алёшин Пётр" not in phone.content()
    for address in ("", "/marks", "/absences", "/remarks", "/absences/announce", "/record"):
        assert phone.request.get(f"{app.url}/family/{CHILD}{address}").status == 403, address
    assert phone.request.get(f"{app.url}{photo}").status == 403
