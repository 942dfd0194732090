"""Results of national tests as a workbook: the list to fill in, and reading one that was filled in."""

from collections.abc import Sequence
from dataclasses import replace

from school.errors import Refusal
from school.external_tests.records import EnrolledName, ExternalTestKind
from school.external_tests.rules import KINDS, fields_of, has_result
from school.files.column_mapping import find_header
from school.files.rows_below import other_sheet, read_below
from school.files.source import LeftOut, SourceTable, joined_tables
from school.files.tables import read_tables
from school.files.workbook_writing import one_sheet_workbook

# Title and width of a column by field, in the order of the sheet.
COLUMNS = {
    "class": ("Класс", 8),
    "pupil": ("Ученик", 38),
    "kind": ("Тест", 8),
    "subject": ("Предмет", 28),
    "held_on": ("Дата", 12),
    "score": ("Балл", 8),
    "mark": ("Отметка", 9),
}
SHEET = "Результаты"
HEADING_ROWS = 60
NO_RESULT = "без результата"


def results_workbook(pupils: Sequence[EnrolledName], kind: ExternalTestKind, subject: str, day: str) -> bytes:
    """Return an XLSX file with a row for each pupil, the test named in it; «Балл» and «Отметка» are to be filled in."""
    rows = [(pupil.class_name, pupil.name.full, KINDS[kind].title, subject, day) for pupil in pupils]
    return one_sheet_workbook(SHEET, list(COLUMNS.values()), rows, frozen_columns=2)


def results_of_file(content: bytes) -> SourceTable:
    """Return the rows of every sheet that has the columns of results; pupils without a result wrote no test.

    Raises Refusal for what is no table or has no such columns.
    """
    sheets = read_tables(content)
    found = [(sheet, header) for sheet in sheets if (header := find_header(sheet, fields_of, HEADING_ROWS))]
    if not found:
        titles = ", ".join(f"«{title}»" for title, _ in COLUMNS.values())
        raise Refusal(
            "В файле нет нужных столбцов.",
            f"Нужны {titles}; их искали в первых {HEADING_ROWS} строках каждого листа.",
            "Скачайте список для заполнения, перенесите в него результаты и загрузите снова.",
        )
    tables = [
        _with_results(read_below(sheet, *header, lambda block: fields_of(block[-1])))
        for sheet, header in found
    ]
    names = [sheet.name for sheet, _ in found]
    others = (other_sheet(sheet) for sheet in sheets if sheet.name not in names)
    return joined_tables(names, tables, others)


def _with_results(table: SourceTable) -> SourceTable:
    rows = tuple(row for row in table.rows if row.unread or has_result(row))
    numbers = {row.number for row in rows}
    without = [LeftOut(f"строка {row.number}", NO_RESULT) for row in table.rows if row.number not in numbers]
    return replace(table, rows=rows, left_out=(*table.left_out, *without))
