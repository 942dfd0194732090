"""CSV as programs in Russia write it: its coding and its delimiter are known by the content, its quotes are read strictly."""

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence

from school.errors import Refusal

DELIMITERS = ";\t,|"
LINES_LOOKED_AT = 30
_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
# What Excel, DOS programs, old Unix and old Macs write.
_ONE_BYTE = ("cp1251", "cp866", "koi8-r", "mac_cyrillic")
_SAMPLE = 100_000
_RUSSIAN = re.compile("[а-яёА-ЯЁ]")
# Signs of letters and text that a wrong coding is full of: none of a school's own punctuation.
_STRANGE = re.compile("[^\\x00-\\x7fа-яёА-ЯЁ«»„“”‘’№–—…§°±²³¼½¾•·©®€\u00a0\u00ad\u2212]")
_BROKEN_CASE = re.compile("[а-яё][А-ЯЁ]")
_SEPARATOR_LINE = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)


def read_csv(content: bytes, rows_read: int) -> list[list[str]]:
    """Return the rows of a CSV file, at the most ``rows_read`` and one more.

    Raises Refusal for a coding that is none of the usual and for a quote that is not closed, with its row.
    """
    text = decoded(content)
    if "\0" in text:
        raise _no_text()
    named = _SEPARATOR_LINE.match(text)
    delimiter = named[1] if named else _delimiter(text)
    rows: list[list[str]] = [[""]] if named else []
    reader = csv.reader(
        io.StringIO(text[named.end() if named else 0 :], newline=""), delimiter=delimiter, strict=True
    )
    try:
        for row in reader:
            rows.append(row)
            if len(rows) > rows_read:
                break
    except csv.Error as problem:
        raise _open_quote(len(rows) + 1) from problem
    if '"' in text:
        _check_swallowed(rows, delimiter)
    return rows


def _check_swallowed(rows: Sequence[Sequence[str]], delimiter: str) -> None:
    """Raise Refusal where the text of a cell goes on over whole rows: its quote was closed by that of another row."""
    width = max(Counter(map(len, rows)).most_common(1), default=(0, 0))[0]
    for number, row in enumerate(rows, start=1):
        for cell in row:
            first, *others = [line.count(delimiter) for line in cell.splitlines()] if "\n" in cell else [0]
            # What begins a row after the first lines of a cell, or is a whole one by the number of its delimiters.
            is_row = max(others, default=0) >= max(1, width - 1) or (width > 2 and first >= width - 1)
            if is_row or (len(row) < width and max(first, *others, 0) > 0):
                raise _open_quote(number)


def _open_quote(number: int) -> Refusal:
    return Refusal(
        f"Файл не прочитан: строка {number}: кавычка не закрыта.",
        "Всё после неё слилось бы в одну клетку, поэтому из файла ничего не взято.",
        "Закройте кавычку или уберите её (кавычка внутри текста пишется дважды) и загрузите файл снова.",
    )


def _no_text() -> Refusal:
    return Refusal(
        "Файл не читается.",
        "Он повреждён, это не таблица (.xlsx, .xls, .ods, .csv) или его кодировка не узнана.",
        "Откройте его в Excel, сохраните заново как .xlsx и повторите загрузку.",
    )


def decoded(content: bytes) -> str:
    """Decode by the mark at the start, else as UTF-8 or UTF-16, else as the one-byte coding that makes Russian words of it.

    Raises Refusal where none does.
    """
    marked = next((name for mark, name in _MARKS.items() if content.startswith(mark)), None)
    for encoding in [marked] if marked else [*_utf_16(content), "utf-8"]:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    if marked is None and (text := _one_byte(content)) is not None:
        return text
    raise _no_text()


def _utf_16(content: bytes) -> list[str]:
    """Every second byte of a Russian text in UTF-16 is 0 or 4."""
    sample = content[: _SAMPLE // 2 * 2]
    halves = {"utf-16-be": sample[::2], "utf-16-le": sample[1::2]}
    if len(content) % 2 or len(content) < 4:
        return []
    return [name for name, high in halves.items() if (high.count(0) + high.count(4)) > 0.9 * len(high)]


def _one_byte(content: bytes) -> str | None:
    sample = content[:_SAMPLE]
    likeness = {encoding: _likeness(sample.decode(encoding, "replace")) for encoding in _ONE_BYTE}
    best = max(_ONE_BYTE, key=likeness.__getitem__)
    try:
        return content.decode(best) if likeness[best] > 0 else None
    except UnicodeDecodeError:
        return None


def _likeness(text: str) -> int:
    """How much of a text is Russian words; a capital inside a word, and letters of other tongues, speak against it."""
    russian, strange = len(_RUSSIAN.findall(text)), len(_STRANGE.findall(text))
    return russian + 1 - 3 * strange - 3 * len(_BROKEN_CASE.findall(text))


def _delimiter(text: str) -> str:
    """Return the sign that splits most of the first lines, and most of them alike."""
    filled = [line for line in text[:_SAMPLE].splitlines() if line.strip()][:LINES_LOOKED_AT]

    def likeness(sign: str) -> tuple[int, int]:
        counts = Counter(line.count(sign) for line in filled if sign in line)
        return max(counts.values(), default=0), max(counts, default=0)

    return max(DELIMITERS, key=likeness)
