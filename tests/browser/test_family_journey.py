"""A guardian's evening on a phone: signs in, reads the week and a subject, confirms a remark, signs out (п. 2.8, 3.6, 4.7)."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from running_app import ROOT, RunningApp
from small_school import CHILD, LOGINS, NOW, OWNERS_LESSON_YESTERDAY, PASSWORD, build_small_school, people_of

from school.families.actions import RemarkDraft, write_remark
from school.homework.actions import LessonEntry, write_lesson
from school.records import HomeworkState, RemarkKind
from school.register.actions.entries import LessonHead
from school.store.connection import DATABASE_NAME, Store

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}
LONG = 30_000


@pytest.fixture
def app(run_app: Callable[..., RunningApp], tmp_path: Path) -> RunningApp:
    """The small school, where homework is due today and the homeroom teacher has written to the family."""
    store = Store(tmp_path / DATABASE_NAME, lambda: NOW)
    build_small_school(store)
    people = people_of(store)
    head = LessonHead("Дроби", None, HomeworkState.SET, "№ 12–15")
    write_lesson(store, people.owner, OWNERS_LESSON_YESTERDAY, LessonEntry(head), now=NOW)
    write_remark(store, people.homeroom, RemarkDraft(CHILD, RemarkKind.REMARK, "Нет <b>тетради</b>"), now=NOW)
    store.close()
    return run_app(ROOT / "app.py", SCHOOL_DATA=str(tmp_path), SCHOOL_NOW=NOW.isoformat())


@pytest.fixture
def phone(new_person: Callable[[], Page]) -> Page:
    """A guardian's phone."""
    page = new_person()
    page.set_viewport_size(PHONE)
    return page


def sign_in(page: Page, name: str) -> None:
    page.get_by_label("Имя для входа").fill(LOGINS[name], timeout=LONG)
    page.get_by_label("Пароль", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")


def fits(page: Page) -> bool:
    """Whether nothing has to be scrolled sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_a_guardians_evening(app: RunningApp, phone: Page) -> None:
    phone.goto(f"{app.url}/family/{CHILD}?week=2026-11-18")
    expect(phone.get_by_text("Войдите, чтобы открыть дневник")).to_be_visible(timeout=LONG)
    sign_in(phone, "guardian")
    phone.wait_for_url(f"{app.url}/family/{CHILD}?week=2026-11-18", timeout=LONG)
    expect(phone.get_by_role("heading", name="Алёшин Пётр, 7А")).to_be_visible()

    wednesday, thursday = (
        phone.locator("section", has=phone.get_by_role("heading", name=name))
        for name in ("Среда, 18 ноября", "Четверг, 19 ноября")
    )
    expect(wednesday.get_by_role("rowheader", name="Математика")).to_contain_text("Дроби")
    expect(wednesday.locator("td.got")).to_have_text("4")
    expect(wednesday.get_by_role("list")).to_contain_text("№ 12–15 · к 19 ноября")
    expect(thursday.get_by_role("list")).to_contain_text("№ 12–15 · задано 18 ноября")
    assert fits(phone)
    phone.get_by_role("link", name="Раньше").click()
    expect(phone.get_by_role("heading", name="9–13 ноября")).to_be_visible()
    phone.get_by_role("link", name="Вернуться к этой неделе").click()
    expect(phone.get_by_text("сегодня", exact=True)).to_be_visible()

    phone.get_by_role("link", name="Отметки").click()
    expect(phone.get_by_role("row", name=re.compile("Математика")).first).to_contain_text(
        "мало отметок: 1 из 6"
    )
    expect(phone.get_by_role("cell", name="3", exact=True)).to_be_visible()  # of the first quarter
    assert fits(phone)
    phone.get_by_role("link", name="Математика").click()
    expect(phone.get_by_role("row", name=re.compile("18 ноября"))).to_contain_text("Работа на уроке")
    expect(phone.get_by_text("Орлова Вера")).to_be_visible()
    phone.get_by_role("link", name="Пропуски").click()
    expect(phone.get_by_text("Пропусков и опозданий в этом периоде нет")).to_be_visible()

    phone.get_by_role("link", name="Замечания").click()
    expect(phone.get_by_text("Нет <b>тетради</b>")).to_be_visible()
    phone.get_by_role("button", name="Прочитано").click()
    expect(phone.get_by_text("Прочитано 19 ноября")).to_be_visible()
    phone.reload()
    expect(phone.get_by_role("button", name="Прочитано")).to_have_count(0)

    phone.goto(f"{app.url}/grid")
    expect(phone).to_have_url(f"{app.url}/family")
    phone.get_by_role("button", name="Выйти").click()
    expect(phone.get_by_label("Имя для входа")).to_be_visible(timeout=LONG)
    phone.go_back()
    expect(phone.get_by_text("Алёшин")).to_have_count(0)
    expect(phone.get_by_label("Имя для входа")).to_be_visible(timeout=LONG)


def test_a_family_that_signs_in_at_the_front_door_comes_to_the_diary(app: RunningApp, phone: Page) -> None:
    phone.goto(app.url)
    sign_in(phone, "pupil")
    phone.wait_for_url(f"{app.url}/family", timeout=LONG)
    expect(phone.get_by_role("heading", name="Алёшин Пётр, 7А")).to_be_visible()
    expect(phone.get_by_role("button", name="Прочитано")).to_have_count(0)


def test_the_diary_needs_no_script_and_little_of_the_network(
    app: RunningApp, phone: Page, chromium: Browser
) -> None:
    phone.goto(f"{app.url}/family")
    sign_in(phone, "guardian")
    phone.wait_for_url(f"{app.url}/family", timeout=LONG)
    cheap = chromium.new_context(
        java_script_enabled=False,
        viewport={"width": 320, "height": 640},
        storage_state=phone.context.storage_state(),
    )
    page, sizes, problems = cheap.new_page(), dict[str, int](), list[str]()
    page.on("response", lambda answer: sizes.update({answer.url: len(answer.body())}))
    page.on("console", lambda message: problems.append(message.text))
    page.goto(f"{app.url}/family")
    page.get_by_role("link", name="Отметки").click()
    expect(page.get_by_role("rowheader", name=re.compile("Математика")).first).to_be_visible()
    page.emulate_media(media="print", color_scheme="dark")
    expect(page.get_by_role("link", name="Неделя")).to_be_hidden()
    page.emulate_media(media="screen")
    ink, paper = (
        page.locator("body").evaluate(f"body => getComputedStyle(body).{name}")
        for name in ("color", "backgroundColor")
    )
    assert (ink, paper) == ("rgb(232, 237, 242)", "rgb(20, 25, 31)")
    assert not any("/static/" in each or "/_stcore/" in each for each in sizes)
    assert sum(sizes.values()) < 40_000
    assert problems == []
    cheap.close()
