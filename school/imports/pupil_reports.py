"""Reports on pupils as «Сетевой город. Образование» writes them: a block a pupil, subjects in rows, days in columns.

Above a block stand «Класс: …», «Ученик: …», «Период: с … по …», «Учебный год: …»; what a later block leaves out is as
before. A report card has the same layout with periods in its columns.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from school.calendar import school_year_of
from school.files.rows_below import cell_at
from school.files.spellings import clean
from school.files.tables import SheetTable
from school.files.texts import words_key
from school.files.values.periods import names_period, parse_period, school_year_in
from school.imports.journal_grids import (
    GridHeader,
    GridReading,
    grid_columns,
    is_day,
    is_line_of_weekdays,
    line_reason,
    month_of,
    term_of_year,
    title_reason,
)

# The fields of a head, with how they begin; the text follows in the cell or in the next one.
_FIELDS: dict[str, re.Pattern[str]] = {
    "full_name": re.compile(
        r"^(?:ученик|ученица|учащийся|учащаяся|обучающийся|обучающаяся|фио[^:]*|ф\.\s*и\.\s*о\.[^:]*)\s*:\s*(.*)$",
        re.IGNORECASE,
    ),
    "school_class": re.compile(r"^класс\s*:\s*(.*)$", re.IGNORECASE),
    "term": re.compile(r"^(?:учебный\s+)?период\s*:\s*(.*)$", re.IGNORECASE),
    "school_year": re.compile(r"^учебный\s+год\s*:\s*(.*)$", re.IGNORECASE),
}
_SUBJECT_HEADERS = (
    "предмет",
    "предметы",
    "учебный предмет",
    "учебные предметы",
    "наименование предмета",
    "дисциплина",
)
CELLS_OF_A_HEAD = 6
# The school year as a number, of whatever line above a block names it.
YEAR = "year"


def is_pupil_report(sheet: SheetTable) -> bool:
    """Whether a sheet has both a pupil's head and the header of their subjects: one of the two is not enough."""
    lines = range(len(sheet.rows))
    return any("full_name" in _head_of(sheet.rows[line]) for line in lines) and any(
        _header_at(sheet, line) is not None for line in lines
    )


def read_pupil_report(sheet: SheetTable, school_year: int, school_class: str, reading: GridReading) -> None:
    """Take the cells of each pupil's block."""
    head = {"school_class": school_class}
    line = 0
    while line < len(sheet.rows):
        head |= _head_of(sheet.rows[line])
        head |= {YEAR: str(year)} if (year := school_year_in(sheet.rows[line])) else {}
        place = _header_at(sheet, line) if "full_name" in head else None
        line = line + 1 if place is None else _read_block(sheet, line, place, head, school_year, reading)


def _head_of(row: Sequence[str]) -> dict[str, str]:
    found = {}
    for place in range(min(CELLS_OF_A_HEAD, len(row))):
        cell = clean(row[place])
        for name, pattern in _FIELDS.items():
            if match := pattern.match(cell):
                after = (clean(text) for text in row[place + 1 :] if clean(text) not in ("", cell))
                found[name] = clean(match[1]) or next(after, "")
    return found


def _school_year(head: Mapping[str, str]) -> int | None:
    """Return the school year that stands above a block, also in a title, or that the days of its period are of."""
    if said := head.get(YEAR):
        return int(said)
    period = parse_period(head.get("term", ""))
    return school_year_of(period.span[0]) if period and period.span else None


def _header_at(sheet: SheetTable, line: int) -> int | None:
    """Return the column of subjects where a row is the header of a block: beside «Предмет» stand months or periods."""
    row = sheet.rows[line]
    for place in range(min(CELLS_OF_A_HEAD, len(row))):
        if words_key(row[place]) in _SUBJECT_HEADERS:
            beside = row[place + 1 :]
            return (
                place
                if any(month_of(cell) or names_period([cell]) for cell in beside if clean(cell))
                else None
            )
    return None


def _read_block(
    sheet: SheetTable, line: int, place: int, head: Mapping[str, str], school_year: int, reading: GridReading
) -> int:
    """Take the subjects below a header up to another head; return the line after them."""
    weekdays = is_line_of_weekdays(sheet, line + 1, place + 1)
    below = sheet.rows[line + 1 + weekdays] if line + 1 + weekdays < len(sheet.rows) else ()
    has_days = words_key(cell_at(below, place)) in ("", *_SUBJECT_HEADERS) and any(
        is_day(cell) for cell in below[place + 1 :]
    )
    first = line + 1 + weekdays + has_days
    first += not weekdays and is_line_of_weekdays(sheet, first, place + 1)
    header = GridHeader(line, line + 1 + weekdays if has_days else None, None, first)
    said = _school_year(head)
    found = grid_columns(sheet, header, place + 1, said or school_year)
    columns = [replace(column, term=term_of_year(column.term, said)) for column in found]
    common = {name: head[name] for name in ("school_class", "full_name", "term") if head.get(name)}
    if "term" in common:
        common["term"] = term_of_year(common["term"], said)
    lesson = {name: text for name, text in common.items() if name != "term"}
    finals = [column for column in columns if column.is_final]
    others = [column for column in columns if not column.is_final]
    for number in range(header.first_row, len(sheet.rows)):
        row = sheet.rows[number]
        subject = clean(cell_at(row, place))
        if _head_of(row) or _header_at(sheet, number) is not None:
            return number
        if not any(map(clean, row)):
            continue
        if reason := line_reason(subject) or title_reason(row):
            reading.leave_line(sheet, number, columns, reason)
            continue
        reading.read_line(sheet, number, others, {**lesson, "subject": subject})
        reading.read_line(sheet, number, finals, {**common, "subject": subject})
    return len(sheet.rows)
