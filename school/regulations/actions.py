"""Documents are drafted, handed in, given back, approved, repealed; people are acquainted, reminded, noted from paper (п. 4.1, 4.2)."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

from school.access.action import Action
from school.access.checks import check_may, may
from school.access.scopes import Rows
from school.audiences.rules import Audience, Part, Target, check_audience
from school.audiences.store import MEMBER_TABLES, members_of, people_with_sign_in
from school.errors import AccessRefused, RuleRefused
from school.files.attachments.keeping import KeptFile, keeping
from school.files.kept import drop_content
from school.records import User
from school.regulations import store as stored
from school.regulations.access import REFUSED, own_acquaintance
from school.regulations.records import Regulation, RegulationDraft, RegulationState
from school.regulations.rules import documents as rules
from school.store.connection import Store, Transaction, in_transaction
from school.store.events import Event
from school.store.settings import save_setting, setting

__all__ = ["MEMBER_TABLES"]

NO_FILE = KeptFile("", "", "", 0, "")


def _event(
    kind: str,
    regulation: Regulation,
    user: User | None,
    now: datetime,
    *,
    new: str | None = None,
    reason: str = "",
) -> Event:
    words = new or f"{rules.KIND_TITLES[regulation.kind]} «{regulation.title}»"
    user_id = user.user_id if user else None
    return Event(now, user_id, kind, record_id=regulation.regulation_id, new_value=words, reason=reason)


def _found(transaction: Transaction, regulation_id: int) -> Regulation:
    found = stored.regulations_by_id(transaction, [regulation_id]).get(regulation_id)
    if found is None:
        raise RuleRefused("Такого документа нет.", next_step="Обновите страницу.")
    return found


def save_draft(
    store: Store,
    user: User,
    draft: RegulationDraft,
    *,
    regulation_id: int | None = None,
    newer_than: int | None = None,
    now: datetime,
) -> int:
    """Write a draft and return its id; ``newer_than``: the approved version that it is to take the place of.

    Raises AccessRefused; RuleRefused for words, days, readers or a file that may not be, and then keeps nothing.
    """
    check_may(user, Action.DRAFT_DOCUMENTS)
    checked = [rules.check_document(*draft.file)] if draft.file is not None else []
    with keeping(store, checked) as kept:
        saved, gone = store.write(
            lambda transaction: _save(transaction, user, draft, regulation_id, newer_than, kept, now)
        )
    if gone:
        drop_content(store, gone)
    return saved


def _save(
    transaction: Transaction,
    user: User,
    draft: RegulationDraft,
    regulation_id: int | None,
    newer_than: int | None,
    kept: Sequence[KeptFile],
    now: datetime,
) -> tuple[int, str]:
    """Return the id of the draft and the stored name of the file that it no longer has."""
    words = rules.check_draft(draft)
    check_audience(Audience(Target(draft.target), draft.target_ids, draft.target_roles, for_staff=True))
    held = _found(transaction, regulation_id) if regulation_id is not None else None
    if held is not None:
        rules.check_may_change(held.state, is_head=may(user, Action.APPROVE_DOCUMENTS))
    series = _series(transaction, newer_than) if held is None else (held.series_id, held.version)
    new_id = held.regulation_id if held else transaction.new_ids(1)[0]
    before = KeptFile(*_file_of(held)) if held else NO_FILE
    file = kept[0] if kept else before
    saved = _drafted(words, held, new_id, series, file, user, now)
    if saved != held:
        stored.save_regulation(transaction, saved)
        transaction.record(_event("regulation", saved, user, now))
    return new_id, before.stored_name if kept else ""


def _file_of(held: Regulation) -> tuple[str, str, str, int, str]:
    return held.stored_name, held.file_name, held.file_kind, held.size_bytes, held.sha256


def _series(transaction: Transaction, newer_than: int | None) -> tuple[int | None, int]:
    """Return the series and the number of a new version; (None, 1) of a new document."""
    if newer_than is None:
        return None, 1
    old = _found(transaction, newer_than)
    of_series = [each for each in stored.all_regulations(transaction) if each.series_id == old.series_id]
    if old.replaced_by is not None or not old.is_approved:
        raise RuleRefused("Новую редакцию делают из действующей.", next_step="Откройте последнюю редакцию.")
    if any(not each.is_approved for each in of_series):
        raise RuleRefused("Новая редакция уже готовится.", next_step="Откройте её в черновиках.")
    return old.series_id, old.version + 1


def _drafted(
    draft: RegulationDraft,
    held: Regulation | None,
    regulation_id: int,
    series: tuple[int | None, int],
    file: KeptFile,
    user: User,
    now: datetime,
) -> Regulation:
    written: dict[str, Any] = {name: value for name, value in vars(draft).items() if name != "file"}
    of_file: dict[str, Any] = {
        "stored_name": file.stored_name,
        "file_name": file.title,
        "file_kind": file.kind,
        "size_bytes": file.size_bytes,
        "sha256": file.sha256,
    }
    if held is not None:
        return replace(held, **written, **of_file)
    return Regulation(
        regulation_id=regulation_id,
        series_id=series[0] or regulation_id,
        version=series[1],
        state=RegulationState.DRAFT,
        note="",
        drafted_at=now,
        drafted_by=user.user_id,
        author="",
        approved_at=None,
        approved_by=None,
        approver="",
        replaced_by=None,
        repealed_at=None,
        **written,
        **of_file,
    )


@in_transaction
def submit_draft(transaction: Transaction, user: User, regulation_id: int, *, now: datetime) -> None:
    """Lay a draft before the head (п. 4.2). Raises AccessRefused, RuleRefused."""
    check_may(user, Action.DRAFT_DOCUMENTS)
    held = _found(transaction, regulation_id)
    rules.check_may_change(held.state, is_head=False)
    rules.check_complete(_draft_of(held), has_file=bool(held.stored_name))
    submitted = replace(held, state=RegulationState.SUBMITTED, note="")
    stored.save_regulation(transaction, submitted)
    transaction.record(_event("regulation_submitted", submitted, user, now))


def _draft_of(held: Regulation) -> RegulationDraft:
    return RegulationDraft(held.kind, held.title, held.target, body=held.body)


@in_transaction
def return_draft(
    transaction: Transaction, user: User, regulation_id: int, note: str, *, now: datetime
) -> None:
    """Give a document back to be mended, with a word why: the head, or with no word whoever prepares it takes it back.

    Raises AccessRefused, RuleRefused.
    """
    check_may(user, Action.DRAFT_DOCUMENTS)
    held = _found(transaction, regulation_id)
    rules.check_submitted(held.state)
    is_head = may(user, Action.APPROVE_DOCUMENTS)
    words = (
        rules.check_text(note, rules.LONGEST_NOTE, "Причина", "Напишите, что исправить.") if is_head else ""
    )
    returned = replace(held, state=RegulationState.DRAFT, note=words)
    stored.save_regulation(transaction, returned)
    transaction.record(_event("regulation_returned", returned, user, now, reason=words))


def discard_draft(store: Store, user: User, regulation_id: int, *, now: datetime) -> None:
    """Remove a draft with its file. Raises AccessRefused; RuleRefused for what is approved or lies before the head."""
    if stored_name := _discard(store, user, regulation_id, now=now):
        drop_content(store, stored_name)


@in_transaction
def _discard(transaction: Transaction, user: User, regulation_id: int, *, now: datetime) -> str:
    check_may(user, Action.DRAFT_DOCUMENTS)
    held = _found(transaction, regulation_id)
    rules.check_may_change(held.state, is_head=False)
    stored.remove_regulation(transaction, regulation_id)
    transaction.record(_event("regulation_discarded", held, user, now))
    return held.stored_name


@in_transaction
def approve_document(
    transaction: Transaction, user: User, regulation_id: int, number: str, dated_on: date, *, now: datetime
) -> int:
    """Approve a document under a number of a day (п. 4.1); its readers get it, the version before it ends. Return how many readers.

    Raises AccessRefused for everybody but the head; RuleRefused for a number that is taken, or for readers of whom none works here.
    """
    check_may(user, Action.APPROVE_DOCUMENTS)
    held = _found(transaction, regulation_id)
    known = stored.all_regulations(transaction)
    numbered = replace(held, number=" ".join(number.split())[: rules.LONGEST_NUMBER], dated_on=dated_on)
    approved = rules.check_approval(numbered, [each for each in known if each.is_approved], now.date())
    approved = replace(approved, approved_at=now, approved_by=user.user_id)
    members = members_of(transaction, stored.audience_of(held), now.date())
    if not members:
        raise RuleRefused("Знакомить некого.", next_step="Выберите других, кого знакомить.")
    stored.save_regulation(transaction, approved)
    stored.add_readers(transaction, regulation_id, [each.person_id for each in members], now, is_late=False)
    assert approved.valid_from is not None
    for old in known:
        if old.series_id == held.series_id and old.is_approved and old.replaced_by is None:
            ends = rules.last_day_of_replaced(old, approved.valid_from)
            stored.save_regulation(transaction, replace(old, replaced_by=regulation_id, valid_until=ends))
    words = f"{rules.KIND_TITLES[approved.kind]} № {approved.number} «{approved.title}»"
    transaction.record(_event("regulation_approved", approved, user, now, new=words))
    return len(members)


@in_transaction
def repeal_document(transaction: Transaction, user: User, regulation_id: int, *, now: datetime) -> None:
    """End a document that no version replaces (п. 4.1). Raises AccessRefused, RuleRefused."""
    check_may(user, Action.APPROVE_DOCUMENTS)
    held = _found(transaction, regulation_id)
    rules.check_asks(held, now.date())
    stored.save_regulation(transaction, replace(held, repealed_at=now))
    transaction.record(_event("regulation_repealed", held, user, now))


@in_transaction
def note_read(transaction: Transaction, user: User, regulation_id: int, *, now: datetime) -> None:
    """Note that the user has opened a document: the program's own book; it is not acquaintance."""
    check_may(user, Action.READ_DOCUMENTS, Rows(user_id=user.user_id))
    row = own_acquaintance(transaction, user, regulation_id)
    if row is not None and row.seen_at is None:
        stored.save_acquaintance(transaction, replace(row, seen_at=now), is_noted=False)


@in_transaction
def acquaint(transaction: Transaction, user: User, regulation_id: int, *, now: datetime) -> None:
    """Note the user's deliberate «Ознакомлен»; once is enough. Raises AccessRefused for what is not for them, RuleRefused."""
    check_may(user, Action.READ_DOCUMENTS, Rows(user_id=user.user_id))
    row = own_acquaintance(transaction, user, regulation_id)
    if row is None:
        raise AccessRefused(*REFUSED)
    held = _found(transaction, regulation_id)
    rules.check_asks(held, now.date())
    if row.confirmed_at is None:
        stored.save_acquaintance(transaction, replace(row, seen_at=row.seen_at or now, confirmed_at=now))
        transaction.record(_event("regulation_read", held, user, now))


@in_transaction
def note_on_paper(
    transaction: Transaction,
    user: User,
    regulation_id: int,
    staff_ids: Collection[int],
    signed_on: date,
    *,
    now: datetime,
) -> int:
    """Note who has signed the printed sheet on a day, and who enters it; return how many were new.

    Raises AccessRefused; RuleRefused for somebody whom the document is not for, or a day that may not be.
    """
    check_may(user, Action.FOLLOW_DOCUMENTS)
    held = _found(transaction, regulation_id)
    rules.check_asks(held, now.date())
    rules.check_signed_on(signed_on, held.approved_at, now.date())
    rows = {each.staff_id: each for each in stored.acquaintances_with(transaction, regulation_id)}
    if not set(staff_ids) <= rows.keys():
        raise RuleRefused("Этого человека в листе нет.", next_step="Обновите страницу.")
    fresh = [rows[each] for each in dict.fromkeys(staff_ids) if rows[each].confirmed_at is None]
    for row in fresh:
        at = datetime.combine(signed_on, time())
        stored.save_acquaintance(transaction, replace(row, confirmed_at=at, paper_by=user.user_id))
    if fresh:
        words = f"«{held.title}»: {len(fresh)}"
        transaction.record(_event("regulation_paper", held, user, now, new=words))
    return len(fresh)


@in_transaction
def remind_readers(transaction: Transaction, user: User, regulation_id: int, *, now: datetime) -> int:
    """Remind whoever is not acquainted yet and can sign in, each once a day; return how many. Raises AccessRefused, RuleRefused."""
    check_may(user, Action.FOLLOW_DOCUMENTS)
    held = _found(transaction, regulation_id)
    rules.check_asks(held, now.date())
    count = _remind(transaction, held, user, now)
    if not count:
        raise RuleRefused(
            "Напоминать некому: все ознакомлены, сегодня уже напоминали или не могут войти.",
            next_step="Тем, у кого нет входа, дайте лист под подпись.",
        )
    return count


def _remind(transaction: Transaction, held: Regulation, user: User | None, now: datetime) -> int:
    rows = stored.acquaintances_with(transaction, held.regulation_id)
    late = rules.to_remind(rows, people_with_sign_in(transaction)[Part.STAFF], now.date())
    for row in late:
        stored.save_acquaintance(transaction, replace(row, reminded_at=now))
    if late:
        words = f"«{held.title}»: {len(late)}"
        transaction.record(_event("regulation_reminded", held, user, now, new=words))
    return len(late)


@in_transaction
def look_after_readers(transaction: Transaction, *, now: datetime) -> int:
    """Give documents to who has come to their readers, and remind of those whose last day is near; return how many people.

    Done by the program once a day and after changes of the staff; who has left the readers keeps what was given.
    """
    touched, today = 0, now.date()
    for held in stored.all_regulations(transaction):
        if not held.asks_to_be_read(today):
            continue
        known = {each.staff_id for each in stored.acquaintances_with(transaction, held.regulation_id)}
        members = members_of(transaction, stored.audience_of(held), today)
        if fresh := {each.person_id for each in members} - known:
            stored.add_readers(transaction, held.regulation_id, fresh, now, is_late=True)
            words = f"«{held.title}»: {len(fresh)}"
            transaction.record(_event("regulation_joined", held, None, now, new=words))
        touched += len(fresh)
        if rules.is_due(held.read_by, today):
            touched += _remind(transaction, held, None, now)
    return touched


@in_transaction
def save_agreement(transaction: Transaction, user: User, words: str, *, now: datetime) -> None:
    """Keep which local act lets a press in the register stand for a signature (63-ФЗ, ст. 6); empty: none. Raises AccessRefused, RuleRefused."""
    check_may(user, Action.APPROVE_DOCUMENTS)
    old, new = setting(transaction, stored.AGREEMENT) or "", " ".join(words.split())
    if len(new) > rules.LONGEST_AGREEMENT:
        raise RuleRefused(f"Больше {rules.LONGEST_AGREEMENT} знаков.", next_step="Сократите.")
    if old == new:
        return
    save_setting(transaction, stored.AGREEMENT, new)
    transaction.record(Event(now, user.user_id, "regulation_agreement", old_value=old, new_value=new))
