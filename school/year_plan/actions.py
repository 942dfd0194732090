"""The plan is typed by the deputy head and the head; whoever an entry is given to ticks it (п. 3.5, 4.1, 4.2)."""

from dataclasses import dataclass
from datetime import date, datetime

from school.access.action import Action
from school.access.checks import check_may
from school.access.scopes import ALL_ROWS, Rows
from school.errors import RuleRefused
from school.records import User
from school.store.connection import Transaction, in_transaction
from school.store.events import Event
from school.year_plan import store as stored
from school.year_plan.lookups import PLANNERS, entry_of_plan, year_of_plan
from school.year_plan.records import PlanDraft, PlanEntry, StoredEntry
from school.year_plan.rules import check_drop, check_tick, checked_draft, is_for, repeated_days


@dataclass(frozen=True)
class EntryKey:
    """An entry of a year's plan: a standard one by its code, a typed one by its id."""

    school_year: int
    code: str = ""
    entry_id: int | None = None


@in_transaction
def add_entries(
    transaction: Transaction,
    user: User,
    school_year: int,
    draft: PlanDraft,
    *,
    is_repeated: bool = False,
    now: datetime,
) -> list[int]:
    """Put an entry into the plan, or one for each term that is still to come; return their ids.

    Raises AccessRefused, RuleRefused.
    """
    check_may(user, Action.EDIT_YEAR_PLAN)
    draft = checked_draft(draft, school_year)
    _check_person(transaction, draft.user_id)
    year = year_of_plan(transaction, school_year)
    days = repeated_days(draft.due_on, year.control) if is_repeated else [draft.due_on]
    ids = transaction.new_ids(len(days))
    for entry_id, day in zip(ids, days, strict=True):
        row = _row(StoredEntry(entry_id, school_year, "", "", "", day, None, 0, None, False), draft, day)
        stored.save_entry(transaction, row, now, user.user_id)
        transaction.record(_event(user, now, "plan_entry", entry_id, _words(row.title, day)))
    return list(ids)


def _row(row: StoredEntry, draft: PlanDraft, due_on: date | None) -> StoredEntry:
    return row._replace(
        title=draft.title,
        note=draft.note,
        due_on=due_on,
        user_id=draft.user_id,
        remind_days=draft.remind_days,
    )


@in_transaction
def change_entry(
    transaction: Transaction, user: User, key: EntryKey, draft: PlanDraft, *, now: datetime
) -> None:
    """Change an entry; of a standard one the title stays. Raises AccessRefused, RuleRefused."""
    check_may(user, Action.EDIT_YEAR_PLAN)
    entry = _known(transaction, key, now)
    draft = checked_draft(draft._replace(title=entry.title if entry.code else draft.title), key.school_year)
    _check_person(transaction, draft.user_id)
    before = _stored(transaction, key, entry)
    # Its own day is not kept: it follows the calendar when that changes.
    day = before.due_on if entry.code and draft.due_on == entry.due_on else draft.due_on
    after = _row(before, draft._replace(title="") if entry.code else draft, day)
    if after == before and entry.entry_id is not None:
        return
    _save(transaction, user, before, after, entry, now)


def _save(
    transaction: Transaction,
    user: User,
    before: StoredEntry,
    after: StoredEntry,
    entry: PlanEntry,
    now: datetime,
    reason: str = "",
) -> None:
    stored.save_entry(transaction, after, now, user.user_id)
    title, day = after.title or entry.title, after.due_on or entry.due_on
    old = (
        _words(entry.title, entry.due_on)
        if before.due_on != after.due_on or before.title != after.title
        else None
    )
    transaction.record(
        Event(
            now,
            user.user_id,
            "plan_entry",
            record_id=after.entry_id,
            old_value=old,
            new_value=_words(title, day),
            reason=reason,
        )
    )


@in_transaction
def tick_entry(transaction: Transaction, user: User, key: EntryKey, *, is_done: bool, now: datetime) -> None:
    """Note that an entry is done, or that it is not; what the register sees by itself is not ticked.

    Raises AccessRefused for who neither keeps the plan nor has the entry; RuleRefused.
    """
    entry = _known(transaction, key, now, user)
    own = Rows(user_id=user.user_id) if is_for(entry, user.user_id, user.roles) else ALL_ROWS
    check_may(user, Action.TICK_YEAR_PLAN, own)
    check_tick(entry)
    if entry.is_done == is_done:
        return
    before = _stored(transaction, key, entry)
    stored.save_entry(
        transaction, before._replace(done_on=now.date() if is_done else None), now, user.user_id
    )
    kind = "plan_done" if is_done else "plan_not_done"
    transaction.record(_event(user, now, kind, before.entry_id, _words(entry.title, entry.due_on)))


@in_transaction
def drop_entry(transaction: Transaction, user: User, key: EntryKey, reason: str, *, now: datetime) -> None:
    """Take an entry out of the plan: a typed one is deleted, a standard one is not needed this year, for a reason.

    Raises AccessRefused, RuleRefused.
    """
    check_may(user, Action.EDIT_YEAR_PLAN)
    entry = _known(transaction, key, now)
    before = _stored(transaction, key, entry)
    if entry.code:
        check_drop(entry, reason)
        stored.save_entry(
            transaction, before._replace(is_dropped=True, note=reason.strip()), now, user.user_id
        )
    else:
        stored.delete_entry(transaction, before.entry_id)
    words = _words(entry.title, entry.due_on)
    transaction.record(
        Event(
            now,
            user.user_id,
            "plan_dropped",
            record_id=before.entry_id,
            new_value=words,
            reason=reason.strip(),
        )
    )


@in_transaction
def restore_entry(transaction: Transaction, user: User, key: EntryKey, *, now: datetime) -> None:
    """Put a standard entry that was not needed back into the plan. Raises AccessRefused, RuleRefused."""
    check_may(user, Action.EDIT_YEAR_PLAN)
    entry = _known(transaction, key, now)
    if not entry.is_dropped:
        return
    before = _stored(transaction, key, entry)
    _save(transaction, user, before, before._replace(is_dropped=False, note=""), entry, now)


def _known(transaction: Transaction, key: EntryKey, now: datetime, user: User | None = None) -> PlanEntry:
    found = entry_of_plan(transaction, key.school_year, key.code, key.entry_id, today=now.date())
    if found is None:
        if user is not None:
            check_may(user, Action.TICK_YEAR_PLAN)
        raise RuleRefused("Такой строки в плане нет.", next_step="Обновите страницу.")
    return found


def _stored(transaction: Transaction, key: EntryKey, entry: PlanEntry) -> StoredEntry:
    """Return an entry as it is stored; of an untouched standard one, the row that says nothing of it yet."""
    row = stored.entry_by_id(transaction, entry.entry_id) if entry.entry_id is not None else None
    if row is not None:
        return row
    (entry_id,) = transaction.new_ids(1)
    return StoredEntry(
        entry_id, key.school_year, entry.code, "", "", None, None, entry.remind_days, None, False
    )


def _check_person(transaction: Transaction, user_id: int | None) -> None:
    if user_id is not None and user_id not in stored.users_with(transaction, PLANNERS):
        raise RuleRefused(
            "Этому человеку строку плана поручить нельзя.",
            next_step="Выберите директора, заместителя, администратора или секретаря.",
        )


def _words(title: str, day: date) -> str:
    return f"{title}, {day:%d.%m.%Y}"


def _event(user: User, now: datetime, kind: str, entry_id: int, text: str) -> Event:
    return Event(now, user.user_id, kind, record_id=entry_id, new_value=text)
