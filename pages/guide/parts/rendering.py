"""Guides as HTML: Markdown of the program's own, its pictures where they were made."""

from base64 import b64encode
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from school.guide.lookups import PICTURES

if TYPE_CHECKING:
    from markdown_it.token import Token

TEMPLATES = Path(__file__).parents[1] / "templates"
PICTURE_ADDRESS = "/guide/pictures/"


@cache
def html_of(text: str) -> str:
    """Return a guide's Markdown as HTML; a picture that was not made leaves nothing behind."""
    from markdown_it import MarkdownIt  # some MB, which a server needs only once somebody asks

    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = markdown.parse(text)
    for each in tokens:
        each.children = [child for child in map(_with_address, each.children or []) if child is not None]
    return str(markdown.renderer.render(tokens, markdown.options, {}))


def _with_address(token: "Token") -> "Token | None":
    if token.type != "image":
        return token
    name = Path(str(token.attrs["src"])).name
    token.attrs["src"] = PICTURE_ADDRESS + name
    return token if (PICTURES / name).is_file() else None


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, auto_reload=False
    )
    environment.filters["markdown"] = html_of
    environment.globals["style"] = style()
    return environment


@cache
def style() -> str:
    """Return the style sheet, which stands in the page."""
    return (TEMPLATES / "guide.css").read_text(encoding="utf-8")


@cache
def policy() -> str:
    """Return the page's policy: no scripts, its own style, pictures of this site."""
    digest = b64encode(sha256(style().encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    )


def drawn(template: str, **words: object) -> str:
    """Return a page by its template."""
    return _environment().get_template(template).render(**words)
