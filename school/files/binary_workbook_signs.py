"""The same signs of cells in binary workbooks (.xlsb): errors, hidden rows and columns, by their own records.

Each part of the archive is a chain of records: a number, a length, both in seven bits a byte, and the data.
"""

import io
import posixpath
import struct
import zipfile
from collections.abc import Iterator
from xml.etree import ElementTree

from school.files.old_workbook_signs import ERRORS
from school.files.workbook_signs import SheetSigns

_ROW, _ERROR, _FORMULA_TEXT, _FORMULA_ERROR, _COLUMNS, _SHEET = 0, 3, 8, 11, 60, 156
_WORKBOOK, _RELATIONS = "xl/workbook.bin", "xl/_rels/workbook.bin.rels"


def binary_signs_of(content: bytes) -> dict[str, SheetSigns]:
    """Return the signs of each sheet by its name; nothing where the file is not what it should be."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return {name: _signs(archive.read(part)) for name, part in _sheet_parts(archive)}
    except (
        struct.error,
        IndexError,
        KeyError,
        UnicodeDecodeError,
        ElementTree.ParseError,
        zipfile.BadZipFile,
    ):
        return {}


def records_of(part: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the records of a part of the archive: the number of each and its data."""
    place = 0
    while place < len(part):
        kind, place = _number(part, place, 2)
        length, place = _number(part, place, 4)
        yield kind, part[place : place + length]
        place += length


def _number(part: bytes, place: int, most_bytes: int) -> tuple[int, int]:
    number = 0
    for count in range(most_bytes):
        byte = part[place + count]
        number |= (byte & 0x7F) << 7 * count
        if not byte & 0x80:
            break
    return number, place + count + 1


def _sheet_parts(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    targets = {
        each.get("Id"): each.get("Target", "") for each in ElementTree.fromstring(archive.read(_RELATIONS))
    }
    for kind, data in records_of(archive.read(_WORKBOOK)):
        if kind == _SHEET:
            relation, place = _text(data, 8)
            name, _ = _text(data, place)
            target = targets[relation]
            yield name, target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")


def _text(data: bytes, place: int) -> tuple[str, int]:
    end = place + 4 + 2 * struct.unpack_from("<I", data, place)[0]
    return data[place + 4 : end].decode("utf-16-le"), end


def _signs(part: bytes) -> SheetSigns:
    signs, row = SheetSigns(), 0
    for kind, data in records_of(part):
        if kind == _ROW:
            (row,) = struct.unpack_from("<I", data)
            signs.hidden_rows.update([row] if data[11] & 0x10 else [])
        elif kind in (_ERROR, _FORMULA_ERROR):
            signs.unread[row, struct.unpack_from("<I", data)[0]] = ERRORS.get(data[8], "#N/A")
        elif kind == _FORMULA_TEXT and not struct.unpack_from("<I", data, 8)[0]:
            signs.blank_formulas.append((row, struct.unpack_from("<I", data)[0]))
        elif kind == _COLUMNS and data[16] & 1:
            first, last = struct.unpack_from("<II", data)
            signs.hidden_columns.update(range(first, last + 1))
    return signs
