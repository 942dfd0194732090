"""A journal kept as a workbook, in the layout of the Moscow template: one sheet a subject, a column a lesson.

A1 says «Предмет: …»; a row of months stands over a row of days, and under them may stand «оц» and «урок»; pupils follow
in column B. Cells hold «5», «5(2)» (weight 2), «н», «б», several separated by commas.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from xlsxwriter.utility import xl_rowcol_to_cell

from school.calendar import year_of_month
from school.errors import Refusal
from school.files.column_mapping import SourceTable
from school.files.plan import SourceRow
from school.files.spellings import clean
from school.files.tables import SheetTable
from school.files.texts import month_number, parse_day, words_key

NAME_COLUMN, FIRST_LESSON_COLUMN = 1, 2
HEAD_ROWS = 12
_COLUMN_KINDS = ("оц", "урок")
_TERM_WORDS = ("четв", "полуг", "тримес", "год")
_MEANS = ("ср ", "средн", "ср б")
_SUBJECT = re.compile(r"^\s*предмет\s*:?\s*(.*)$", re.IGNORECASE)
_CLASS = re.compile(r"^\s*класс\s*:?\s*(.+)$", re.IGNORECASE)


@dataclass(frozen=True)
class _Column:
    """A column of a sheet: a lesson's day (as text, ``nth`` of that day) or a term."""

    place: int
    day: str = ""
    nth: int = 1
    term: str = ""


def read_journal_workbook(
    sheets: Sequence[SheetTable], school_year: int, school_class: str = ""
) -> SourceTable:
    """Return a row for each filled cell, with the fields that ``journal_rows.plan_journal`` reads.

    ``school_class`` is meant where a sheet does not say «Класс: …». Raises Refusal where no sheet has the layout.
    """
    rows: list[SourceRow] = []
    places: dict[int, str] = {}
    notes: list[str] = []
    for sheet in sheets:
        subject = _headed(sheet, _SUBJECT)
        months = _month_row(sheet)
        if subject is None or months is None:
            notes.append(f"Лист «{sheet.name}» пропущен: на нём нет строки «Предмет: …» или месяцев.")
            continue
        fixed = {"subject": subject or sheet.name, "school_class": _headed(sheet, _CLASS) or school_class}
        for place, texts in _cells(sheet, months, school_year):
            rows.append(SourceRow(len(rows) + 1, {**fixed, **texts}))
            places[len(rows)] = f"лист «{sheet.name}», {place}"
    if len(notes) == len(sheets):
        raise Refusal(
            "Это не журнал по шаблону.",
            "На листе должны быть строка «Предмет: …», строки месяцев и дней, а ученики — в столбце B.",
            "Проверьте файл или загрузите отметки списком: «Отметки и пропуски».",
        )
    return SourceTable(tuple(rows), places, tuple(notes))


def _headed(sheet: SheetTable, pattern: re.Pattern[str]) -> str | None:
    """Return what follows a word such as «Предмет:» at the head of a sheet, also in the next cell."""
    for row in sheet.rows[:HEAD_ROWS]:
        for place, cell in enumerate(row[:4]):
            if match := pattern.match(clean(cell)):
                after = [clean(text) for text in row[place + 1 :] if clean(text) not in ("", clean(cell))]
                return clean(match[1]) or (after[0] if after else "")
    return None


def _month_row(sheet: SheetTable) -> int | None:
    for number, row in enumerate(sheet.rows[:HEAD_ROWS]):
        if any(month_number(_first_word(cell)) for cell in row[FIRST_LESSON_COLUMN:]):
            return number
    return None


def _first_word(text: str) -> str:
    return next(iter(words_key(text).split()), "")


def _at(sheet: SheetTable, row: int, place: int) -> str:
    cells = sheet.rows[row] if row < len(sheet.rows) else ()
    return clean(cells[place]) if place < len(cells) else ""


def _cells(sheet: SheetTable, months: int, school_year: int) -> Iterator[tuple[str, dict[str, str]]]:
    has_kinds = any(
        words_key(cell) in _COLUMN_KINDS for cell in (sheet.rows[months + 2 : months + 3] or ((),))[0]
    )
    columns = list(_columns(sheet, months, school_year, has_kinds=has_kinds))
    for line in range(months + 2 + has_kinds, len(sheet.rows)):
        name = _at(sheet, line, NAME_COLUMN)
        for column in columns:
            text = _at(sheet, line, column.place)
            if text:
                yield xl_rowcol_to_cell(line, column.place), _texts(name, column, text)


def _texts(name: str, column: _Column, text: str) -> dict[str, str]:
    if column.term:
        return {"full_name": name, "term": column.term, "term_mark": text}
    return {"full_name": name, "lesson_date": column.day, "nth": str(column.nth), "mark": text}


def _columns(sheet: SheetTable, months: int, school_year: int, *, has_kinds: bool) -> Iterator[_Column]:
    width = max(map(len, sheet.rows), default=0)
    seen: Counter[tuple[str, str]] = Counter()
    month = ""
    for place in range(FIRST_LESSON_COLUMN, width):
        own_month, day = _at(sheet, months, place), _at(sheet, months + 1, place)
        month = own_month or month
        words = words_key(f"{own_month} {day}")
        if any(word in words for word in _TERM_WORDS) and not month_number(_first_word(day)):
            yield _Column(place, term=" ".join(dict.fromkeys((*own_month.split(), *day.split()))))
            month = ""
        elif not f"{words} ".startswith(_MEANS):
            kind = _at(sheet, months + 2, place) if has_kinds else ""
            text = _day_text(month, day, school_year)
            seen[text, words_key(kind)] += 1
            yield _Column(place, text, seen[text, words_key(kind)])


def _day_text(month: str, day: str, school_year: int) -> str:
    """Return a lesson's day as ISO, or what stands there where it is no day."""
    if known := parse_day(day):
        return known.isoformat()
    number = month_number(_first_word(month))
    if number is None or not day.isdecimal():
        return f"{day} {month}".strip() or "без даты"
    known = parse_day(f"{int(day)}.{number}.{year_of_month(school_year, number)}")
    return known.isoformat() if known else f"{day} {month}"
