"""Files of a backup: copied to the disk for sure, hashed, fsynced, shared with the backup before where they are equal."""

import hashlib
import os
import shutil
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from school.backup.records import StoredFile
from school.errors import Refusal

CHUNK = 4 * 1024**2


def copy_durably(source: Path, target: Path, most_bytes: int | None = None) -> None:
    """Copy a file, or its first bytes; each chunk is on the disk before the next, so that a save beside never waits for all.

    Raises Refusal where the file became shorter meanwhile.
    """
    left = source.stat().st_size if most_bytes is None else most_bytes
    with source.open("rb") as old, target.open("xb") as new:
        while left > 0 and (chunk := old.read(min(CHUNK, left))):
            new.write(chunk)
            flush(new.fileno())
            left -= len(chunk)
        new.flush()
        flush(new.fileno())
    if left > 0:
        raise Refusal("Файл стал короче, пока его копировали.", source.name)


def flush(descriptor: int) -> None:
    """Wait until what was written is on the disk."""
    os.fsync(descriptor)


def flush_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def stored(folder: Path, path: Path) -> StoredFile:
    """Return what a manifest says of a file."""
    return StoredFile(path.relative_to(folder).as_posix(), path.stat().st_size, sha256_of(path))


def all_files(folder: Path) -> Iterator[Path]:
    """Yield the files under a folder in the order of their names."""
    return (each for each in sorted(folder.rglob("*")) if each.is_file())


def hold(source: Path, target: Path, skipped: Collection[str] = ()) -> None:
    """Give the files of a folder a second name at once, so that nobody can remove them before they are copied.

    Folders whose names begin as ``skipped`` says hold unfinished work. Raises OSError.
    """
    if not source.is_dir():
        return
    for each in all_files(source):
        if each.relative_to(source).parts[0].startswith(tuple(skipped)):
            continue
        place = target / each.relative_to(source)
        place.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(each, place)
        except FileNotFoundError:
            continue
        except OSError:
            # Another disk, or one that knows no second names.
            shutil.copy2(each, place)


def part_from_source(held: Path, relative: str, before: Path | None, known: Mapping[str, StoredFile]) -> None:
    """Make a held file the backup's own: the one of the backup before where that is the same still, otherwise a copy."""
    earlier, sha256 = known.get(relative), sha256_of(held)
    own = held.with_name(f"{held.name}.own")
    if before is not None and earlier is not None and earlier.sha256 == sha256:
        try:
            if sha256_of(before / relative) == sha256:
                os.link(before / relative, own)
        except OSError:
            own.unlink(missing_ok=True)
    if not own.exists():
        copy_durably(held, own)
    own.replace(held)


def check_files(folder: Path, files: Collection[StoredFile]) -> None:
    """Raise Refusal where a file of a manifest is gone or is not what it was."""
    for each in files:
        path = folder / each.path
        if not path.is_file():
            raise Refusal("Резервная копия неполна.", f"Нет файла {each.path}.", "Возьмите другую копию.")
        if path.stat().st_size != each.size or sha256_of(path) != each.sha256:
            raise Refusal(
                "Резервная копия испорчена.",
                f"Файл {each.path} не тот, что был записан.",
                "Возьмите другую копию.",
            )
