"""An announcement that both guardians confirm: written by the deputy, confirmed on two phones, one of them after a reminder (п. 2.9, 4.7)."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from running_app import ROOT, RunningApp, fill_sign_in
from small_school import CHILD, LOGINS, NOW, PASSWORD, STRANGE_CHILD, build_small_school

from school.store.connection import DATABASE_NAME, Store, Transaction
from school.store.events import Event

pytestmark = pytest.mark.browser
LONG = 30_000
FATHER = "father.7"


def _add_father(transaction: Transaction) -> None:
    """Add the child's other guardian, who follows a pupil of 8Б too."""
    transaction.change(
        f"""INSERT INTO guardians (guardian_id, last_name, first_name) VALUES (62, 'Алёшин', 'Андрей');
        INSERT INTO guardian_pupils (guardian_id, pupil_id) VALUES (62, {CHILD}), (62, {STRANGE_CHILD});
        INSERT INTO users SELECT 131, '{FATHER}', password_hash, NULL, 62, NULL, NULL FROM users
            WHERE login = '{LOGINS["guardian"]}';
        INSERT INTO user_roles VALUES (131, 'guardian')"""
    )
    transaction.record(Event(NOW, None, "school"))


@pytest.fixture
def app(run_app: Callable[..., RunningApp], tmp_path: Path) -> RunningApp:
    store = Store(tmp_path / DATABASE_NAME, lambda: NOW)
    build_small_school(store)
    store.write(_add_father)
    store.close()
    return run_app(ROOT / "app.py", SCHOOL_DATA=str(tmp_path), SCHOOL_NOW=NOW.isoformat())


def phone_of(new_person: Callable[[], Page]) -> Page:
    page = new_person()
    page.set_viewport_size({"width": 360, "height": 740})
    return page


def test_both_guardians_confirm_and_the_reminder_reaches_who_had_not(
    app: RunningApp, new_person: Callable[[], Page]
) -> None:
    deputy = new_person()
    deputy.goto(f"{app.url}/announcements?announcements=write")
    fill_sign_in(deputy, LOGINS["deputy"], PASSWORD)
    deputy.get_by_role("radio", name="Вся школа").click(timeout=LONG)
    deputy.get_by_label("Заголовок", exact=True).fill("Экскурсия в музей")
    deputy.get_by_label("Текст", exact=True).fill("Во вторник в 14:00. Запись: https://museum.example/7a")
    deputy.get_by_role("combobox", name="Подтверждение").click()
    deputy.get_by_role("option", name="от обоих родителей").click()
    expect(deputy.get_by_text("Получат 8 человек: учеников 6, родителей 2.")).to_be_visible(timeout=LONG)
    deputy.get_by_role("button", name="Отправить").click()
    expect(deputy.get_by_text("Объявление отправлено.")).to_be_visible(timeout=LONG)

    mother = phone_of(new_person)
    mother.goto(f"{app.url}/family/{CHILD}")
    fill_sign_in(mother, LOGINS["guardian"], PASSWORD)
    expect(mother.get_by_role("link", name="Школа 1 ждут")).to_be_visible(timeout=LONG)
    assert mother.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    mother.locator(".tabs").get_by_role("link", name="Школа").click()
    mother.get_by_role("link", name="Экскурсия в музей").click()
    expect(mother.get_by_role("link", name="https://museum.example/7a")).to_be_visible()
    mother.get_by_role("button", name="Ознакомлен(а): Алёшин Пётр").click()
    expect(mother.get_by_text("Подтверждено: вы")).to_be_visible()
    assert mother.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

    deputy.get_by_role("radio", name="Отправленные").click()
    expect(deputy.get_by_text("прочитали 1 из 6")).to_be_visible(timeout=LONG)
    deputy.get_by_test_id("stButton").get_by_role("button", name="Открыть").click()
    expect(deputy.get_by_text("прочитано 1, не открывали 1, некому подтвердить 4")).to_be_visible(
        timeout=LONG
    )
    deputy.get_by_role("button", name="Напомнить не ответившим: 1").click()
    expect(deputy.get_by_text("Напоминание отправлено.")).to_be_visible(timeout=LONG)

    father = phone_of(new_person)
    father.goto(f"{app.url}/family/{CHILD}/new")
    fill_sign_in(father, FATHER, PASSWORD)
    expect(father.get_by_text("Напоминание: объявление")).to_be_visible(timeout=LONG)
    father.get_by_role("link", name="открыть").first.click()
    expect(father.get_by_text("О ком: Алёшин Пётр.")).to_be_visible()
    father.get_by_role("button", name="Ознакомлен(а) за всех: Алёшин Пётр, Яковлев Олег").click()
    expect(father.get_by_text("Подтверждено: родитель")).to_be_visible()
    father.goto(f"{app.url}/family/{STRANGE_CHILD}/school")
    expect(father.get_by_text("вы подтвердили")).to_be_visible()

    mother.goto(f"{app.url}/family/{CHILD}/new")
    expect(mother.get_by_text("Нового нет")).to_be_visible()
    deputy.reload()
    expect(deputy.get_by_text("подтверждено 2, некому подтвердить 4")).to_be_visible(timeout=LONG)
