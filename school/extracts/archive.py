"""A journal extract as one ZIP file, for people who pass it through a browser."""

import io
import zipfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from school.extracts.actions import ImportReport
from school.extracts.files import BrokenExtractError
from school.extracts.format import SUFFIXES, is_called_as_table
from school.extracts.load import export_extract, import_extract, preview_extract
from school.records import User
from school.store.connection import Store

# Unpacked, an archive of this size already stands for hundreds of schools.
UNPACKED_BYTES = 1024**3
MEMBERS = 5_000


def export_archive(store: Store, user: User | None, *, now: datetime, as_csv: bool = False) -> bytes:
    """Return the whole register as a ZIP file of tables. Raises AccessRefused."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        export_extract(store, user, folder, now=now, as_csv=as_csv)
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED if as_csv else zipfile.ZIP_STORED) as archive:
            for path in sorted(folder.iterdir()):
                archive.write(path, path.name)
        return buffer.getvalue()


def preview_archive(store: Store, user: User | None, content: bytes, *, now: datetime) -> ImportReport:
    """Return what loading a ZIP file would bring, and do nothing. Raises BrokenExtractError and AccessRefused."""
    with TemporaryDirectory() as name:
        unpack(content, Path(name))
        return preview_extract(store, user, Path(name), now=now)


def import_archive(
    store: Store, user: User | None, content: bytes, *, now: datetime, source: str
) -> ImportReport:
    """Load a ZIP file as ``import_extract`` loads a folder; ``source`` names it in the record of changes."""
    with TemporaryDirectory() as name:
        unpack(content, Path(name))
        return import_extract(store, user, Path(name), now=now, source=source)


def unpack(content: bytes, folder: Path) -> None:
    """Write the tables of a ZIP file into the folder; one folder around them all is taken off.

    Raises BrokenExtractError for what is no readable ZIP file of a reasonable size.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [member for member in archive.infolist() if _is_table(member)]
            _check_size(members)
            around = _folder_around(members)
            for member in members:
                _write(archive, member, folder / _path(member).relative_to(around))
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError) as problem:
        raise BrokenExtractError(
            "Архив не открывается.",
            "Файл повреждён, закрыт паролем или это не ZIP.",
            "Соберите архив заново и повторите загрузку.",
        ) from problem


def _path(member: zipfile.ZipInfo) -> PurePosixPath:
    """Return where a member stands; some programs write backslashes between folders."""
    return PurePosixPath(member.filename.replace("\\", "/"))


def _is_table(member: zipfile.ZipInfo) -> bool:
    path = _path(member)
    is_inside = not path.is_absolute() and ".." not in path.parts
    is_offered = path.suffix.lower() in SUFFIXES or is_called_as_table(path.name)
    return is_inside and is_offered and not member.is_dir() and path.parts[0] != "__MACOSX"


def _check_size(members: Sequence[zipfile.ZipInfo]) -> None:
    if len(members) > MEMBERS or sum(member.file_size for member in members) > UNPACKED_BYTES:
        raise BrokenExtractError(
            "Архив слишком велик для загрузки через браузер.",
            "В распакованном виде он больше 1 ГБ или содержит слишком много файлов.",
            "Загрузите его командой python -m school.extracts import-extract.",
        )


def _folder_around(members: Sequence[zipfile.ZipInfo]) -> PurePosixPath:
    """Return the folders that stand around all tables and are no partition of a lake."""
    around = PurePosixPath()
    folders = [_path(member).parent.parts for member in members]
    for names in zip(*folders, strict=False):
        if len(set(names)) > 1 or "=" in names[0]:
            break
        around /= names[0]
    return around


def _write(archive: zipfile.ZipFile, member: zipfile.ZipInfo, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # The declared size was checked; what is really read is held to it too.
    with archive.open(member) as source:
        content = source.read(member.file_size + 1)
    if len(content) > member.file_size:
        raise zipfile.BadZipFile
    path.write_bytes(content)
