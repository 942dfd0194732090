"""Whole registers in and out: loading a checked extract, reading the register as one."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from school.access.action import Action
from school.access.checks import check_may
from school.calendar import school_year_title
from school.errors import Refusal
from school.extracts.format import TABLES
from school.extracts.staging import RefusedExtractRow
from school.extracts.store.load import Loading, load_plan
from school.extracts.store.plan import (
    TableCount,
    drop_plan,
    plan_extract,
    planned_conflicts,
    planned_counts,
    planned_former_marks,
    planned_twins,
)
from school.extracts.store.roster_rows import ROSTER_FILES, roster_query, years_with_classes
from school.extracts.store.rows import extract_select
from school.files.source import FileCounts
from school.records import User
from school.store.connection import Cursor, Store, Transaction
from school.store.events import Event

FORMER_MARKS = (
    "Оценок прежней школы среди отметок за период: {}. Их период кончился до прихода ученика; они учитываются только в отметке "
    "за год."
)

TWINS_NAMED = 5
TWINS = (
    "Таблица «{}»: уже есть в журнале под другими обозначениями: {} ({}). Загрузятся как другие: если это те же, нужен набор с "
    "прежними обозначениями."
)


@dataclass(frozen=True)
class ImportReport:
    """What an extract brought or would bring: counts by table, refused rows with reasons, notes.

    ``rows``: what became of every row of the files, where their reader counts them.
    """

    counts: dict[str, TableCount]
    refused: list[RefusedExtractRow]
    notes: list[str] = field(default_factory=list)
    rows: FileCounts | None = None

    @property
    def added(self) -> int:
        """How many rows are new to the register."""
        return sum(count.added for count in self.counts.values())


def check_may_import(user: User | None) -> None:
    """Raise AccessRefused unless the user may load a register; None is the operator of the machine."""
    if user is not None:
        check_may(user, Action.IMPORT_JOURNAL)


def check_may_export(user: User | None) -> None:
    """Raise AccessRefused unless the user may take the register away; None is the operator of the machine."""
    if user is not None:
        check_may(user, Action.EXPORT_JOURNAL)


def planned_import(cursor: Cursor, catalog: str) -> ImportReport:
    """Plan the extract staged in ``catalog`` (see ``plan_extract``); refused are its rows that contradict the register."""
    plan_extract(cursor, catalog)
    former = planned_former_marks(cursor)
    notes = [FORMER_MARKS.format(former)] if former else []
    notes += _said_of_twins(planned_twins(cursor))
    return ImportReport(planned_counts(cursor), planned_conflicts(cursor), notes)


def _said_of_twins(twins: Sequence[tuple[str, str]]) -> Iterator[str]:
    for table in dict.fromkeys(table for table, _ in twins):
        names = [name for each, name in twins if each == table]
        listed = ", ".join(names[:TWINS_NAMED]) + (" …" if len(names) > TWINS_NAMED else "")
        yield TWINS.format(TABLES[table].title, len(names), listed)


def preview_journal(store: Store, user: User | None, catalog: str) -> ImportReport:
    """Return what loading the extract staged in ``catalog`` would bring, without writing anything."""
    check_may_import(user)
    cursor = store.cursor()
    try:
        return planned_import(cursor, catalog)
    finally:
        drop_plan(cursor)
        cursor.close()


def import_journal(
    store: Store, user: User | None, catalog: str, *, now: datetime, school_name: str = "", source: str = ""
) -> ImportReport:
    """Load the extract staged in ``catalog`` in one transaction and say what it brought.

    Rows that the register holds already are left alone, rows that contradict it are named; a load that brings
    nothing leaves neither a row nor an event. Raises AccessRefused.
    """
    check_may_import(user)
    user_id = user.user_id if user else None
    loading = Loading(now, user_id, school_name, "загрузка журнала")

    def work(transaction: Transaction) -> ImportReport:
        plan = planned_import(transaction.cursor, catalog)
        if plan.added:
            load_plan(transaction, loading)
            added = _counted({table: count.added for table, count in plan.counts.items()})
            transaction.record(Event(now, user_id, "import", new_value=added, reason=source))
        drop_plan(transaction.cursor)
        return plan

    return store.write(work)


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{TABLES[table].title} — {count}" for table, count in counts.items() if count)


@contextmanager
def journal_tables(store: Store, user: User | None, as_of: date) -> Iterator[tuple[Cursor, dict[str, str]]]:
    """Give a cursor and, for each table of the extract, the query of its rows, all of one moment.

    Lessons later than ``as_of`` are in the timetable only and stay out. Raises AccessRefused.
    """
    check_may_export(user)
    with _one_moment(store) as cursor:
        yield (cursor, {table: extract_select(table, f"DATE '{as_of.isoformat()}'") for table in TABLES})


@contextmanager
def roster_tables(
    store: Store, user: User | None, school_year: int
) -> Iterator[tuple[Cursor, dict[str, tuple[str, dict[str, Any]]]]]:
    """Give a cursor and, for each file of a OneRoster set, the query of its rows with its parameters, all of one moment.

    Raises AccessRefused, and Refusal for a year without classes.
    """
    check_may_export(user)
    if school_year not in years_with_classes(store):
        raise Refusal(
            f"В {school_year_title(school_year)} учебном году классов нет.", next_step="Выберите другой год."
        )
    with _one_moment(store) as cursor:
        yield (cursor, {file: roster_query(file, school_year) for file in ROSTER_FILES})


@contextmanager
def _one_moment(store: Store) -> Iterator[Cursor]:
    cursor = store.cursor()
    cursor.execute("BEGIN")
    try:
        yield cursor
    finally:
        cursor.execute("ROLLBACK")
        cursor.close()


def note_roster_export(store: Store, user: User | None, words: str, *, now: datetime) -> None:
    """Record that a school year was taken away as a OneRoster set, by whom and how much. Raises AccessRefused."""
    check_may_export(user)
    event = Event(now, user.user_id if user else None, "export", new_value=words)
    store.write(lambda transaction: transaction.record(event))


def note_export(store: Store, user: User | None, counts: Mapping[str, int], *, now: datetime) -> None:
    """Record that the register was taken away, by whom and how much of it."""
    check_may_export(user)
    event = Event(now, user.user_id if user else None, "export", new_value=_counted(counts))
    store.write(lambda transaction: transaction.record(event))
