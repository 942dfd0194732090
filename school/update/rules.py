"""What an update may do: never to a newer database, never without room, never with rows lost (п. 6.1, 8.6)."""

from collections.abc import Mapping
from dataclasses import dataclass

from school.errors import RuleRefused
from school.numbers import number_text

# The safety copy, the database that is brought up beside the old one, and room for both to grow while migrations run.
SPACE_IN_DATABASES = 3
SMALLEST_SPACE_BYTES = 64 * 1024**2
BYTES_OF_A_MEGABYTE = 1024**2


@dataclass(frozen=True)
class Migrations:
    """The migrations that the program knows and those that the database has had, both in their order."""

    known: tuple[str, ...]
    applied: tuple[str, ...]

    @property
    def pending(self) -> tuple[str, ...]:
        """Those that an update would apply."""
        return tuple(name for name in self.known if name not in self.applied)

    @property
    def newest(self) -> str:
        """The last one that the database has had."""
        return max(self.applied, default="пустая база")


def check_not_newer(migrations: Migrations) -> None:
    """Raise RuleRefused where the database has had a migration that this program does not know."""
    newer = sorted(set(migrations.applied) - set(migrations.known))
    if newer:
        raise RuleRefused(
            f"База новее этой программы: в ней есть «{newer[-1]}», программа знает до «{max(migrations.known)}».",
            "С базой уже работала более новая версия; прежняя её не поймёт и может испортить.",
            "Установите ту версию или новее. Школа не тронута.",
        )


def space_needed(database_bytes: int) -> int:
    """Return how many bytes must be free for an update of a database of this size."""
    return max(SMALLEST_SPACE_BYTES, SPACE_IN_DATABASES * database_bytes)


def check_space(free_bytes: int, database_bytes: int) -> None:
    """Raise RuleRefused where there is no room for the copies that an update makes."""
    needed = space_needed(database_bytes)
    if free_bytes < needed:
        raise RuleRefused(
            f"На диске мало места: свободно {megabytes(free_bytes)}, нужно {megabytes(needed)}.",
            "Обновление делает копию базы и новую базу рядом с прежней.",
            "Освободите место и повторите. Школа не тронута.",
        )


def megabytes(count: int) -> str:
    """«12 МБ»: bytes in words, rounded up."""
    return f"{number_text(-(-count // BYTES_OF_A_MEGABYTE))} МБ"


def lost_rows(before: Mapping[str, int], after: Mapping[str, int]) -> dict[str, int]:
    """Return the tables that are still there and hold fewer rows than before, with how many are missing.

    A table that a migration takes away whole is its purpose; one that shrinks is a fault.
    """
    return {
        name: before[name] - after[name] for name in before if name in after and after[name] < before[name]
    }
