"""Tables as people keep them: a workbook of any kind, or CSV in any of the usual encodings, as rows of texts."""

import csv
import io
import json
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from school.errors import Refusal
from school.files import workbook_process
from school.files.workbook_process import AS_WRITTEN, COLUMNS_READ, LOCKED, ROWS_READ, TOO_LONG, UNREADABLE

FILE_BYTES = 50 * 1024**2
# An unpacked workbook of 200,000 rows; more is no table of a school.
UNPACKED_BYTES = 500 * 1024**2
READING_SECONDS = 120
ZIP_SIGNATURE, OLE_SIGNATURE = b"PK\x03\x04", bytes.fromhex("d0cf11e0a1b11ae1")
# What the container of a workbook under a password holds, in its directory.
ENCRYPTED_ENTRY = "EncryptedPackage".encode("utf-16-le")
DELIMITERS = ";\t,|"
LINES_LOOKED_AT = 30
CSV_SHEET = "CSV"
_BYTE_ORDER_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


@dataclass(frozen=True)
class SheetTable:
    """A sheet as rows of texts; the first row of the sheet is ``rows[0]``, and each row is as long as it is."""

    name: str
    rows: tuple[tuple[str, ...], ...]
    is_hidden: bool = False

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
}


def _workbook_sheets(content: bytes, fills_merged: bool) -> tuple[SheetTable, ...]:
    _check_unpacked_size(content)
    answer = _asked_of_process(content, fills_merged)
    if "problem" in answer:
        raise Refusal(*_PROBLEMS[answer["problem"]])
    return tuple(
        SheetTable(sheet["name"], _tidy_rows(sheet["rows"]), sheet["is_hidden"]) for sheet in answer["sheets"]
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
    command = [sys.executable, "-I", workbook_process.__file__, *([] if fills_merged else [AS_WRITTEN])]
    try:
        done = subprocess.run(
            command, input=content, capture_output=True, timeout=READING_SECONDS, check=True
        )
        answer: dict[str, Any] = json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError) as problem:
        raise Refusal(*_PROBLEMS[UNREADABLE]) from problem
    return answer


def _csv_sheet(content: bytes) -> SheetTable:
    text = _decoded(content)
    if "\0" in text:
        raise Refusal(*_PROBLEMS[UNREADABLE])
    lines = text.splitlines()
    if len(lines) > ROWS_READ:
        raise Refusal(*_PROBLEMS[TOO_LONG])
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(lines)))
    except csv.Error as problem:
        raise Refusal(*_PROBLEMS[UNREADABLE]) from problem
    return SheetTable(CSV_SHEET, _tidy_rows([row[:COLUMNS_READ] for row in rows]))


def _decoded(content: bytes) -> str:
    """Decode by the mark at the start, else as UTF-8, else as Windows-1251, which Excel writes in Russia."""
    marked = next((name for mark, name in _BYTE_ORDER_MARKS.items() if content.startswith(mark)), None)
    for encoding in [marked] if marked else ["utf-8", "cp1251"]:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refusal(*_PROBLEMS[UNREADABLE])


def _delimiter(lines: Sequence[str]) -> str:
    """Return the sign that splits most of the first lines, and most of them alike."""
    filled = [line for line in lines if line.strip()][:LINES_LOOKED_AT]

    def likeness(sign: str) -> tuple[int, int]:
        counts = Counter(line.count(sign) for line in filled if sign in line)
        return max(counts.values(), default=0), max(counts, default=0)

    return max(DELIMITERS, key=likeness)


def _tidy_rows(rows: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    """Drop the empty rows at the end; rows keep their places."""
    last = max((place for place, row in enumerate(rows, start=1) if any(row)), default=0)
    return tuple(tuple(row) for row in rows[:last])
