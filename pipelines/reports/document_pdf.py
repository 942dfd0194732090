"""A document as PDF pages of A4."""

from dataclasses import asdict
from typing import Any

from pipelines.reports.document import Document, DocumentTable, Kind, charts_of, fitted_widths
from pipelines.reports.typesetting import Standard, typeset


def document_pdf(document: Document, standard: Standard | None = None) -> bytes:
    """Return a document as PDF, of a standard if one is named, its tables fitted to the page's width, their headers on every page."""
    return typeset("document", _laid_out(document), standard=standard)


def _laid_out(document: Document) -> dict[str, Any]:
    names = ("title", "school_name", "about", "span", "made_of", "made_words", "signature", "is_landscape")
    return {
        **{name: getattr(document, name) for name in names},
        "sections": [
            {
                "title": section.title,
                "paragraphs": section.paragraphs,
                "tables": [_table(each, is_landscape=document.is_landscape) for each in section.tables],
            }
            for section in document.sections
        ],
    }


def _table(table: DocumentTable, *, is_landscape: bool) -> dict[str, Any]:
    return {
        "title": table.title,
        "columns": [column.title for column in table.columns],
        "widths": fitted_widths(table.columns, is_landscape=is_landscape),
        "is_number": [column.kind is Kind.NUMBER for column in table.columns],
        "rows": table.texts(table.rows),
        "totals": table.texts(table.totals),
        "empty": table.empty,
        "note": table.note,
        "charts": [asdict(part) for part in charts_of(table, is_landscape=is_landscape)],
    }
