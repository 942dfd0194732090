"""The format of journal extracts: its tables, columns, keys and references (``data/reference/extract_*.csv``).

All readers of extracts go by it: the import of a register, the measures over a lake and the forecasts.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from urllib.parse import unquote

from school.reference import reference_rows

SUFFIXES = (".parquet", ".csv")
# The columns that the folders of a lake name, from the top.
PARTITION_KEYS = ("school_id", "school_year")
PARTITION = re.compile(rf"({'|'.join(PARTITION_KEYS)})=(.+)")
# The id by which other tables name a row of these.
ID_OF = {"classes": "class_id", "subjects": "subject_id", "terms": "term_id"}
# The ids that another school may use for something else.
IDS_WITHIN_A_SCHOOL = ("class_id", "subject_id", "teacher_id", "term_id", "pupil_id")


class Kind(StrEnum):
    """What a column holds; MARK is a whole number of 2 to 5."""

    ID = "id"
    TEXT = "text"
    WHOLE = "whole"
    MARK = "mark"
    AMOUNT = "amount"
    DATE = "date"
    MOMENT = "moment"
    FLAG = "flag"


@dataclass(frozen=True)
class Column:
    """A column of a table.

    ``is_required``: must be there and filled. ``lowest``, ``highest``: the whole numbers it may hold. ``identity``: «key», no
    two rows share it; «cell», rows without a key are counted within it; «content», may not differ from the register.
    ``rule``: «day», lies inside the row's term; «agrees», rows of one key may not contradict each other in it; «numbers»,
    rows that leave it empty have no key. ``references``: the table in which the id must stand.
    """

    name: str
    kind: Kind
    is_required: bool
    highest: int
    identity: str
    rule: str
    references: str
    lowest: int = 0


@dataclass(frozen=True)
class Table:
    """A table of the format; ``title`` and ``contradiction`` are the words of the screens.

    ``is_required``: a set without it says nothing; ``is_about_pupils``: a set needs at least one of these;
    ``is_repeated_in_a_lake``: it stands once in every year's folder.
    """

    name: str
    columns: tuple[Column, ...]
    title: str
    is_required: bool
    is_about_pupils: bool
    is_repeated_in_a_lake: bool
    contradiction: str

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        return tuple(column.name for column in self.columns)

    @cached_property
    def required(self) -> tuple[Column, ...]:
        """The columns that must be there and filled."""
        return tuple(column for column in self.columns if column.is_required)

    @cached_property
    def key(self) -> tuple[str, ...]:
        """The columns that no two rows share; empty where rows have no key."""
        return self._identified("key")

    @cached_property
    def cell(self) -> tuple[str, ...]:
        """The columns within which the rows of a table without a key are counted."""
        return self._identified("cell")

    @cached_property
    def content(self) -> tuple[str, ...]:
        """The columns that may not differ from the register."""
        return self._identified("content")

    @cached_property
    def references(self) -> tuple[str, ...]:
        """The tables whose id each row names."""
        return tuple(column.references for column in self.columns if column.references in ID_OF)

    @cached_property
    def pupil_keys(self) -> tuple[str, ...]:
        """The columns by which the pupil of a row must be enrolled: in its class, in any of the school, or none."""
        if not any(column.references == "enrolments" for column in self.columns):
            return ()
        return tuple(name for name in ("school_id", "class_id", "pupil_id") if name in self.names)

    @cached_property
    def day(self) -> str:
        """The column that lies inside the row's term, or an empty name."""
        return self._ruled("day")

    @cached_property
    def agrees_on(self) -> str:
        """The column in which rows of one key may not contradict each other; where they do, none of them stands."""
        return self._ruled("agrees")

    @cached_property
    def numbered_by(self) -> str:
        """The column without which a row has no key, or an empty name."""
        return self._ruled("numbers")

    def _identified(self, identity: str) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns if column.identity == identity)

    def _ruled(self, rule: str) -> str:
        return next((column.name for column in self.columns if column.rule == rule), "")


_FLAGS = ("is_required", "is_about_pupils", "is_repeated_in_a_lake")


def _tables() -> Iterator[Table]:
    columns: dict[str, list[Column]] = {}
    for row in reference_rows("extract_columns"):
        columns.setdefault(row["table"], []).append(
            Column(
                row["column"],
                Kind(row["kind"]),
                row["is_required"] == "1",
                int(row["highest"] or 32_767),
                row["identity"],
                row["rule"],
                row["references"],
                int(row["lowest"] or 0),
            )
        )
    for row in reference_rows("extract_tables"):
        name, flags = row["table"], {flag: row[flag] == "1" for flag in _FLAGS}
        yield Table(name, tuple(columns[name]), row["title"], contradiction=row["contradiction"], **flags)


TABLES: dict[str, Table] = {table.name: table for table in _tables()}
REQUIRED_TABLES = tuple(table.name for table in TABLES.values() if table.is_required)
TABLES_OF_PUPILS = tuple(table.name for table in TABLES.values() if table.is_about_pupils)


def is_called_as_table(name: str) -> bool:
    """Whether a file of another kind has the name of a table: «marks.xlsx», «absences.csv.gz»."""
    return name.split(".", maxsplit=1)[0].lower() in TABLES


def partition_keys(folders: Iterable[str]) -> dict[str, str]:
    """Return the columns that folders of a lake name, unquoted; other folders name none."""
    matches = (PARTITION.fullmatch(name) for name in folders)
    return {match[1]: unquote(match[2]) for match in matches if match}
