"""Nothing that is typed into the register grid is lost, whatever the line, the server and the browser do."""

from collections.abc import Callable
from pathlib import Path

import pytest
from grid_on_a_page import SLOW, TODAY_LESSON, Grid, today
from harness.small_register import PUPILS, SmallRegister
from playwright.sync_api import BrowserContext, Page, expect
from running_app import RunningApp

HARNESS = Path(__file__).parent / "harness"
pytestmark = pytest.mark.browser


def test_a_hundred_marks_reach_their_pupils_over_a_refresh_and_a_killed_server(
    browser_page: Page, run_app: Callable[..., RunningApp], tmp_path: Path
) -> None:
    app = run_app(HARNESS / "app.py", SMALL_REGISTER=str(tmp_path))
    register = SmallRegister(tmp_path)
    register.set_mood(delay_s=SLOW)
    grid = Grid(browser_page).open(app.url)
    expected: dict[str, str] = {}

    def type_column(lesson: str, first: int, last: int, pause_ms: int = 85) -> None:
        grid.select(PUPILS[first], lesson)
        for index in range(first, last):
            mark = "2345"[(index * 3 + int(lesson[1:])) % 4]
            grid.press(mark, pause_ms=pause_ms)
            expected[f"{lesson}:{PUPILS[index]}"] = mark

    type_column("L25", 0, 25)
    type_column("L24", 0, 25)
    browser_page.reload()
    grid.ready()
    type_column("L23", 0, 12)
    app.stop()
    type_column("L23", 12, 25, pause_ms=700)  # an outage that Streamlit itself notices
    expect(grid.bar).to_contain_text("Нет связи")
    app.start()
    type_column("L22", 0, 25)
    grid.is_saved()

    assert len(expected) == 100
    assert register.cells() == expected
    assert set(register.times_written().values()) == {1}


def test_marks_typed_without_a_connection_are_sent_when_it_is_back(
    grid: Grid, browser_context: BrowserContext, register: SmallRegister
) -> None:
    browser_context.set_offline(True)
    grid.press("5", "4", "3")
    expect(grid.bar).to_have_text(
        "Нет связи. 3 отметки ждут отправки: введённое сохранено в этом браузере, можно продолжать."
    )
    assert register.cells() == {}
    browser_context.set_offline(False)
    grid.is_saved()
    expect(grid.bar).to_be_hidden()
    assert register.cells() == today("5", "4", "3")


def test_a_server_in_trouble_gets_the_same_batch_again(
    opened: Callable[..., Grid], register: SmallRegister
) -> None:
    grid = opened(status=503).press("5")
    expect(grid.bar).to_contain_text("Нет связи. 1 отметка ждёт отправки")
    register.set_mood(status=200)
    grid.is_saved()
    sent = register.requests()
    assert len(sent) > 1
    assert all(each == sent[0] for each in sent)
    assert register.times_written() == {f"{TODAY_LESSON}:p1": 1}


def test_what_a_signed_out_teacher_typed_waits_for_the_sign_in(
    opened: Callable[..., Grid], register: SmallRegister
) -> None:
    grid = opened(status=401).press("5", "4")
    expect(grid.bar).to_have_text(
        "Вы вышли из журнала. Введённое сохранено в этом браузере и отправится после входа."
    )
    expect(grid.cell("p2")).to_have_text("4")
    register.set_mood(status=200)
    grid.page.reload()
    grid.ready().is_saved()
    assert register.cells() == today("5", "4")


def test_another_person_on_the_same_computer_never_sends_the_first_ones_marks(
    grid: Grid, url: str, register: SmallRegister
) -> None:
    register.set_mood(status=401)
    grid.press("5")
    expect(grid.bar).to_contain_text("Вы вышли из журнала")
    grid.open(url, user="42")
    register.clear()
    grid.select("p2").press("4")
    grid.is_saved()
    assert {request["user_id"] for request in register.requests()} == {"42"}
    assert register.cells() == today("", "4")
    grid.open(url, user="17").is_saved()
    assert register.cells() == today("5", "4")


@pytest.mark.parametrize(("status", "trouble"), [(401, "Вы вышли из журнала"), (503, "Нет связи")])
def test_neither_does_a_person_who_signs_in_without_leaving_the_page(
    status: int, trouble: str, grid: Grid, register: SmallRegister
) -> None:
    register.set_mood(status=status)
    grid.press("5")
    expect(grid.bar).to_contain_text(trouble)
    register.set_mood(
        user="42"
    )  # the trouble lasts, or the first person's mark would go before the second is in
    grid.rerun()
    expect(grid.cell("p1")).to_have_text("")
    register.clear()
    register.set_mood(user="42")
    grid.page.evaluate("dispatchEvent(new Event('online'))")
    grid.select("p2").press("4")
    grid.is_saved()
    assert {request["user_id"] for request in register.requests()} == {"42"}
    register.set_mood(user="17")
    grid.rerun()
    expect(grid.cell("p1")).to_have_text("5")
    grid.is_saved()
    assert register.cells() == today("5", "4")


def test_the_marks_of_a_browser_that_crashed_are_sent_under_their_old_numbers(
    grid: Grid, register: SmallRegister
) -> None:
    edit = {"lesson": TODAY_LESSON, "pupil": "p1", "text": "5", "base": "", "seq": 7, "reason": None}
    grid.page.evaluate(
        """edit => {
            localStorage.setItem("mark-grid:pulse:crashed", "1");
            localStorage.setItem("mark-grid:queue:17@/api/register/cells:crashed", JSON.stringify([edit]));
        }""",
        edit,
    )
    grid.is_saved()
    assert register.requests() == [{"user_id": "17", "client": "crashed", "edits": [edit]}]
    assert "crashed" not in grid.stored()


def test_a_closed_tab_leaves_its_marks_to_the_next_one(
    grid: Grid, browser_context: BrowserContext, url: str, register: SmallRegister
) -> None:
    register.set_mood(status=503)
    grid.press("5", "5")
    expect(grid.bar).to_be_visible()
    grid.page.close()
    register.set_mood(status=200)
    Grid(browser_context.new_page()).open(url).is_saved()
    assert register.cells() == today("5", "5")
    assert set(register.times_written().values()) == {1}


def test_two_tabs_of_one_teacher_do_not_disturb_each_other(
    grid: Grid, browser_context: BrowserContext, url: str, register: SmallRegister
) -> None:
    register.set_mood(delay_s=SLOW)
    other = Grid(browser_context.new_page()).open(url).select("p11", "L24")
    grid.page.bring_to_front()
    grid.press("5", "5", "5")
    other.page.bring_to_front()
    other.press("4", "4", "4")
    other.is_saved()
    grid.is_saved()
    assert register.cells() == {**today("5", "5", "5"), "L24:p11": "4", "L24:p12": "4", "L24:p13": "4"}
    assert set(register.times_written().values()) == {1}


def test_the_browser_keeps_ids_and_marks_but_no_names(
    opened: Callable[..., Grid], register: SmallRegister
) -> None:
    grid = opened(status=503).press("5")
    expect(grid.bar).to_be_visible()
    stored = grid.stored()
    assert '\\"pupil\\":\\"p1\\"' in stored.replace("\\\\", "\\")
    assert "Абрамова" not in stored
    assert "Анна" not in stored


def test_a_rerun_of_the_page_moves_neither_the_hands_nor_the_text(
    grid: Grid, register: SmallRegister
) -> None:
    register.set_mood(delay_s=SLOW)
    grid.press("5", "F2", "4")
    grid.page.evaluate("document.querySelector('.stBidiComponent').marked = true")
    register.write(f"{TODAY_LESSON}:p9", "3", "Петрова А. И.")
    grid.rerun()
    expect(grid.cell("p9")).to_have_text("3")
    grid.press("/", "5", "Enter", "4")
    grid.is_saved()
    assert register.cells() == today("5", "4/5", "4", "", "", "", "", "", "3")


def test_data_read_before_a_save_does_not_bring_the_old_mark_back(
    opened: Callable[..., Grid], register: SmallRegister
) -> None:
    grid = opened(today("3"), page_delay_s=2.0)
    register.write(f"{TODAY_LESSON}:p9", "4", "Петрова А. И.")
    grid.rerun()
    expect(grid.page.get_by_text("Страница читает журнал: 2")).to_be_visible()
    grid.press("5")
    grid.is_saved()
    expect(grid.cell("p9")).to_have_text("4")
    expect(grid.cell("p1")).to_have_text("5")
    register.write(f"{TODAY_LESSON}:p1", "2", "Петрова А. И.")
    grid.rerun()
    expect(grid.cell("p1")).to_have_text("2")
