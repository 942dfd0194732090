"""A sick teacher's day in a real browser: assigned by the deputy, signed and filled by the substitute, in the sheet (п. 4.5)."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from running_app import ROOT, RunningApp
from test_school_day import NOW, SIZE, cell, expect_saved, opened, sign_out

from demo.build import make_school
from school.records import SubstitutionKind, User
from school.sign_in.store.users import users_by_id
from school.store.connection import Store
from school.substitutions.lookups import absent_lessons, month_sheet, possible_absentees

pytestmark = pytest.mark.browser

TODAY = NOW.date()
SIGN = "Подписать"


@dataclass(frozen=True)
class SickDay:
    """A lesson of today whose teacher is ill and for which the demo teacher is free."""

    folder: Path
    absent_id: int
    lesson_id: int
    lesson_words: str
    choice: str
    substitute_id: int
    hours_before: int

    def app(self, run_app: Callable[..., RunningApp]) -> RunningApp:
        return run_app(ROOT / "app.py", SCHOOL_DATA=str(self.folder), SCHOOL_NOW=NOW.isoformat())


def shown_user(store: Store, role: str) -> User:
    ((user_id,),) = store.read(
        "SELECT value::BIGINT FROM settings WHERE name = 'demo.user.' || $role", {"role": role}
    )
    return users_by_id(store, [user_id])[user_id]


def hours_of(store: Store, staff_id: int | None) -> int:
    sheet = month_sheet(store, shown_user(store, "deputy"), TODAY.replace(day=1), TODAY)
    return sum(row.hours.total for row in sheet.rows if row.substitute_id == staff_id)


@pytest.fixture(scope="module")
def sick_day(tmp_path_factory: pytest.TempPathFactory) -> SickDay:
    folder = tmp_path_factory.mktemp("sick")
    with opened(folder) as store:
        make_school(store, **SIZE, now=NOW, say=lambda _text: None)
        deputy, teacher = shown_user(store, "deputy"), shown_user(store, "teacher")
        found = [
            (absent_id, each.lesson, free)
            for absent_id in possible_absentees(store, deputy, TODAY)
            if absent_id != teacher.staff_id
            for each in absent_lessons(store, deputy, absent_id, TODAY, TODAY)
            for free in each.candidates
            if free.staff_id == teacher.staff_id and (each.lesson.grade_level or 0) > 1
        ]
        assert found, "the demo teacher is free while somebody teaches"
        absent_id, lesson, free = min(found, key=lambda row: (row[2].fit, row[1].number))
        return SickDay(
            folder,
            absent_id,
            lesson.lesson_id,
            f"{lesson.class_name} {lesson.subject_name}",
            free.name,
            free.staff_id,
            hours_of(store, free.staff_id),
        )


def assign_in_browser(page: Page, app: RunningApp, day: SickDay) -> None:
    """Choose the demo teacher in the row of the lesson and press its button."""
    page.goto(f"{app.url}/substitutions?absent={day.absent_id}&day={TODAY}")
    reason = page.get_by_role("textbox", name="Причина")
    expect(reason).to_be_visible(timeout=30_000)
    reason.fill("больничный")
    reason.press("Tab")
    row = (
        page.get_by_test_id("stHorizontalBlock")
        .filter(has_text=day.lesson_words)
        .filter(has=page.get_by_role("button", name="Назначить", exact=True))
    )
    row.last.get_by_role("combobox").click()
    page.get_by_role("option").filter(has_text=day.choice).click()
    expect(row.last.get_by_role("combobox")).to_have_value(re.compile(re.escape(day.choice)))
    row.last.get_by_role("button", name="Назначить", exact=True).click()
    settled = page.get_by_test_id("stHorizontalBlock").filter(has_text=day.lesson_words)
    expect(settled.filter(has_text="не подписано").last).to_contain_text(day.choice, timeout=30_000)


def test_a_sick_teachers_lesson_is_given_signed_and_counted(
    sick_day: SickDay, new_person: Callable[[], Page], run_app: Callable[..., RunningApp]
) -> None:
    app = sick_day.app(run_app)
    page = new_person()
    app.enter_as(page, "Завуч")
    assign_in_browser(page, app, sick_day)
    sign_out(page)

    app.enter_as(page, "Учитель")
    expect(page.get_by_text("замена").or_(page.get_by_text("присмотр")).first).to_be_visible(timeout=30_000)
    page.goto(f"{app.url}/substitution_log")
    page.get_by_role("button", name=SIGN, exact=True).first.click(timeout=30_000)
    expect(page.get_by_text("Все ваши замены подписаны.")).to_be_visible(timeout=30_000)
    page.locator(f"a[href*='lesson={sick_day.lesson_id}']").first.click()
    head = page.locator("th").filter(has=page.locator(f"button.pick[data-lesson='{sick_day.lesson_id}']"))
    expect(head).to_be_attached(timeout=30_000)
    cell(page, 0, int(head.get_attribute("data-column") or 0)).click()
    for key in ("5", "4", "y"):
        page.keyboard.press(key)
    expect_saved(page)
    page.close()
    app.stop()

    with opened(sick_day.folder) as store:
        marks = store.read(
            "SELECT value FROM marks WHERE lesson_id = $lesson ORDER BY value", {"lesson": sick_day.lesson_id}
        )
        assert marks == [(4,), (5,)]
        assert hours_of(store, sick_day.substitute_id) == sick_day.hours_before + 1
        ((kind, signed_at),) = store.read(
            "SELECT kind, signed_at FROM substitutions WHERE lesson_id = $lesson",
            {"lesson": sick_day.lesson_id},
        )
        assert kind in (SubstitutionKind.SUBJECT, SubstitutionKind.SUPERVISION)
        assert signed_at is not None

    app.start()
    page = new_person()
    app.enter_as(page, "Директор")
    page.goto(f"{app.url}/substitutions?substitution_view=sheet")
    sheet = page.get_by_test_id("stDataFrame").first
    expect(sheet).to_contain_text(sick_day.choice, timeout=30_000)
    page.close()
