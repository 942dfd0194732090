"""Loading a OneRoster set: seen first, loaded in one transaction, taken back as a whole (п. 4.6)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from school.extracts.actions import ImportReport, preview_journal
from school.extracts.checks import check_rows
from school.extracts.doubts import said_nothings
from school.extracts.format import TABLES
from school.extracts.staging import Staging, staging
from school.extracts.words import put_in_register_words
from school.files.plan import ImportKind
from school.imports.actions.loads import SourceFile, check_may_load, load_extract
from school.imports.one_roster.archive import read_set
from school.imports.one_roster.reading import columns_of, fill_tables, known_rows
from school.imports.one_roster.tables import OneRosterTables, RosterSet
from school.records import User
from school.store.connection import Store


@contextmanager
def _staged(store: Store, content: bytes) -> Iterator[tuple[Staging, RosterSet, OneRosterTables]]:
    roster, tables = read_set(content)
    fill_tables(tables, roster, known_rows(store, is_delta=roster.is_delta))
    tables.notes += tables.said_of_passed_over()
    with staging(store) as stage:
        for table in TABLES.values():
            stage.make_raw_table(table)
            stage.put_raw_rows(table, columns_of(tables.rows.get(table.name, []), table.names))
        tables.notes += said_nothings(stage)
        check_rows(stage)
        tables.notes += put_in_register_words(stage)
        yield stage, roster, tables


def _report(stage: Staging, roster: RosterSet, tables: OneRosterTables, plan: ImportReport) -> ImportReport:
    checked = stage.refused()
    # A term, a subject or a session stands once in a file and once for each school: it is refused once.
    refused = list(dict.fromkeys([*tables.unreadable, *tables.refused, *checked, *plan.refused]))
    rows = tables.counts(roster, checked, plan.refused)
    return replace(
        plan, refused=[row for row in refused if row.file], notes=[*tables.notes, *plan.notes], rows=rows
    )


def preview_one_roster(store: Store, user: User, content: bytes) -> ImportReport:
    """Return what loading the set would bring, and do nothing. Raises AccessRefused and Refusal."""
    check_may_load(user, ImportKind.ONE_ROSTER)
    with _staged(store, content) as (stage, roster, tables):
        return _report(stage, roster, tables, preview_journal(store, user, stage.catalog))


def load_one_roster(
    store: Store,
    user: User,
    content: bytes,
    file: SourceFile,
    *,
    now: datetime,
    progress: Callable[[str], None],
) -> ImportReport:
    """Load the set in one transaction that can be taken back as a whole; the second time nothing is added.

    Raises AccessRefused and Refusal.
    """
    check_may_load(user, ImportKind.ONE_ROSTER)
    progress("Читаю набор")
    with _staged(store, content) as (stage, roster, tables):
        progress("Записываю в журнал")
        plan = load_extract(
            store,
            user,
            stage.catalog,
            (tables.names, tables.names),
            tables.birthdays,
            file,
            refused_before=len(tables.unreadable) + len(tables.refused) + len(stage.refused()),
            now=now,
        )
        return _report(stage, roster, tables, plan)
