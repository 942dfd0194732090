"""Rows become records by the names of their columns."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import duckdb
import pytest

from school.errors import StoreFault
from school.records import AbsenceReason, Cell, PersonName
from school.store.reading import read_as, read_column, read_one, read_value


@dataclass(frozen=True)
class Place:
    """A record with a default at its end."""

    row: int
    column: int
    note: str = ""


class Entry(NamedTuple):
    """A record that holds others."""

    name: PersonName
    cell: Cell
    reasons: frozenset[AbsenceReason]


@pytest.fixture
def cursor() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("SELECT 1 AS row, 2 AS column", Place(1, 2)),
        ("SELECT 2 AS column, 1 AS row", Place(1, 2)),
        ("SELECT 'x' AS note, 2 AS column, 1 AS row", Place(1, 2, "x")),
    ],
)
def test_columns_are_fields_by_name(cursor: duckdb.DuckDBPyConnection, query: str, expected: Place) -> None:
    assert read_as(cursor, Place, query) == [expected]
    assert read_one(cursor, Place, query) == expected
    assert read_one(cursor, Place, f"SELECT * FROM ({query}) WHERE false") is None


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("SELECT 1 AS row", r"no column for \['column'\], no field for \[\]"),
        ("SELECT 1 AS row, 2 AS column, 3 AS depth", r"no column for \[\], no field for \['depth'\]"),
        ("SELECT 1 AS row, 2 AS column, 3 AS row", r"no column for \[\], no field for \['row'\]"),
    ],
)
def test_what_has_no_counterpart_is_named(cursor: duckdb.DuckDBPyConnection, query: str, words: str) -> None:
    for _ in range(2):
        with pytest.raises(StoreFault, match=words):
            read_as(cursor, Place, query)


@pytest.mark.parametrize(
    ("absence", "marks", "reasons", "expected"),
    [
        (None, [5, 4], ["illness"], (None, (5, 4), {AbsenceReason.ILLNESS})),
        ("late", None, None, (AbsenceReason.LATE, (), set())),
    ],
)
def test_fields_that_are_records_lists_or_words_are_made(
    cursor: duckdb.DuckDBPyConnection, absence: Any, marks: Any, reasons: Any, expected: Any
) -> None:
    query = """SELECT 'Иванов' AS last, 'Пётр' AS first, '' AS middle, $absence AS absence, $marks AS marks,
        $reasons AS reasons"""
    (entry,) = read_as(cursor, Entry, query, {"absence": absence, "marks": marks, "reasons": reasons})
    assert entry.name == PersonName("Иванов", "Пётр")
    assert (entry.cell.absence, entry.cell.marks, entry.reasons) == expected
    assert absence is None or isinstance(entry.cell.absence, AbsenceReason)


def test_single_columns_and_values(cursor: duckdb.DuckDBPyConnection) -> None:
    query = "SELECT n, 'x' FROM range(3) AS r(n) WHERE n >= $first ORDER BY n"
    assert read_column(cursor, query, {"first": 1}) == [1, 2]
    assert read_value(cursor, query, {"first": 1}) == 1
    assert read_value(cursor, query, {"first": 9}) is None
