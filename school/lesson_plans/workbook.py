"""A lesson plan as a workbook: a template to fill in, and reading one that was filled in."""

from collections.abc import Sequence

from school.errors import Refusal
from school.files.column_mapping import columns_beginning, find_header, rows_below
from school.files.tables import read_tables
from school.files.workbook_writing import one_sheet_workbook
from school.lesson_plans.rules.lines import PlanLine, plan_line
from school.records import PlanTopic

# Widths by title.
COLUMNS = {"№": 6, "Тема": 70, "Часы": 8}
SHEET = "КТП"
WORKBOOK_BYTES = 2 * 1024 * 1024
HEADING_ROWS = 20
# How headers begin.
_BEGINNINGS = {"topic": ("тем",), "hours": ("час", "кол во час", "количество час")}


def plan_workbook(topics: Sequence[PlanTopic]) -> bytes:
    """Return an XLSX file with the topics of a plan; without any it is the empty template."""
    rows = [(line, topic.title, topic.hours) for line, topic in enumerate(topics, start=1)]
    return one_sheet_workbook(SHEET, list(COLUMNS.items()), rows, wrapped_column=1)


def workbook_lines(content: bytes) -> list[PlanLine]:
    """Read the lines of a plan: the first sheet with the columns «Тема» and «Часы», by the rows of the sheet.

    Empty rows are passed over. Raises Refusal for a file that is no workbook or has no such columns.
    """
    if len(content) > WORKBOOK_BYTES:
        raise Refusal(
            f"Файл больше {WORKBOOK_BYTES // 1024 // 1024} МБ.",
            next_step="Оставьте в нём один лист с планом.",
        )
    try:
        # The heading of a part of the course often spans all columns: it is no topic.
        sheet = read_tables(content, fills_merged=False)[0]
    except Refusal as problem:
        raise Refusal(
            "Файл не читается.",
            "Это не книга .xlsx или она повреждена.",
            "Сохраните её заново в Excel как .xlsx.",
        ) from problem
    header = find_header(sheet, _plan_columns, HEADING_ROWS)
    if header is None:
        raise Refusal(
            "В файле нет столбцов «Тема» и «Часы».",
            f"Их искали в первых {HEADING_ROWS} строках первого листа.",
            "Скачайте шаблон, перенесите темы в него и загрузите снова.",
        )
    return [
        plan_line(row.number, row["topic"], row["hours"]) for row in rows_below(sheet, *header, _one_line)
    ]


def _plan_columns(header: Sequence[str]) -> dict[str, int]:
    found = columns_beginning(header, _BEGINNINGS)
    return found if found.keys() == _BEGINNINGS.keys() else {}


def _one_line(text: str) -> str:
    return " ".join(text.split())
