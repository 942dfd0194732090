"""Reading a OneRoster set in tests: what its tables say, and what was refused."""

from roster_set import zipped

from school.imports.one_roster.archive import read_set
from school.imports.one_roster.reading import KnownRows, fill_tables
from school.imports.one_roster.tables import OneRosterTables, RosterSet

Files = dict[str, list[dict[str, str]]]


def read(content: bytes) -> tuple[RosterSet, OneRosterTables]:
    """Read a set and return it with the tables that it fills."""
    roster, tables = read_set(content)
    fill_tables(tables, roster, KnownRows())
    return roster, tables


def said(files: Files) -> OneRosterTables:
    """Return the tables that a set fills."""
    return read(zipped(files))[1]


def marks_of(tables: OneRosterTables) -> list[tuple[str, str, str, str, str]]:
    """Return pupil, day, value, class and term of each mark."""
    names = ("pupil_id", "given_on", "value", "class_id", "term_id")
    return [tuple(row[name] for name in names) for _, row in tables.rows["marks"]]  # type: ignore[misc]


def refused(tables: OneRosterTables) -> list[tuple[str, int, str]]:
    """Return the lines that were not taken: file, line, reason."""
    return [(row.file, row.line, row.reason) for row in (*tables.unreadable, *tables.refused)]


def result(work: str, pupil: str, score: str = "", **more: str) -> dict[str, str]:
    """Return a result."""
    return {
        "sourcedId": f"{work}-{pupil}",
        "lineItemSourcedId": work,
        "studentSourcedId": pupil,
        "score": score,
    } | more


def session(key: str, starts: str, ends: str, kind: str = "term", **more: str) -> dict[str, str]:
    """Return an academic session."""
    return {"sourcedId": key, "type": kind, "startDate": starts, "endDate": ends} | more
