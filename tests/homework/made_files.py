"""Files made for the tests: each kind that homework takes, and impostors."""

import io
import zipfile

from tests.homework.made_pictures import DRAWING, PHOTO


def archive(*names: str, first: str = "") -> bytes:
    """A zip with these entries; ``first`` is what the entry ``mimetype`` says, at the head as the format wants."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        if first:
            made.writestr("mimetype", first)
        for name in names:
            made.writestr(name, "x")
    return buffer.getvalue()


ODT = "application/vnd.oasis.opendocument.text"
PDF = b"%PDF-1.7\n..."
PROGRAM = b"MZ\x90\x00\x03\x00\x00\x00"
SOUND = {
    "Задание.pdf": PDF,
    "Задание.docx": archive("[Content_Types].xml", "word/document.xml"),
    "Таблица.xlsx": archive("[Content_Types].xml", "xl/workbook.xml"),
    "Показ.pptx": archive("[Content_Types].xml", "ppt/presentation.xml"),
    "Задание.odt": archive("content.xml", first=ODT),
    "Слова.txt": "Ёж, уж и чиж".encode(),
    "Слова в Windows.txt": "Уж и чиж".encode("cp1251"),
    "Рисунок.PNG": DRAWING,
    "Снимок.jpg": PHOTO,
    "Снимок.jpeg": PHOTO,
}
IMPOSTORS = {
    "a program renamed to pdf": ("Задание.pdf", PROGRAM),
    "a program renamed to jpg": ("Снимок.jpg", PROGRAM),
    "a program renamed to txt": ("Слова.txt", PROGRAM),
    "any archive renamed to docx": ("Задание.docx", archive("virus.exe")),
    "a workbook renamed to docx": ("Задание.docx", SOUND["Таблица.xlsx"]),
    "a broken archive": ("Задание.docx", b"PK\x03\x04 and no more"),
    "macros inside": (
        "Задание.docx",
        archive("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"),
    ),
    "a page renamed to png": ("Рисунок.png", b"<html><script>alert(1)</script>"),
    "an archive renamed to odt": ("Задание.odt", archive("content.xml", first="application/zip")),
}
