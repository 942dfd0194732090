"""What was read of a file, told apart: read, empty, unreadable and left out; every importer of tables starts from it.

What a file does not say is one thing, what could not be read is another: only the first may be taken for «there is none».
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from school.files.plan import SourceRow
from school.files.spellings import clean
from school.files.workbook_signs import NO_VALUE
from school.numbers import counted

_ERRORS = re.compile(
    r"#\s?(?:N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|SPILL!|CALC!|GETTING_DATA|"
    r"Н/Д|ССЫЛКА!|ЗНАЧ!|ДЕЛ/0!|ИМЯ\?|ЧИСЛО!|ПУСТО!|ПЕРЕНОС!|ВЫЧИСЛ!|#+)|Err:\d{3}|Ошибка:\d{3}",
    re.IGNORECASE,
)
# Nearly no cell is one: the first sign says so.
_BEGINNINGS = ("#", "E", "e", "О", "о")
Words = tuple[str, str, str]
ROWS: Words = ("строка", "строки", "строк")
CELLS: Words = ("клетка", "клетки", "клеток")


def unread_reason(text: str) -> str:
    """Return why the text of a cell is no value that anybody wrote there; empty for what is one."""
    if not text.startswith(_BEGINNINGS):
        return ""
    if text == NO_VALUE:
        return "формула без сохранённого значения: откройте файл в Excel, сохраните и загрузите снова"
    return f"ошибка {clean(text)} вместо значения" if _ERRORS.fullmatch(clean(text)) else ""


@dataclass(frozen=True)
class LeftOut:
    """Rows or cells of a file that are not data, and why: a heading, a total, an average, a sheet that was not chosen."""

    place: str
    reason: str
    count: int = 1


@dataclass(frozen=True)
class FileCounts:
    """How many rows or cells of a file were read, are empty, could not be read, and were left out: together all of it."""

    read: int = 0
    empty: int = 0
    unread: int = 0
    left_out: int = 0

    @property
    def total(self) -> int:
        """How many the file has."""
        return self.read + self.empty + self.unread + self.left_out

    def words(self, place: str, unit: Words, reasons: str = "") -> str:
        """Return «В файле 12 строк: прочитано 8, пустых 1, не прочитано 1, пропущено 2 (заголовок — 1, итоги — 1)»."""
        titles = {"read": "прочитано", "empty": "пустых", "unread": "не прочитано", "left_out": "пропущено"}
        found = {title: getattr(self, name) for name, title in titles.items()}
        parts = [f"{title} {count}" for title, count in found.items() if count or title == "прочитано"]
        return (
            f"{place} {counted(self.total, *unit)}: {', '.join(parts)}{f' ({reasons})' if reasons else ''}."
        )


@dataclass(frozen=True)
class SourceTable:
    """What a file holds: ``rows`` by field, each read or ``unread``; how many are ``empty``; and what was left out.

    ``rows`` are rows of a list, or cells of a grid (``unit``); ``places`` says where one stands when its number alone does
    not. ``notes``: sentences on what the person should know besides.
    """

    rows: tuple[SourceRow, ...]
    places: Mapping[int, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    empty: int = 0
    left_out: tuple[LeftOut, ...] = ()
    unit: Words = ROWS

    def place(self, number: int) -> str:
        """Return where a row stands: «12», or «7А, строка 12»."""
        return self.places.get(number, str(number))

    @property
    def unread(self) -> tuple[SourceRow, ...]:
        """The rows of which something could not be read."""
        return tuple(row for row in self.rows if row.unread)

    @property
    def counts(self) -> FileCounts:
        """What became of each row or cell of the file."""
        unread = len(self.unread)
        left_out = sum(each.count for each in self.left_out)
        return FileCounts(len(self.rows) - unread, self.empty, unread, left_out)

    @property
    def words(self) -> str:
        """What became of them in words, with the reasons why some were left out."""
        reasons: Counter[str] = Counter()
        for each in self.left_out:
            reasons[each.reason] += each.count
        why = ", ".join(f"{reason} — {count}" for reason, count in reasons.items())
        return self.counts.words("В файле", self.unit, why)


def joined_tables(
    names: Sequence[str], tables: Sequence[SourceTable], others: Iterable[LeftOut] = ()
) -> SourceTable:
    """Return the tables of some sheets as one of the file; with several sheets a row is placed by its sheet too."""
    rows: list[SourceRow] = []
    places: dict[int, str] = {}
    for name, table in zip(names, tables, strict=True):
        first = rows[-1].number if rows else 0
        for row in table.rows:
            number = first + row.number
            rows.append(replace(row, number=number) if first else row)
            if len(tables) > 1:
                at = table.places.get(row.number, f"строка {row.number}")
                places[number] = f"лист «{name}», {at}"
            elif row.number in table.places:
                places[number] = table.places[row.number]
    return SourceTable(
        tuple(rows),
        places,
        tuple(note for table in tables for note in table.notes),
        sum(table.empty for table in tables),
        (*(each for table in tables for each in table.left_out), *others),
        tables[0].unit if tables else ROWS,
    )
