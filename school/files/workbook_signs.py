"""What a workbook says of cells beside their values: errors, formulas saved without a value, hidden rows and columns.

The reader of values takes all of these for nothing. Read here from the sheets' own XML (.xlsx, .xlsm, .ods).
"""

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree

# What stands in the cell of a formula that was saved without its value: a program wrote the file, Excel never opened it.
NO_VALUE = "#НЕТ ЗНАЧЕНИЯ!"
# Without any of these a sheet has nothing to say, and is not parsed a second time.
_XLSX_SIGNS = (
    *(begin + b"f" + end for begin in (b"<", b":") for end in (b">", b"/", b" ", b"\t", b"\r", b"\n")),
    *(b't="e"', b"t='e'", b"hidden="),
)
_ODS_SIGNS = (b":formula=", b'value-type="error"', b":visibility=")
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
_REFERENCE = re.compile(r"([A-Z]{1,3})(\d+)")


@dataclass
class SheetSigns:
    """Of one sheet, rows and columns from 0: what stands in cells that have no value of their own, and what is hidden.

    ``blank_formulas``: in binary books, where each formula has a value, those of which it is an empty text: a program that
    does not calculate writes it too, and nothing tells the two apart.
    """

    unread: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    blank_formulas: list[tuple[int, int]] = field(default_factory=list)


def signs_of(content: bytes) -> dict[str, SheetSigns]:
    """Return the signs of each sheet by its name; nothing for a workbook that is no archive of XML."""
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = set(archive.namelist())
        if "content.xml" in names:
            return _ods_signs(archive.read("content.xml"))
        if "xl/workbook.xml" in names:
            return {
                name: _xlsx_signs(archive.read(part)) for name, part in _sheet_parts(archive) if part in names
            }
    return {}


def _sheet_parts(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    relations = {
        each.get("Id"): each.get("Target", "")
        for each in ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    }
    for each in ElementTree.fromstring(archive.read("xl/workbook.xml")).iter():
        if _tag(each) == "sheet":
            target = relations.get(each.get(_RELATION) or each.get(_STRICT_RELATION), "")
            part = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
            yield each.get("name", ""), part


def _tag(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _xlsx_signs(sheet: bytes) -> SheetSigns:
    signs = SheetSigns()
    if not any(map(sheet.__contains__, _XLSX_SIGNS)):
        return signs
    row, column = -1, -1
    for event, element in ElementTree.iterparse(io.BytesIO(sheet), ("start", "end")):
        tag = _tag(element)
        if event == "start" and tag == "row":
            row, column = int(element.get("r") or row + 2) - 1, -1
            if _is_set(element.get("hidden")):
                signs.hidden_rows.add(row)
        elif event == "start" and tag == "col" and _is_set(element.get("hidden")):
            signs.hidden_columns.update(range(int(element.get("min", 1)) - 1, int(element.get("max", 1))))
        elif event == "end" and tag == "c":
            column = _column_of(element.get("r"), column + 1)
            if text := _xlsx_problem(element):
                signs.unread[row, column] = text
        elif event == "end" and tag == "row":
            element.clear()
    return signs


def _is_set(text: str | None) -> bool:
    return text in ("1", "true")


def _column_of(reference: str | None, following: int) -> int:
    """Return the column of «C5», or the one after the last cell where a cell does not say its place."""
    match = _REFERENCE.fullmatch(reference or "")
    if not match:
        return following
    number = 0
    for letter in match[1]:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _xlsx_problem(cell: Any) -> str:
    parts = {_tag(part): part.text or "" for part in cell}
    if cell.get("t") == "e":
        return parts.get("v") or "#N/A"
    # A formula that gave an empty text says so by its type.
    return NO_VALUE if "f" in parts and not parts.get("v") and cell.get("t") != "str" else ""


def _ods_signs(content: bytes) -> dict[str, SheetSigns]:
    found: dict[str, SheetSigns] = {}
    if not any(map(content.__contains__, _ODS_SIGNS)):
        return found
    signs, row, column = SheetSigns(), 0, 0
    for event, element in ElementTree.iterparse(io.BytesIO(content), ("start", "end")):
        tag = _tag(element)
        if event == "start" and tag == "table":
            signs, row, column = SheetSigns(), 0, 0
            found[_attribute(element, "name")] = signs
        elif event == "start" and tag == "table-column":
            count = int(_attribute(element, "number-columns-repeated") or 1)
            if _attribute(element, "visibility") in ("collapse", "filter") and count < 1000:
                signs.hidden_columns.update(range(column, column + count))
            column += count
        elif event == "start" and tag == "table-row":
            column = 0
        elif event == "end" and tag in ("table-cell", "covered-table-cell"):
            count = int(_attribute(element, "number-columns-repeated") or 1)
            if text := _ods_problem(element):
                signs.unread.update(
                    {(row, place): text for place in range(column, column + min(count, 1000))}
                )
            column += count
        elif event == "end" and tag == "table-row":
            count = int(_attribute(element, "number-rows-repeated") or 1)
            if _attribute(element, "visibility") in ("collapse", "filter") and count < 1000:
                signs.hidden_rows.update(range(row, row + count))
            row += count
            element.clear()
    return found


def _attribute(element: Any, name: str) -> str:
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), "")


def _ods_problem(cell: Any) -> str:
    types = [value for key, value in cell.attrib.items() if key.rpartition("}")[2] == "value-type"]
    if "error" in types:
        return "".join(cell.itertext()) or "#N/A"
    return NO_VALUE if _attribute(cell, "formula") and not types else ""
