"""A table as a file: a workbook with real numbers and widths that fit, or CSV; text is never a formula."""

import csv
import io
import re
import zipfile
from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime
from numbers import Real
from pathlib import PurePosixPath
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from pages.ui.typed_text import Markdown
from school.files.workbook_writing import one_sheet_workbook
from school.privacy.rules.viewing import Seen, Viewed
from server.session import current_user
from server.viewings import note_seen

WORKBOOK_MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV_MIME, CSV_DECIMALS = "text/csv", 4
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
YES_NO = {True: "да", False: "нет"}
NARROWEST, WIDEST = 8, 60
# Rows that a column's width is measured by.
MEASURED_ROWS = 200


def export_table(table: pd.DataFrame, title: str, *, key: str, pupil_ids: Collection[int] = ()) -> None:
    """Show small buttons that download the table as it is on the screen; ``title`` heads the sheet and names the file.

    A file is made when its button is pressed, and the page does not run again. ``pupil_ids``: whom the table names; it is noted
    who has taken them out.
    """
    name = file_name_of(title)
    header = list(map(str, table.columns))
    options: dict[str, Any] = {"type": "tertiary", "disabled": table.empty}
    with st.container(horizontal=True, gap="small"):
        download(
            "Скачать XLSX",
            noted(lambda: workbook(header, _rows(table), title), pupil_ids, title),
            f"{name}.xlsx",
            key=key,
            **options,
        )
        download(
            "CSV",
            noted(lambda: comma_separated(header, _rows(table)), pupil_ids, title),
            f"{name}.csv",
            CSV_MIME,
            key=f"{key}_csv",
            **options,
        )


def noted(make: Callable[[], bytes], pupil_ids: Collection[int], title: str) -> Callable[[], bytes]:
    """Return what makes a file and notes that whoever is signed in has taken these pupils out with it."""
    user = current_user() if pupil_ids else None
    if user is None:
        return make
    seen = Seen(Viewed.LIST, frozenset(map(int, pupil_ids)), title)

    def make_and_note() -> bytes:
        content = make()
        note_seen(user, seen)
        return content

    return make_and_note


def download(
    label: Markdown,
    make: Callable[[], bytes],
    file_name: str,
    mime: str = WORKBOOK_MIME,
    help: Markdown | None = None,
    **options: Any,
) -> None:
    """Show a button that makes a file when it is pressed, without a rerun; ``options`` as for ``st.download_button``."""
    look = {"icon": ":material/download:", **options}
    st.download_button(label, make, file_name, mime, on_click="ignore", help=help, **look)


def _rows(table: pd.DataFrame) -> list[list[Any]]:
    return table.to_numpy(dtype=object).tolist()


def comma_separated(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> bytes:
    """Return a CSV file that a Russian spreadsheet opens as it is: semicolons, decimal commas, days as dd.mm.yyyy."""
    lines = io.StringIO(newline="")
    writer = csv.writer(lines, delimiter=";", lineterminator="\r\n")
    writer.writerow(_plain(name) for name in columns)
    writer.writerows([_plain(value) for value in row] for row in rows)
    return lines.getvalue().encode("utf-8-sig")


def archive_for_spreadsheets(content: bytes) -> bytes:
    """Return an archive of Parquet tables as CSV that a Russian spreadsheet opens as it is."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as given,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for name in given.namelist():
            table = pd.read_parquet(io.BytesIO(given.read(name)))
            made.writestr(
                str(PurePosixPath(name).with_suffix(".csv")),
                comma_separated(list(map(str, table)), _rows(table)),
            )
    return buffer.getvalue()


def _plain(value: Any) -> str:
    if _is_missing(value):
        return ""
    if isinstance(value, datetime):
        return f"{value:%d.%m.%Y %H:%M}"
    if isinstance(value, date):
        return f"{value:%d.%m.%Y}"
    if isinstance(value, bool | np.bool_):
        return YES_NO[bool(value)]
    if isinstance(value, Real):
        return f"{round(float(value), CSV_DECIMALS):.15g}".replace(".", ",")
    text = str(value)
    # A spreadsheet would run a text that begins so as a formula.
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text


def workbook(columns: Sequence[str], rows: Sequence[Sequence[Any]], title: str) -> bytes:
    """Return an XLSX file of one sheet: the header in the first row, numbers and dates as such."""
    widths = [
        _width(name, [row[place] for row in rows[:MEASURED_ROWS]]) for place, name in enumerate(columns)
    ]
    cells = [[_cell(value) for value in row] for row in rows]
    return one_sheet_workbook(title, list(zip(columns, widths, strict=True)), cells, has_filter=True)


def _cell(value: Any) -> Any:
    if _is_missing(value):
        return None
    return YES_NO[bool(value)] if isinstance(value, bool | np.bool_) else value


def _is_missing(value: Any) -> bool:
    return value is None or (not isinstance(value, str) and bool(pd.isna(value)))


def _width(name: str, values: Sequence[Any]) -> int:
    longest = max(
        (len("00.00.0000 00:00" if isinstance(value, datetime) else str(value)) for value in values),
        default=0,
    )
    return min(WIDEST, max(NARROWEST, longest + 2, max(map(len, name.split() or [""])) + 2))


def file_name_of(title: str) -> str:
    """Return a title as a file's name, without what file systems forbid."""
    return re.sub(r'[<>:"\\|?*\s]+', " ", title.replace("/", "-")).strip() or "Таблица"
