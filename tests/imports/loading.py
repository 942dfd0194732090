"""Files as a school has them, and what loading them does to the small school."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import xlsxwriter
from small_school import NOW, SCHOOL

from school.files.column_mapping import ColumnMapping, guess_mapping, read_rows
from school.files.fields import FORMS
from school.files.plan import ImportKind, Plan, SourceRow
from school.files.source import SourceTable
from school.files.tables import read_tables
from school.imports.actions.exchanges import UnloadedFile, unload
from school.imports.actions.file_kinds import LoadChoices
from school.imports.actions.loads import SourceFile, load, preview
from school.imports.actions.profiles import keep_profile
from school.imports.journal_workbook import read_journal_workbook
from school.imports.records import OutChoices
from school.imports.rules.profile_files import read_by_profile
from school.records import User
from school.store.connection import Store
from school.year.records import YearKey

WISH = LoadChoices(SCHOOL, 2026, first_day=date(2026, 11, 20))
FILE = SourceFile("файл.xlsx", "0" * 64)
# What says how things are; the rest says what happened.
_BOOKS = {"events", "import_batches", "import_batch_rows", "migrations", "import_profiles"}


def rows_of(fields: Sequence[str], *lines: Sequence[str], first: int = 2) -> list[SourceRow]:
    """Return rows as a sheet with these columns gives them, the first below its header."""
    return [
        SourceRow(number, dict(zip(fields, line, strict=True)))
        for number, line in enumerate(lines, start=first)
    ]


def look(
    store: Store,
    user: User,
    kind: ImportKind,
    rows: Sequence[SourceRow],
    choices: LoadChoices = WISH,
    now: datetime = NOW,
) -> Plan[Any]:
    """Return the preview of rows."""
    return preview(store, user, kind, rows, choices, now=now)


def take(
    store: Store,
    user: User,
    kind: ImportKind,
    rows: Sequence[SourceRow],
    choices: LoadChoices = WISH,
    now: datetime = NOW,
) -> int:
    """Load rows as their preview says and return the number of the load."""
    return load(store, user, kind, rows, choices, look(store, user, kind, rows, choices, now), FILE, now=now)


def counts(plan: Plan[Any]) -> dict[str, int]:
    """Return how many rows are in each part of a plan that has any."""
    parts = {"new": plan.new, "changed": plan.changed, "unchanged": plan.unchanged, "refused": plan.refused}
    return {name: len(part) for name, part in parts.items() if part}


def reasons(plan: Plan[Any]) -> dict[int, str]:
    """Return why rows are refused, by their number."""
    return {row.number: row.reason for row in plan.refused}


def state_of(store: Store) -> dict[str, tuple[int, int]]:
    """Return how many rows each table that says how things are has, and a digest of them all."""
    tables = store.read("SELECT table_name FROM duckdb_tables() WHERE NOT internal AND NOT temporary")
    counted = (
        f"SELECT '{table}', count(*), coalesce(sum(hash(t)::HUGEINT), 0) FROM {table} t"
        for (table,) in tables
        if table not in _BOOKS
    )
    return {table: (count, digest) for table, count, digest in store.read(" UNION ALL ".join(counted))}


def workbook_of(
    sheets: dict[str, Iterable[Sequence[Any]]], merged: Iterable[tuple[str, str, Any]] = ()
) -> bytes:
    """Return an XLSX file: rows by sheet, and (sheet, range, text) of merged cells."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "default_date_format": "dd.mm.yyyy"}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for line, row in enumerate(rows):
                sheet.write_row(line, 0, row)
        for name, cells, text in merged:
            book.get_worksheet_by_name(name).merge_range(cells, text)
    return buffer.getvalue()


def csv_of(rows: Iterable[Sequence[str]], encoding: str = "utf-8", delimiter: str = ";") -> bytes:
    """Return a CSV file."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue().encode(encoding)


def read(kind: ImportKind, content: bytes) -> SourceTable:
    """Return the rows of a file as the page reads it without anybody's help."""
    sheets = read_tables(content)
    if kind is ImportKind.JOURNAL:
        return read_journal_workbook(sheets, WISH.school_year)
    return read_rows(FORMS[kind], sheets, guess_mapping(FORMS[kind], sheets))


def look_at(store: Store, user: User, kind: ImportKind, content: bytes) -> Plan[Any]:
    """Return the preview of a file."""
    return look(store, user, kind, read(kind, content).rows)


OUT_CHOICES = OutChoices(YearKey(SCHOOL, 2026), NOW.date(), (date(2026, 9, 1), date(2027, 5, 31)))
# What is there may be replaced, and a load or a timetable is compared as it is today.
TODAY_WISH = replace(WISH, first_day=NOW.date(), may_replace=True)


def keep(store: Store, user: User, mapping: ColumnMapping, name: str = "Обмен") -> int:
    """Keep a mapping as a profile and return its id."""
    return keep_profile(store, user, mapping.kind, name, mapping.to_text(), now=NOW)


def take_out(store: Store, user: User, profile_id: int, *, as_csv: bool = True) -> UnloadedFile:
    """Return the file of a profile."""
    return unload(store, user, profile_id, OUT_CHOICES, as_csv=as_csv, now=NOW)


def read_back(content: bytes, mapping: ColumnMapping) -> SourceTable:
    """Return the rows of a file as a profile reads them."""
    return read_by_profile(read_tables(content), mapping)
