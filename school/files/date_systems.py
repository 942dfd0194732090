"""From which year a workbook counts its days: 1900, or 1904 where the book was begun on an old Macintosh."""

import io
import struct
import zipfile
from xml.etree import ElementTree

from school.files.binary_workbook_signs import records_of
from school.files.old_workbook_signs import global_records

_OLD_DATE_MODE, _BINARY_PROPERTIES = 0x22, 153
_XML, _BINARY, _OPEN_DOCUMENT = "xl/workbook.xml", "xl/workbook.bin", "content.xml"
_NULL_DATE = b":null-date "


def is_since_1904(content: bytes) -> bool:
    """Whether a bare number of a day counts from 1904; a book that does not say counts from 1900, as nearly all do."""
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return any(kind == _OLD_DATE_MODE and data[:1] == b"\x01" for kind, data in global_records(content))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = set(archive.namelist())
        if _XML in names:
            return _says_xml(archive.read(_XML))
        if _BINARY in names:
            return _says_binary(archive.read(_BINARY))
        return _OPEN_DOCUMENT in names and _says_open_document(archive.read(_OPEN_DOCUMENT))


def _says_xml(book: bytes) -> bool:
    properties = (each for each in ElementTree.fromstring(book) if each.tag.endswith("}workbookPr"))
    return any(each.get("date1904") in ("1", "true") for each in properties)


def _says_binary(book: bytes) -> bool:
    try:
        properties = [data for kind, data in records_of(book) if kind == _BINARY_PROPERTIES]
        return any(struct.unpack_from("<I", data)[0] & 1 for data in properties)
    except (struct.error, IndexError):
        return False


def _says_open_document(content: bytes) -> bool:
    _, is_said, rest = content.partition(_NULL_DATE)
    return bool(is_said) and b'date-value="1904-01-01"' in rest.partition(b">")[0]
