"""``python -m server.assets.fonts``: cut Streamlit's two fonts of every page down to what the register writes.

A browser reads both before it draws the sign-in page, half a megabyte that packing makes no smaller. Run again when Streamlit is
updated or an icon is used that was not before: a test says so. Needs fonttools and brotli (requirements-dev.txt).
"""

import re
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from streamlit.file_util import get_static_dir

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SYMBOLS, TEXT = "MaterialSymbols-Rounded", "SourceSansVF-Upright"
# Font of Streamlit's → what is sent in its place.
CUT = {SYMBOLS: HERE / "symbols.woff2", TEXT: HERE / "text.woff2"}
SOURCES = ("app.py", "pages", "server", "pipelines", "models", "school")
# Latin with its accents, Cyrillic with the letters of the peoples of Russia, punctuation, currencies, arrows, signs.
LETTERS = (
    (0x20, 0x17F), (0x2B0, 0x2FF), (0x300, 0x36F), (0x400, 0x52F), (0x2000, 0x206F), (0x20A0, 0x20BF), (0x2100, 0x214F),
    (0x2190, 0x21FF), (0x2200, 0x22FF), (0x25A0, 0x25FF), (0x2600, 0x26FF), (0x2700, 0x27BF),
)  # fmt: skip


@cache
def own_font(name: str) -> Path:
    """Return Streamlit's file of a font."""
    (found,) = Path(get_static_dir()).rglob(f"{name}*.woff2")
    return found


def icons_used(icons: set[str]) -> set[str]:
    """Return which of a font's icons the register or Streamlit's scripts name; a word that is also an icon counts as one."""
    texts = [path.read_text(encoding="utf-8") for each in SOURCES for path in _scripts(ROOT / each)]
    texts += [
        path.read_text(encoding="utf-8") for path in (Path(get_static_dir()) / "static/js").glob("*.js")
    ]
    named: set[str] = set()
    for text in texts:
        named.update(re.findall(r"[\"'`:/]([a-z0-9_]+)[\"'`:]", text))
    return named & icons


def icon_glyphs(font: Any) -> dict[str, str]:
    """Return the icons of a font that draws a name as a picture: name → glyph."""
    letters = {glyph: chr(code) for code, glyph in font.getBestCmap().items()}
    tables = (part for each in font["GSUB"].table.LookupList.Lookup for part in each.SubTable)
    tables = (getattr(each, "ExtSubTable", each) for each in tables)
    return {
        "".join(letters[part] for part in (first, *each.Component)): each.LigGlyph
        for table in tables
        for first, ligatures in getattr(table, "ligatures", {}).items()
        for each in ligatures
    }


def _scripts(place: Path) -> list[Path]:
    return [place] if place.is_file() else sorted(place.rglob("*.py"))


def _cut(name: str, **kept: Any) -> bytes:
    from fontTools import subset

    options = subset.Options(flavor="woff2", layout_features=["*"], notdef_outline=True, layout_closure=False)
    with subset.load_font(own_font(name), options) as font:
        maker = subset.Subsetter(options)
        maker.populate(**kept)
        maker.subset(font)
        written = BytesIO()
        subset.save_font(font, written, options)
    return written.getvalue()


def main() -> None:
    """Write both fonts."""
    from fontTools.ttLib import TTFont

    with TTFont(own_font(SYMBOLS)) as font:
        glyphs = icon_glyphs(font)
    used = icons_used(set(glyphs))
    letters = sorted(set("".join(used)))
    CUT[SYMBOLS].write_bytes(
        _cut(SYMBOLS, glyphs=[glyphs[each] for each in used], unicodes=[ord(each) for each in letters])
    )
    codes = [code for first, last in LETTERS for code in range(first, last + 1)]
    CUT[TEXT].write_bytes(_cut(TEXT, unicodes=codes))


if __name__ == "__main__":
    main()
