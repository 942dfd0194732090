"""The lines of a set, what became of each, and the rows of a journal extract that say what the set says."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from school.clock import school_zone
from school.extracts.staging import RefusedExtractRow
from school.files.source import FileCounts
from school.records import PersonName

LINES_NAMED = 5


@dataclass(frozen=True)
class Line:
    """A row of a file of the set; ``texts`` without blanks around, by the name of the column in small letters."""

    file: str
    number: int
    texts: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        """Return a column's text, empty where there is none."""
        return self.texts.get(name.lower(), "")

    @property
    def place(self) -> tuple[str, int]:
        """The file and the number of the line in it."""
        return self.file, self.number


@dataclass(frozen=True)
class RosterSet:
    """The files of a set that are read, by name. ``is_delta``: it holds what changed, not everything.

    ``is_own``: this register's export, or another of its kind. ``unused``: rows of files
    that the register has no place for, by name of the file.
    """

    version: str
    files: Mapping[str, Sequence[Line]]
    is_delta: bool = False
    is_own: bool = False
    unused: Mapping[str, int] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Sequence[Line]:
        """Return the lines of a file, none where the set has no such file."""
        return self.files.get(name, ())


@dataclass
class OneRosterTables:
    """Rows of the extract with the line each came from, names and birthdays of people by their id, and what became of the lines.

    ``unreadable`` and ``refused``: lines that people look for in the register, each with its reason; ``passed_over``:
    those that it has no place for, by file and reason.
    """

    rows: dict[str, list[tuple[Line, dict[str, str]]]] = field(default_factory=lambda: defaultdict(list))
    names: dict[str, PersonName] = field(default_factory=dict)
    birthdays: dict[str, date] = field(default_factory=dict)
    unreadable: list[RefusedExtractRow] = field(default_factory=list)
    refused: list[RefusedExtractRow] = field(default_factory=list)
    passed_over: dict[tuple[str, str], list[int]] = field(default_factory=lambda: defaultdict(list))
    notes: list[str] = field(default_factory=list)
    empty: Counter[str] = field(default_factory=Counter)

    def add(self, table: str, line: Line, **columns: str) -> None:
        """Add a row of an extract's table."""
        self.rows[table].append((line, columns))

    def cannot_read(self, table: str, line: Line, reason: str) -> None:
        """A line has something that cannot be read."""
        self.unreadable.append(RefusedExtractRow(table, line.file, line.number, reason))

    def refuse(self, table: str, line: Line, reason: str) -> None:
        """Leave a line out that somebody may look for in the register."""
        self.refused.append(RefusedExtractRow(table, line.file, line.number, reason))

    def pass_over(self, line: Line, reason: str) -> None:
        """Leave a line out that the register has no place for."""
        self.passed_over[line.file, reason].append(line.number)

    def said_of_passed_over(self) -> list[str]:
        """Return a sentence for each file and reason: how many lines, the first of them."""
        return [
            f"{file}: не взято строк {len(lines)} ({lines_named(lines)}): {reason}."
            for (file, reason), lines in self.passed_over.items()
        ]

    def counts(
        self, roster: RosterSet, checked: Iterable[RefusedExtractRow], held: Iterable[RefusedExtractRow]
    ) -> FileCounts:
        """Return what became of every row of the set, each counted once.

        ``checked``: rows whose values the checks of an extract refused; ``held``: rows that contradict the register.
        """
        unreadable = _places(self.unreadable)
        left_out = {(file, number) for (file, _), numbers in self.passed_over.items() for number in numbers}
        lines = {line.place for each in roster.files.values() for line in each} | unreadable | left_out
        unreadable |= _places(checked) & lines
        left_out |= _places(self.refused) | (_places(held) & lines)
        left_out -= unreadable
        unused, empty = sum(roster.unused.values()), self.empty.total()
        return FileCounts(len(lines - unreadable - left_out), empty, len(unreadable), len(left_out) + unused)


def _places(rows: Iterable[RefusedExtractRow]) -> set[tuple[str, int]]:
    return {(row.file, row.line) for row in rows}


def lines_named(numbers: Collection[int]) -> str:
    """Return «строка 4», or «строки 4, 7 …» with the first of them."""
    first = ", ".join(map(str, sorted(numbers)[:LINES_NAMED]))
    return (
        f"{'строка' if len(numbers) == 1 else 'строки'} {first}{' …' if len(numbers) > LINES_NAMED else ''}"
    )


def day_of(text: str) -> date | None:
    """Return the day of an ISO date, or of an ISO date and time; an instant is taken by the school's clock. None: no day."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (moment.astimezone(ZoneInfo(school_zone())) if moment.tzinfo else moment).date()


def ids_in(text: str) -> list[str]:
    """Return the ids of a list in one field."""
    return [each.strip() for each in text.split(",") if each.strip()]
