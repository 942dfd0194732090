"""The diary's files: style sheet, icons, the one script; for a phone that holds it like an app the manifest and the worker (п. 8.2)."""

import hashlib
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from pages.grid.offline import OFFLINE_ADDRESS
from pages.ui.charts import MARK_COLOURS
from server.appearance import ICON
from server.view import view_script

TEMPLATES, SCRIPTS = (Path(__file__).resolve().parents[1] / each for each in ("templates", "scripts"))
WHITE_TEXT_MARKS = frozenset({2, 5})
SIZES = (192, 512)
# Behind the page while it opens: as in diary.css.
PAPER = "#ffffff"
# By where the app opens: the diary, and the register of the staff.
NAMES = {"/family": "Дневник", "/": "Журнал"}


@cache
def style() -> bytes:
    """Return the diary's style sheet."""
    text = (TEMPLATES / "diary.css").read_text(encoding="utf-8")
    marks = "\n".join(
        f"b.m{mark} {{ background: {colour}; }}"
        + (f" b.m{mark} {{ color: #fff; }}" * (mark in WHITE_TEXT_MARKS))
        for mark, colour in MARK_COLOURS.items()
    )
    return text.replace("MARKS", marks).encode()


@cache
def icon() -> bytes:
    """Return the product's icon."""
    return ICON.read_bytes()


def hashed_address(name: str, content: bytes, ending: str) -> str:
    """Return an address that changes with the file, so that a browser need never ask again."""
    return f"/family/{name}.{hashlib.sha256(content).hexdigest()[:12]}.{ending}"


@cache
def style_address() -> str:
    """Return where the style sheet lies."""
    return hashed_address("diary", style(), "css")


@cache
def icon_address() -> str:
    """Return where the icon lies."""
    return hashed_address("icon", icon(), "svg")


@cache
def script() -> bytes:
    """Return the diary's script."""
    return (SCRIPTS / "phone.js").read_bytes()


@cache
def script_address() -> str:
    """Return where the script lies."""
    return hashed_address("phone", script(), "js")


@cache
def view_address() -> str:
    """Return where the script lies that puts a person's view on a page."""
    return hashed_address("view", view_script().encode(), "js")


@cache
def worker() -> bytes:
    """Return the worker, which names the files that it keeps beside the pages: it changes when one of them does."""
    files = [style_address(), script_address(), view_address(), icon_address(), picture_address(SIZES[0])]
    text = (SCRIPTS / "worker.js").read_text(encoding="utf-8")
    named = {'["FILES"]': files, '"ICON"': files[-1], '"OFFLINE"': OFFLINE_ADDRESS}
    for word, value in named.items():
        text = text.replace(word, json.dumps(value))
    return text.encode()


def _colour() -> str:
    found = re.search(rb'fill="(#[0-9a-f]{6})"', icon())
    assert found
    return found[1].decode()


@cache
def picture(size: int, *, is_maskable: bool = False) -> bytes:
    """Return the product's icon as a square PNG of so many pixels; a maskable one fills its corners, which a phone cuts off."""
    fill = f'rgb("{_colour()}")' if is_maskable else "none"
    layout = (
        f"#set page(width: {size}pt, height: {size}pt, margin: 0pt, fill: {fill})\n"
        '#image(bytes(sys.inputs.icon), format: "svg", width: 100%)'
    )
    import typst  # 12 MB, which a server needs only once something is printed

    made = typst.compile(layout.encode(), format="png", ppi=72, sys_inputs={"icon": icon().decode()})
    assert isinstance(made, bytes)
    return made


def picture_address(size: int, *, is_maskable: bool = False) -> str:
    """Return where such a picture lies."""
    # By what it is drawn from: nobody waits for a picture to be drawn to hear its address.
    return hashed_address(f"{'mask' if is_maskable else 'icon'}-{size}", icon(), "png")


def manifest(school: str, start: str) -> dict[str, Any]:
    """Return the manifest of the app that opens at ``start``, of ``NAMES``; ``school`` is the school's name."""
    return {
        "id": start,
        "name": f"{NAMES[start]}: {school}",
        "short_name": NAMES[start],
        "lang": "ru",
        "dir": "ltr",
        "start_url": start,
        "scope": "/",
        "display": "standalone",
        "background_color": PAPER,
        "theme_color": _colour(),
        "icons": [
            {
                "src": picture_address(size, is_maskable=is_maskable),
                "sizes": f"{size}x{size}",
                "type": "image/png",
                "purpose": "maskable" if is_maskable else "any",
            }
            for size in SIZES
            for is_maskable in (False, True)
        ],
    }
