"""CSV as programs in Russia write it: its coding and its delimiter are known by the content, its quotes are read strictly.

One reader for the lists of people, read whole, and for the tables of an extract, read row by row from a file.
"""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TextIO

from school.errors import Refusal

DELIMITERS = ";\t,|"
LINES_LOOKED_AT = 30
_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
# What Excel, DOS programs, old Unix and old Macs write.
_ONE_BYTE = ("cp1251", "cp866", "koi8-r", "mac_cyrillic")
_SAMPLE = 100_000
_BYTES_AT_ONCE = 1024**2
_RUSSIAN = re.compile("[а-яёА-ЯЁ]")
# Signs of letters and text that a wrong coding is full of: none of a school's own punctuation.
_STRANGE = re.compile("[^\\x00-\\x7fа-яёА-ЯЁ«»„“”‘’№–—…§°±²³¼½¾•·©®€\u00a0\u00ad\u2212]")
_BROKEN_CASE = re.compile("[а-яё][А-ЯЁ]")
# «="5"»: a program keeps a table program from taking a text for a number or a day.
_FORCED = re.compile(r'="([^"]*)"')
_SEPARATOR_LINE = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
# The mark of a coding, also where files were put one behind another: it is nothing, and would part a quote from its text.
_BYTE_ORDER_MARK = "\ufeff"

NumberedFields = tuple[int, list[str]]


class UnknownCodingError(ValueError):
    """A text in none of the usual codings: read in any of them, its words are no words."""


class BrokenLineError(ValueError):
    """A row that cannot be read as CSV; ``line`` is where it begins, ``row`` its number, ``reason`` says why, in Russian."""

    def __init__(self, line: int, row: int, reason: str) -> None:
        super().__init__(f"строка {line}: {reason}")
        self.line, self.row, self.reason = line, row, reason


def read_csv(content: bytes, rows_read: int) -> list[list[str]]:
    """Return the rows of a CSV file, at the most ``rows_read`` and one more.

    Raises Refusal for a coding that is none of the usual and for a quote that is not closed, with its row.
    """
    rows: list[list[str]] = []
    try:
        text = text_of(content)
        for _, row in csv_rows(text):
            rows.append([_FORCED.sub(r"\1", cell) if cell.startswith('="') else cell for cell in row])
            if len(rows) > rows_read:
                break
        _check_swallowed(rows, _delimiter_of(text))
    except BrokenLineError as problem:
        raise Refusal(
            f"Файл не прочитан: строка {problem.row}: {problem.reason}.",
            "Всё после неё слилось бы в одну клетку, поэтому из файла ничего не взято.",
            "Закройте кавычку или уберите её (кавычка внутри текста пишется дважды) и загрузите файл снова.",
        ) from problem
    except (UnicodeDecodeError, UnknownCodingError) as problem:
        raise Refusal(
            "Файл не читается.",
            "Он повреждён, это не таблица (.xlsx, .xls, .ods, .csv) или его кодировка не узнана.",
            "Откройте его в Excel, сохраните заново как .xlsx и повторите загрузку.",
        ) from problem
    return rows


@contextmanager
def opened_text(path: Path) -> Iterator[TextIO]:
    """Open a text file in the coding that it has. Raises UnknownCodingError."""
    with path.open("rb") as stream:
        coding = coding_of(stream)
    with path.open(encoding=coding, newline="") as text:
        yield text


def text_of(content: bytes) -> TextIO:
    """Return a file's content as text in the coding that it has. Raises UnicodeDecodeError and UnknownCodingError."""
    return io.StringIO(content.decode(coding_of(io.BytesIO(content))), newline="")


def coding_of(stream: BinaryIO) -> str:
    """Return the coding of a whole stream: by the mark at its start, else UTF-16 or UTF-8 by its bytes, else the one-byte
    coding that makes Russian words of it.

    Raises UnknownCodingError where none does, and for what is no text.
    """
    chunk = stream.read(_BYTES_AT_ONCE)
    marked = next((coding for mark, coding in _MARKS.items() if chunk.startswith(mark)), None)
    if coding := marked or _utf_16(chunk):
        return coding
    if b"\0" in chunk:
        raise UnknownCodingError("нулевые байты")
    decoder = codecs.getincrementaldecoder("utf-8")()
    last = chunk
    try:
        while chunk:
            decoder.decode(chunk)
            chunk, last = stream.read(_BYTES_AT_ONCE), chunk
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return _one_byte((chunk or last)[:_SAMPLE])
    return "utf-8"


def _utf_16(chunk: bytes) -> str | None:
    """Every second byte of a Russian text in UTF-16 is 0 or 4."""
    sample = chunk[: _SAMPLE // 2 * 2]
    halves = {"utf-16-be": sample[::2], "utf-16-le": sample[1::2]}
    if len(chunk) % 2 or len(chunk) < 4:
        return None
    likely = [name for name, high in halves.items() if high.count(0) + high.count(4) > 0.9 * len(high)]
    return likely[0] if likely else None


def _one_byte(sample: bytes) -> str:
    likeness = {coding: _likeness(sample.decode(coding, "replace")) for coding in _ONE_BYTE}
    best = max(_ONE_BYTE, key=likeness.__getitem__)
    if likeness[best] <= 0:
        raise UnknownCodingError("ни в одной кодировке нет русских слов")
    return best


def _likeness(text: str) -> int:
    """How much of a text is Russian words; a capital inside a word, and letters of other tongues, speak against it."""
    russian, strange = len(_RUSSIAN.findall(text)), len(_STRANGE.findall(text))
    return russian + 1 - 3 * strange - 3 * len(_BROKEN_CASE.findall(text))


def csv_rows(text: TextIO) -> Iterator[NumberedFields]:
    """Yield the rows of a CSV text, each with the line where it begins; a row without any sign has no fields.

    Raises UnicodeDecodeError, and BrokenLineError for a row that is no CSV.
    """
    delimiter, before = _delimiter_of(text), 0
    if _SEPARATOR_LINE.match(text.readline()):
        before = 1
        yield 1, []
    else:
        text.seek(0)
    lines = (line.replace(_BYTE_ORDER_MARK, "") for line in text)
    reader = csv.reader(lines, strict=True, delimiter=delimiter)
    line = row = before + 1
    try:
        for fields in reader:
            yield line, fields
            line, row = before + reader.line_num + 1, row + 1
    except csv.Error as problem:
        goes_on = before + reader.line_num > line
        raise BrokenLineError(line, row, _reason(problem, goes_on=goes_on)) from problem


def _reason(problem: csv.Error, *, goes_on: bool) -> str:
    said = str(problem)
    if goes_on or "end of data" in said or "larger than field limit" in said:
        return "кавычка не закрыта"
    return "в ней знак, которого в тексте не бывает" if "NUL" in said else "кавычка стоит внутри текста"


def table_rows(text: TextIO) -> Iterator[NumberedFields]:
    """Yield the rows of a table, its header first; rows without any sign are passed over.

    Raises as ``csv_rows``, and BrokenLineError for a cell that has swallowed rows.
    """
    delimiter, width = _delimiter_of(text), 0
    for row, (line, fields) in enumerate(csv_rows(text), start=1):
        if fields:
            width = width or len(fields)
            if _has_swallowed(fields, width, delimiter):
                raise BrokenLineError(line, row, "кавычка не закрыта")
            yield line, fields


def _check_swallowed(rows: Sequence[Sequence[str]], delimiter: str) -> None:
    """Raise BrokenLineError where the text of a cell goes on over whole rows: its quote was closed by another row's."""
    width = max(Counter(map(len, rows)).most_common(1), default=(0, 0))[0]
    for number, row in enumerate(rows, start=1):
        if _has_swallowed(row, width, delimiter):
            raise BrokenLineError(number, number, "кавычка не закрыта")


def _has_swallowed(row: Sequence[str], width: int, delimiter: str) -> bool:
    for place, cell in enumerate(row):
        if "\n" in cell or "\r" in cell:
            first, *others = [line.count(delimiter) for line in cell.splitlines()]
            # What begins a row after the first lines of a cell, or is a whole one by the number of its delimiters; or the
            # rest of one row and the beginning of another up to the same column.
            is_row = max(others, default=0) >= max(1, width - 1) or (width > 2 and first >= width - 1)
            is_joined = bool(first and others) and (first, others[-1]) == (width - 1 - place, place)
            if is_row or is_joined or (len(row) != width and max(first, *others, 0) > 0):
                return True
    return False


def _delimiter_of(text: TextIO) -> str:
    """Return the sign that the first line names, else that splits most of the first lines, and most of them alike."""
    text.seek(0)
    sample = text.read(_SAMPLE)
    text.seek(0)
    if named := _SEPARATOR_LINE.match(sample):
        return named[1]
    filled = [line for line in sample.splitlines() if line.strip()][:LINES_LOOKED_AT]

    def likeness(sign: str) -> tuple[int, int]:
        counts = Counter(line.count(sign) for line in filled if sign in line)
        return max(counts.values(), default=0), max(counts, default=0)

    return max(DELIMITERS, key=likeness)
