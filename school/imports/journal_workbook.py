"""A journal kept as a workbook: the Moscow template (a sheet a subject, a column a lesson), or a report on each pupil.

In the template a cell says «Предмет: …», another «Класс: …»; a row of months stands over a row of days, or one row of
dates; under them may stand «оц» and «урок»; pupils follow in column B. Another such head on the sheet begins another
register. Cells hold «5», «5(2)» (weight 2), «н», «б», several separated by commas. The reports are in ``pupil_reports``.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from school.errors import Refusal
from school.files.rows_below import cell_at
from school.files.source import SourceTable
from school.files.spellings import clean
from school.files.tables import SheetTable
from school.files.texts import words_key
from school.files.values.periods import school_year_in
from school.imports.journal_grids import (
    COLUMN_KINDS,
    NAME_HEADERS,
    GridColumn,
    GridHeader,
    GridReading,
    day_and_month,
    grid_columns,
    is_day,
    is_full_date,
    is_line_of_weekdays,
    line_reason,
    month_of,
    month_word,
    term_of_year,
    title_reason,
)
from school.imports.pupil_reports import is_pupil_report, read_pupil_report

NAME_COLUMN, FIRST_LESSON_COLUMN = 1, 2
_SUBJECT = re.compile(r"^предмет(?:\s*:\s*|\s+|$)(.*)$", re.IGNORECASE)
_CLASS = re.compile(r"^класс(?:\s*:\s*|\s+|$)(.*)$", re.IGNORECASE)
_NAME_HEADERS = (*NAME_HEADERS, "список", "имя", "n", "№")
# What stands over the names in a line of days: no pupil is called so.
_DAY_HEADERS = ("дата", "даты", "день", "дни", "число", "числа", "месяц", "месяц число", "день недели")
# A name that begins another table beside the first one.
_NAME = re.compile(r"[А-ЯЁ][а-яё-]+ [А-ЯЁ][а-яё.-]*(?: [А-ЯЁ][а-яё.-]*)*")
CELLS_OF_A_HEAD = 4


def read_journal_workbook(
    sheets: Sequence[SheetTable], school_year: int, school_class: str = ""
) -> SourceTable:
    """Return a row for each filled cell, with the fields that ``journal_rows.plan_journal`` reads.

    ``school_class`` is meant where a sheet does not say «Класс: …». Raises Refusal where no sheet has a known layout.
    """
    reading = GridReading()
    is_known = False
    for sheet in sheets:
        if is_pupil_report(sheet):
            read_pupil_report(sheet, school_year, school_class, reading)
        elif blocks := list(_blocks(sheet)):
            _read_blocks(sheet, blocks, school_year, school_class, reading)
        else:
            reading.leave_sheet(sheet, "на нём нет строки «Предмет: …» или месяцев.")
            continue
        reading.note_hidden(sheet)
        is_known = True
    if not is_known:
        raise Refusal(
            "Это не журнал по шаблону.",
            "Узнаются журнал по предметам (строка «Предмет: …», строки месяцев и дней, ученики в столбце B) и отчёт об "
            "успеваемости ученика (строки «Класс: …» и «Ученик: …», предметы в строках, дни или периоды в столбцах).",
            "Проверьте файл или загрузите отметки списком: «Отметки и пропуски».",
        )
    return reading.table


@dataclass(frozen=True)
class _Block:
    """A part of a sheet under one head: from which line to which, the lines from 0."""

    subject: str
    school_class: str
    first: int
    end: int


def _blocks(sheet: SheetTable) -> Iterator[_Block]:
    """Yield the parts of a sheet that have a subject and a header; what a later head leaves out is as before."""
    heads = [line for line, row in enumerate(sheet.rows) if _is_head(row)]
    headers = _header_lines(sheet, 0, len(sheet.rows))
    starts = [
        line
        for before, line in zip([-1, *heads], heads, strict=False)
        if before < 0 or any(before < each < line for each in headers)
    ]
    subject = school_class = ""
    for start, end in pairwise([*starts, len(sheet.rows)]):
        found = _headed(sheet, _SUBJECT, start, end)
        subject = subject if found is None else found or sheet.name
        school_class = _headed(sheet, _CLASS, start, end) or school_class
        if subject and any(start <= line < end for line in headers):
            yield _Block(subject, school_class, start, end)


def _is_head(row: Sequence[str]) -> bool:
    return any(
        _said(row, place, pattern) is not None
        for place in range(CELLS_OF_A_HEAD)
        for pattern in (_SUBJECT, _CLASS)
    )


def _said(row: Sequence[str], place: int, pattern: re.Pattern[str]) -> str | None:
    """Return what follows a word such as «Предмет:» in a cell, also in the next filled cell; None without the word."""
    cell = clean(cell_at(row, place))
    match = pattern.match(cell)
    if not match:
        return None
    after = [clean(text) for text in row[place + 1 :] if clean(text) not in ("", cell)]
    following = after[0] if after else ""
    if not match[1] and ":" not in cell and (not following or month_of(following)):
        return None
    return clean(match[1]) or following


def _headed(sheet: SheetTable, pattern: re.Pattern[str], start: int, end: int) -> str | None:
    said = (_said(row, place, pattern) for row in sheet.rows[start:end] for place in range(CELLS_OF_A_HEAD))
    return next((text for text in said if text is not None), None)


def _header_lines(sheet: SheetTable, start: int, end: int) -> list[int]:
    """Return the lines at which a header begins: months, or dates over the column of names."""
    found: list[int] = []
    for line in range(start, end):
        has_weekdays = bool(found) and is_line_of_weekdays(sheet, found[-1] + 1, FIRST_LESSON_COLUMN)
        follows_header = bool(found) and line == found[-1] + 1 + has_weekdays
        if _is_header_line(sheet.rows[line]) and not (follows_header and _has_days(sheet, line)):
            found.append(line)
    return found


def _is_header_line(row: Sequence[str]) -> bool:
    cells = [cell for cell in row[FIRST_LESSON_COLUMN:] if clean(cell)]
    if any(map(month_word, cells)):
        return True
    if _has_name(row):
        return False
    # «16.11» alone may be two marks; beside «Ученик» it is a day.
    is_named = bool(words_key(cell_at(row, NAME_COLUMN)))
    return any(is_full_date(cell) or (is_named and day_and_month(cell)) for cell in cells)


def _has_name(row: Sequence[str]) -> bool:
    words = words_key(cell_at(row, NAME_COLUMN))
    return bool(words) and words not in _DAY_HEADERS and not words.startswith(_NAME_HEADERS)


def _has_days(sheet: SheetTable, line: int) -> bool:
    """Whether a row holds the days of lessons: numbers of days or dates, and no pupil's name."""
    if line >= len(sheet.rows) or _has_name(sheet.rows[line]):
        return False
    cells = sheet.rows[line][FIRST_LESSON_COLUMN:]
    return any(map(is_day, cells))


def _grid_header(sheet: SheetTable, line: int) -> GridHeader:
    """Return the header that begins at a line: months over days, days over months, or dates alone; weekdays beside them."""
    has_months = any(map(month_word, sheet.rows[line][FIRST_LESSON_COLUMN:]))
    below = _after_weekdays(sheet, line + 1)
    # The line below the months is a pupil's where it has a name: what it holds are marks.
    is_pupils = below >= len(sheet.rows) or _has_name(sheet.rows[below])
    months, days = (line, None) if has_months else (None, line)
    if _has_days(sheet, below) or (has_months and not is_pupils):
        months, days = line, below
    elif has_months and line and _has_days(sheet, line - 1):
        days = line - 1
    first = _after_weekdays(sheet, max(days or line, line) + 1)
    kinds = sheet.rows[first] if first < len(sheet.rows) else ()
    has_kinds = any(words_key(cell) in COLUMN_KINDS for cell in kinds)
    return GridHeader(months, days, first if has_kinds else None, first + has_kinds)


def _after_weekdays(sheet: SheetTable, line: int) -> int:
    return line + is_line_of_weekdays(sheet, line, FIRST_LESSON_COLUMN)


def _read_blocks(
    sheet: SheetTable, blocks: Sequence[_Block], school_year: int, school_class: str, reading: GridReading
) -> None:
    above, said = 0, None
    for block in blocks:
        lines = _header_lines(sheet, block.first, block.end)
        # A journal of another year that says so is not of the year that was chosen.
        heads = sheet.rows[above : lines[0]]
        said = school_year_in(cell for row in heads for cell in row) or said
        above, end = block.end, _other_subject(heads)
        fixed = {"subject": block.subject, "school_class": block.school_class or school_class}
        for line, last in pairwise([*lines, block.end]):
            header = _grid_header(sheet, line)
            beside = min(filter(None, (end, _names_beside(sheet, header, last))), default=None)
            found = grid_columns(sheet, header, FIRST_LESSON_COLUMN, said or school_year, beside)
            columns = [replace(column, term=term_of_year(column.term, said)) for column in found]
            for number in range(header.first_row, last):
                _read_pupil(sheet, number, columns, fixed, reading)


def _other_subject(heads: Sequence[Sequence[str]]) -> int | None:
    """Return where another subject or class stands beside the first one of a head; None where there is one of each."""
    for row in heads:
        for pattern in (_SUBJECT, _CLASS):
            said = [
                (place, clean(cell))
                for place, cell in enumerate(row)
                if ":" in cell and pattern.match(clean(cell))
            ]
            if others := [place for place, text in said if text != said[0][1]]:
                return others[0]
    return None


def _names_beside(sheet: SheetTable, header: GridHeader, end: int) -> int | None:
    """Return where another list of pupils begins beside the first one: a column of names, and of their numbers before it."""
    days = sheet.rows[header.days] if header.days is not None else ()
    for place in range(FIRST_LESSON_COLUMN + 1, sheet.width):
        cells = [clean(cell_at(row, place)) for row in sheet.rows[header.first_row : end]]
        filled = [cell for cell in cells if cell]
        if not clean(cell_at(days, place)) and filled and all(map(_NAME.fullmatch, filled)):
            is_numbered = place - 1 > FIRST_LESSON_COLUMN and not clean(cell_at(days, place - 1))
            return place - is_numbered
    return None


def _read_pupil(
    sheet: SheetTable, line: int, columns: Sequence[GridColumn], fixed: dict[str, str], reading: GridReading
) -> None:
    name = clean(cell_at(sheet.rows[line], NAME_COLUMN))
    # Sums of the class may be named in the first column.
    reason = line_reason(name or cell_at(sheet.rows[line], 0)) or title_reason(sheet.rows[line])
    if reason:
        reading.leave_line(sheet, line, columns, reason)
    elif any(map(clean, sheet.rows[line])):
        reading.read_line(sheet, line, columns, {**fixed, "full_name": name})
