"""What a backup is: its manifest, what was done with it, and what can be asked for."""

from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

# The setting that holds the public key of copies.
RECIPIENT = "backup.recipient"


class Cause(StrEnum):
    """Why a backup was taken."""

    NIGHT = "night"
    BUTTON = "button"
    COMMAND = "command"
    MIGRATION = "migration"
    IMPORT = "import"
    YEAR = "year"


CAUSE_TITLES: dict[str, str] = {
    Cause.NIGHT: "ночная",
    Cause.BUTTON: "по кнопке",
    Cause.COMMAND: "по команде",
    Cause.MIGRATION: "перед обновлением базы",
    Cause.IMPORT: "перед загрузкой данных",
    Cause.YEAR: "перед открытием года",
}
BEFORE_CHANGES = frozenset({Cause.MIGRATION, Cause.IMPORT, Cause.YEAR})
BY_HAND = frozenset({Cause.BUTTON, Cause.COMMAND})


@dataclass(frozen=True)
class StoredFile:
    """A file of a backup: its path from the backup's folder, bytes, SHA-256."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Digest:
    """A table's content: how many rows, and the XOR of their hashes by the engine's ``hash``."""

    rows: int
    xor: int


@dataclass(frozen=True)
class Manifest:
    """What a backup holds. ``version``: the number of the newest event in it; ``seconds``: how long taking it lasted."""

    name: str
    taken_at: datetime
    cause: str
    school: str
    app: str
    schema: str
    engine: str
    version: int
    seconds: float = 0.0
    tables: dict[str, Digest] = field(default_factory=dict)
    files: tuple[StoredFile, ...] = ()

    @property
    def size(self) -> int:
        """All bytes of the backup."""
        return sum(each.size for each in self.files)

    def as_plain(self) -> dict[str, Any]:
        """Return it as plain data for JSON."""
        return asdict(self) | {"taken_at": self.taken_at.isoformat()}

    @classmethod
    def from_plain(cls, plain: dict[str, Any]) -> "Manifest":
        """Return a manifest from its plain data. Raises KeyError, TypeError or ValueError where it is none."""
        tables = {name: Digest(**each) for name, each in plain["tables"].items()}
        files = tuple(StoredFile(**each) for each in plain["files"])
        taken_at = datetime.fromisoformat(plain["taken_at"])
        return cls(**plain | {"taken_at": taken_at, "tables": tables, "files": files})


class Deed(StrEnum):
    """What is remembered of backups, whether it came off or not."""

    BACKUP = "backup"
    COPY = "copy"
    DRILL = "drill"


@dataclass(frozen=True)
class Outcome:
    """How one deed ended. ``name``: of the backup; ``problem``: what a person reads where it failed."""

    deed: str
    at: datetime
    name: str
    seconds: float
    who: str
    problem: str = ""
    place: str = ""
