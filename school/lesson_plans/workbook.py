"""A lesson plan as a workbook: a template to fill in, and reading one that was filled in."""

import io
import zipfile
from collections.abc import Iterator, Sequence
from itertools import islice

import openpyxl

from school.errors import Refusal
from school.files.workbook_writing import one_sheet_workbook
from school.lesson_plans.rules.lines import PlanLine, plan_line
from school.records import PlanTopic

# Widths by title.
COLUMNS = {"№": 6, "Тема": 70, "Часы": 8}
SHEET = "КТП"
WORKBOOK_BYTES = 2 * 1024 * 1024
# An unpacked sheet of a plan is small; more is not a plan.
UNPACKED_BYTES = 40 * 1024 * 1024
ROWS_READ, COLUMNS_READ = 2000, 20
HEADING_ROWS = 20


def plan_workbook(topics: Sequence[PlanTopic]) -> bytes:
    """Return an XLSX file with the topics of a plan; without any it is the empty template."""
    rows = [(line, topic.title, topic.hours) for line, topic in enumerate(topics, start=1)]
    return one_sheet_workbook(SHEET, list(COLUMNS.items()), rows, wrapped_column=1)


def workbook_lines(content: bytes) -> list[PlanLine]:
    """Read the lines of a plan: the first sheet with the columns «Тема» and «Часы», by the rows of the sheet.

    Empty rows are passed over. Raises Refusal for a file that is no workbook or has no such columns.
    """
    rows = list(_cells(content))
    for place, (_, cells) in enumerate(rows[:HEADING_ROWS]):
        names = [cell.casefold() for cell in cells]
        topic = next((i for i, name in enumerate(names) if name.startswith("тем")), None)
        hours = next(
            (i for i, name in enumerate(names) if name.startswith(("час", "кол-во час", "количество час"))),
            None,
        )
        if topic is not None and hours is not None:
            return [
                plan_line(number, _at(row, topic), _at(row, hours))
                for number, row in rows[place + 1 :]
                if _at(row, topic) or _at(row, hours)
            ]
    raise Refusal(
        "В файле нет столбцов «Тема» и «Часы».",
        f"Их искали в первых {HEADING_ROWS} строках первого листа.",
        "Скачайте шаблон, перенесите темы в него и загрузите снова.",
    )


def _at(cells: Sequence[str], place: int) -> str:
    return cells[place] if place < len(cells) else ""


def _cells(content: bytes) -> Iterator[tuple[int, list[str]]]:
    _check_archive(content)
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        # A sheet may claim a million empty rows: it is read as far as it goes, not as far as it claims.
        sheet.reset_dimensions()
        rows = sheet.iter_rows(max_col=COLUMNS_READ, values_only=True)
        for number, row in enumerate(islice(rows, ROWS_READ), start=1):
            yield number, [_text(value) for value in row]
    except Refusal:
        raise
    except Exception as problem:
        raise _unreadable() from problem


def _check_archive(content: bytes) -> None:
    if len(content) > WORKBOOK_BYTES:
        raise Refusal(
            f"Файл больше {WORKBOOK_BYTES // 1024 // 1024} МБ.",
            next_step="Оставьте в нём один лист с планом.",
        )
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as problem:
        raise _unreadable() from problem
    if unpacked > UNPACKED_BYTES:
        raise _unreadable()


def _unreadable() -> Refusal:
    return Refusal(
        "Файл не читается.",
        "Это не книга .xlsx или она повреждена.",
        "Сохраните её заново в Excel как .xlsx.",
    )


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return " ".join(str(value).split())
