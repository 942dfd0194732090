"""What a hurried teacher, a slow server and a broken line may do to the register grid."""

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from harness.small_register import PUPILS, SmallRegister
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from running_app import RunningApp

from pages.grid import script
from school.errors import RuleRefused
from school.register.rules.cells import LOOK_ALIKES, parse_cell

HARNESS = Path(__file__).parent / "harness"
pytestmark = pytest.mark.browser

TODAY_LESSON = "L25"  # the grid opens on it: the last lesson that has passed
RUSSIAN_KEYS = {"н": "KeyY", "б": "Comma", "у": "KeyE", "о": "KeyJ", "с": "KeyC", "в": "KeyD", "а": "KeyF"}
SLOW = 0.4


class Grid:
    """The grid as a person meets it: keys, cells named by lesson and pupil, the line at the bottom."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.cdp = page.context.new_cdp_session(page)

    def open(self, url: str, user: str = "17") -> "Grid":
        self.page.goto(f"{url}/?user={user}")
        return self.ready()

    def ready(self) -> "Grid":
        expect(self.page.locator("td.cell").first).to_be_attached(timeout=30_000)
        return self

    def cell(self, pupil: str, lesson: str = TODAY_LESSON) -> Locator:
        row = PUPILS.index(pupil)
        return self.page.locator(f'tr[data-row="{row}"] td.cell[data-column="{int(lesson[1:]) - 1}"]')

    def select(self, pupil: str, lesson: str = TODAY_LESSON) -> "Grid":
        self.cell(pupil, lesson).click()
        return self

    def press(self, *keys: str, pause_ms: int = 0) -> "Grid":
        for key in keys:
            if key in RUSSIAN_KEYS:
                self._press_russian(key)
            else:
                self.page.keyboard.press(key)
            self.page.wait_for_timeout(pause_ms)
        return self

    def _press_russian(self, letter: str) -> None:
        event = {"key": letter, "code": RUSSIAN_KEYS[letter]}
        self.cdp.send("Input.dispatchKeyEvent", {"type": "keyDown", "text": letter, **event})
        self.cdp.send("Input.dispatchKeyEvent", {"type": "keyUp", **event})

    def paste(self, text: str) -> None:
        self.page.evaluate(
            """text => {
                const board = new DataTransfer();
                board.setData("text/plain", text);
                let focused = document.activeElement;
                while (focused.shadowRoot) focused = focused.shadowRoot.activeElement;
                const options = { clipboardData: board, bubbles: true, composed: true, cancelable: true };
                focused.dispatchEvent(new ClipboardEvent("paste", options));
            }""",
            text,
        )

    def rerun(self) -> None:
        """As when another part of the page reruns: the person's hands stay where they are."""
        self.page.evaluate("document.querySelector('[data-testid=stBaseButton-secondary]').click()")

    @property
    def saved(self) -> Locator:
        return self.page.locator(".saved")

    @property
    def bar(self) -> Locator:
        return self.page.locator(".bar")

    @property
    def questions(self) -> Locator:
        return self.page.locator(".questions")

    def is_saved(self) -> None:
        expect(self.saved).to_contain_text("Все отметки сохранены", timeout=30_000)

    def stored(self) -> str:
        return str(self.page.evaluate("JSON.stringify(localStorage)"))


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RunningApp, SmallRegister]]:
    folder = tmp_path_factory.mktemp("school")
    app = RunningApp(HARNESS / "app.py", {"SMALL_REGISTER": str(folder)}, folder / "server.log")
    app.start()
    yield app, SmallRegister(folder)
    app.stop()


@pytest.fixture
def register(school: tuple[RunningApp, SmallRegister]) -> SmallRegister:
    school[1].clear()
    return school[1]


@pytest.fixture
def url(school: tuple[RunningApp, SmallRegister], register: SmallRegister) -> str:
    return school[0].url


@pytest.fixture
def grid(browser_page: Page, url: str) -> Grid:
    return Grid(browser_page).open(url)


@pytest.fixture
def opened(browser_page: Page, url: str, register: SmallRegister) -> Callable[..., Grid]:
    """Open the grid after the register got something to show."""

    def open_with(cells: dict[str, str] | None = None, **mood: object) -> Grid:
        for key, text in (cells or {}).items():
            register.write(key, text, "Петрова А. И.")
        register.set_mood(**mood)
        return Grid(browser_page).open(url)

    return open_with


def today(*texts: str) -> dict[str, str]:
    """Cells of today's lesson from the first pupil down."""
    return {f"{TODAY_LESSON}:{pupil}": text for pupil, text in zip(PUPILS, texts, strict=False) if text}


# ---- nothing typed is lost


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


# ---- the keys


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
    grid.is_saved()
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


# ---- refusals, conflicts, reasons


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
    assert register.cells() == today("4", "5")
    grid.page.reload()
    expect(grid.ready().questions).to_contain_text(why)


def test_a_day_the_pupil_was_not_enrolled_takes_nothing(
    opened: Callable[..., Grid], register: SmallRegister
) -> None:
    why = "Ученик не числился в классе в этот день"
    grid = opened(blocked={f"{TODAY_LESSON}:p1": why}).press("5", "4")
    expect(grid.questions).to_contain_text(why)
    grid.is_saved()
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


# ---- the rest of the grid


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
