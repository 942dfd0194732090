"""What a hurried teacher, a slow server and a broken line may do to the register grid."""

import re
from collections.abc import Callable
from urllib.parse import quote

import pytest
from grid_on_a_page import SLOW, TODAY_LESSON, Grid, today
from harness.small_register import PUPILS, SmallRegister
from playwright.sync_api import Browser, expect

from pages.grid import script
from school.errors import RuleRefused
from school.register.rules.cells import LOOK_ALIKES, parse_cell

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("keys", "cells"),
    [
        pytest.param("5432", ("5", "4", "3", "2"), id="a mark and the next pupil with one key"),
        pytest.param("нбуо", ("н", "б", "у", "о"), id="the four absences"),
        pytest.param("y,ej", ("н", "б", "у", "о"), id="the same keys in the Latin layout"),
        pytest.param("YEJ", ("н", "у", "о"), id="and with Caps Lock"),
        pytest.param("ho", ("н", "о"), id="letters that look alike"),
        pytest.param("5/43", ("5/4", "3"), id="a second mark goes to the pupil just entered"),
        pytest.param("5 43", ("5/4", "3"), id="a space does as well as the stroke"),
        pytest.param("о/45", ("о 4", "5"), id="late, and a mark"),
    ],
)
def test_what_the_keys_write(keys: str, cells: tuple[str, ...], grid: Grid, register: SmallRegister) -> None:
    grid.press(*keys)
    grid.is_saved()
    assert register.cells() == today(*cells)


@pytest.mark.parametrize(
    ("keys", "row", "column"),
    [
        ("ArrowDown", 1, 0),
        ("Enter", 1, 0),
        ("Tab", 1, 0),
        ("PageDown", 10, 0),
        ("PageDown PageDown PageDown PageDown", 27, 0),
        ("ArrowDown Shift+Tab", 0, 0),
        ("ArrowDown ArrowUp", 0, 0),
        ("ArrowLeft", 0, -1),
        ("ArrowRight", 0, 1),
        ("Home", 0, -24),
        ("Control+End", 27, 0),
        ("Control+End Control+Home", 0, 0),
    ],
)
def test_where_the_keys_go(keys: str, row: int, column: int, grid: Grid) -> None:
    grid.press(*keys.split())
    expect(grid.cell(PUPILS[row], f"L{25 + column}")).to_be_focused()


def test_keyboard_users_can_leave_the_grid(grid: Grid) -> None:
    grid.press("Escape", "Tab")
    expect(grid.cell("p1")).not_to_be_focused()
    expect(grid.cell("p2")).not_to_be_focused()


def test_delete_clears_and_ctrl_z_brings_the_last_own_edit_back(
    opened: Callable[..., Grid], register: SmallRegister
) -> None:
    grid = opened(today("5", "4"))
    grid.press("Delete")
    grid.is_saved()
    assert register.cells() == today("", "4")
    grid.press("Control+z")
    expect(grid.cell("p1")).to_have_text("5")
    grid.is_saved()
    assert register.cells() == today("5", "4")


def test_escape_leaves_the_cell_as_it_was(opened: Callable[..., Grid], register: SmallRegister) -> None:
    grid = opened(today("5")).press("F2", "/", "4", "Escape")
    expect(grid.cell("p1")).to_have_text("5")
    assert register.requests() == []


def test_a_column_of_a_spreadsheet_fills_downwards(
    opened: Callable[..., Grid], register: SmallRegister
) -> None:
    grid = opened(today("", "4"))
    grid.paste("5\r\n\r\nн\r\n7\r\n5/4\r\n")
    expect(grid.questions).to_contain_text("Отметки «7» нет")
    expect(grid.saved).to_have_text("Не сохранено: 1, нужно решение (выше)")
    assert register.cells() == today("5", "4", "н", "", "5/4")


def test_a_cell_is_copied_and_pasted(opened: Callable[..., Grid], register: SmallRegister) -> None:
    grid = opened(today("5/4")).press("Control+c", "ArrowDown", "Control+v")
    grid.is_saved()
    assert register.cells() == today("5/4", "5/4")


def test_a_block_of_a_spreadsheet_fills_lessons_too(grid: Grid, register: SmallRegister) -> None:
    grid.select("p1", "L24")
    grid.paste("5\t4\n3\t\n")
    grid.is_saved()
    assert register.cells() == {"L24:p1": "5", "L25:p1": "4", "L24:p2": "3"}


def test_a_held_key_does_not_fill_the_column(grid: Grid, register: SmallRegister) -> None:
    for _ in range(5):
        grid.page.keyboard.down("5")
    grid.page.keyboard.up("5")
    grid.is_saved()
    assert register.cells() == today("5")


def test_streamlit_keeps_its_english_dialogs_shut(grid: Grid, url: str) -> None:
    settings = grid.page.request.get(f"{url}/_stcore/host-config").json()
    assert settings["blockErrorDialogs"] is True
    assert "allowedOrigins" in settings


def test_single_letter_shortcuts_of_the_framework_stay_out_of_the_grid(grid: Grid) -> None:
    grid.press("r", "Escape", "c", "Escape")
    expect(grid.page.get_by_role("dialog", name="Clear caches")).to_have_count(0)
    expect(grid.page.locator("[data-testid=stDialog], [role=dialog]:visible")).to_have_count(0)


@pytest.mark.parametrize(
    ("keys", "shown", "why"),
    [
        ("1", "1", "Отметки «1» нет. Ставят 2, 3, 4 или 5."),
        ("F2 Backspace о с в Enter", "осв", "Запись «осв» не допускается (п. 5.3)."),
        ("о с в Enter", "осв", "Запись «осв» не допускается (п. 5.3)."),
        ("н / а Enter", "н/а", "Запись «н/а» не допускается (п. 5.3)."),
        ("F2 3 Enter", "43", "«43» — не отметка и не пропуск."),
    ],
)
def test_a_wrong_entry_is_refused_in_its_cell_and_the_old_mark_stays(
    keys: str, shown: str, why: str, opened: Callable[..., Grid], register: SmallRegister
) -> None:
    grid = opened(today("4", "3")).press(*keys.split())
    expect(grid.cell("p1")).to_have_text(shown)
    expect(grid.questions).to_contain_text(why)
    expect(grid.cell("p1")).to_have_attribute("aria-invalid", "true")
    grid.select("p1").press("Escape")
    grid.press("ArrowDown", "2")
    grid.is_saved()
    assert register.cells()[f"{TODAY_LESSON}:p2"] == "2"


def test_a_refused_entry_is_not_sent_and_escape_shows_what_is_kept(
    opened: Callable[..., Grid], register: SmallRegister
) -> None:
    grid = opened(today("4")).press("1")
    expect(grid.cell("p1")).to_have_text("1")
    grid.select("p1").press("Escape")
    expect(grid.cell("p1")).to_have_text("4")
    assert register.requests() == []


def test_what_the_server_refuses_stays_visible_with_its_reason(
    opened: Callable[..., Grid], register: SmallRegister
) -> None:
    why = "Ученик не числился в классе в этот день."
    grid = opened(today("4"), refuse={f"{TODAY_LESSON}:p1": why}).press("5", "5")
    expect(grid.questions).to_contain_text(why)
    expect(grid.cell("p1")).to_have_text("5")
    # The second mark may travel in a batch of its own, after the first was answered.
    expect(grid.cell("p2")).not_to_have_class(re.compile("typed|sent"))
    assert register.cells() == today("4", "5")
    grid.page.reload()
    expect(grid.ready().questions).to_contain_text(why)


def test_a_day_the_pupil_was_not_enrolled_takes_nothing(
    opened: Callable[..., Grid], register: SmallRegister
) -> None:
    why = "Ученик не числился в классе в этот день"
    grid = opened(blocked={f"{TODAY_LESSON}:p1": why}).press("5", "4")
    expect(grid.questions).to_contain_text(why)
    expect(grid.saved).to_have_text("Не сохранено: 1, нужно решение (выше)")
    assert register.cells() == today("", "4")


def test_a_lesson_of_tomorrow_takes_nothing(grid: Grid, register: SmallRegister) -> None:
    grid.press("ArrowRight", "5")
    expect(grid.page.locator(".here")).to_contain_text("Урок ещё не прошёл")
    expect(grid.cell("p1", "L26")).to_have_text("")
    assert register.requests() == []


@pytest.mark.parametrize(("answer", "left"), [("оставить их", "2"), ("поставить моё", "5")])
def test_of_two_people_in_one_cell_neither_overwrites_the_other_silently(
    answer: str, left: str, grid: Grid, register: SmallRegister
) -> None:
    register.write(f"{TODAY_LESSON}:p1", "2", "Петрова А. И.")
    grid.press("5")
    expect(grid.questions).to_contain_text("Сейчас там «2» (Петрова А. И.), вы ввели «5»")
    expect(grid.cell("p1")).to_have_attribute("data-mine", "5")
    assert register.cells() == today("2")
    grid.page.get_by_role("button", name=answer).click()
    expect(grid.questions).to_be_hidden()
    expect(grid.cell("p1")).to_have_text(left)
    expect(grid.saved).to_contain_text("Все отметки сохранены")
    assert register.cells() == today(left)


def test_a_mark_of_an_earlier_day_asks_once_why_for_all_of_them(
    opened: Callable[..., Grid], register: SmallRegister
) -> None:
    grid = opened(today("3", "3"), late_lessons=[TODAY_LESSON]).press("5", "5", "4")
    expect(grid.questions).to_contain_text("Отметка поставлена раньше. Почему исправляете?")
    expect(grid.questions).to_contain_text("и ещё 1")
    expect(grid.cell("p4")).to_be_focused()
    assert register.cells() == today("3", "3", "4")
    grid.page.get_by_role("button", name="пересдача").click()
    expect(grid.questions).to_be_hidden()
    grid.is_saved()
    assert register.cells() == today("5", "5", "4")
    assert register.history(f"{TODAY_LESSON}:p1")[0]["reason"] == "пересдача"


def test_a_mark_typed_over_one_under_way_still_changes_what_the_teacher_saw(
    opened: Callable[..., Grid], register: SmallRegister
) -> None:
    grid = opened(today("3"), late_lessons=[TODAY_LESSON], delay_s=SLOW).press("5")
    expect(grid.cell("p1")).to_have_class("cell sent")
    grid.select("p1").press("4")
    expect(grid.questions).to_contain_text("«3» → «4»")
    grid.page.get_by_role("button", name="апелляция").click()
    grid.is_saved()
    assert register.cells() == today("4")


def test_a_reason_in_own_words_is_sent_with_enter(
    opened: Callable[..., Grid], register: SmallRegister
) -> None:
    grid = opened(today("3"), late_lessons=[TODAY_LESSON]).press("5")
    expect(grid.questions).to_be_visible()
    grid.press("Alt+Enter")
    grid.page.keyboard.insert_text("не та строка")
    grid.press("Enter")
    expect(grid.questions).to_be_hidden()
    grid.is_saved()
    assert register.history(f"{TODAY_LESSON}:p1")[0]["reason"] == "не та строка"


def test_read_only_has_no_way_to_write(opened: Callable[..., Grid], register: SmallRegister) -> None:
    grid = opened(today("4"), read_only=True).select("p1")
    grid.press("5", "н", "Delete", "F2", "+", "/", "Control+z")
    grid.paste("5\n5")
    grid.cell("p1").dblclick()
    expect(grid.cell("p1")).to_have_text("4")
    expect(grid.page.locator("input.editor, button.confirm")).to_have_count(0)
    assert register.requests() == []


def test_plus_confirms_that_the_rest_are_present(grid: Grid, register: SmallRegister) -> None:
    head = grid.page.locator('th.work[data-column="24"]')
    expect(head.locator(".taken")).to_have_count(0)
    grid.press("н", "+")
    expect(head.locator(".taken")).to_be_visible()
    grid.is_saved()
    assert register.requests()[-1]["attendance"][0]["lesson"] == TODAY_LESSON


def test_mean_and_count_follow_the_saved_mark(grid: Grid) -> None:
    grid.press("5").select("p1").press("/", "4")
    expect(grid.page.locator('tr[data-row="0"] td.mean')).to_have_text("4,502/6")


def test_the_head_of_a_column_chooses_the_lesson(grid: Grid) -> None:
    grid.page.locator('button[data-lesson="L24"]').click()
    expect(grid.page.get_by_text("Урок: L24")).to_be_visible()
    expect(grid.page.locator('button[data-lesson="L24"]')).to_have_attribute("aria-pressed", "true")


def test_the_history_of_a_cell_says_who_and_why(opened: Callable[..., Grid]) -> None:
    grid = opened(today("4")).press("Alt+i")
    history = grid.page.get_by_role("dialog", name="История клетки")
    expect(history).to_contain_text("пусто → 4")
    expect(history).to_contain_text("Петрова А. И.")
    grid.press("Escape")
    expect(history).to_be_hidden()
    expect(grid.cell("p1")).to_be_focused()


def test_screen_readers_meet_a_grid(grid: Grid) -> None:
    table = grid.page.get_by_role("grid", name="Журнал класса")
    expect(table).to_have_attribute("aria-rowcount", str(len(PUPILS) + 3))
    expect(table.locator('[tabindex="0"]')).to_have_count(1)
    expect(grid.cell("p1")).to_have_attribute("aria-colindex", "26")
    expect(grid.saved).to_have_attribute("role", "status")


def test_the_laptop_shows_fifteen_lessons_with_names_and_means_in_view(grid: Grid) -> None:
    shown = grid.page.evaluate(
        """() => {
            const root = document.querySelector("[data-testid=stBidiComponentIsolated]").shadowRoot;
            const names = root.querySelector("th.names").getBoundingClientRect().right;
            const mean = root.querySelector("th.mean").getBoundingClientRect().left;
            const days = [...root.querySelectorAll("th.day")].map((day) => day.getBoundingClientRect());
            return days.filter((day) => day.left >= names - 1 && day.right <= mean + 1).length;
        }"""
    )
    assert shown >= 15


def test_a_forecast_comes_as_a_column_of_its_own_and_goes_again(grid: Grid, register: SmallRegister) -> None:
    register.set_mood(
        forecasts={"p1": {"text": "4 · 78 %", "title": "Прогноз, не отметка."}}, term_marks={"p1": "5"}
    )
    grid.rerun()
    first = grid.page.locator('tr[data-row="0"]')
    expect(first.locator("td.forecast")).to_have_text("4 · 78 %")
    expect(first.locator("td.forecast")).to_have_attribute("title", "Прогноз, не отметка.")
    expect(first.locator("td.term")).to_have_text("5")
    expect(grid.page.locator('tr[data-row="1"] td.forecast')).to_have_text("")
    lefts = [first.locator(f"td.{name}").bounding_box()["x"] for name in ("mean", "term", "forecast")]
    assert lefts == sorted(set(lefts))  # beside each other, none under another
    register.set_mood(forecasts=None)
    grid.rerun()
    expect(grid.page.locator(".forecast")).to_have_count(0)


def test_browser_and_school_read_a_cell_alike(chromium: Browser) -> None:
    starts = [
        "",
        *LOOK_ALIKES,
        *"нбуоНБХx156",
        "осв",
        "освобождён",
        "н/а",
        "не аттестован",
        "наташа",
        "²",
        "٣",
    ]
    rests = ["", "5", " 4", "/4", "5/4", " 5 4", "5/4/3", "54", "1", "0", " 6", "//5", "\\4", " н", "  "]
    entries = [start + rest for start in starts for rest in rests]
    page = chromium.new_page()
    module = f"data:text/javascript;charset=utf-8,{quote(script())}"
    read = page.evaluate(
        """async ([module, entries]) => {
            const { readCell } = await import(module);
            return entries.map((entry) => readCell(entry));
        }""",
        [module, entries],
    )
    page.close()
    assert dict(zip(entries, read, strict=True)) == {entry: read_by_the_school(entry) for entry in entries}


def read_by_the_school(entry: str) -> dict[str, str]:
    try:
        return {"text": parse_cell(entry).text}
    except RuleRefused as refusal:
        return {"message": str(refusal)}
