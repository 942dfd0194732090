"""Sets a document's context into pages with typst: offline, with the fonts that typst carries, the same bytes again."""

import json
import re
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

from school.texts import all_printable

LAYOUTS = Path(__file__).parent
Standard = Literal["a-1b", "a-2a"]
# PDF/A-2a: what an archive keeps, with tags, embedded fonts and the language of its text.
ARCHIVAL: Standard = "a-2a"
_PAGE = re.compile(rb"/Type\s*/Page\b")
EPOCH = 0  # documents say their own date; a creation time would make equal documents differ


def typeset(
    layout: str,
    context: Any,
    form: Literal["pdf", "png"] = "pdf",
    *,
    standard: Standard | None = None,
    is_tagged: bool = True,
) -> bytes:
    """Return a document: ``layout`` names a .typ file of this folder, which reads the context as ``sys.inputs.data``.

    ``context`` is plain data; dates become dd.mm.yyyy. A PNG is of a document of one page. ``standard``: which PDF/A a
    PDF is. ``is_tagged``: with the tags that screen readers follow, for which a long document pays in size.
    """
    import typst  # 12 MB, which a server needs only once something is printed

    made = typst.compile(
        LAYOUTS / f"{layout}.typ",
        root=LAYOUTS,
        ignore_system_fonts=True,
        format=form,
        sys_inputs={"data": json.dumps(all_printable(context), default=_plain, ensure_ascii=False)},
        timestamp=EPOCH,
        pdf_standards=[standard] if standard else [],
        pdf_tags=is_tagged,
    )
    assert isinstance(made, bytes)
    return made


def page_count(pdf: bytes) -> int:
    """Return how many pages a PDF that was typeset here has: its page objects are not compressed."""
    return len(_PAGE.findall(pdf))


def _plain(value: object) -> str:
    if isinstance(value, date | datetime):
        return f"{value:%d.%m.%Y}"
    raise TypeError(f"Not plain data: {type(value).__name__}")
