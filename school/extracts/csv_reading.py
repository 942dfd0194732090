"""CSV as people's programs write it: the coding and the delimiter found, an unclosed quote named by its line."""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TextIO

_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
# Older than UTF-8 and still met in Russia, the commonest first: of Windows, of DOS, of Unix.
_OLDER = ("cp1251", "cp866", "koi8-r")
_DELIMITERS = ",;\t"
_BYTES_AT_ONCE = 1024**2
_LETTERS = re.compile("[а-яё]")
_NO_TEXT = re.compile("[а-яё][А-ЯЁ]|[^\x00-\x7fА-Яа-яЁё«»—–№ ]")


class BrokenLineError(ValueError):
    """A line of a file that cannot be read as CSV; ``line`` is where its row begins, ``reason`` says why, in Russian."""

    def __init__(self, file_name: str, line: int, reason: str) -> None:
        super().__init__(f"{file_name}, строка {line}: {reason}")
        self.line, self.reason = line, reason


@contextmanager
def opened_text(path: Path) -> Iterator[TextIO]:
    """Open a text file in the coding that it has."""
    with path.open("rb") as stream:
        coding = coding_of(stream)
    with path.open(encoding=coding, newline="") as text:
        yield text


def text_of(content: bytes) -> TextIO:
    """Return a file's content as text in the coding that it has. Raises UnicodeDecodeError."""
    return io.StringIO(content.decode(coding_of(io.BytesIO(content))), newline="")


def coding_of(stream: BinaryIO) -> str:
    """Return the coding of a whole stream: by its mark, else UTF-8, else the older one that makes words of its bytes."""
    first = stream.read(_BYTES_AT_ONCE)
    if marked := next((coding for mark, coding in _MARKS.items() if first.startswith(mark)), None):
        return marked
    if b"\0" in first[:4096]:
        # Every other byte of Latin letters, digits and commas is zero.
        return "utf-16-be" if first[0::2].count(0) > first[1::2].count(0) else "utf-16-le"
    decoder = codecs.getincrementaldecoder("utf-8")()
    chunk = first
    try:
        while chunk:
            decoder.decode(chunk)
            chunk, last = stream.read(_BYTES_AT_ONCE), chunk
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        sample = chunk or last
        return max(_OLDER, key=lambda coding: _likeness(sample.decode(coding, errors="replace")))
    return "utf-8"


def _likeness(text: str) -> int:
    """Return how much a text looks Russian: small letters, without capitals inside words and signs that nobody writes."""
    return len(_LETTERS.findall(text)) - 2 * len(_NO_TEXT.findall(text))


def csv_rows(text: TextIO, name: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of a CSV text, each with the line where it begins; lines without any sign are passed over.

    The delimiter is the one that the header is written with. Raises UnicodeDecodeError, and BrokenLineError for a row
    that is no CSV.
    """
    first = next((line for line in text if line.strip()), "")
    delimiter = max(_DELIMITERS, key=first.count)
    text.seek(0)
    reader = csv.reader(text, strict=True, delimiter=delimiter)
    line = 1
    try:
        for fields in reader:
            if fields:
                yield line, fields
            line = reader.line_num + 1
    except csv.Error as problem:
        raise BrokenLineError(name, line, _reason(problem, reader.line_num > line)) from problem


def _reason(problem: csv.Error, goes_on: bool) -> str:
    said = str(problem)
    if goes_on or "end of data" in said or "larger than field limit" in said:
        return "кавычка не закрыта"
    return "в ней знак, которого в тексте не бывает" if "NUL" in said else "кавычка стоит внутри текста"
