"""Results of national tests as a workbook: the list to fill in, and reading one that was filled in."""

from collections.abc import Sequence

from school.errors import Refusal
from school.external_tests.records import EnrolledName, ExternalTestKind
from school.external_tests.rules import KINDS, fields_of
from school.files.column_mapping import find_header, rows_below
from school.files.plan import SourceRow
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
HEADING_ROWS = 20


def results_workbook(pupils: Sequence[EnrolledName], kind: ExternalTestKind, subject: str, day: str) -> bytes:
    """Return an XLSX file with a row for each pupil, the test named in it; «Балл» and «Отметка» are to be filled in."""
    rows = [(pupil.class_name, pupil.name.full, KINDS[kind].title, subject, day) for pupil in pupils]
    return one_sheet_workbook(SHEET, list(COLUMNS.values()), rows, frozen_columns=2)


def results_of_file(content: bytes) -> list[SourceRow]:
    """Return the rows of the first sheet that has the columns of results, by the numbers of the sheet.

    Empty rows are passed over. Raises Refusal for what is no table or has no such columns.
    """
    for sheet in read_tables(content):
        if header := find_header(sheet, fields_of, HEADING_ROWS):
            return list(rows_below(sheet, *header))
    titles = ", ".join(f"«{title}»" for title, _ in COLUMNS.values())
    raise Refusal(
        "В файле нет нужных столбцов.",
        f"Нужны {titles}; их искали в первых {HEADING_ROWS} строках каждого листа.",
        "Скачайте список для заполнения, перенесите в него результаты и загрузите снова.",
    )
