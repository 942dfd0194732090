"""Which files people may attach: kinds, sizes, and a content that is what the name says (п. 3.4, 4.7)."""

import io
import re
import unicodedata
import zipfile
from collections.abc import Callable, Collection
from dataclasses import dataclass

from school.errors import RuleRefused
from school.files.attachments.pictures import HEIC_ENDINGS, bare_picture, is_heic

FILE_BYTES = 10 * 1024 * 1024
TITLE_LENGTH = 100
_TEXT_CONTROLS = frozenset(range(32)) - {9, 10, 12, 13} | {127}
# Signs that a file name may not hold anywhere it could be saved, and those that turn the reading order around.
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]')


@dataclass(frozen=True)
class FileKind:
    """A kind of file: how it is sent to a browser, and how its content is recognised."""

    media_type: str
    is_content: Callable[[bytes], bool]


@dataclass(frozen=True)
class CheckedFile:
    """A file that may be kept: a clean name to show, the code of its kind, its content."""

    title: str
    kind: str
    content: bytes


def _starts(*signatures: bytes) -> Callable[[bytes], bool]:
    return lambda content: content.startswith(signatures)


def _office(folder: str) -> Callable[[bytes], bool]:
    def is_content(content: bytes) -> bool:
        names = _names_in_archive(content)
        has_macros = any(name.lower().endswith("vbaproject.bin") for name in names)
        return "[Content_Types].xml" in names and any(n.startswith(folder) for n in names) and not has_macros

    return is_content


def _names_in_archive(content: bytes) -> list[str]:
    if not content.startswith(b"PK\x03\x04"):
        return []
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return []


def _is_open_document_text(content: bytes) -> bool:
    names = _names_in_archive(content)
    # The format keeps its name uncompressed in the first entry.
    return names[:1] == ["mimetype"] and b"application/vnd.oasis.opendocument.text" in content[:200]


def _is_text(content: bytes) -> bool:
    return bool(content) and not _TEXT_CONTROLS & set(content) and _decodes(content)


def _decodes(content: bytes) -> bool:
    for encoding in ("utf-8", "cp1251"):
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False


_OFFICE = "application/vnd.openxmlformats-officedocument"
FILE_KINDS: dict[str, FileKind] = {
    "pdf": FileKind("application/pdf", _starts(b"%PDF-")),
    "docx": FileKind(f"{_OFFICE}.wordprocessingml.document", _office("word/")),
    "xlsx": FileKind(f"{_OFFICE}.spreadsheetml.sheet", _office("xl/")),
    "pptx": FileKind(f"{_OFFICE}.presentationml.presentation", _office("ppt/")),
    "odt": FileKind("application/vnd.oasis.opendocument.text", _is_open_document_text),
    "txt": FileKind("text/plain", _is_text),
    "png": FileKind("image/png", _starts(b"\x89PNG\r\n\x1a\n")),
    "jpg": FileKind("image/jpeg", _starts(b"\xff\xd8\xff")),
}
SAME_KINDS = {"jpeg": "jpg"}
PICTURES = frozenset({"png", "jpg"})


def check_file(name: str, content: bytes, kinds: Collection[str] = tuple(FILE_KINDS)) -> CheckedFile:
    """Return the file as it may be kept, a picture without the place and the device of its making.

    Raises RuleRefused for a kind other than these, a size or content that may not.
    """
    title = clean_title(name)
    extension = title.rpartition(".")[2].lower()
    kind = SAME_KINDS.get(extension, extension)
    if kind in HEIC_ENDINGS or is_heic(content):
        raise RuleRefused(
            f"Снимок «{title}» записан в виде HEIC, на компьютерах школы он не откроется.",
            next_step="На iPhone выберите «Настройки» → «Камера» → «Форматы» → «Наиболее совместимые» и снимите "
            "ещё раз, или приложите снимок экрана.",
        )
    if kind not in kinds or "." not in title:
        raise RuleRefused(
            f"Файл «{title}» такого вида приложить нельзя.",
            f"Принимаются {', '.join(kinds)}.",
            "Сохраните его, например, как PDF.",
        )
    if len(content) > FILE_BYTES:
        raise RuleRefused(
            f"Файл «{title}» больше {FILE_BYTES // 1024 // 1024} МБ.",
            next_step="Уменьшите его или разделите на части.",
        )
    if not content:
        raise RuleRefused(f"Файл «{title}» пуст.", next_step="Выберите другой файл.")
    bare = bare_picture(kind, content) if kind in PICTURES else content
    if bare is None or not FILE_KINDS[kind].is_content(content):
        raise RuleRefused(
            f"Файл «{title}» не принят.",
            f"Его содержание — не {kind}: имя изменено, в нём макросы или он повреждён.",
            "Сохраните его заново в нужном виде.",
        )
    return CheckedFile(title, kind, bare)


def clean_title(name: str) -> str:
    """Return a file's name without a path, forbidden or invisible signs, not longer than TITLE_LENGTH."""
    base = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    base = " ".join(_FORBIDDEN.sub(" ", base).split()).rstrip(" .")
    stem, dot, extension = base.rpartition(".")
    if not dot:
        return base[:TITLE_LENGTH] or "файл"
    return f"{(stem.strip(' .') or 'файл')[: TITLE_LENGTH - len(extension) - 1]}.{extension}"[-TITLE_LENGTH:]
