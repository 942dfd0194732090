"""A document for Word: the school's own template (document.docx) for the head and the foot, then sections and tables.

``python -m pipelines.reports.document_docx KEPT DRAWN`` draws a document kept as JSON (see ``document_word``).
"""

import io
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docxtpl import DocxTemplate

from pipelines.reports.document import Document, DocumentTable, Kind, charts_of, fitted_widths, from_json
from pipelines.reports.typesetting import LAYOUTS, typeset
from school.texts import printable

TEMPLATE = LAYOUTS / "document.docx"
PICTURE_WIDTH = Mm(165)
HEADER_SHADE = "EBEBEB"


def document_docx(document: Document) -> bytes:
    """Return a document as a Word file that people may go on writing in."""
    template = DocxTemplate(TEMPLATE)
    names = ("title", "school_name", "about", "span", "made_words")
    template.render({name: printable(getattr(document, name)) for name in names}, autoescape=True)
    file = template.docx
    file.core_properties.title = printable(document.title)
    file.core_properties.created = file.core_properties.modified = document.made_at
    if document.is_landscape:
        _turn(file.sections[0])
    for section in document.sections:
        if section.title:
            file.add_heading(printable(section.title), level=1)
        for words in section.paragraphs:
            file.add_paragraph(printable(words))
        for table in section.tables:
            _add_table(file, table, document)
    _add_foot(file, document)
    buffer = io.BytesIO()
    file.save(buffer)
    return buffer.getvalue()


def _turn(page: Any) -> None:
    page.orientation = WD_ORIENT.LANDSCAPE
    page.page_width, page.page_height = page.page_height, page.page_width


def _add_table(file: Any, table: DocumentTable, document: Document) -> None:
    if table.title:
        file.add_heading(printable(table.title), level=2)
    if not table.rows:
        file.add_paragraph(printable(table.empty))
        return
    size = Pt(8 if len(table.columns) > 9 else 9)
    lines = [*table.rows, *table.totals]
    drawn = file.add_table(rows=1 + len(lines), cols=len(table.columns), style="Table Grid")
    drawn.autofit = False
    widths = [Mm(width) for width in fitted_widths(table.columns, is_landscape=document.is_landscape)]
    for column, width in zip(drawn.columns, widths, strict=True):
        column.width = width
    rows = list(drawn.rows)
    _fill(rows[0], [printable(column.title) for column in table.columns], widths, size, is_bold=True)
    _mark_as_header(rows[0])
    for place, texts in enumerate(table.texts(lines)):
        _fill(rows[place + 1], texts, widths, size, is_bold=place >= len(table.rows))
        for cell, column in zip(rows[place + 1].cells, table.columns, strict=True):
            if column.kind is Kind.NUMBER:
                cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
    if table.note:
        file.add_paragraph(printable(table.note)).runs[0].font.size = Pt(8.5)
    for part in charts_of(table, is_landscape=document.is_landscape):
        file.add_picture(io.BytesIO(typeset("chart", asdict(part), "png")), width=PICTURE_WIDTH)


def _fill(row: Any, texts: Sequence[str], widths: Sequence[Any], size: Any, *, is_bold: bool) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    for cell, text, width in zip(row.cells, texts, widths, strict=True):
        cell.width = width
        run = cell.paragraphs[0].add_run(text)
        run.font.size, run.bold = size, is_bold


def _mark_as_header(row: Any) -> None:
    """Repeat the row on every page and shade it."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for cell in row.cells:
        cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER
        shade = OxmlElement("w:shd")
        shade.set(qn("w:val"), "clear")
        shade.set(qn("w:fill"), HEADER_SHADE)
        cell._tc.get_or_add_tcPr().append(shade)


def _add_foot(file: Any, document: Document) -> None:
    file.add_paragraph(printable(document.made_of)).runs[0].font.size = Pt(8.5)
    if document.signature:
        file.add_paragraph(
            f"\n{printable(document.signature)} ______________________ / ______________________ /"
        )


if __name__ == "__main__":
    Path(sys.argv[2]).write_bytes(document_docx(from_json(Path(sys.argv[1]).read_bytes())))
