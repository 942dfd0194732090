"""A binary workbook (.xlsb) written record by record: there is no program here that writes one."""

import io
import struct
import zipfile
from collections.abc import Sequence

_TYPE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONS = (
    '<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="{type}" Target="{target}"/></Relationships>'
)
# A formula (the number 1) and how its record ends: neither says more than the value before it.
FORMULA, _ANY_FORMULA = "=1", struct.pack("<HI3sI", 0, 3, b"\x1e\x01\x00", 0)
ERROR_CODES = {"#N/A": 0x2A, "#DIV/0!": 0x07}


def _record(kind: int, data: bytes = b"") -> bytes:
    head = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    length, size = b"", len(data)
    while True:
        length += bytes([size & 0x7F | (0x80 if size >> 7 else 0)])
        size >>= 7
        if not size:
            return head + length + data


def _text(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def _cell(place: int, value: str | float) -> bytes:
    cell = struct.pack("<II", place, 0)
    if isinstance(value, float):
        return _record(5, cell + struct.pack("<d", value))
    if value in ERROR_CODES:
        return _record(3, cell + bytes([ERROR_CODES[value]]))
    if value == FORMULA:
        return _record(8, cell + _text("") + _ANY_FORMULA)
    return _record(6, cell + _text(value))


def binary_workbook(
    rows: Sequence[Sequence[str | float]],
    *,
    hidden_rows: tuple[int, ...] = (),
    hidden_columns: tuple[int, ...] = (),
    is_since_1904: bool = False,
) -> bytes:
    """Return a workbook with one sheet «Лист1»; a text that is an error's name is written as that error.

    FORMULA is a formula whose value is an empty text.
    """
    width = max(map(len, rows))
    sheet = [_record(129), _record(148, struct.pack("<4I", 0, len(rows) - 1, 0, width - 1)), _record(390)]
    sheet += [_record(60, struct.pack("<4IH", place, place, 2560, 0, 1)) for place in hidden_columns]
    sheet += [_record(391), _record(145)]
    for line, row in enumerate(rows):
        flags = 0x1000 if line in hidden_rows else 0
        sheet.append(_record(0, struct.pack("<IIHHBI", line, 0, 300, flags, 0, 0)))
        sheet += [_cell(place, value) for place, value in enumerate(row)]
    sheet += [_record(146), _record(130)]
    bundle = struct.pack("<II", 0, 1) + _text("rId1") + _text("Лист1")
    properties = _record(153, struct.pack("<II", is_since_1904, 0) + _text(""))
    book = _record(131) + properties + _record(143) + _record(156, bundle) + _record(144) + _record(132)
    parts = {
        "_rels/.rels": _RELATIONS.format(type=f"{_TYPE}/officeDocument", target="xl/workbook.bin"),
        "xl/_rels/workbook.bin.rels": _RELATIONS.format(
            type=f"{_TYPE}/worksheet", target="worksheets/sheet1.bin"
        ),
        "xl/workbook.bin": book,
        "xl/worksheets/sheet1.bin": b"".join(sheet),
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return buffer.getvalue()
