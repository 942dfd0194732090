"""Tables as workbooks: numbers stay numbers, and nothing typed by people becomes a formula."""

import io
from datetime import date, datetime
from typing import Any

import openpyxl
import pandas as pd
import pytest

from pages.ui.export import workbook


def sheet_of(table: pd.DataFrame, title: str = "Таблица") -> Any:
    """Return the only sheet of the table's workbook."""
    content = workbook(list(table.columns), table.to_numpy(dtype=object).tolist(), title)
    return openpyxl.load_workbook(io.BytesIO(content)).active


@pytest.mark.parametrize("text", ["=1+1", "+7 900", "-", "@имя", '=HYPERLINK("http://x")', "http://x", "007"])
def test_a_text_stays_the_text_it_was(text: str) -> None:
    cell = sheet_of(pd.DataFrame({"Имя": [text]}))["A2"]
    assert (cell.value, cell.data_type) == (text, "s")


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (4.5, "n"),
        (7, "n"),
        (date(2026, 9, 1), "d"),
        (datetime(2026, 9, 1, 16, 0), "d"),
        (None, "n"),
        (float("nan"), "n"),
    ],
)
def test_numbers_and_dates_are_such(value: object, kind: str) -> None:
    cell = sheet_of(pd.DataFrame({"Число": pd.Series([value], dtype=object)}))["A2"]
    assert cell.data_type == kind
    assert (cell.value is None) is pd.isna(value)


def test_the_header_stays_in_sight_and_names_fit_their_columns() -> None:
    sheet = sheet_of(
        pd.DataFrame({"Фамилия": ["Преображенская-Александровская"], "Б": [1]}), "7А: список [новый]"
    )
    assert sheet.freeze_panes == "A2"
    assert sheet.column_dimensions["A"].width > len("Преображенская-Александровская")
    assert sheet.title == "7А  список  новый"


@pytest.mark.parametrize(
    ("value", "shown_as"), [(11 / 12 * 100, "0.00"), (4.54166, "0.00"), (95.0, "General"), (0.25, "General")]
)
def test_a_share_shows_two_decimals_and_keeps_the_rest(value: float, shown_as: str) -> None:
    cell = sheet_of(pd.DataFrame({"Качество": [value]}))["A2"]
    assert (cell.value, cell.number_format) == (pytest.approx(value, abs=1e-12), shown_as)
