"""Loads from files: seen first, applied in one transaction, taken back as a whole (п. 4.3, 4.6)."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from school.access.action import Action
from school.access.checks import check_may
from school.errors import RuleRefused
from school.extracts.actions import ImportReport, planned_import
from school.extracts.store.load import Loading, load_plan
from school.extracts.store.plan import drop_plan
from school.files.plan import ImportKind, Plan, SourceRow, check_same_outcome
from school.imports.actions.file_kinds import ROW_KINDS, Asked, LoadChoices
from school.imports.kinds import KINDS
from school.imports.store.journal import Filling
from school.imports.store.loads import (
    BatchRow,
    batch_by_id,
    built_on,
    entered_cells,
    restore_batch,
    save_batch,
    touches_closed_term,
)
from school.imports.store.people import give_birthdays, name_people
from school.imports.store.recording import RecordingTransaction
from school.records import EMPTY_CELL, Cell, CellState, PersonName, User
from school.register.actions.batch import cell_event
from school.register.store.cells import cell_states
from school.store.connection import Store, Transaction, in_transaction
from school.store.events import Event


@dataclass(frozen=True)
class SourceFile:
    """The file of a load: its name for people, and its SHA-256."""

    name: str
    fingerprint: str

    @classmethod
    def of(cls, name: str, content: bytes) -> "SourceFile":
        """Return a file as the record of loads knows it."""
        return cls(name, hashlib.sha256(content).hexdigest())


def check_may_load(user: User, kind: ImportKind) -> None:
    """Raise AccessRefused unless the user may load files of this kind."""
    check_may(user, Action.LOAD_FILES)
    check_may(user, KINDS[kind].action)


def preview(
    store: Store,
    user: User,
    kind: ImportKind,
    rows: Sequence[SourceRow],
    choices: LoadChoices,
    *,
    now: datetime,
) -> Plan[Any]:
    """Return what loading the rows would do, and do nothing. Raises AccessRefused."""
    check_may_load(user, kind)
    return ROW_KINDS[kind].preview(store, Asked(rows, choices, now))


@in_transaction
def load(
    transaction: Transaction,
    user: User,
    kind: ImportKind,
    rows: Sequence[SourceRow],
    choices: LoadChoices,
    plan: Plan[Any],
    file: SourceFile,
    *,
    now: datetime,
) -> int:
    """Do what the plan of these rows says in one transaction, and return the number of the load.

    Raises AccessRefused, or RuleRefused where the register is no longer what the plan was made from.
    """
    check_may_load(user, kind)
    if not plan.brings_anything:
        raise RuleRefused("Загружать нечего.", "Всё, что есть в файле, уже записано или не подходит.")

    row_kind, asked = ROW_KINDS[kind], Asked(rows, choices, now)

    accepted = plan
    if row_kind.made_from(transaction, asked) != plan.made_from:
        accepted = row_kind.preview(transaction, asked)
        check_same_outcome(plan, accepted)
    recording = RecordingTransaction.inside(transaction)
    filling = Filling(now, user.user_id, f"загрузка: {file.name}")
    row_kind.apply(recording, user, asked, accepted, filling)
    counts = (len(plan.new), len(plan.changed), len(plan.unchanged), len(plan.refused))
    return _close_batch(recording, user, kind, counts, file, now)


def load_extract(
    store: Store,
    user: User,
    catalog: str,
    names: tuple[Mapping[str, PersonName], Mapping[str, PersonName]],
    birthdays: Mapping[str, date],
    file: SourceFile,
    *,
    refused_before: int,
    now: datetime,
) -> ImportReport:
    """Load the extract staged in ``catalog`` as one load that can be taken back, and return what it brought.

    ``names``: of pupils and of teachers, by their ids in the extract, ``birthdays`` of pupils alike; who has a name here already
    keeps it, and the birthday too. A set that
    brings nothing leaves nothing behind. Raises AccessRefused.
    """
    check_may_load(user, ImportKind.ONE_ROSTER)

    def work(transaction: Transaction) -> ImportReport:
        plan = planned_import(transaction.cursor, catalog)
        if plan.added:
            recording = RecordingTransaction.inside(transaction)
            load_plan(recording, Loading(now, user.user_id, "", f"загрузка: {file.name}"))
            give_birthdays(recording, birthdays)
            for table, known in zip(("pupils", "staff"), names, strict=True):
                name_people(recording, table, known)
            known_count = sum(count.known for count in plan.counts.values())
            counts = (plan.added, 0, known_count, refused_before + len(plan.refused))
            _close_batch(recording, user, ImportKind.ONE_ROSTER, counts, file, now)
        drop_plan(transaction.cursor)
        return plan

    return store.write(work)


def _close_batch(
    recording: RecordingTransaction,
    user: User,
    kind: ImportKind,
    counts: tuple[int, int, int, int],
    file: SourceFile,
    now: datetime,
) -> int:
    """Store what a load did, so that it can be undone, and record the event; return its number.

    ``counts``: how many rows are new, changed, unchanged and refused.
    """
    (batch_id,) = recording.new_ids(1)
    save_batch(recording, BatchRow(batch_id, kind, file.name, file.fingerprint, *counts, now, user.user_id))
    recording.keep_differences(batch_id)
    new, changed, _, refused = counts
    words = f"{KINDS[kind].title}: новых строк {new}, изменено {changed}, отклонено {refused}"
    recording.record(
        Event(now, user.user_id, "file_load", record_id=batch_id, new_value=words, reason=file.name)
    )
    return batch_id


# In the way of taking a load back; other tables are named in general.
BUILT_ON_WORDS: dict[str, str] = {
    "marks": "отметки",
    "absences": "пропуски",
    "lessons": "уроки",
    "term_marks": "отметки за период",
    "year_marks": "отметки за год",
    "former_school_marks": "отметки прежней школы",
    "users": "учётные записи",
    "user_roles": "роли",
    "invitations": "выданные коды приглашения",
    "pupils": "карточки учеников",
    "enrolments": "ученики в классах",
    "pupil_movements": "движение учащихся",
    "guardians": "карточки родителей",
    "guardian_pupils": "родители в карточках",
    "staff": "карточки сотрудников",
    "classes": "классы",
    "teaching_load": "нагрузка",
    "timetable": "расписание",
    "subgroup_members": "состав подгрупп",
    "lesson_plans": "планирование",
    "substitutions": "замены",
    "remarks": "замечания",
    "leaves": "причины отсутствия",
    "homework_tasks": "задания",
}
_OTHER_WORK = "другие записи"


def undo(store: Store, user: User, batch_id: int, *, now: datetime) -> None:
    """Take a load back as a whole: every row that it touched is what it was before.

    Raises AccessRefused, or RuleRefused where something was built on it since, in words, or its term is closed.
    """

    def work(transaction: Transaction) -> None:
        batch = _standing(batch_by_id(transaction, batch_id))
        check_may_load(user, ImportKind(batch.kind))
        check_nothing_built_on(built_on(transaction, batch_id))
        if touches_closed_term(transaction, batch_id):  # п. 4.2
            raise RuleRefused(
                "Учебный период закрыт.", next_step="Попросите заместителя директора открыть его."
            )
        cells = entered_cells(transaction, batch_id)
        before = cell_states(transaction, cells)
        restore_batch(transaction, batch_id, at=now, by=user.user_id)
        after = cell_states(transaction, cells)
        why = f"загрузка отменена: {batch.file_name}"
        words = f"{KINDS[ImportKind(batch.kind)].title}, загружено {batch.loaded_at:%d.%m.%Y %H:%M}"
        transaction.record(
            Event(
                now,
                user.user_id,
                "file_load_undone",
                record_id=batch_id,
                new_value=words,
                reason=batch.file_name,
            ),
            *_cell_events(before, after, user, now, why),
        )

    store.write(work)


def _cell_events(
    before: Mapping[tuple[int, int], CellState],
    after: Mapping[tuple[int, int], CellState],
    user: User,
    now: datetime,
    why: str,
) -> list[Event]:
    def cell_of(states: Mapping[tuple[int, int], CellState], pair: tuple[int, int]) -> Cell:
        return states[pair].cell if pair in states else EMPTY_CELL

    changed = ((pair, cell_of(before, pair), cell_of(after, pair)) for pair in sorted({*before, *after}))
    return [
        cell_event(pair, old, new, user_id=user.user_id, at=now, reason=why)
        for pair, old, new in changed
        if old != new
    ]


def _standing(batch: BatchRow | None) -> BatchRow:
    if batch is None:
        raise RuleRefused("Такой загрузки нет.", next_step="Обновите страницу.")
    if batch.undone_at is not None:
        raise RuleRefused("Эта загрузка уже отменена.", next_step="Обновите страницу.")
    return batch


def check_nothing_built_on(counts: Mapping[str, int]) -> None:
    """Raise RuleRefused where rows stand on a load: table → how many."""
    if not counts:
        return
    words: dict[str, int] = {}
    for table, count in counts.items():
        word = BUILT_ON_WORDS.get(table, _OTHER_WORK)
        words[word] = max(words.get(word, 0), count)
    listed = ", ".join(f"{word} — {count}" for word, count in sorted(words.items()))
    raise RuleRefused(
        "Отменить загрузку уже нельзя.",
        f"После неё появились или изменились: {listed}.",
        "Исправьте нужные записи по одной или загрузите исправленный файл.",
    )
