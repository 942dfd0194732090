"""Reads a workbook in a process of its own: this file is run with the workbook on stdin.

A file from outside may name a cell so far away that the reader asks for more memory than there is. Then this process
dies, and the register goes on. Writes one JSON object: ``sheets`` (name, is_hidden, rows of texts) or ``problem``.
"""

import contextlib
import io
import json
import sys
from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

import python_calamine as calamine

# A readable sheet of 200,000 rows takes a third of it.
MEMORY_BYTES = 3 * 1024**3
ROWS_READ, COLUMNS_READ, SHEETS_READ = 200_000, 256, 100
# The argument by which the text of a merged cell stands in its first cell alone.
AS_WRITTEN = "as_written"
TOO_LONG, LOCKED, UNREADABLE = "too_long", "locked", "unreadable"


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
            return {"sheets": [_sheet(book, each, fills_merged) for each in sheets[:SHEETS_READ]]}
    except calamine.PasswordError:
        return {"problem": LOCKED}
    except _TooLongError:
        return {"problem": TOO_LONG}
    except calamine.CalamineError:
        return {"problem": UNREADABLE}


class _TooLongError(Exception):
    """A sheet has more rows than a school has anything."""


def _sheet(book: Any, metadata: Any, fills_merged: bool) -> dict[str, Any]:
    sheet = book.get_sheet_by_name(metadata.name)
    if sheet.height > ROWS_READ:
        raise _TooLongError
    rows = [[_text(value) for value in row[:COLUMNS_READ]] for row in sheet.to_python(skip_empty_area=False)]
    _fill_merged(rows, sheet.merged_cell_ranges or () if fills_merged else ())
    is_hidden = metadata.visible != calamine.SheetVisibleEnum.Visible
    return {"name": metadata.name, "is_hidden": is_hidden, "rows": rows}


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


if __name__ == "__main__":
    main()
