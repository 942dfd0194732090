"""A lesson plan as a workbook: a template to fill in, and reading one that was filled in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from school.errors import Refusal
from school.files.column_mapping import columns_beginning, find_header
from school.files.rows_below import other_sheet, read_below
from school.files.source import LeftOut, SourceTable
from school.files.tables import SheetTable, read_tables
from school.files.workbook_writing import one_sheet_workbook
from school.lesson_plans.rules.lines import PlanLine, plan_line, topic_lines, without_headings
from school.records import PlanTopic

# Widths by title.
COLUMNS = {"№": 6, "Тема": 70, "Часы": 8}
SHEET = "КТП"
WORKBOOK_BYTES = 2 * 1024 * 1024
HEADING_ROWS = 60
# How headers begin.
_BEGINNINGS = {
    # «Тема раздела» and «Содержание» may stand beside the topics of lessons.
    "topic": ("тема урока", "тема занятия", "темы уроков", "тема", "наименование тем", "тем", "содержание"),
    "hours": (
        "часы план",
        "часы",
        "часов",
        "количество часов",
        "кол во часов",
        "час",
        "кол во",
        "количество",
    ),
    "number": ("№", "п п", "номер", "урок", "n"),
}
_NEEDED = {"topic", "hours"}


@dataclass(frozen=True)
class PlanReading:
    """The lines of a plan in a file, and all that the file holds besides."""

    lines: list[PlanLine]
    table: SourceTable


def plan_workbook(topics: Sequence[PlanTopic]) -> bytes:
    """Return an XLSX file with the topics of a plan; without any it is the empty template."""
    rows = [(line, topic.title, topic.hours) for line, topic in enumerate(topics, start=1)]
    return one_sheet_workbook(SHEET, list(COLUMNS.items()), rows, wrapped_column=1)


def workbook_lines(content: bytes) -> PlanReading:
    """Read the lines of a plan: the first sheet with the columns «Тема» and «Часы», by the rows of the sheet.

    Headings of sections and totals are lines that were left out. Raises Refusal for a file that is no workbook or has no
    such columns.
    """
    if len(content) > WORKBOOK_BYTES:
        raise Refusal(
            f"Файл больше {WORKBOOK_BYTES // 1024 // 1024} МБ.",
            next_step="Оставьте в нём один лист с планом.",
        )
    # The heading of a part of the course often spans all columns: it is no topic.
    sheets = read_tables(content, fills_merged=False)
    for sheet in sheets:
        if header := find_header(sheet, _plan_columns, HEADING_ROWS):
            reading = _sheet_lines(sheet, *header)
            others = [other_sheet(each) for each in sheets if each is not sheet]
            table = replace(reading.table, left_out=(*reading.table.left_out, *others))
            return replace(reading, table=table)
    raise Refusal(
        "В файле нет столбцов «Тема» и «Часы».",
        f"Их искали в первых {HEADING_ROWS} строках каждого листа.",
        "Скачайте шаблон, перенесите темы в него и загрузите снова.",
    )


def _sheet_lines(sheet: SheetTable, header_row: int, columns: Mapping[str, int]) -> PlanReading:
    table = read_below(sheet, header_row, columns, lambda block: _plan_columns(block[-1]), tidy=_one_line)
    lines = [
        PlanLine(row.number, row["topic"], None, f"не прочитано: {row.unread}")
        if row.unread
        else plan_line(row.number, row["topic"], row["hours"])
        for row in table.rows
    ]
    numbers = [row["number"] for row in table.rows] if "number" in columns else None
    lines = without_headings(lines, numbers)
    headings = [LeftOut(f"строка {line.number}", line.left_out) for line in lines if line.left_out]
    rows = tuple(row for row, line in zip(table.rows, lines, strict=True) if not line.left_out)
    return PlanReading(topic_lines(lines), replace(table, rows=rows, left_out=(*table.left_out, *headings)))


def _plan_columns(header: Sequence[str]) -> dict[str, int]:
    found = columns_beginning(header, _BEGINNINGS)
    return found if found.keys() >= _NEEDED else {}


def _one_line(text: str) -> str:
    return " ".join(text.split())
