"""A document of the school for Word: ``python -m pipelines.reports.official.word KEPT DRAWN`` draws what is kept as JSON."""

import io
import json
import sys
from pathlib import Path
from typing import Any

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm, Pt

FONT = "Times New Roman"
TEXT_WIDTH = 170
INDENT = Mm(10)
SMALL = Pt(9)


def official_docx(paper: dict[str, Any]) -> bytes:
    """Return the fields of an ``OfficialPaper`` as a Word file that people may go on writing in."""
    file = docx.Document()
    page = file.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin, page.right_margin = Mm(25), Mm(15)
    page.top_margin = page.bottom_margin = Mm(18)
    look = file.styles["Normal"]
    look.font.name, look.font.size = FONT, Pt(12)
    look.paragraph_format.space_after = Pt(4)
    file.core_properties.title = f"{paper['heading']} {paper['title']}"
    _add_head(file, paper)
    for part in paper["parts"]:
        if isinstance(part, str):
            file.add_paragraph(part).paragraph_format.first_line_indent = INDENT
        else:
            _add_table(file, part)
    for duty, name in paper["signers"]:
        file.add_paragraph(f"\n{duty} ____________________ / {name or '____________________'}")
    buffer = io.BytesIO()
    file.save(buffer)
    return buffer.getvalue()


def _add_head(file: Any, paper: dict[str, Any]) -> None:
    _centred(file, paper["school_name"], Pt(13), is_bold=True)
    for line in paper["letterhead"].splitlines():
        _centred(file, line, SMALL, is_bold=False)
    for line in paper["approval"]:
        file.add_paragraph(line).paragraph_format.left_indent = Mm(95)
    if paper["mark"]:
        _centred(file, paper["mark"], Pt(11), is_bold=False)
    _centred(file, paper["heading"], Pt(15), is_bold=True)
    dated = paper["dated"] or "«___» ____________ 20__ г."
    line = file.add_paragraph(f"{dated}\t№ {paper['number'] or '_____'}")
    line.paragraph_format.tab_stops.add_tab_stop(Mm(TEXT_WIDTH - 25))
    file.add_paragraph().add_run(paper["title"]).bold = True
    if paper["basis"]:
        file.add_paragraph().add_run(f"Основание: {paper['basis']}").italic = True


def _centred(file: Any, words: str, size: Any, *, is_bold: bool) -> None:
    paragraph = file.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = paragraph.add_run(words)
    run.font.size, run.bold = size, is_bold


def _add_table(file: Any, rows: list[list[str]]) -> None:
    drawn = file.add_table(rows=len(rows), cols=len(rows[0]), style="Table Grid")
    size = SMALL if len(rows[0]) > 5 else Pt(10.5)
    for place, (line, texts) in enumerate(zip(drawn.rows, rows, strict=True)):
        for cell, text in zip(line.cells, texts, strict=True):
            run = cell.paragraphs[0].add_run(text)
            run.font.size, run.bold = size, place == 0
    file.add_paragraph()


if __name__ == "__main__":
    kept = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    Path(sys.argv[2]).write_bytes(official_docx(kept))
