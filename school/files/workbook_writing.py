"""A workbook of one sheet: numbers and days as such, and nothing that people typed becomes a formula or a link."""

import io
import re
from collections.abc import Sequence
from datetime import date, datetime
from numbers import Real
from typing import Any
from xml.sax.saxutils import escape

import xlsxwriter

from school.texts import printable

SHEET_NAME_LENGTH, DECIMALS_SHOWN = 31, 2
TEXT_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def one_sheet_workbook(
    title: str,
    columns: Sequence[tuple[str, int]],
    rows: Sequence[Sequence[object]],
    *,
    frozen_columns: int = 0,
    wrapped_column: int | None = None,
    has_filter: bool = False,
) -> bytes:
    """Return an XLSX file of one sheet named by the title: the header, which stays in sight, and the rows below it.

    ``columns``: titles and widths in characters. A cell is a text, a number, a day, a moment or None, which is left
    empty. The long texts of ``wrapped_column`` go on in the next line of the cell.
    """
    buffer = io.BytesIO()
    options = {"in_memory": True, "nan_inf_to_errors": True, **TEXT_OPTIONS}
    with xlsxwriter.Workbook(buffer, options) as book:
        sheet = book.add_worksheet(sheet_name(title))
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        wrapped = book.add_format({"text_wrap": True})
        for number, (name, width) in enumerate(columns):
            sheet.write_string(0, number, as_cell(name), bold)
            sheet.set_column(number, number, width, wrapped if number == wrapped_column else None)
        _write_rows(book, sheet, rows)
        sheet.freeze_panes(1, frozen_columns)
        if has_filter and rows:
            sheet.autofilter(0, 0, len(rows), len(columns) - 1)
    return buffer.getvalue()


def sheets_workbook(sheets: Sequence[tuple[str, Sequence[Sequence[object]]]], header_row: int) -> bytes:
    """Return an XLSX file of sheets given by name and rows; a cell is a text, a number or None, ``header_row`` (from 1) is bold."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, **TEXT_OPTIONS}) as book:
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        for name, rows in sheets:
            sheet = book.add_worksheet(name)
            _write_rows(book, sheet, rows, first_line=0)
            for number, cell in enumerate(rows[header_row - 1] if header_row else ()):
                if cell is not None:
                    sheet.write_string(header_row - 1, number, as_cell(str(cell)), bold)
            sheet.freeze_panes(header_row, 0)
            sheet.autofit(300)
    return buffer.getvalue()


def _write_rows(book: Any, sheet: Any, rows: Sequence[Sequence[object]], first_line: int = 1) -> None:
    dated = book.add_format({"num_format": "dd.mm.yyyy", "align": "left"})
    timed = book.add_format({"num_format": "dd.mm.yyyy hh:mm", "align": "left"})
    # A share or a mean would show all its digits; the cell keeps them to be counted with.
    rounded = book.add_format({"num_format": f"0.{'0' * DECIMALS_SHOWN}"})
    for line, row in enumerate(rows, start=first_line):
        for column, value in enumerate(row):
            if isinstance(value, datetime):
                sheet.write_datetime(line, column, value.replace(tzinfo=None), timed)
            elif isinstance(value, date):
                sheet.write_datetime(line, column, value, dated)
            elif isinstance(value, Real):
                is_long = round(float(value), DECIMALS_SHOWN) != value
                sheet.write_number(line, column, value, rounded if is_long else None)
            elif value is not None:
                sheet.write_string(line, column, as_cell(str(value)))


def as_cell(text: str) -> str:
    """Return a text as xlsxwriter takes it, so that the cell shows it as it is, its lines as lines."""
    text = printable(text.replace("\r\n", "\n").replace("\r", "\n"))
    # What begins and ends so is written into the file as XML, whatever it holds.
    is_taken_for_xml = text.startswith("<r>") and text.endswith("</r>")
    return f'<r><t xml:space="preserve">{escape(text)}</t></r>' if is_taken_for_xml else text


def sheet_name(title: str) -> str:
    """Return a title as the name of a sheet: without the signs that a workbook forbids there, and no longer than it allows."""
    return re.sub(r"[\[\]:*?/\\']", " ", printable(title)).strip()[:SHEET_NAME_LENGTH] or "Таблица"
