"""Loading a folder with a journal extract, and writing the register as one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from school.extracts.actions import (
    ImportReport,
    check_may_import,
    import_journal,
    journal_tables,
    note_export,
    preview_journal,
)
from school.extracts.checks import check_rows
from school.extracts.doubts import doubts_of, said_nothings
from school.extracts.files import ReadRows, find_files, read_files
from school.extracts.format import TABLES
from school.extracts.staging import Staging, staging
from school.extracts.words import put_in_register_words
from school.files.source import FileCounts
from school.records import User
from school.store.connection import Store

Progress = Callable[[str], None]


def _silent(_message: str) -> None:
    """Report progress to nobody."""


@contextmanager
def _checked(
    store: Store, folder: Path, progress: Progress, now: datetime
) -> Iterator[tuple[Staging, ReadRows]]:
    found = find_files(folder)
    with staging(store) as stage:
        progress("Читаю файлы: " + ", ".join(name for name in TABLES if name in found.by_table))
        read = read_files(stage, found)
        progress("Проверяю строки")
        read.notes += said_nothings(stage)
        check_rows(stage)
        read.notes += [*put_in_register_words(stage), *doubts_of(stage, now)]
        yield stage, read


def _report(stage: Staging, plan: ImportReport, read: ReadRows) -> ImportReport:
    order, unread = list(TABLES), stage.refused()
    refused = sorted([*unread, *plan.refused], key=lambda row: (order.index(row.table), row.file, row.line))
    # A row that contradicts the register is left out, as one that every year's folder of a lake repeats.
    taken = sum(stage.rows_of_files(name) for name in TABLES) - len(plan.refused)
    left_out = read.total - taken - read.empty - len(unread)
    return replace(
        plan,
        refused=refused,
        notes=[*read.notes, *plan.notes],
        rows=FileCounts(taken, read.empty, len(unread), left_out),
    )


def preview_extract(
    store: Store, user: User | None, folder: Path, *, now: datetime, progress: Progress = _silent
) -> ImportReport:
    """Return what ``import_extract`` would do, and do nothing. Raises as it does."""
    check_may_import(user)
    with _checked(store, folder, progress, now) as (stage, read):
        return _report(stage, preview_journal(store, user, stage.catalog), read)


def import_extract(
    store: Store,
    user: User | None,
    folder: Path,
    *,
    now: datetime,
    school_name: str = "",
    source: str = "",
    progress: Progress = _silent,
) -> ImportReport:
    """Load a folder in the format of the journal extract; the second time it changes nothing.

    Bad rows are left out and named in the report; the rest is loaded in one transaction. ``user`` None is the
    operator of the machine. Raises BrokenExtractError where the files cannot be read as an extract, and
    AccessRefused; then nothing is written.
    """
    check_may_import(user)
    with _checked(store, folder, progress, now) as (stage, read):
        progress("Записываю в журнал")
        plan = import_journal(
            store, user, stage.catalog, now=now, school_name=school_name, source=source or folder.name
        )
        return _report(stage, plan, read)


def export_extract(
    store: Store,
    user: User | None,
    folder: Path,
    *,
    now: datetime,
    as_csv: bool = False,
    progress: Progress = _silent,
) -> dict[str, int]:
    """Write every table of the extract into ``folder`` and return its rows by table.

    No names of people. Existing files of the same names are replaced. Raises AccessRefused.
    """
    suffix, options = (".csv", "FORMAT csv, HEADER") if as_csv else (".parquet", "FORMAT parquet")
    counts = {}
    with journal_tables(store, user, now.date()) as (cursor, queries):
        folder.mkdir(parents=True, exist_ok=True)
        for name, query in queries.items():
            progress(f"Выгружаю {name}")
            table = TABLES[name]
            order = [*table.names, "slot"] if name == "marks" else list(table.names)
            ordered = f"SELECT {', '.join(table.names)} FROM ({query}) ORDER BY {', '.join(order)}"
            path = str(folder / f"{name}{suffix}").replace("'", "''")
            counts[name] = cursor.execute(f"COPY ({ordered}) TO '{path}' ({options})").fetchall()[0][0]
    note_export(store, user, counts, now=now)
    return counts
