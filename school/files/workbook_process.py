"""Reads a workbook in a process of its own, with the workbook on stdin.

A file from outside may name a cell so far away that the reader asks for more memory than there is. Then this process
dies, and the register goes on. Writes one JSON object: ``sheets`` (name, is_hidden, rows of texts, the places of hidden
rows and columns, of formulas with an empty value), ``is_blind`` where the latter cannot be seen (a damaged .xlsb), ``is_since_1904`` where days are counted from
1904, or ``problem``. What is too large is refused as a whole: nothing is cut off in silence.
"""

import contextlib
import io
import json
import sys
import zipfile
from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any
from xml.etree import ElementTree

import python_calamine as calamine

from school.files.binary_workbook_signs import binary_signs_of
from school.files.date_systems import is_since_1904
from school.files.old_workbook_signs import old_signs_of
from school.files.workbook_signs import SheetSigns, signs_of

# A readable sheet of 200,000 rows takes a third of it.
MEMORY_BYTES = 3 * 1024**3
OLE_SIGNATURE = bytes.fromhex("d0cf11e0a1b11ae1")
ROWS_READ, COLUMNS_READ, SHEETS_READ = 200_000, 500, 400
# The argument by which the text of a merged cell stands in its first cell alone.
AS_WRITTEN = "as_written"
TOO_LONG, TOO_WIDE, TOO_MANY_SHEETS = "too_long", "too_wide", "too_many_sheets"
LOCKED, UNREADABLE = "locked", "unreadable"


def main() -> None:
    """Read stdin, write stdout."""
    _limit_memory()
    # Not json.dump: it writes piece by piece, six times slower.
    sys.stdout.write(
        json.dumps(read_workbook(sys.stdin.buffer.read(), fills_merged=AS_WRITTEN not in sys.argv))
    )


def _limit_memory() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


def read_workbook(content: bytes, *, fills_merged: bool = True) -> dict[str, Any]:
    """Return the sheets of a workbook as texts, or the problem with it."""
    try:
        with calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
            sheets = [each for each in book.sheets_metadata if each.typ == calamine.SheetTypeEnum.WorkSheet]
            if len(sheets) > SHEETS_READ:
                return {"problem": TOO_MANY_SHEETS}
            is_binary = not content.startswith(OLE_SIGNATURE) and b"xl/workbook.bin" in content
            signs = _signs_of(content, is_binary=is_binary)
            return {
                "is_blind": is_binary and not signs,
                "is_since_1904": is_since_1904(content),
                "sheets": [
                    _sheet(book, each, signs.get(each.name, SheetSigns()), fills_merged) for each in sheets
                ],
            }
    except calamine.PasswordError:
        return {"problem": LOCKED}
    except _TooLargeError as problem:
        return {"problem": str(problem)}
    except (calamine.CalamineError, ElementTree.ParseError, zipfile.BadZipFile, KeyError, ValueError):
        return {"problem": UNREADABLE}


def _signs_of(content: bytes, *, is_binary: bool) -> dict[str, SheetSigns]:
    if content.startswith(OLE_SIGNATURE):
        return old_signs_of(content)
    return binary_signs_of(content) if is_binary else signs_of(content)


class _TooLargeError(Exception):
    """A sheet has more rows or columns than a school has anything; says which."""


def _sheet(book: Any, metadata: Any, signs: SheetSigns, fills_merged: bool) -> dict[str, Any]:
    sheet = book.get_sheet_by_name(metadata.name)
    if sheet.height > ROWS_READ:
        raise _TooLargeError(TOO_LONG)
    rows = [
        [value if isinstance(value, str) else _text(value) for value in row]
        for row in sheet.to_python(skip_empty_area=False)
    ]
    _write_unread(rows, signs)
    if max(map(len, rows), default=0) > COLUMNS_READ:
        if any(any(row[COLUMNS_READ:]) for row in rows):
            raise _TooLargeError(TOO_WIDE)
        rows = [row[:COLUMNS_READ] for row in rows]
    _fill_merged(rows, sheet.merged_cell_ranges or () if fills_merged else ())
    filled = [place for place, row in enumerate(rows) if any(row)]
    width = max(map(len, rows), default=0)
    return {
        "name": metadata.name,
        "is_hidden": metadata.visible != calamine.SheetVisibleEnum.Visible,
        "rows": rows,
        "blank_formulas": signs.blank_formulas,
        "hidden_rows": [place for place in filled if place in signs.hidden_rows],
        "hidden_columns": [
            place
            for place in sorted(signs.hidden_columns)
            if place < width and any(row[place : place + 1] != [""] for row in rows if place < len(row))
        ],
    }


def _write_unread(rows: list[list[str]], signs: SheetSigns) -> None:
    """Put what stands for an unread value where the reader of values found nothing, or a number that is none."""
    for (row, column), text in signs.unread.items():
        while row >= len(rows):
            rows.append([])
        rows[row].extend([""] * (column + 1 - len(rows[row])))
        rows[row][column] = text


def _fill_merged(rows: list[list[str]], ranges: Iterable[tuple[tuple[int, int], tuple[int, int]]]) -> None:
    """Write the text of a merged cell everywhere it is seen."""
    for (top, left), (bottom, right) in ranges:
        if top >= len(rows) or left >= len(rows[top]):
            continue
        text = rows[top][left]
        for row in rows[top : bottom + 1]:
            row[left : right + 1] = [text] * len(row[left : right + 1])


def _text(value: object) -> str:
    """A date is written as ISO 8601, a whole number without a point."""
    if isinstance(value, bool):
        return "да" if value else "нет"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        is_day = value.time() == time()
        return value.date().isoformat() if is_day else value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.isoformat("minutes")
    return str(value)
