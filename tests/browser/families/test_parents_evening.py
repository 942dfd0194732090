"""A parents' evening: the deputy head makes it for all, a mother of two books on her phone, the teacher prints the list (п. 4.7)."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader
from running_app import ROOT, RunningApp
from small_school import (
    CHILD,
    GUARDIAN_PERSON,
    LOGINS,
    NOW,
    OWNER_STAFF,
    PASSWORD,
    STRANGE_CHILD,
    STRANGER_STAFF,
    build_small_school,
)

from school.store.connection import DATABASE_NAME, Store, Transaction
from school.store.events import Event

pytestmark = pytest.mark.browser
LONG = 30_000


@pytest.fixture
def app(run_app: Callable[..., RunningApp], tmp_path: Path) -> RunningApp:
    """The small school, where the guardian has a child in each of the classes."""
    store = Store(tmp_path / DATABASE_NAME, lambda: NOW)
    build_small_school(store)

    def add_child(transaction: Transaction) -> None:
        transaction.change(
            f"INSERT INTO guardian_pupils (guardian_id, pupil_id) VALUES ({GUARDIAN_PERSON}, {STRANGE_CHILD})"
        )
        transaction.record(Event(NOW, None, "school"))

    store.write(add_child)
    store.close()
    return run_app(ROOT / "app.py", SCHOOL_DATA=str(tmp_path), SCHOOL_NOW=NOW.isoformat())


def test_an_evening_from_the_deputy_s_button_to_the_teacher_s_paper(
    app: RunningApp, new_person: Callable[[], Page]
) -> None:
    deputy = new_person()
    app.sign_in(deputy, LOGINS["deputy"], PASSWORD)
    deputy.goto(f"{app.url}/consultations?talks=evenings")
    deputy.get_by_role("button", name="Назначить для всех выбранных").click(timeout=LONG)
    expect(deputy.get_by_role("heading", name="26 ноября, четверг, 17:00–19:00")).to_be_visible(timeout=LONG)
    expect(deputy.get_by_text("Учителей: 5, встреч: 60, записано: 0.")).to_be_visible()

    phone = new_person()
    phone.set_viewport_size({"width": 360, "height": 740})
    phone.goto(f"{app.url}/family/{CHILD}/consultations")
    phone.get_by_label("Имя для входа").fill(LOGINS["guardian"], timeout=LONG)
    phone.get_by_label("Пароль", exact=True).fill(PASSWORD)
    phone.keyboard.press("Enter")
    phone.get_by_role("link", name="Записаться к учителям").click(timeout=LONG)
    maths, strange = (
        phone.locator(f"#slot_{child}_{staff}")
        for child, staff in ((CHILD, OWNER_STAFF), (STRANGE_CHILD, STRANGER_STAFF))
    )
    maths.select_option("17:00")
    strange.select_option("17:10")
    phone.get_by_role("button", name="Записаться").click()
    expect(phone.get_by_role("alert")).to_contain_text("На переход между учителями нужно 5 минут")
    expect(maths.locator("option:checked")).to_have_text("17:00")
    strange.select_option("подобрать время")
    phone.get_by_role("button", name="Записаться").click()
    ahead = phone.get_by_role("region", name="Впереди")
    expect(ahead).to_contain_text("26 ноября, четверг, 17:00–17:10")
    assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    phone.get_by_role("link", name="Яковлев Олег").click()
    expect(ahead).to_contain_text("26 ноября, четверг, 17:20–17:30")

    teacher = new_person()
    app.sign_in(teacher, LOGINS["owner"], PASSWORD)
    teacher.goto(f"{app.url}/consultations")
    with teacher.expect_download(timeout=LONG) as download:
        teacher.get_by_role("button", name="Список на бумагу (PDF)").click(timeout=LONG)
    paper = PdfReader(download.value.path()).pages[0].extract_text()
    assert "Записано 1 из 12" in paper
    assert "Алёшин Пётр, 7А" in paper
