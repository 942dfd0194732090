"""Files that the product makes, as text: what a reader finds in a PDF, a Word file, a workbook, a CSV."""

import io
import zipfile

from openpyxl import load_workbook
from pypdf import PdfReader

from .tables import cell_text


def document_text(content: bytes, name: str) -> str:
    """Return a file's contents by the ending of its name; an unknown one in hexadecimal."""
    ending = name.rsplit(".", 1)[-1].lower()
    if ending == "pdf":
        return _pdf(content)
    if ending == "docx":
        return _archive(content, ("word/document", "word/header", "word/footer"))
    if ending == "xlsx":
        return _workbook(content)
    if ending == "zip":
        return _archive(content, ("",))
    try:
        return content.decode("utf-8").replace("\r\n", "␍\n")
    except UnicodeDecodeError:
        return content.hex()


def _pdf(content: bytes) -> str:
    reader = PdfReader(io.BytesIO(content))
    pages = [f"== страница {number}\n{page.extract_text()}" for number, page in enumerate(reader.pages, 1)]
    size = [float(side) for side in reader.pages[0].mediabox]
    # The moment of making and the id of the file are the only things of a PDF that are left out.
    title = (reader.metadata or {}).get("/Title")
    return f"title: {title}\nsize: {size}\n" + "\n".join(pages)


def _archive(content: bytes, prefixes: tuple[str, ...]) -> str:
    lines = []
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in sorted(archive.namelist()):
            if not name.startswith(prefixes):
                continue
            body = archive.read(name)
            if name.endswith((".xml", ".csv", ".rels", ".txt", ".json")):
                # A tag a line: a difference then shows where it is.
                text = body.decode("utf-8-sig").replace("><", ">\n<")
            else:
                text = document_text(body, name)
            lines.append(f"== {name}\n{text}")
    return "\n".join(lines)


def _workbook(content: bytes) -> str:
    book = load_workbook(io.BytesIO(content))
    lines = []
    for sheet in book.worksheets:
        lines.append(f"== {sheet.title} {sheet.dimensions} freeze={sheet.freeze_panes} {sheet.sheet_state}")
        widths = {name: column.width for name, column in sorted(sheet.column_dimensions.items())}
        lines.append(f"widths: {widths}")
        lines.append(f"merged: {sorted(str(each) for each in sheet.merged_cells.ranges)}")
        lines.append(f"filter: {sheet.auto_filter.ref}; print: {sheet.page_setup.orientation}")
        for rule in sheet.data_validations.dataValidation:
            lines.append(f"allowed: {rule.sqref} {rule.type} {rule.formula1}")
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value is not None:
                    style = f"{cell.number_format}{' bold' if cell.font.b else ''}"
                    kind = type(cell.value).__name__
                    lines.append(f"{cell.coordinate} {kind} {style}: {cell_text(cell.value)}")
    return "\n".join(lines)
