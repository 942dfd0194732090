"""A folder made a BagIt bag (RFC 8493) and one file, and such a file opened again after every byte of it was checked (п. 6.5)."""

import hashlib
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

import bagit

from school.backup.files import CHUNK, all_files, flush, flush_folder, sha256_of
from school.errors import Refusal

CHECKSUMS = ["sha256", "sha512"]
PAYLOAD = "data"
ENDING = ".zip"
NOT_WHOLE = "Пакет архива повреждён или неполон."
TAKE_ANOTHER = "Возьмите другой экземпляр пакета: в журнале, в резервной копии, на внешнем диске."


def make_bag(folder: Path, info: Mapping[str, str]) -> None:
    """Make a folder a bag in its place and check it. Raises OSError, Refusal."""
    try:
        bagit.make_bag(str(folder), dict(info), checksums=CHECKSUMS)
    except bagit.BagError as problem:
        raise Refusal(
            "Пакет архива не собран.", next_step="Проверьте диск и попросите архив снова."
        ) from problem
    check_bag(folder)


def check_bag(folder: Path) -> None:
    """Raise Refusal where a bag's files are not those of its manifests, to the byte, or one is missing or too many."""
    try:
        bagit.Bag(str(folder)).validate(processes=1)
    except (bagit.BagError, OSError, ValueError) as problem:
        raise Refusal(NOT_WHOLE, next_step=TAKE_ANOTHER) from problem


def zip_bag(folder: Path, file: Path) -> str:
    """Write a bag into one file and bring it to the disk; return the SHA-256 of the file. Raises OSError, Refusal.

    What was written is read again and compared with the bag.
    """
    with zipfile.ZipFile(file, "x", zipfile.ZIP_DEFLATED, compresslevel=6) as packed:
        for each in all_files(folder):
            packed.write(each, _name_in(folder, each))
    with zipfile.ZipFile(file) as packed:
        for each in all_files(folder):
            with packed.open(_name_in(folder, each)) as member:
                digest = hashlib.sha256()
                while chunk := member.read(CHUNK):
                    digest.update(chunk)
                if digest.hexdigest() != sha256_of(each):
                    raise Refusal("Диск вернул не то, что на него записали.", next_step="Замените диск.")
    with file.open("rb") as written:
        flush(written.fileno())
    flush_folder(file.parent)
    return sha256_of(file)


def _name_in(folder: Path, file: Path) -> str:
    return f"{folder.name}/{file.relative_to(folder).as_posix()}"


@contextmanager
def opened_bag(package: Path, place: Path) -> Iterator[Path]:
    """Yield the folder of a package, a file or a folder, after it was checked; a file is unpacked inside ``place`` meanwhile.

    Raises Refusal, OSError.
    """
    if package.is_dir():
        check_bag(package)
        yield package
        return
    with tempfile.TemporaryDirectory(prefix=".unpacked-", dir=place) as unpacked:
        folder = _unpacked(package, Path(unpacked))
        check_bag(folder)
        yield folder


def _unpacked(package: Path, place: Path) -> Path:
    try:
        with zipfile.ZipFile(package) as packed:
            roots = {PurePosixPath(name).parts[0] for name in packed.namelist() if _is_plain(name)}
            if len(roots) != 1 or not all(map(_is_plain, packed.namelist())):
                raise Refusal("Это не пакет архива учебного года.", next_step="Выберите другой файл.")
            if sum(each.file_size for each in packed.infolist()) > shutil.disk_usage(place).free:
                raise Refusal(
                    "Мало места на диске, чтобы распаковать пакет.", next_step="Освободите место и повторите."
                )
            packed.extractall(place)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, ValueError) as problem:
        raise Refusal(NOT_WHOLE, next_step=TAKE_ANOTHER) from problem
    return place / roots.pop()


def _is_plain(name: str) -> bool:
    path = PurePosixPath(name)
    return bool(path.parts) and not path.is_absolute() and ".." not in path.parts and os.sep not in path.parts


def member_of(package: Path, path: str) -> bytes:
    """Return a file of a package by its place under the payload. Raises KeyError where there is none, OSError, BadZipFile."""
    with zipfile.ZipFile(package) as packed:
        root = PurePosixPath(packed.namelist()[0]).parts[0]
        return packed.read(f"{root}/{PAYLOAD}/{path}")
