"""Copies in another place: one encrypted file each, which the school's key opens here and the ``age`` command anywhere (п. 8.6)."""

import hashlib
import os
import re
import tarfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import pyrage
from pyrage import x25519

from school.backup.files import flush, flush_folder, sha256_of
from school.backup.records import Manifest
from school.backup.rules.keeping import Taken, kept_names
from school.backup.shelf import LEFT_OVER, MANIFEST, manifest_of, moment_of
from school.errors import Refusal

ENDING = ".tar.age"
# The cause stands in the name: rotation reads nothing inside.
FILE_NAME = re.compile(r"(?P<name>\d{4}-\d\d-\d\dT\d{6})-(?P<cause>[a-z]+)\.tar\.age")
READ_ME = "КАК-ОТКРЫТЬ.txt"
READ_ME_TEXT = """Здесь зашифрованные резервные копии электронного журнала. Открывает их закрытый ключ с листа из сейфа директора.

Как вернуть журнал: положите строку AGE-SECRET-KEY-… в файл key.txt и на компьютере с программой журнала дайте команду
    python -m school.backup restore ИМЯ.tar.age ПУСТАЯ_ПАПКА --key key.txt
Без программы журнала копию открывает команда age (https://age-encryption.org):
    age -d -i key.txt ИМЯ.tar.age | tar -x
Удалите key.txt после восстановления.
"""


def new_key() -> tuple[str, str]:
    """Return a fresh pair: the public key, which encrypts, and the secret one, which opens and is kept nowhere."""
    identity = x25519.Identity.generate()
    return str(identity.to_public()), str(identity)


def secret_in(file: Path) -> str:
    """Return the secret key in a key file, comments left out. Raises Refusal."""
    try:
        lines = file.read_text(encoding="utf-8").split()
    except (OSError, UnicodeDecodeError) as problem:
        raise Refusal(f"Файл ключа {file} не читается.", next_step="Проверьте путь после --key.") from problem
    found = next((each for each in lines if each.upper().startswith("AGE-SECRET-KEY-")), None)
    if found is None:
        raise Refusal(
            f"В файле {file} нет ключа.",
            "Ключ начинается с AGE-SECRET-KEY-.",
            "Наберите его с листа из сейфа.",
        )
    return found.upper()


def send(backup: Path, place: Path, recipient: str, say: Callable[[str], object]) -> dict[str, Any]:
    """Encrypt a backup into a folder; return the file's name and size. Raises Refusal, OSError.

    The file gets its name once it was read back as it was written; older ones are rotated as the school's own are.
    """
    manifest = manifest_of(backup)
    if manifest is None:
        raise Refusal("Резервной копии нет или она неполна.")
    final = place / f"{manifest.name}-{manifest.cause}{ENDING}"
    unfinished = final.with_name(f"{final.name}{LEFT_OVER}")
    for each in place.glob(f"*{ENDING}{LEFT_OVER}"):
        each.unlink(missing_ok=True)
    say("Шифруем копию")
    try:
        with unfinished.open("xb") as file:
            hashed = _Hashed(file)
            with _packed(backup) as packed:
                pyrage.encrypt_io(packed, hashed, [x25519.Recipient.from_str(recipient)])
            file.flush()
            flush(file.fileno())
        say("Проверяем записанное")
        if sha256_of(unfinished) != hashed.sha256:
            raise Refusal("Папка для копий вернула не то, что в неё записали.", next_step="Замените диск.")
        unfinished.rename(final)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    (place / READ_ME).write_text(READ_ME_TEXT, encoding="utf-8")
    flush_folder(place)
    _rotate(place)
    return {"file": final.name, "size": final.stat().st_size}


def check_may_send(place: Path, data: Path, recipient: str, *, was_used: bool) -> None:
    """Raise Refusal without a key, or where the place is away: an unmounted disk leaves an empty folder of the same disk behind."""
    if not recipient:
        raise Refusal(
            "Копия не отправлена: нет ключа.", next_step="Создайте его: Состояние, «Ключ для копий»."
        )
    if not place.is_dir():
        raise Refusal(
            "Папки для копий нет.",
            f"{place} не найдена: диск не подключён?",
            "Подключите диск и сделайте копию снова.",
        )
    is_same_disk = place.stat().st_dev == data.stat().st_dev
    if was_used and is_same_disk and not (place / READ_ME).is_file():
        raise Refusal(
            "Диск для копий не подключён.",
            f"{place} пуста, хотя копии в неё уже писались.",
            "Подключите диск.",
        )


def _rotate(place: Path) -> None:
    found = {each.name: match for each in place.iterdir() if (match := FILE_NAME.fullmatch(each.name))}
    taken = [Taken(name, moment_of(match["name"]), match["cause"]) for name, match in found.items()]
    for name in found.keys() - kept_names(taken):
        (place / name).unlink(missing_ok=True)


class _Hashed:
    """Writes into a file and hashes what it writes."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._hash = file, hashlib.sha256()

    def write(self, data: bytes) -> int:
        self._hash.update(data)
        return self._file.write(data)

    def flush(self) -> None:
        self._file.flush()

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()


@contextmanager
def _packed(backup: Path) -> Iterator[IO[bytes]]:
    """Read a backup as one stream; the manifest comes first."""
    faults: list[BaseException] = []
    out, into = os.pipe()

    def pack() -> None:
        try:
            with os.fdopen(into, "wb") as pipe, tarfile.open(fileobj=pipe, mode="w|") as archive:
                archive.add(backup / MANIFEST, MANIFEST)
                for each in sorted(backup.iterdir()):
                    if each.name != MANIFEST:
                        archive.add(each, each.name)
        except BaseException as fault:
            faults.append(fault)

    packing = threading.Thread(target=pack, daemon=True)
    packing.start()
    with os.fdopen(out, "rb") as packed:
        yield packed
    packing.join()
    if faults:
        raise faults[0]


def open_copy(file: Path, secret: str, target: Path) -> Manifest:
    """Decrypt a copy into a folder and return its manifest. Raises Refusal where the key is another's or the file is cut."""
    faults: list[BaseException] = []
    out, into = os.pipe()

    def decrypt() -> None:
        try:
            with os.fdopen(into, "wb") as pipe, file.open("rb") as encrypted:
                pyrage.decrypt_io(encrypted, pipe, [x25519.Identity.from_str(secret)])
        except BaseException as fault:
            faults.append(fault)

    decrypting = threading.Thread(target=decrypt, daemon=True)
    decrypting.start()
    try:
        with os.fdopen(out, "rb") as packed, tarfile.open(fileobj=packed, mode="r|") as archive:
            archive.extractall(target, filter="data")
            while packed.read(1 << 20):
                pass
    except (tarfile.TarError, OSError) as problem:
        faults.append(problem)
    decrypting.join()
    if faults:
        raise Refusal(
            "Копия не открылась.",
            "Ключ от другой копии или файл испорчен.",
            "Проверьте ключ или возьмите другую копию.",
        ) from faults[0]
    manifest = manifest_of(target)
    if manifest is None:
        raise Refusal("В файле нет резервной копии журнала.")
    return manifest
