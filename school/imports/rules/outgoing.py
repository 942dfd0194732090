"""Rows of the school as a profile writes them: its headers, its codes, its way of a day (п. 4.6).

What is written by a profile is read back by it as the same: codes that cannot be told apart again are refused.
"""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from datetime import date

from school.errors import Refusal
from school.files.column_mapping import EVERY_SHEET, ColumnMapping
from school.files.spellings import class_key, clean
from school.files.texts import words_key
from school.files.workbook_writing import sheet_name, sheets_workbook
from school.imports.rules.profile_files import DATE_FORMATS, MARK_OF_SUBJECT, form_of

OutRow = Mapping[str, str | date]
Cell = str | float | None
# Fields whose cells are numbers where a profile has no codes for them.
_NUMBERS = ("number", "hours_a_week", "mark", "weight", "term_mark", "nth", "final_mark")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
# What a spreadsheet would take for a formula; phones begin with a plus too.
_FORMULA = re.compile(r"[=@\t\r]|[+-](?![\d\s()]*\d)")


def workbook_of_profile(mapping: ColumnMapping, rows: Sequence[OutRow]) -> bytes:
    """Return the rows as an XLSX file. Raises Refusal where the profile cannot say them."""
    return sheets_workbook(_sheets(mapping, rows), mapping.header_row)


def csv_of_profile(mapping: ColumnMapping, rows: Sequence[OutRow]) -> bytes:
    """Return the rows as a CSV file that a Russian spreadsheet opens. Raises Refusal where the profile cannot say them."""
    if mapping.sheet_field:
        raise Refusal(
            "В CSV один лист.", "А профиль пишет каждый класс на своём листе.", "Выгрузите книгой XLSX."
        )
    text = io.StringIO(newline="")
    ((_, lines),) = _sheets(mapping, rows)
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows(
        [_csv_cell(cell) for cell in line] for line in lines
    )
    return text.getvalue().encode("utf-8-sig")


def rows_of_constants(mapping: ColumnMapping, rows: Sequence[OutRow]) -> list[OutRow]:
    """Return the rows for which the constants of a profile («класс: 7А на весь файл») are true."""
    wanted = {name: _compared(name, text) for name, text in mapping.constants.items() if text}
    return [
        row
        for row in rows
        if all(_compared(name, str(row.get(name, ""))) == text for name, text in wanted.items())
    ]


def _compared(name: str, text: str) -> str:
    return class_key(text) if name == "school_class" else words_key(text)


def _sheets(mapping: ColumnMapping, rows: Sequence[OutRow]) -> list[tuple[str, list[list[Cell]]]]:
    codes = _codes(mapping)
    own = rows_of_constants(mapping, rows)
    groups: dict[str, list[OutRow]] = {}
    for row in own:
        name = str(row.get(mapping.sheet_field, "")) if mapping.sheet_field else mapping.sheet
        groups.setdefault(name, []).append(row)
    title = form_of(mapping.kind).title
    if not groups:
        groups = {"" if mapping.sheet_field else mapping.sheet: []}
    return [
        (sheet_name(title if name == EVERY_SHEET else name), _lines(mapping, each, codes))
        for name, each in groups.items()
    ]


def _lines(
    mapping: ColumnMapping, rows: Sequence[OutRow], codes: Mapping[str, Mapping[str, str]]
) -> list[list[Cell]]:
    headers = list(dict.fromkeys(mapping.columns.values()))
    if mapping.header_row:
        blank: list[Cell] = [None] * len(headers)
        lines: list[list[Cell]] = [*([blank] * (mapping.header_row - 1)), [*headers]]
        places = {header: place for place, header in enumerate(headers)}
    else:
        # Without a header columns are called «Столбец 3».
        lines, places = [], {header: _place_of_number(header) for header in headers}
    width = max(places.values(), default=0) + 1
    for row in rows:
        line: list[Cell] = [None] * width
        for name, header in mapping.columns.items():
            cell = _cell(name, row.get(name, ""), mapping, codes)
            if cell in (None, ""):
                continue
            place = places[header]
            if line[place] not in (None, cell):
                raise Refusal(
                    f"В столбец «{header}» не помещаются два разных значения.",
                    f"Профиль пишет в него и «{name}», и другое поле.",
                    "Разведите их по столбцам профиля.",
                )
            line[place] = cell
        lines.append(line)
    return lines


def _place_of_number(header: str) -> int:
    number = re.fullmatch(r"Столбец (\d{1,3})", header)
    if number is None or int(number[1]) == 0:
        raise Refusal(
            f"Профиль без заголовка, а столбец назван «{header}».",
            "Без заголовка столбцы называются «Столбец 1», «Столбец 2» и так далее.",
            "Исправьте профиль.",
        )
    return int(number[1]) - 1


def _cell(
    name: str, value: str | date, mapping: ColumnMapping, codes: Mapping[str, Mapping[str, str]]
) -> Cell:
    text = value.strftime(DATE_FORMATS[mapping.date_format]) if isinstance(value, date) else clean(value)
    if text and name in codes:
        text = _coded(name, text, codes[name], mapping)
    is_number = name in _NUMBERS or name.startswith(MARK_OF_SUBJECT)
    return float(text) if is_number and _NUMBER.fullmatch(text) else text


def _codes(mapping: ColumnMapping) -> dict[str, dict[str, str]]:
    """Return field → text of the school → the first text that the profile's files have in its place."""
    found: dict[str, dict[str, str]] = {}
    for name, pairs in mapping.values.items():
        for given, wanted in pairs.items():
            found.setdefault(name, {}).setdefault(words_key(wanted), given)
    return found


def _coded(name: str, text: str, codes: Mapping[str, str], mapping: ColumnMapping) -> str:
    coded = codes.get(words_key(text), text)
    back = {words_key(given): wanted for given, wanted in mapping.values[name].items()}
    if words_key(back.get(words_key(coded), coded)) != words_key(text):
        raise Refusal(
            f"Замены значений профиля не дают вернуться: «{text[:40]}» записалось бы как «{coded[:40]}».",
            "А такой текст профиль читает как другой.",
            "Исправьте замены значений.",
        )
    return coded


def _csv_cell(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float):
        return f"{cell:g}".replace(".", ",")
    return f"'{cell}" if _FORMULA.match(cell) else cell
