"""What a browser loads before the sign-in page stands: packed, kept for good, with every icon that is drawn."""

import re

import pytest
from fontTools.ttLib import TTFont
from live_register import Live

from server.assets.fonts import CUT, SYMBOLS, TEXT, icon_glyphs, icons_used, own_font
from server.assets.packed import smaller_files

SAID = "Учитель поставил «5» — 4,25 % · № 7; ё → Ҡ ә ӧ"


@pytest.fixture(scope="module")
def fonts() -> dict[str, TTFont]:
    return {name: TTFont(file) for name, file in CUT.items()}


def test_the_font_of_icons_holds_every_icon_that_anything_names(fonts: dict[str, TTFont]) -> None:
    with TTFont(own_font(SYMBOLS)) as whole:
        used = icons_used(set(icon_glyphs(whole)))
    # Of some two hundred the names stand in our own pages.
    assert len(used) > 200
    assert used <= set(icon_glyphs(fonts[SYMBOLS])), "run python -m server.assets.fonts"


def test_the_font_of_texts_writes_russian_in_every_weight(fonts: dict[str, TTFont]) -> None:
    font = fonts[TEXT]
    assert {ord(each) for each in SAID} <= set(font.getBestCmap())
    assert [axis.axisTag for axis in font["fvar"].axes] == ["wght"]


def test_scripts_come_packed_and_for_good(live: Live) -> None:
    with live.browser() as browser:
        document = browser.get("/")
        named = re.findall(r'(?:src|href)="\./(static/[^"]+)"', document.text)
        assert len(named) >= 3
        for each in named:
            answer = browser.get(f"/{each}")
            assert answer.status_code == 200
            assert "immutable" in answer.headers["cache-control"]
            if not each.endswith(".woff2"):
                assert answer.headers["content-encoding"] == "gzip"
                assert answer.headers["vary"] == "Accept-Encoding"


def test_who_takes_nothing_packed_gets_the_same_script(live: Live) -> None:
    address = next(each for each in smaller_files() if each.endswith(".js"))
    with live.browser() as browser:
        plain = browser.get(address, headers={"Accept-Encoding": "identity"})
        packed = browser.get(address)
    assert "content-encoding" not in plain.headers
    assert plain.content == packed.content
