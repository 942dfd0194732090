"""The register grid as a person meets it in a browser."""

from harness.small_register import PUPILS
from playwright.sync_api import Locator, Page, expect

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


def today(*texts: str) -> dict[str, str]:
    """Cells of today's lesson from the first pupil down."""
    return {f"{TODAY_LESSON}:{pupil}": text for pupil, text in zip(PUPILS, texts, strict=False) if text}
