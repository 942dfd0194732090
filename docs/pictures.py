"""``python -m docs.pictures``: make a demonstration school, walk through it in a browser, take the pictures of the guides.

They are not kept with the code: made anew before a release is packed, they show what it does.
"""

import argparse
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageChops, ImageOps
from playwright.sync_api import Browser, Page, sync_playwright

from pages.sign_in.sign_in import SHORT_TITLES
from school.access.roles import ROLES
from school.guide.lookups import FOLDER, PICTURES
from school.records import Role
from server.http.own_routes import DIARY

# A school day with lessons to come, in the middle of a term.
NOW, PUPILS, SEED = "2026-11-23T10:00", 120, 7
MOST_BYTES, WIDTH, MARGIN, BORDER, PALEST = 60_000, 1000, 12, 2, 8
WAIT_MS, SETTLE_MS = 60_000, 2_500
START_SECONDS = 90
# By default Playwright's own browser.
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium")
FAMILY = frozenset({Role.GUARDIAN, Role.PUPIL})
BUSY = "Открываем…"
_NAMED = re.compile(r"!\[[^\]]*\]\(guide-pictures/([\w-]+)\.webp\)")


@dataclass(frozen=True)
class Picture:
    """A picture: its name, who sees it, at which address, in a window of so many pixels."""

    name: str
    role: Role
    address: str
    window: tuple[int, int] = (1366, 768)


PHONE = (420, 760)
TABLE: tuple[Picture, ...] = (
    Picture("teacher-today", Role.TEACHER, "/today"),
    Picture("teacher-grid", Role.TEACHER, "/grid"),
    Picture("teacher-term-marks", Role.TEACHER, "/term_marks"),
    Picture("homeroom-absences", Role.HOMEROOM, "/absences"),
    Picture("deputy-overview", Role.DEPUTY, "/overview"),
    Picture("deputy-inspections", Role.DEPUTY, "/inspections"),
    Picture("secretary-day", Role.SECRETARY, "/secretary_day"),
    Picture("admin-year-opening", Role.ADMIN, "/year_opening"),
    Picture("admin-state", Role.ADMIN, "/state"),
    Picture("family-week", Role.GUARDIAN, DIARY, PHONE),
    Picture("family-marks", Role.GUARDIAN, f"{DIARY}/marks", PHONE),
)


def named_pictures() -> dict[str, str]:
    """Return the pictures that the guides name, each with its guide's file."""
    return {
        name: path.name
        for path in sorted(FOLDER.glob("guide-*.ru.md"))
        for name in _NAMED.findall(path.read_text(encoding="utf-8"))
    }


def packed(screenshot: bytes) -> bytes:
    """Return a screenshot as WebP, the empty foot cut off, narrowed, of at most ``MOST_BYTES``. Raises ValueError where none is."""
    picture = ImageOps.crop(Image.open(BytesIO(screenshot)).convert("RGB"), BORDER)
    # Of the palest shades nothing is seen.
    ink = ImageChops.difference(picture, Image.new("RGB", picture.size, "white")).convert("L")
    drawn = ink.point([255 * (shade > PALEST) for shade in range(256)]).getbbox()
    foot = min(picture.height, drawn[3] + MARGIN) if drawn else picture.height
    picture = picture.crop((0, 0, picture.width, foot))
    if picture.width > WIDTH:
        picture = picture.resize(
            (WIDTH, round(picture.height * WIDTH / picture.width)), Image.Resampling.LANCZOS
        )
    for quality in range(85, 5, -10):
        buffer = BytesIO()
        picture.save(buffer, "WEBP", quality=quality, method=6)
        if buffer.tell() <= MOST_BYTES:
            return buffer.getvalue()
    raise ValueError(f"No picture of {picture.width} × {picture.height} pixels fits into {MOST_BYTES} bytes")


def take_pictures(browser: Browser, url: str, folder: Path) -> None:
    """Take every picture of the table from the school at an address; says the name and size of each."""
    folder.mkdir(parents=True, exist_ok=True)
    for role in dict.fromkeys(each.role for each in TABLE):
        context = browser.new_context(locale="ru-RU")
        page = context.new_page()
        _enter(page, url, role)
        for each in TABLE:
            if each.role != role:
                continue
            page.set_viewport_size({"width": each.window[0], "height": each.window[1]})
            page.goto(url + each.address)
            _settle(page)
            content = packed(_screenshot(page, role))
            (folder / f"{each.name}.webp").write_bytes(content)
            sys.stdout.write(f"{each.name}: {len(content) / 1000:.0f} kB\n")
        context.close()


def _enter(page: Page, url: str, role: Role) -> None:
    """Sign in by the button of a role, and put away what only a first visit shows."""
    page.goto(url)
    page.get_by_role("button", name=SHORT_TITLES.get(role, ROLES[role].title), exact=True).click(
        timeout=WAIT_MS
    )
    page.get_by_role("button", name="Выйти").wait_for(timeout=WAIT_MS)
    if role in FAMILY:
        page.wait_for_url(f"**{DIARY}*", timeout=WAIT_MS)
    _settle(page)
    for button in page.get_by_role("button", name="Понятно").all():
        button.click()
        _settle(page)


def _screenshot(page: Page, role: Role) -> bytes:
    """Return what a window shows beside the menu, of which the guides say nothing; of the diary all of it."""
    return page.screenshot() if role in FAMILY else page.get_by_test_id("stMain").screenshot()


def _settle(page: Page) -> None:
    """Wait until the page runs no more script and its charts have come to rest."""
    page.locator("#content, [data-test-script-state='notRunning']").first.wait_for(timeout=WAIT_MS)
    page.wait_for_timeout(SETTLE_MS)
    page.get_by_text(BUSY).first.wait_for(state="hidden", timeout=WAIT_MS)


@contextmanager
def running_school(folder: Path) -> Iterator[str]:
    """Serve a new demonstration school from a folder; yields its address. Raises RuntimeError where it does not start."""
    environment = os.environ | {"SCHOOL_NOW": NOW, "SCHOOL_DATA": str(folder)}
    make = [sys.executable, "-m", "demo", "--data", str(folder), "--pupils", str(PUPILS), "--seed", str(SEED)]
    subprocess.run(make, env=environment, check=True, stdout=subprocess.DEVNULL)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    serve = [sys.executable, "-m", "server", "--server.port", str(port), "--server.address", "127.0.0.1"]
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(serve, env=environment, stdout=log, stderr=log)
        try:
            url = f"http://127.0.0.1:{port}"
            _wait_for(url, process)
            yield url
        finally:
            process.terminate()
            process.wait()


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=2):
                return
        except OSError:
            time.sleep(0.3)
    raise RuntimeError("The demonstration school did not start")


def main() -> None:
    """Take all pictures, as the command line says."""
    parser = argparse.ArgumentParser(prog="python -m docs.pictures")
    parser.add_argument("--to", type=Path, default=PICTURES, help="the folder of the pictures")
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        running_school(Path(folder)) as url,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        take_pictures(browser, url, options.to)
        browser.close()


if __name__ == "__main__":
    main()
