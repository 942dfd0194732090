"""The opening's tables as files: templates read back, timetables as they hang on the wall, bad files named in words."""

import io

import pytest
import xlsxwriter

from school.errors import Refusal
from school.files.plan import ImportKind
from school.files.source import FileCounts
from school.reference import public_holidays
from school.year.rules.calendar import usual_calendar
from school.year.rules.calendar_rows import calendar_texts, read_calendar
from school.year.workbooks import table_rows, table_template, timetable_rows, timetable_template


def book(*lines: tuple[object, ...], merged: tuple[str, ...] = ()) -> bytes:
    """Return a workbook of one sheet; ``merged`` are ranges whose first cell holds the text."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet("Лист1")
        for number, line in enumerate(lines):
            sheet.write_row(number, 0, line)
        for cells in merged:
            first = cells.split(":")[0]
            row, column = int(first[1:]) - 1, ord(first[0]) - ord("A")
            sheet.merge_range(cells, lines[row][column])
    return buffer.getvalue()


def test_the_calendars_template_reads_back() -> None:
    usual = usual_calendar(2026, public_holidays())
    rows = table_rows(ImportKind.CALENDAR, table_template(ImportKind.CALENDAR, calendar_texts(usual)))
    assert read_calendar(rows.rows, 2026).calendar == usual


@pytest.mark.parametrize(
    ("kind", "row"),
    [
        (ImportKind.CLASSES, {"name": "7А", "grade_level": "7", "homeroom": "Орлова Вера Павловна"}),
        (ImportKind.SUBJECTS, {"name": "Алгебра", "area": "Математика и информатика"}),
        (ImportKind.BELLS, {"number": "1", "starts_at": "08:30", "ends_at": "09:15"}),
        (
            ImportKind.LOAD,
            {
                "school_class": "7А",
                "subject": "Алгебра",
                "subgroup": "",
                "teacher": "Орлова В. П.",
                "hours_a_week": "4",
            },
        ),
    ],
)
def test_a_filled_template_reads_back(kind: ImportKind, row: dict[str, str]) -> None:
    (read,) = table_rows(kind, table_template(kind, [row])).rows
    assert {name: read[name] for name in row} == row


def test_a_file_of_ones_own_is_known_by_its_headers() -> None:
    own = book(
        ("МБОУ «СОШ № 12»",),
        (),
        ("№", "ФИО учителя", "Дисциплина", "Кл.", "Кол-во часов в неделю"),
        (1, "Орлова В. П.", "Алгебра", "7 а", 4),
    )
    (row,) = table_rows(ImportKind.LOAD, own).rows
    assert (row.number, row["school_class"], row["teacher"], row["hours_a_week"]) == (
        4,
        "7 а",
        "Орлова В. П.",
        "4",
    )


def test_a_timetable_on_the_wall_has_a_column_for_each_class() -> None:
    cells = {("понедельник", "1", "7А"): "Алгебра, 204", ("вторник", "2", "7Б"): "История"}
    hours = [(day, str(number)) for day in ("понедельник", "вторник") for number in (1, 2)]
    rows = timetable_rows(timetable_template(["7А", "7Б"], hours, cells), ["7А", "7Б"]).rows
    assert {(row["weekday"], row["number"], row["school_class"]): row["lesson"] for row in rows} == cells


def test_days_may_be_merged_and_rooms_may_stand_beside() -> None:
    wall = book(
        ("Расписание уроков на 2026/27 учебный год",),
        ("День", "№", "7 а", "каб.", "7-Б", "каб."),
        ("Понедельник", 1, "Алгебра", 204, "История", 12),
        ("", 2, "История", 12, "", ""),
        ("Вторник", 1, "", "", "Алгебра", ""),
        merged=("A3:A4",),
    )
    table = timetable_rows(wall, ["7А", "7Б"])
    assert [
        (table.place(row.number), row["school_class"], row["weekday"], row["number"], row["lesson"])
        for row in table.rows
    ] == [
        ("C3", "7 а", "Понедельник", "1", "Алгебра, 204"),
        ("E3", "7-Б", "Понедельник", "1", "История, 12"),
        ("C4", "7 а", "Понедельник", "2", "История, 12"),
        ("E5", "7-Б", "Вторник", "1", "Алгебра"),
    ]


def test_a_timetable_may_be_a_list_with_a_row_for_each_lesson() -> None:
    listed = book(("День недели", "Урок", "Класс", "Предмет", "Кабинет"), ("Пн", 1, "7А", "Алгебра", "204"))
    (row,) = timetable_rows(listed, ["7А"]).rows
    assert (row["weekday"], row["number"], row["subject"], row["room"]) == ("Пн", "1", "Алгебра", "204")


def test_a_file_without_the_columns_is_refused_in_words() -> None:
    with pytest.raises(Refusal, match="«Часов в неделю»"):
        table_rows(ImportKind.LOAD, book(("Класс", "Предмет"), ("7А", "Алгебра")))
    with pytest.raises(Refusal, match="не читается"):
        timetable_rows(b"PK\x03\x04 broken", ["7А"])


def test_another_header_on_the_wall_begins_another_grid() -> None:
    wall = book(
        ("Расписание",),
        ("День", "Урок", "7А"),
        ("Пн", 1, "Алгебра"),
        ("", "", ""),
        ("День", "Урок", "7Б", "9Я"),
        ("Вт", 2, "История", "Химия"),
    )
    table = timetable_rows(wall, ["7А", "7Б"])
    assert [(row["school_class"], row["weekday"], row["number"], row["lesson"]) for row in table.rows] == [
        ("7А", "Пн", "1", "Алгебра"),
        ("7Б", "Вт", "2", "История"),
    ]
    assert table.counts == FileCounts(2, 1, 0, 2)
    assert "столбец «9Я» — не класс этого года — 1" in table.words


def test_a_cell_of_the_wall_that_is_no_value_is_unread() -> None:
    table = timetable_rows(
        book(("День", "Урок", "7А"), ("Пн", 1, "#ССЫЛКА!"), ("Вт", "#Н/Д", "Алгебра")), ["7А"]
    )
    assert [(table.place(row.number), bool(row.unread)) for row in table.rows] == [("C2", True), ("C3", True)]
