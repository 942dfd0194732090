"""Every page of the family's side as axe, a keyboard and a small screen find it: nothing serious, everything reachable (WCAG 2.2)."""

import os
import re
import shutil
from collections.abc import Iterator
from datetime import time, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from running_app import ROOT, RunningApp
from small_school import (
    CHILD,
    CLASS_7A,
    CONTROL_WORK,
    MATHS,
    NOW,
    OWNERS_LESSON_TODAY,
    OWNERS_LESSON_YESTERDAY,
    USER_IDS,
    People,
    people_of,
)
from starlette.routing import Route

from pages.families.routes import routes
from school.announcements.actions import send_announcement
from school.announcements.rules import Draft, Wanted
from school.audiences.rules import Audience, Target
from school.consultations.actions.booking import WantedTime, book_slots
from school.consultations.actions.evenings import plan_evening
from school.consultations.actions.offering import Offer, offer_slots
from school.consultations.lookups.staff import own_consultations, staff_to_receive
from school.consultations.rules import Hours
from school.correspondence.actions.letters import Letter, send_letters
from school.correspondence.writing import Words
from school.families.actions import RemarkDraft, write_remark
from school.homework.actions import LessonEntry, NewTask, add_task, write_lesson
from school.materials.actions import NewMaterial, add_material
from school.occasions.actions import NewOccasion, announce_occasion
from school.occasions.rules import Circle, OccasionDraft
from school.records import HomeworkState, RegisterKey, RemarkKind
from school.register.actions.batch import CellEdit
from school.register.actions.entries import LessonHead, enter_cells
from school.sign_in.rules.sessions import secret_hash
from school.sign_in.store.sessions import save_session
from school.store.connection import DATABASE_NAME, Store, Transaction
from school.store.events import Event
from school.tasks.actions import Answer, NewRegisterTask, Review, answer_task, give_task, review_task
from school.tasks.rules import StepKind
from server.session import COOKIE_NAME

pytestmark = pytest.mark.browser
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
PHONE = {"width": 360, "height": 740}
READERS = ("guardian", "pupil")
# What stands in an address → that of the small school; of anything else its first.
PLACES = {"pupil_id": CHILD, "subject_id": MATHS}
SMALLEST_TARGET = 24
RUN_AXE = """tags => axe.run(document, {preload: false, resultTypes: ["violations"], ...tags}).then(found => found.violations
    .filter(each => ["serious", "critical"].includes(each.impact))
    .map(each => [each.id, each.nodes.slice(0, 3).map(node => node.html.slice(0, 160))]))"""
COLOURS = {"runOnly": ["color-contrast"]}
CONTROLS = "a[href]:visible, button:visible, input:visible, select:visible, textarea:visible, summary:visible"


@pytest.fixture(scope="module")
def axe() -> str:
    """The source of axe; without it the tests are skipped, and fail where CI promises it."""
    if not AXE.exists():
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"no {AXE.relative_to(ROOT)}: npm ci")
    return AXE.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def app(small_school_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    """The small school with something on every page: homework, marks, a correction, an absence, a remark, a strange device."""
    folder = tmp_path_factory.mktemp("accessible")
    store = Store(Path(shutil.copy(small_school_file, folder / DATABASE_NAME)), lambda: NOW)
    people = people_of(store)
    head = LessonEntry(LessonHead("Дроби", CONTROL_WORK, HomeworkState.SET, "№ 12–15"))
    for lesson in (OWNERS_LESSON_YESTERDAY, OWNERS_LESSON_TODAY):
        write_lesson(store, people.owner, lesson, head, now=NOW)
        add_task(store, people.owner, lesson, NewTask("Таблица", [CHILD]), now=NOW)
    edits = [(OWNERS_LESSON_YESTERDAY, "5"), (OWNERS_LESSON_TODAY, "н")]
    for lesson, text in edits:
        enter_cells(store, people.owner, [CellEdit(lesson, CHILD, text, reason="ошибка при вводе")], now=NOW)
    write_remark(store, people.homeroom, RemarkDraft(CHILD, RemarkKind.REMARK, "Нет тетради"), now=NOW)
    audience = Audience(Target.CLASS, (CLASS_7A,), for_pupils=True, for_guardians=True)
    draft = Draft(
        audience, "Собрание", "https://a.example", NOW.date(), NOW.date(), Wanted.ANYBODY, is_important=True
    )
    PLACES["announcement_id"] = send_announcement(store, people.homeroom, draft, now=NOW)
    letter, to = Letter("Олимпиада", Words("Пойдёшь?")), [(USER_IDS["pupil"], CHILD)]
    PLACES["thread_id"] = send_letters(store, people.owner, letter, to, now=NOW)[0]
    tomorrow = Hours(NOW.date() + timedelta(1), time(15), time(16), 15)
    offer_slots(store, people.owner, Offer(tomorrow, "кабинет 12"), now=NOW)
    free = own_consultations(store, people.owner, now=NOW).ahead[0].slot
    book_slots(store, people.guardian, [WantedTime(CHILD, free.slot_id, "О дробях")], now=NOW)
    evening = Hours(NOW.date() + timedelta(5), time(17), time(18), 10)
    staff = [each.staff_id for each in staff_to_receive(store, people.deputy, evening.day)]
    PLACES["evening_id"] = plan_evening(store, people.deputy, evening, staff, now=NOW).evening_id
    fill_with_work(store, people)

    def sit_down(transaction: Transaction) -> None:
        for reader in READERS:
            until = NOW + timedelta(days=1)
            save_session(transaction, secret_hash(reader), USER_IDS[reader], created_at=NOW, expires_at=until)
            transaction.record(Event(NOW, USER_IDS[reader], "sign_in"))

    store.write(sit_down)
    store.close()
    running = RunningApp(
        ROOT / "app.py", {"SCHOOL_DATA": str(folder), "SCHOOL_NOW": NOW.isoformat()}, folder / "server.log"
    )
    running.start()
    yield running
    running.stop()


def fill_with_work(store: Store, people: People) -> None:
    """Give the child a task with an answer, add a material in two versions, and announce two events."""
    register, friday = RegisterKey(CLASS_7A, MATHS), NOW.date() + timedelta(1)
    card = ("Карточка.txt", b"1. 1/2 + 1/3")
    new = NewRegisterTask(register, "Решить карточку", friday, [CHILD], [card])
    PLACES["task_id"] = give_task(store, people.owner, new, now=NOW)
    answer_task(store, people.pupil, Answer(CHILD, PLACES["task_id"], "Готово", [card]), now=NOW)
    again = Review(PLACES["task_id"], CHILD, StepKind.AGAIN, "Сократи дробь")
    review_task(store, people.owner, again, now=NOW)
    first = add_material(store, people.owner, NewMaterial(register, "Памятка", "", card), now=NOW)
    link = "https://example.org/" + "a" * 60
    add_material(store, people.owner, NewMaterial(register, "Урок", link, None, first), now=NOW)
    for title, asks in (("Поход", True), ("Концерт", False)):
        draft = OccasionDraft(title, friday, friday, asks_guardians=asks, asks_pupils=asks)
        announce_occasion(store, people.deputy, NewOccasion(Circle(), draft), now=NOW)


@pytest.fixture(scope="module")
def asked() -> set[tuple[str, int]]:
    """What pages held that axe has seen: a page that a pupil and a guardian read alike is asked about once."""
    return set()


@pytest.fixture(scope="module", params=READERS)
def phone(app: RunningApp, chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A phone on which somebody of the family is signed in."""
    context = chromium.new_context(viewport=PHONE, locale="ru-RU", reduced_motion="reduce")
    context.add_cookies([{"name": COOKIE_NAME, "value": request.param, "url": app.url}])
    page = context.new_page()
    page.goto(f"{app.url}/family")
    yield page
    context.close()


def addresses() -> list[str]:
    """Return an address for each page of the table of routes, so that a new one is asked too."""
    found = [
        re.sub(r"{(\w+)(?::\w+)?}", lambda part: str(PLACES.get(part[1], 1)), route.path)
        for route in routes
        if isinstance(route, Route) and "GET" in (route.methods or ()) and ":path}" not in route.path
    ]
    return [*dict.fromkeys(found), f"/family/{CHILD}?week=2026-07-06", "/family/nowhere"]


def faults(page: Page, axe: str, only: dict[str, Any]) -> list[Any]:
    # Said through the debugger, which no content security policy forbids.
    if not page.evaluate("'axe' in window"):
        page.evaluate(axe)
    found: list[Any] = page.evaluate(RUN_AXE, only)
    return found


def test_axe_finds_nothing_serious_on_any_page(
    phone: Page, app: RunningApp, axe: str, asked: set[tuple[str, int]]
) -> None:
    bad = {}
    for address in addresses():
        kind = phone.request.get(f"{app.url}{address}").headers.get("content-type", "")
        if "text/html" not in kind:
            continue
        phone.emulate_media(color_scheme="light")
        phone.goto(f"{app.url}{address}")
        content = (phone.locator("main").inner_html(), phone.locator("nav").count())
        if content in asked:
            continue
        asked.add(content)
        light = faults(phone, axe, {})
        phone.emulate_media(color_scheme="dark")
        if found := light + faults(phone, axe, COLOURS):
            bad[address] = found
        for zoom in (2, 1):
            phone.set_viewport_size({side: size // zoom for side, size in PHONE.items()})
            if phone.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
                bad[f"{address} sideways at {zoom}"] = []
    assert bad == {}
    assert len(asked) >= 10


def test_axe_finds_nothing_serious_where_a_family_signs_in(
    app: RunningApp, chromium: Browser, axe: str
) -> None:
    context = chromium.new_context(viewport=PHONE, locale="ru-RU", reduced_motion="reduce")
    page = context.new_page()
    page.goto(f"{app.url}/?back=%2Ffamily")
    page.get_by_label("Имя для входа").wait_for(timeout=30_000)
    found = faults(page, axe, {})
    context.close()
    assert found == []


def test_every_control_is_reached_by_the_keyboard_and_seen(phone: Page, app: RunningApp) -> None:
    phone.emulate_media(color_scheme="light")
    phone.goto(f"{app.url}/family/{CHILD}")
    phone.keyboard.press("Tab")
    skip = phone.evaluate(
        "[document.activeElement.className, document.activeElement.getBoundingClientRect().top >= 0]"
    )
    assert skip == ["skip", True]
    expected = phone.locator(CONTROLS).count()
    reached = []
    for _ in range(expected + 1):
        reached.append(
            phone.evaluate(
                """() => {
                    const each = document.activeElement, style = getComputedStyle(each);
                    const all = [...document.querySelectorAll('a[href], button, input, select, textarea, summary')];
                    return [all.indexOf(each), style.outlineStyle != 'none' && parseFloat(style.outlineWidth) >= 2];
                }"""
            )
        )
        phone.keyboard.press("Tab")
        if phone.evaluate("document.activeElement == document.body"):
            break
    assert len({place for place, _ in reached}) == expected
    assert all(is_seen for _, is_seen in reached)
    phone.goto(f"{app.url}/family/{CHILD}")
    phone.keyboard.press("Tab")
    phone.keyboard.press("Enter")
    assert phone.evaluate("document.activeElement.id") == "content"


def test_controls_are_large_enough_for_a_finger(phone: Page, app: RunningApp) -> None:
    phone.goto(f"{app.url}/family/{CHILD}")
    small = phone.evaluate(
        """least => [...document.querySelectorAll('a[href]:not(.skip), button')]
            .filter(each => each.getBoundingClientRect().height < least).map(each => each.outerHTML)""",
        SMALLEST_TARGET,
    )
    assert small == []


def test_paper_holds_what_is_said_and_no_way_on(phone: Page, app: RunningApp) -> None:
    phone.emulate_media(media="print", color_scheme="light")
    try:
        for place in ("", "/new", "/tasks", "/materials", "/events", f"/marks/{MATHS}"):
            phone.goto(f"{app.url}/family/{CHILD}{place}")
            said = phone.locator("main").inner_text()
            assert len(said) > 20, place
            found = re.search(r"открыть|Ответить|Подробнее|Спросить|Прочитанное за|Прежние версии", said)
            assert found is None, (place, found)
        phone.goto(f"{app.url}/family/{CHILD}")
        # The lessons of a day stand in one column, and so does each list of its homework.
        kept = phone.eval_on_selector_all(
            "section[id^=day] > *", "all => all.map(each => getComputedStyle(each).breakInside)"
        )
        assert set(kept) == {"avoid"}
    finally:
        phone.emulate_media(media="screen")
