"""Typed text on screens: shown letter by letter, whatever Markdown and its extensions would make of it."""

import re
from typing import NewType

Markdown = NewType("Markdown", str)
"""The program's own Markdown, with typed text in it only through ``as_typed``.

Streamlit's calls take nothing else: a plugin of mypy holds it (``tests/house/markdown_plugin.py``).
"""

# An empty span. Emoji, icons, arrows, dashes and bare addresses are looked for in what has been parsed, where a backslash
# is forgotten: only what stands in two pieces is left alone.
_APART = ":color[]"
_SIGN = re.compile(
    r"[\\`*_{}\[\]<~$|]|^[#+=>-]|&(?=\#?\w+;)|!$"  # opens or closes something, anywhere or at an end of a line
    r"|-(?=[->])|>(?==)"  # «--», «->», «>=»: becomes «—», «→», «≥»
    r"|:(?=[\w+/:-])"  # «:smile:», «:red[x]», «http://»
    r"|(?<=\w)@(?=\w)|\b[wW]{3}(?=\.)"
    r"|^\d{1,9}(?=[.)])"  # «1. » begins a list
    r"|^[ \t]+",  # four blanks begin a block of code
    re.MULTILINE,
)
# A text without these, and that does not begin with those, has no sign: names are looked at by the hundred.
_IN_SIGNS, _AT_STARTS = frozenset("\\`*_{}[]<~$|#+=>&!:@wW\r\n"), frozenset("-0123456789 \t")
_PAIRS = {"->", "--", "<-", "<=", ">=", "~="}


def linked(address: str) -> Markdown:
    """Return an address without blanks, quotes and angle brackets as a link to it."""
    return Markdown(f"[{as_typed(address)}](<{address}>)")


def as_typed(text: str) -> Markdown:
    """Return typed text so that Markdown shows it as it is, line by line."""
    if _IN_SIGNS.isdisjoint(text) and text[:1] not in _AT_STARTS and "--" not in text:
        return Markdown(text)
    if "\n" in text or "\r" in text:
        lines = text.replace("\r\n", "\n").replace("\r", "\n").strip("\n").split("\n")
        # A blank line would end what the text stands in.
        return Markdown("  \n".join(as_typed(line) if line.strip() else "&nbsp;" for line in lines))
    return Markdown(_SIGN.sub(_kept, text))


def in_line(text: str) -> Markdown:
    """Return typed text as ``as_typed`` does, its lines as one: for titles and the cells of a table in Markdown."""
    return as_typed(" ".join(text.splitlines()))


def _kept(match: re.Match[str]) -> str:
    sign, next_sign = match[0], match.string[match.end() : match.end() + 1]
    if sign.isspace():
        return "&nbsp;" * len(sign)
    if sign.isdigit():
        return f"{sign}\\"
    if sign == "@" or sign.isalpha():
        return sign + _APART
    return f"\\{sign}{_APART if sign == ':' or sign + next_sign in _PAIRS else ''}"
