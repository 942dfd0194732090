"""A table as a workbook: real numbers, a frozen header, widths that fit, text that is never a formula."""

import io
import re
from collections.abc import Sequence
from datetime import date, datetime
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st
import xlsxwriter

WORKBOOK_MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NARROWEST, WIDEST = 8, 60
# Rows that a column's width is measured by.
MEASURED_ROWS = 200
SHEET_NAME_LENGTH = 31


def export_table(table: pd.DataFrame, title: str, *, key: str, file_name: str = "") -> None:
    """Show a small button that downloads the table as it is on the screen; ``title`` heads the sheet and names the file.

    The workbook is made when the button is pressed, and the page does not run again.
    """
    st.download_button(
        "Скачать XLSX",
        lambda: workbook(list(map(str, table.columns)), table.to_numpy(dtype=object).tolist(), title),
        f"{file_name or _file_name(title)}.xlsx",
        WORKBOOK_MIME,
        key=key,
        on_click="ignore",
        type="tertiary",
        icon=":material/download:",
        disabled=table.empty,
    )


def workbook(columns: Sequence[str], rows: Sequence[Sequence[Any]], title: str) -> bytes:
    """Return an XLSX file of one sheet: the header in the first row, numbers and dates as such."""
    buffer = io.BytesIO()
    options = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "nan_inf_to_errors": True,
    }
    with xlsxwriter.Workbook(buffer, {"in_memory": True, **options}) as book:
        sheet = book.add_worksheet(_sheet_name(title))
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        dated = book.add_format({"num_format": "dd.mm.yyyy", "align": "left"})
        timed = book.add_format({"num_format": "dd.mm.yyyy hh:mm", "align": "left"})
        for number, name in enumerate(columns):
            sheet.write_string(0, number, name, bold)
            sheet.set_column(number, number, _width(name, [row[number] for row in rows[:MEASURED_ROWS]]))
        for line, row in enumerate(rows, start=1):
            for number, value in enumerate(row):
                _write(sheet, line, number, value, dated, timed)
        sheet.freeze_panes(1, 0)
        if rows:
            sheet.autofilter(0, 0, len(rows), len(columns) - 1)
    return buffer.getvalue()


def _write(sheet: Any, line: int, column: int, value: Any, dated: Any, timed: Any) -> None:
    """A text that starts with = + - @ stays a text: nothing typed by people becomes a formula."""
    if value is None or (not isinstance(value, str) and pd.isna(value)):
        return
    if isinstance(value, datetime):
        sheet.write_datetime(line, column, value.replace(tzinfo=None), timed)
    elif isinstance(value, date):
        sheet.write_datetime(line, column, value, dated)
    elif isinstance(value, bool | np.bool_):
        sheet.write_string(line, column, "да" if value else "нет")
    elif isinstance(value, Real):
        sheet.write_number(line, column, value)
    else:
        sheet.write_string(line, column, str(value))


def _width(name: str, values: Sequence[Any]) -> int:
    longest = max((len(_shown(value)) for value in values), default=0)
    return min(WIDEST, max(NARROWEST, longest + 2, max(map(len, name.split() or [""])) + 2))


def _shown(value: Any) -> str:
    return "00.00.0000 00:00" if isinstance(value, datetime) else str(value)


def _sheet_name(title: str) -> str:
    return re.sub(r"[\[\]:*?/\\']", " ", title).strip()[:SHEET_NAME_LENGTH] or "Таблица"


def _file_name(title: str) -> str:
    return re.sub(r'[<>:"/\\|?*\s]+', " ", title).strip() or "Таблица"
