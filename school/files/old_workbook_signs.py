"""The same signs of cells in the workbooks of old Excel (.xls): errors, hidden rows and columns, by its own records.

A file of this kind is a small file system (compound file) with the stream «Workbook» in it, a chain of records.
"""

import struct
from collections.abc import Callable, Iterator

from school.files.workbook_signs import SheetSigns

ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}
_FORMULA, _BOOL_OR_ERROR, _ROW, _COLUMNS, _SHEET, _BEGIN, _END = 0x06, 0x205, 0x208, 0x7D, 0x85, 0x809, 0x0A
# What kind of value a formula has that is no number.
_FORMULA_ERROR, _FORMULA_BLANK = 2, 3
_LAST_SECTOR = 0xFFFFFFFA
_STREAMS = ("Workbook", "Book")


def old_signs_of(content: bytes) -> dict[str, SheetSigns]:
    """Return the signs of each sheet by its name; nothing where the file is not what it should be."""
    try:
        stream = _workbook_stream(content)
        sheets = [data for kind, data in _records(stream, 0) if kind == _SHEET]
        return {_sheet_title(data): _signs(stream, struct.unpack_from("<I", data)[0]) for data in sheets}
    except (struct.error, IndexError, ValueError, UnicodeDecodeError):
        return {}


def global_records(content: bytes) -> list[tuple[int, bytes]]:
    """Return the records about the book as a whole; none where the file is not what it should be."""
    try:
        return list(_records(_workbook_stream(content), 0))
    except (struct.error, IndexError, ValueError, UnicodeDecodeError, StopIteration):
        return []


def _workbook_stream(content: bytes) -> bytes:
    size = 1 << struct.unpack_from("<H", content, 30)[0]

    def sector(number: int) -> bytes:
        return content[(number + 1) * size : (number + 2) * size]

    def table(numbers: Iterator[int]) -> list[int]:
        joined = b"".join(map(sector, numbers))
        return list(struct.unpack(f"<{len(joined) // 4}I", joined))

    in_header = struct.unpack_from("<109I", content, 76)
    allocation = table(number for number in (*in_header, *_more(content, sector)) if number < _LAST_SECTOR)
    directory = b"".join(map(sector, _chain(allocation, struct.unpack_from("<I", content, 48)[0])))
    entries = {}
    for place in range(0, len(directory), 128):
        length = struct.unpack_from("<H", directory, place + 64)[0]
        name = directory[place : place + max(0, length - 2)].decode("utf-16-le")
        entries[name] = struct.unpack_from("<II", directory, place + 116)
    start, length = next(entries[name] for name in _STREAMS if name in entries)
    if length >= struct.unpack_from("<I", content, 56)[0]:
        return b"".join(map(sector, _chain(allocation, start)))[:length]
    small = table(iter(_chain(allocation, struct.unpack_from("<I", content, 60)[0])))
    pieces = b"".join(map(sector, _chain(allocation, entries["Root Entry"][0])))
    return b"".join(pieces[number * 64 : number * 64 + 64] for number in _chain(small, start))[:length]


def _more(content: bytes, sector: Callable[[int], bytes]) -> Iterator[int]:
    """Yield the sectors of the allocation table that the header has no room for."""
    number = struct.unpack_from("<I", content, 68)[0]
    seen: set[int] = set()
    while number < _LAST_SECTOR and number not in seen:
        seen.add(number)
        *numbers, number = struct.unpack(f"<{len(sector(number)) // 4}I", sector(number))
        yield from numbers


def _chain(allocation: list[int], number: int) -> list[int]:
    found: list[int] = []
    while number < _LAST_SECTOR and len(found) <= len(allocation):
        found.append(number)
        number = allocation[number]
    return found


def _records(stream: bytes, place: int) -> Iterator[tuple[int, bytes]]:
    """Yield the records of a part of a workbook, without those of charts in it."""
    depth = 0
    while place + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, place)
        depth += (kind == _BEGIN) - (kind == _END)
        if depth == 0:
            return
        if depth == 1:
            yield kind, stream[place + 4 : place + 4 + length]
        place += 4 + length


def _sheet_title(data: bytes) -> str:
    count, is_wide = data[6], data[7] & 1
    return data[8 : 8 + count * (1 + is_wide)].decode("utf-16-le" if is_wide else "latin-1")


def _signs(stream: bytes, place: int) -> SheetSigns:
    signs = SheetSigns()
    for kind, data in _records(stream, place):
        if kind == _BOOL_OR_ERROR and data[7]:
            signs.unread[struct.unpack_from("<HH", data)] = ERRORS.get(data[6], "#N/A")
        elif kind == _FORMULA and data[12:14] == b"\xff\xff" and data[6] == _FORMULA_ERROR:
            signs.unread[struct.unpack_from("<HH", data)] = ERRORS.get(data[8], "#N/A")
        elif kind == _FORMULA and data[12:14] == b"\xff\xff" and data[6] == _FORMULA_BLANK:
            row, column = struct.unpack_from("<HH", data)
            signs.blank_formulas.append((row, column))
        elif kind == _ROW and data[12] & 0x20:
            signs.hidden_rows.add(struct.unpack_from("<H", data)[0])
        elif kind == _COLUMNS and data[8] & 1:
            first, last = struct.unpack_from("<HH", data)
            signs.hidden_columns.update(range(first, last + 1))
    return signs
