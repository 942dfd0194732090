"""A witness beside the database: whose it is and its newest event, so that a lost or cut log is noticed at the next start.

Written in place after each commit, which no kill of the process undoes, and brought to the disk when the writer rests: it is
never ahead of the log.
"""

import os
import zlib
from dataclasses import dataclass
from pathlib import Path

SIZE = 128


@dataclass(frozen=True)
class Witnessed:
    """What a database held for certain: its random name, and the number of its newest event."""

    store_id: str
    newest_event: int


def witness_path(database: Path) -> Path:
    """Return where the witness of a database is."""
    return database.with_name(f"{database.name}.witness")


def read_witness(database: Path) -> Witnessed | None:
    """Return what is witnessed of a database; None where there is no witness, or none that can be read."""
    try:
        store_id, number, check = witness_path(database).read_text(encoding="ascii").split()
        witnessed = Witnessed(store_id, int(number))
    except (OSError, ValueError):
        return None
    return witnessed if check == _check(witnessed) else None


def drop_witness(database: Path) -> None:
    """Forget what was witnessed: what is there now is accepted as it is."""
    witness_path(database).unlink(missing_ok=True)


class Witness:
    """Notes the newest event of one database."""

    def __init__(self, database: Path, store_id: str) -> None:
        """Note for a database of this name; the file is made at the first event."""
        self._path, self._store_id = witness_path(database), store_id
        self._file: int | None = None
        self._noted, self._is_on_disk = 0, True

    def note(self, newest_event: int) -> None:
        """Note the newest event after its commit; a disk that takes nothing keeps the older note."""
        if newest_event <= self._noted:
            return
        try:
            if self._file is None:
                self._file = os.open(self._path, os.O_WRONLY | os.O_CREAT, 0o600)
            os.pwrite(self._file, _line(Witnessed(self._store_id, newest_event)), 0)
        except OSError:
            return
        self._noted, self._is_on_disk = newest_event, False

    def sync(self) -> None:
        """Bring the note to the disk."""
        if self._file is not None and not self._is_on_disk:
            os.fsync(self._file)
            self._is_on_disk = True

    @property
    def is_on_disk(self) -> bool:
        """Whether there is nothing to bring to the disk."""
        return self._is_on_disk

    def close(self) -> None:
        """Bring the note to the disk and let go of the file."""
        if self._file is not None:
            self.sync()
            os.close(self._file)
            self._file = None


def _line(witnessed: Witnessed) -> bytes:
    text = f"{witnessed.store_id} {witnessed.newest_event} {_check(witnessed)}"
    return text.ljust(SIZE - 1).encode("ascii") + b"\n"


def _check(witnessed: Witnessed) -> str:
    return f"{zlib.crc32(f'{witnessed.store_id} {witnessed.newest_event}'.encode()):08x}"
