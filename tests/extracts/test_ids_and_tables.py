"""What programs make of an extract on its way: ids turned into real numbers, names of files, codings, commas at the end."""

from datetime import date
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from extracts import NOW, Extract, Rows, small_extract, write_csv, write_extract
from loading_extracts import load, reasons

from school.extracts.format import TABLES, Kind
from school.extracts.load import import_extract
from school.files.csv_reading import opened_text
from school.store.connection import Store

NUMBERS = {
    "7a": "100",
    "8b": "101",
    "m": "102",
    "t1": "103",
    "q1": "104",
    "q2": "108",
    "p1": "105",
    "p2": "106",
}
NUMBERS |= {"p3": "107", "p4": "109", "s": "1"}
ID_COLUMNS = sorted(
    {column.name for table in TABLES.values() for column in table.columns if column.kind is Kind.ID}
)


def numbered(change: str, spell: Any) -> Extract:
    """Return the small extract with numbers for ids; those of one column, in the tables of facts, spelled otherwise."""
    extract: Extract = {}
    for name, rows in small_extract().items():
        extract[name] = [
            {column: _spelled(name, column, text, change, spell) for column, text in row.items()}
            for row in rows
        ]
    return extract


def _spelled(table: str, column: str, text: Any, change: str, spell: Any) -> Any:
    is_id = column in ID_COLUMNS
    number = NUMBERS[text] if is_id and text is not None else text
    return (
        spell(number)
        if is_id and column == change and table in ("marks", "absences", "term_marks")
        else number
    )


@pytest.mark.parametrize("column", ID_COLUMNS)
def test_an_id_is_the_same_id_however_a_program_spelled_it(
    empty_store: Store, tmp_path: Path, column: str
) -> None:
    spellings = cycle(("{}.0", " {} ", "{}\u00a0", "{}.000", "{},0", "{}"))
    extract = numbered(column, lambda number: next(spellings).format(number))
    report = load(empty_store, tmp_path / "in", extract, as_csv=True)
    assert report.refused == []
    assert report.counts["marks"].added == 4
    assert empty_store.read("SELECT external_id FROM staff") == [("103",)]
    assert len(empty_store.read("SELECT * FROM pupils")) == 4


def test_ids_of_a_parquet_column_with_gaps_are_whole_again(empty_store: Store, tmp_path: Path) -> None:
    extract = numbered("teacher_id", float)
    extract["marks"][0]["teacher_id"] = None
    assert load(empty_store, tmp_path / "in", extract).refused == []
    assert empty_store.read("SELECT external_id FROM staff") == [("103",)]


def test_the_word_of_a_program_for_no_id_is_no_id(empty_store: Store, tmp_path: Path) -> None:
    extract = numbered("teacher_id", lambda _: "nan")
    load(empty_store, tmp_path / "in", extract, as_csv=True)
    assert empty_store.read("SELECT external_id FROM staff") == [("103",)]


@pytest.mark.parametrize(
    ("spelled", "reason"),
    [
        (
            "1.03456789012346E+17",
            "teacher_id: «1.03456789012346E+17», программа таблиц приняла обозначение за число и округлила его",
        ),
        ("10 3", "teacher_id: «10 3» отличается от другого обозначения только пробелом"),
    ],
)
def test_an_id_that_cannot_be_told_is_refused_with_its_row(
    empty_store: Store, tmp_path: Path, spelled: str, reason: str
) -> None:
    extract = numbered("", None)
    extract["marks"][2]["teacher_id"] = spelled
    report = load(empty_store, tmp_path / "in", extract, as_csv=True)
    assert reasons(report) == [("marks", 4, reason)]
    assert empty_store.read("SELECT external_id FROM staff") == [("103",)]


def test_ids_with_points_and_words_in_them_stay_as_they_are(empty_store: Store, tmp_path: Path) -> None:
    extract = small_extract()
    extract["classes"][1]["class_id"] = extract["enrolments"][3]["class_id"] = "8 Б 1.1"
    assert load(empty_store, tmp_path / "in", extract, as_csv=True).refused == []
    assert ("8 Б 1.1",) in empty_store.read("SELECT external_id FROM classes")


@pytest.mark.parametrize("as_csv", [False, True], ids=["parquet", "csv"])
def test_capital_names_of_files_are_read(empty_store: Store, tmp_path: Path, as_csv: bool) -> None:
    folder = write_extract(tmp_path / "in", small_extract(), as_csv=as_csv)
    for path in list(folder.iterdir()):
        path.rename(folder / (path.stem.capitalize() + path.suffix.upper()))
    report = import_extract(empty_store, None, folder, now=NOW)
    assert (report.refused, report.notes, report.counts["marks"].added) == ([], [], 4)


def test_a_set_without_marks_says_so(empty_store: Store, tmp_path: Path) -> None:
    extract = small_extract()
    del extract["marks"]
    assert load(empty_store, tmp_path / "in", extract).notes == [
        "Таблицы marks (текущие отметки) в наборе нет."
    ]


CODINGS = ["utf-8", "utf-8-sig", "cp1251", "cp866", "koi8-r", "utf-16", "utf-16-le", "utf-16-be"]


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize(
    "text", ["name\nМатематика\n", "name\nФИЗИКА\nХимия, 8 класс\n", "id,name\n1,История «России» — 5 ч\n"]
)
def test_any_common_coding_is_known(tmp_path: Path, coding: str, text: str) -> None:
    if coding == "koi8-r":
        text = text.replace("«", "").replace("»", "").replace("—", "-")
    if coding == "cp866":
        text = text.replace("«", '"').replace("»", '"').replace("—", "-")
    (tmp_path / "a.csv").write_bytes(text.encode(coding))
    with opened_text(tmp_path / "a.csv") as read:
        assert read.read() == text


def test_a_table_that_a_spreadsheet_wrote_is_read(empty_store: Store, tmp_path: Path) -> None:
    folder = write_extract(tmp_path / "in", small_extract(), as_csv=True)
    for path, (coding, delimiter) in zip(
        folder.iterdir(), cycle([("cp1251", ";"), ("utf-16", "\t")]), strict=False
    ):
        path.write_bytes(path.read_bytes().decode("utf-8").replace(",", delimiter).encode(coding))
    report = import_extract(empty_store, None, folder, now=NOW)
    assert (report.refused, report.notes) == ([], [])
    assert empty_store.read("SELECT DISTINCT work_type FROM mark_rows ORDER BY 1 NULLS LAST") == [
        ("Контрольная работа",),
        (None,),
    ]


def rewritten(folder: Path, table: str, header: str, row: str) -> Path:
    """Put texts behind the header and behind every row of a table."""
    path = folder / f"{table}.csv"
    first, *rest = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([first + header, *(line + row for line in rest)]) + "\n", encoding="utf-8")
    return folder


@pytest.mark.parametrize(("header", "row"), [(",,", ",,"), ("", ",,,"), (",\u00a0,", ",")])
def test_commas_at_the_end_are_nothing(empty_store: Store, tmp_path: Path, header: str, row: str) -> None:
    folder = rewritten(write_extract(tmp_path / "in", small_extract(), as_csv=True), "marks", header, row)
    (folder / "terms.csv").open("a").write(",,,,,,\n\n")
    report = import_extract(empty_store, None, folder, now=NOW)
    assert (report.refused, report.notes, report.counts["marks"].added) == ([], [], 4)


def test_text_beyond_the_last_column_is_refused_with_its_row(empty_store: Store, tmp_path: Path) -> None:
    folder = rewritten(
        write_extract(tmp_path / "in", small_extract(), as_csv=True), "subjects", ",", ",точные"
    )
    report = import_extract(empty_store, None, folder, now=NOW)
    assert reasons(report)[0] == ("subjects", 2, "полей 5, а в заголовке 4")


def test_numbers_of_rows_without_a_name_are_passed_over_and_said(empty_store: Store, tmp_path: Path) -> None:
    folder = write_extract(tmp_path / "in", small_extract(), as_csv=True)
    rows: Rows = [{"": number, **mark} for number, mark in enumerate(small_extract()["marks"])]
    write_csv(folder / "marks.csv", list(rows[0]), rows)
    report = import_extract(empty_store, None, folder, now=NOW)
    assert report.notes == ["marks.csv: столбец без названия, 1-й, не входит в формат и пропущен."]
    assert (report.refused, report.counts["marks"].added) == ([], 4)


def test_a_row_that_goes_over_lines_is_named_by_its_first(empty_store: Store, tmp_path: Path) -> None:
    extract = small_extract()
    extract["lessons"][0] |= {"topic": "Дроби\nи\nстепени", "held_on": date(2026, 12, 30)}
    assert reasons(load(empty_store, tmp_path / "in", extract, as_csv=True))[0][:2] == ("lessons", 2)
