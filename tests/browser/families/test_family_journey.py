"""A family on its phones: from a slip with a code to a confirmed week, homework ticked, a remark read (п. 2.8, 3.1, 3.6, 4.7)."""

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from running_app import ROOT, RunningApp, fill_sign_in
from small_school import (
    ABSENTEE,
    CHILD,
    CLASS_7A,
    CLASSMATE,
    LOGINS,
    NOW,
    OWNERS_LESSON_TODAY,
    OWNERS_LESSON_YESTERDAY,
    PASSWORD,
    build_small_school,
    people_of,
)

from school.families.actions import RemarkDraft, write_remark
from school.families.lookups.confirmations import week_confirmations
from school.homework.actions import LessonEntry, write_lesson
from school.invitations.actions import issue_codes
from school.people.actions.pupils import add_guardian
from school.people.records import GuardianDraft, Invitee, PersonKind
from school.records import HomeworkState, PersonName, RemarkKind
from school.register.actions.entries import LessonHead
from school.store.connection import DATABASE_NAME, Store

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}
LONG = 30_000
FRIDAY = datetime(2026, 11, 20, 18, 30)
CHILDREN = {ABSENTEE: "Жуков Иван", CLASSMATE: "Ёлкина Анна"}


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
def two_children(run_app: Callable[..., RunningApp], tmp_path: Path) -> tuple[RunningApp, str]:
    """The small school on Friday, and the code of a mother of two in 7А who has never signed in."""
    store = Store(tmp_path / DATABASE_NAME, lambda: FRIDAY)
    build_small_school(store)
    people = people_of(store)
    for lesson in (OWNERS_LESSON_YESTERDAY, OWNERS_LESSON_TODAY):
        head = LessonHead("Дроби", None, HomeworkState.SET, "№ 12–15")
        write_lesson(store, people.owner, lesson, LessonEntry(head), now=FRIDAY)
    mother = GuardianDraft(PersonName("Жукова", "Инна"), "мать", "+7 900 123-45-67")
    for child in CHILDREN:
        add_guardian(store, people.homeroom, child, mother, now=FRIDAY)
    ((guardian_id,),) = store.read("SELECT guardian_id FROM guardians WHERE last_name = 'Жукова'")
    invitee = Invitee(PersonKind.GUARDIAN, guardian_id)
    (issued,) = issue_codes(store, people.homeroom, [invitee], now=FRIDAY)
    store.close()
    app = run_app(ROOT / "app.py", SCHOOL_DATA=str(tmp_path), SCHOOL_NOW=FRIDAY.isoformat())
    return app, issued.code


@pytest.fixture
def phone(new_person: Callable[[], Page]) -> Page:
    """A guardian's phone."""
    page = new_person()
    page.set_viewport_size(PHONE)
    return page


# Five days of seven lessons with homework, as a week of September is.
FULL_WEEK = """() => {
    const lessons = document.querySelector("table.lessons"), row = lessons.querySelector("tbody tr");
    for (let number = 2; number <= 7; number++) row.after(row.cloneNode(true));
    const work = document.querySelector("ul.work"), item = work.querySelector("li");
    for (let number = 2; number <= 5; number++) item.after(item.cloneNode(true));
    for (const day of document.querySelectorAll("section[id^=day]")) day.replaceChildren(
        day.querySelector("h3"), work.cloneNode(true), lessons.cloneNode(true), work.cloneNode(true));
}"""


def fits(page: Page) -> bool:
    """Whether nothing has to be scrolled sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_a_guardians_evening(app: RunningApp, phone: Page) -> None:
    phone.goto(f"{app.url}/family/{CHILD}?week=2026-11-18")
    expect(phone.get_by_text("Войдите, чтобы открыть дневник")).to_be_visible(timeout=LONG)
    fill_sign_in(phone, LOGINS["guardian"], PASSWORD)
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
    expect(phone.get_by_role("row", name=re.compile("18 ноября"))).to_contain_text("Ответ на уроке")
    expect(phone.get_by_text("Орлова Вера")).to_be_visible()
    phone.get_by_role("link", name="Пропуски").click()
    expect(phone.get_by_text("Пропусков и опозданий в этом периоде нет")).to_be_visible()

    phone.get_by_role("link", name="От учителей").click()
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


def test_a_mother_of_two_comes_from_a_slip_with_a_code_to_a_confirmed_week(
    two_children: tuple[RunningApp, str], phone: Page
) -> None:
    app, code = two_children
    phone.goto(app.url)
    phone.get_by_role("button", name="У меня есть код приглашения").click(timeout=LONG)
    phone.get_by_label("Код приглашения", exact=True).fill(code.lower())
    phone.get_by_role("button", name="Дальше").click()
    expect(phone.get_by_text("Жукова Инна")).to_be_visible(timeout=LONG)
    for label in ("Пароль", "Пароль ещё раз"):
        phone.get_by_label(label, exact=True).fill(PASSWORD)
    phone.get_by_role("button", name="Сохранить и войти").click()
    phone.wait_for_url(f"{app.url}/family", timeout=LONG)

    whose = phone.get_by_role("navigation", name="Чей дневник")
    for child, name in CHILDREN.items():
        whose.get_by_role("link", name=name).click()
        expect(phone.get_by_role("heading", name=f"{name}, 7А")).to_be_visible()
        expect(phone).to_have_title(re.compile(name))
        assert fits(phone)
        phone.get_by_role("button", name="С дневником ознакомлен").click()
        expect(phone.get_by_text("Неделя просмотрена: Жукова Инна, 20 ноября в 18:30.")).to_be_visible()
        expect(phone).to_have_url(f"{app.url}/family/{child}?week=2026-11-16#confirmed")
        expect(phone.get_by_role("button", name="С дневником ознакомлен")).to_have_count(0)
        expect(phone.get_by_role("button", name="Сделано")).to_have_count(0)
    phone.get_by_role("link", name="Позже").click()
    expect(phone.get_by_role("button", name="С дневником ознакомлен")).to_have_count(0)

    # Her homeroom teacher sees both; the other families have not looked yet.
    folder = Path(app.env["SCHOOL_DATA"])
    app.stop()
    store = Store(folder / DATABASE_NAME, lambda: FRIDAY)
    seen = week_confirmations(store, people_of(store).homeroom, CLASS_7A, FRIDAY.date())
    store.close()
    assert {pupil for pupil, found in seen.items() if found} == set(CHILDREN)
    assert seen[CHILD] == []


def test_a_pupil_ticks_homework_without_a_script(app: RunningApp, phone: Page, chromium: Browser) -> None:
    phone.goto(app.url)
    fill_sign_in(phone, LOGINS["pupil"], PASSWORD)
    phone.wait_for_url(f"{app.url}/family", timeout=LONG)
    expect(phone.get_by_role("heading", name="Алёшин Пётр, 7А")).to_be_visible()
    expect(phone.get_by_role("button", name="Прочитано")).to_have_count(0)
    cheap = chromium.new_context(
        java_script_enabled=False, viewport=PHONE, storage_state=phone.context.storage_state()
    )
    page = cheap.new_page()
    page.goto(f"{app.url}/family")
    done = page.get_by_role("button", name="Сделано: Математика", pressed=True)
    open_work = page.get_by_role("button", name="Сделано: Математика", pressed=False)
    open_work.click()
    expect(page).to_have_url(re.compile(rf"week=2026-11-16#work{OWNERS_LESSON_YESTERDAY}$"))
    expect(done).to_be_in_viewport()
    page.reload()
    done.press("Enter")
    expect(open_work).to_be_visible()
    open_work.click()

    phone.goto(f"{app.url}/family")
    phone.get_by_role("button", name="Выйти").click()
    fill_sign_in(phone, LOGINS["guardian"], PASSWORD)
    phone.wait_for_url(f"{app.url}/family", timeout=LONG)
    expect(phone.get_by_text("✓ сделано 19 ноября в 12:00")).to_be_visible()
    cheap.close()


def test_the_diary_needs_no_script_and_little_of_the_network(
    app: RunningApp, phone: Page, chromium: Browser
) -> None:
    phone.goto(f"{app.url}/family")
    fill_sign_in(phone, LOGINS["guardian"], PASSWORD)
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
    page.goto(f"{app.url}/family")
    page.evaluate(FULL_WEEK)
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4"))) == 2
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
