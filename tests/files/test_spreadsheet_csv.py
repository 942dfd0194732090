"""CSV that a Russian Excel opens by a double click: a mark of UTF-8, semicolons, decimal commas, text that stays text."""

import io
import zipfile
from datetime import date, datetime

import pandas as pd
import pytest

from pages.ui.export import archive_for_spreadsheets, comma_separated

MARK = b"\xef\xbb\xbf"


def test_numbers_days_and_flags_are_written_as_people_read_them() -> None:
    content = comma_separated(
        ["Ученик", "Средний балл", "День", "Когда", "Есть", "Пусто"],
        [["Ёлкина; Анна", 4.5, date(2026, 11, 17), datetime(2026, 11, 17, 8, 30), True, None]],
    )
    assert content.startswith(MARK)
    assert content.decode("utf-8-sig") == (
        'Ученик;Средний балл;День;Когда;Есть;Пусто\r\n"Ёлкина; Анна";4,5;17.11.2026;17.11.2026 08:30;да;\r\n'
    )


@pytest.mark.parametrize("text", ["=1+1", "+7 900", "-", "@имя", '=HYPERLINK("http://x")', "\tx"])
def test_text_is_never_a_formula(text: str) -> None:
    line = comma_separated(["Имя"], [[text]]).decode("utf-8-sig").splitlines()[1]
    assert line.lstrip('"').startswith("'")


def test_the_tables_of_an_extract_become_tables_for_people() -> None:
    parquet, archive = io.BytesIO(), io.BytesIO()
    marks = {
        "pupil_id": ["007"],
        "value": [5],
        "weight": [1.5],
        "given_on": [date(2026, 11, 17)],
        "work_type": [None],
    }
    pd.DataFrame(marks).to_parquet(parquet)
    with zipfile.ZipFile(archive, "w") as given:
        given.writestr("marks.parquet", parquet.getvalue())
    with zipfile.ZipFile(io.BytesIO(archive_for_spreadsheets(archive.getvalue()))) as made:
        assert made.namelist() == ["marks.csv"]
        text = made.read("marks.csv").decode("utf-8-sig")
    assert text == "pupil_id;value;weight;given_on;work_type\r\n007;5;1,5;17.11.2026;\r\n"
