"""Writing the teaching load and the division into subgroups (п. 4.2, 4.3); lessons ahead follow, past ones stay."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from school.access.action import Action
from school.access.checks import check_may
from school.errors import RuleRefused
from school.files.plan import PlannedRow, SourceRow, check_still_holds
from school.files.rows import OpeningPlan, check_nothing_refused
from school.records import User
from school.store.connection import Transaction, in_transaction
from school.store.events import Event
from school.year.actions.lesson_making import make_lessons
from school.year.records import ONE_DAY, LoadRecord, LoadState, YearKey
from school.year.rules.subgroups import check_division, division_changes
from school.year.rules.teaching_load import check_load
from school.year.store import timetables
from school.year.store.states import load_state

Registers = dict[tuple[int, int, str], int]  # class, subject, name of the subgroup → subgroup


@in_transaction
def save_load(
    transaction: Transaction,
    user: User,
    key: YearKey,
    rows: Sequence[SourceRow],
    made_from: str,
    *,
    first_day: date,
    now: datetime,
    class_id: int | None = None,
) -> OpeningPlan[LoadRecord]:
    """Write the load from rows: of one class as a whole table, or any lines of a file; return what was done.

    A line whose lessons have begun changes its teacher or hours from ``first_day`` on, the past stays as it was.
    Raises AccessRefused or RuleRefused.
    """
    check_may(user, Action.EDIT_LOAD)
    state = load_state(transaction, key, first_day, class_id)
    plan = check_load(rows, state, is_whole=class_id is not None)
    check_still_holds(plan, made_from)
    if class_id is not None:
        check_nothing_refused(plan)
        _check_own_class(plan, class_id)
    if plan.brings_anything:
        with_timetable = set(timetables.classes_with_timetable(transaction, key))
        _apply(transaction, key, plan, first_day, now)
        classes = {row.record.class_id for row in (*plan.new, *plan.changed)} | {
            each.class_id for each in plan.removed
        }
        timetables.remove_unused_subgroups(transaction, classes)
        lessons = make_lessons(transaction, key, now.date(), class_ids=sorted(classes & with_timetable))
        _note(transaction, user, now, plan, state, lessons)
    return plan


def _check_own_class(plan: OpeningPlan[LoadRecord], class_id: int) -> None:
    if any(row.record.class_id != class_id for row in (*plan.new, *plan.changed)):
        raise RuleRefused("В таблице есть строка другого класса.", next_step="Откройте тот класс.")


def _apply(
    transaction: Transaction, key: YearKey, plan: OpeningPlan[LoadRecord], first_day: date, now: datetime
) -> None:
    subgroups = _subgroups(transaction, key, plan)
    touched = [row.record.record_id for row in plan.changed] + [each.record_id for each in plan.removed]
    history = timetables.loads_with_history(
        transaction, [each for each in touched if each is not None], now.date(), first_day
    )
    split = [row for row in plan.changed if row.record.record_id in history and not _fills_a_vacancy(row)]
    if (split or any(each.record_id in history for each in plan.removed)) and first_day <= now.date():
        raise RuleRefused(
            "Менять можно с завтрашнего дня.",
            "По сегодняшний день уроки вёл прежний учитель и шли прежние часы: по ним считают отметки (п. 5.2).",
            f"Укажите день не раньше {now.date() + ONE_DAY:%d.%m.%Y}.",
        )
    for row in plan.changed:
        if row not in split:
            timetables.update_load(transaction, row.record, _subgroup_of(row.record, subgroups))
    _split(transaction, key, split, subgroups, first_day)
    gone = [each.record_id for each in plan.removed if each.record_id is not None]
    timetables.end_loads(transaction, [each for each in gone if each in history], first_day - ONE_DAY)
    timetables.remove_loads(transaction, [each for each in gone if each not in history])
    new = [row.record for row in plan.new]
    timetables.add_loads(
        transaction, key.school_year, [(load, _subgroup_of(load, subgroups)) for load in new]
    )


def _fills_a_vacancy(row: PlannedRow[LoadRecord]) -> bool:
    """Whether a line only gets the teacher that it lacked; all else that changes, the hours too, changes from a day on."""
    before = row.before
    return before is None or (
        before.teacher_id is None and replace(before, teacher_id=row.record.teacher_id) == row.record
    )


def _split(
    transaction: Transaction,
    key: YearKey,
    rows: Sequence[PlannedRow[LoadRecord]],
    subgroups: Registers,
    first_day: date,
) -> None:
    old = [row.record.record_id for row in rows if row.record.record_id is not None]
    if not old:
        return
    new = timetables.add_loads(
        transaction,
        key.school_year,
        [(row.record, _subgroup_of(row.record, subgroups)) for row in rows],
        first_day,
    )
    ids = transaction.new_ids(max(1, timetables.slot_count(transaction, old)))
    pairs = dict(zip(old, new, strict=True))
    timetables.pass_on_last_days(transaction, pairs)
    timetables.move_slots(transaction, pairs, first_day, ids)
    timetables.end_loads(transaction, old, first_day - ONE_DAY)


def _subgroups(transaction: Transaction, key: YearKey, plan: OpeningPlan[LoadRecord]) -> Registers:
    known: Registers = {
        (*register, name): subgroup_id
        for register, named in timetables.subgroups_of_year(transaction, key).items()
        for name, subgroup_id in named.items()
    }
    wanted = [
        (row.record.class_id, row.record.subject_id, row.record.subgroup)
        for row in (*plan.new, *plan.changed)
        if row.record.subgroup
    ]
    return known | timetables.add_subgroups(transaction, (each for each in wanted if each not in known))


def _subgroup_of(record: LoadRecord, subgroups: Registers) -> int | None:
    return subgroups.get((record.class_id, record.subject_id, record.subgroup))


def _note(
    transaction: Transaction,
    user: User,
    now: datetime,
    plan: OpeningPlan[LoadRecord],
    state: LoadState,
    lessons: str,
) -> None:
    """Record an event for each line, with the teacher before and after, and what became of the lessons."""
    changes = [
        *((row.record, None, row.record) for row in plan.new),
        *((row.record, row.before, row.record) for row in plan.changed),
        *((None, each, each) for each in plan.removed),
    ]
    for after, before, line in changes:
        transaction.record(
            Event(
                now,
                user.user_id,
                "teaching_load",
                class_id=line.class_id,
                subject_id=line.subject_id,
                old_value=_words(before, state) if before else None,
                new_value=_words(after, state) if after else None,
                reason=lessons,
            )
        )


def _words(load: LoadRecord, state: LoadState) -> str:
    name = state.staff.get(load.teacher_id or 0)
    teacher = name.initials if name else "без учителя"
    return ", ".join(filter(None, (load.subgroup, teacher, f"{load.hours_a_week:g} ч".replace(".", ","))))


@in_transaction
def divide_class(
    transaction: Transaction,
    user: User,
    key: YearKey,
    class_id: int,
    subject_id: int,
    wanted: Mapping[int, int | None],
    *,
    first_day: date,
    now: datetime,
) -> int:
    """Put the pupils of a class into the subgroups of a subject from a day on (п. 4.2): pupil → subgroup or None.

    Days before keep their division. Returns how many pupils moved. Raises AccessRefused or RuleRefused.
    """
    check_may(user, Action.EDIT_LOAD)
    groups = timetables.subgroups_of_year(transaction, key).get((class_id, subject_id), {})
    moved = division_changes(timetables.memberships(transaction, class_id, subject_id, first_day), wanted)
    if unknown := {each for each in moved.values() if each is not None} - set(groups.values()):
        raise RuleRefused(f"Подгрупп больше нет: {len(unknown)}.", next_step="Обновите страницу.")
    entered = timetables.last_entries_in_subgroups(transaction, list(groups.values()))
    check_division(
        moved, dict(timetables.pupils_of_class(transaction, class_id, first_day)), entered, first_day
    )
    if moved:
        timetables.divide(transaction, list(groups.values()), moved, first_day)
        words = f"с {first_day:%d.%m.%Y}: учеников {len(moved)}"
        transaction.record(
            Event(now, user.user_id, "subgroups", class_id=class_id, subject_id=subject_id, new_value=words)
        )
    return len(moved)
