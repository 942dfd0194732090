"""Which pages of the documentation are generated, and by what."""

from collections.abc import Callable
from pathlib import Path

from docs.access import access_page
from docs.architecture import architecture_page
from docs.rules import rules_page
from pipelines.catalogue.page import measures_page

PAGES: dict[str, Callable[[], str]] = {
    "access.md": access_page,
    "architecture.md": architecture_page,
    "measures.md": measures_page,
    "rules.md": rules_page,
}


def page_path(name: str) -> Path:
    """Return where a page stands."""
    return Path(__file__).parent / name
