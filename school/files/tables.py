"""Tables as people keep them: a workbook of any kind, or CSV in any of the usual encodings, as rows of texts."""

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from school.errors import Refusal
from school.files.csv_reading import read_csv
from school.files.workbook_process import (
    AS_WRITTEN,
    COLUMNS_READ,
    LOCKED,
    OLE_SIGNATURE,
    ROWS_READ,
    SHEETS_READ,
    TOO_LONG,
    TOO_MANY_SHEETS,
    TOO_WIDE,
    UNREADABLE,
)

FILE_BYTES = 50 * 1024**2
# An unpacked workbook of 200,000 rows; more is no table of a school.
UNPACKED_BYTES = 500 * 1024**2
READING_SECONDS = 120
ZIP_SIGNATURE = b"PK\x03\x04"
# What the container of a workbook under a password holds, in its directory.
ENCRYPTED_ENTRY = "EncryptedPackage".encode("utf-16-le")
CSV_SHEET = "CSV"
# Run apart from whatever stands in the environment and the working directory: this code, on the workbook of stdin.
_PROCESS = (
    "import sys; sys.path.insert(0, sys.argv.pop()); from school.files.workbook_process import main; main()"
)
_CODE = str(Path(__file__).parents[2])


@dataclass(frozen=True)
class SheetTable:
    """A sheet as rows of texts; the first row of the sheet is ``rows[0]``, and each row is as long as it is.

    A cell whose value could not be read has a text for which ``school.files.source.unread_reason`` gives the reason.
    ``hidden_rows`` and ``hidden_columns``: places, from 0, of those with anything in them; ``blank_formulas``: rows and columns,
    from 0, of formulas of which it cannot be seen whether their value was saved; ``is_blind``: in this
    workbook neither they nor the errors of formulas can be seen; ``is_since_1904``: a bare number of a day counts from 1904.
    """

    name: str
    rows: tuple[tuple[str, ...], ...]
    is_hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    blank_formulas: tuple[tuple[int, int], ...] = ()
    is_blind: bool = False
    is_since_1904: bool = False

    @cached_property
    def width(self) -> int:
        """How many columns the longest row has."""
        return max(map(len, self.rows), default=0)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is written on the sheet."""
        return not any(any(row) for row in self.rows)


def read_tables(content: bytes, *, fills_merged: bool = True) -> tuple[SheetTable, ...]:
    """Return the sheets of a file with anything on them, visible ones first; what the file is, its content says.

    ``fills_merged``: the text of a merged cell stands in each of the cells that it covers, not in the first alone. Raises Refusal for what is no table, is damaged, under a password or too large.
    """
    if len(content) > FILE_BYTES:
        raise Refusal(
            f"Файл больше {FILE_BYTES // 1024**2} МБ.",
            next_step="Разделите его на части, например по классам, и загрузите их по очереди.",
        )
    _check_kind(content)
    is_workbook = content.startswith((ZIP_SIGNATURE, OLE_SIGNATURE))
    sheets = _workbook_sheets(content, fills_merged) if is_workbook else (_csv_sheet(content),)
    filled = sorted((sheet for sheet in sheets if not sheet.is_empty), key=lambda sheet: sheet.is_hidden)
    if not filled:
        raise Refusal("Файл пуст.", "В нём нет ни одной заполненной строки.", "Проверьте, тот ли это файл.")
    return tuple(filled)


def _check_kind(content: bytes) -> None:
    head = content[:2048].lstrip().lower()
    if content.startswith(OLE_SIGNATURE) and ENCRYPTED_ENTRY in content:
        raise Refusal(*_PROBLEMS[LOCKED])
    if head.startswith((b"<!doctype", b"<html", b"<table", b"<?xml", b"<meta", b"%pdf", b"{\\rtf")):
        raise Refusal(
            "Это не таблица.",
            "Файл называется книгой, а внутри — веб-страница или документ.",
            "Откройте его в Excel и сохраните как .xlsx.",
        )


_PROBLEMS = {
    LOCKED: (
        "Файл закрыт паролем.",
        "Прочитать его без пароля нельзя.",
        "Откройте его в Excel, снимите пароль (Файл → Сведения → Защита книги) и сохраните заново.",
    ),
    UNREADABLE: (
        "Файл не читается.",
        "Он повреждён или это не таблица (.xlsx, .xls, .ods, .csv).",
        "Откройте его в Excel, сохраните заново как .xlsx и повторите загрузку.",
    ),
    TOO_LONG: (
        f"В таблице больше {ROWS_READ} строк.",
        "Столько записей в одной школе не бывает: возможно, внизу листа остались лишние клетки.",
        "Удалите пустые строки внизу или разделите файл на части.",
    ),
    TOO_WIDE: (
        f"В таблице больше {COLUMNS_READ} столбцов.",
        "Ничего не прочитано: лишние столбцы иначе пропали бы.",
        "Удалите лишние столбцы справа или разделите таблицу по предметам или по четвертям.",
    ),
    TOO_MANY_SHEETS: (
        f"В книге больше {SHEETS_READ} листов.",
        "Ничего не прочитано: лишние листы иначе пропали бы.",
        "Разделите книгу на части, например по классам, и загрузите их по очереди.",
    ),
}


def _workbook_sheets(content: bytes, fills_merged: bool) -> tuple[SheetTable, ...]:
    _check_unpacked_size(content)
    answer = _asked_of_process(content, fills_merged)
    if "problem" in answer:
        raise Refusal(*_PROBLEMS[answer["problem"]])
    return tuple(
        SheetTable(
            sheet["name"],
            _tidy_rows(sheet["rows"]),
            sheet["is_hidden"],
            frozenset(sheet["hidden_rows"]),
            frozenset(sheet["hidden_columns"]),
            tuple((row, column) for row, column in sheet["blank_formulas"]),
            answer["is_blind"],
            answer["is_since_1904"],
        )
        for sheet in answer["sheets"]
    )


def _check_unpacked_size(content: bytes) -> None:
    if not content.startswith(ZIP_SIGNATURE):
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as problem:
        raise Refusal(*_PROBLEMS[UNREADABLE]) from problem
    if any(entry.flag_bits & 1 for entry in entries):
        raise Refusal(*_PROBLEMS[LOCKED])
    if sum(entry.file_size for entry in entries) > UNPACKED_BYTES:
        raise Refusal(*_PROBLEMS[TOO_LONG])


def _asked_of_process(content: bytes, fills_merged: bool) -> dict[str, Any]:
    command = [sys.executable, "-I", "-c", _PROCESS, *([] if fills_merged else [AS_WRITTEN]), _CODE]
    try:
        done = subprocess.run(
            command, input=content, capture_output=True, timeout=READING_SECONDS, check=True
        )
        answer: dict[str, Any] = json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError) as problem:
        raise Refusal(*_PROBLEMS[UNREADABLE]) from problem
    return answer


def _csv_sheet(content: bytes) -> SheetTable:
    rows = read_csv(content, ROWS_READ)
    if len(rows) > ROWS_READ:
        raise Refusal(*_PROBLEMS[TOO_LONG])
    if any(any(row[COLUMNS_READ:]) for row in rows):
        raise Refusal(*_PROBLEMS[TOO_WIDE])
    return SheetTable(CSV_SHEET, _tidy_rows([row[:COLUMNS_READ] for row in rows]))


def _tidy_rows(rows: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    """Drop the empty rows at the end; rows keep their places."""
    last = max((place for place, row in enumerate(rows, start=1) if any(row)), default=0)
    return tuple(tuple(row) for row in rows[:last])
