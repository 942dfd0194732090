"""Inspections: started with what the figures found, completed by the inspector, made known and answered (п. 3.5, 6.2–6.4)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from school.access.action import Action
from school.access.checks import check_may
from school.access.scopes import Rows
from school.errors import RuleRefused
from school.inspections import rules
from school.inspections import store as stored
from school.inspections.rules import BY_HAND, CONCLUSION_LENGTH, TEXT_LENGTH, TITLE_LENGTH
from school.inspections.store import Inspection, InspectionFinding
from school.records import InspectionScope, MendState, RegisterFinding, User
from school.store.connection import Transaction, in_transaction
from school.store.events import Event


@dataclass(frozen=True)
class InspectionDraft:
    """What an inspector asks for: a title, the span, what is looked at."""

    title: str
    school_year: int
    starts_on: date
    ends_on: date
    scope: InspectionScope


@in_transaction
def start_inspection(
    transaction: Transaction,
    user: User,
    draft: InspectionDraft,
    findings: Sequence[RegisterFinding],
    rechecked: Mapping[int, MendState],
    *,
    now: datetime,
) -> int:
    """Write down an inspection with its findings and what became of earlier ones (finding id → state); return its id.

    Raises AccessRefused; RuleRefused without a title or without anything to look at.
    """
    check_may(user, Action.INSPECT)
    title = rules.checked_text(draft.title, TITLE_LENGTH, "Название проверки")
    if not draft.scope.aspects:
        raise RuleRefused(
            "Не выбрано, что проверять.", next_step="Отметьте хотя бы одно направление (п. 6.3)."
        )
    inspection_id, *ids = transaction.new_ids(1 + len(findings))
    named = vars(replace(draft, title=title))
    stored.save_inspection(
        transaction, Inspection(inspection_id, **named, started_at=now, started_by=user.user_id)
    )
    rows = [InspectionFinding(key, inspection_id, found) for key, found in zip(ids, findings, strict=True)]
    stored.save_findings(transaction, rows)
    stored.save_rechecks(transaction, inspection_id, rechecked)
    transaction.record(_event(user, now, "inspection", inspection_id, f"{title}, находок: {len(rows)}"))
    return inspection_id


def _event(user: User, now: datetime, kind: str, inspection_id: int, text: str) -> Event:
    return Event(now, user.user_id, kind, record_id=inspection_id, new_value=text)


@dataclass(frozen=True)
class FindingEdit:
    """What the inspector makes of a finding: whether it stands in the report, a note, a deadline."""

    finding_id: int
    is_kept: bool
    note: str = ""
    mend_until: date | None = None


@in_transaction
def edit_findings(
    transaction: Transaction, user: User, edits: Sequence[FindingEdit], *, now: datetime
) -> None:
    """Change findings of an inspection that is being written, all or none. Raises AccessRefused, RuleRefused."""
    check_may(user, Action.INSPECT)
    for edit in edits:
        _edit_finding(transaction, user, edit, now)


def _edit_finding(transaction: Transaction, user: User, edit: FindingEdit, now: datetime) -> None:
    held = stored.finding_by_id(transaction, edit.finding_id)
    if held is None:
        raise RuleRefused("Этой находки уже нет.", next_step="Обновите страницу.")
    _open_inspection(transaction, held.inspection_id)
    note = rules.checked_text(edit.note, TEXT_LENGTH, "Замечание") if edit.note.strip() else ""
    if edit.mend_until != held.mend_until:
        rules.check_mend_day(edit.mend_until, now.date())
    changed = replace(held, is_kept=edit.is_kept, note=note, mend_until=edit.mend_until)
    if changed == held:
        return
    stored.change_finding(transaction, changed)
    text = note or ("в справке" if edit.is_kept else "не в справке")
    transaction.record(_event(user, now, "inspection_finding", held.inspection_id, text))


def _open_inspection(transaction: Transaction, inspection_id: int) -> Inspection:
    inspection = stored.inspection_by_id(transaction, inspection_id)
    if inspection is None:
        raise RuleRefused("Такой проверки нет.", next_step="Вернитесь к списку проверок.")
    rules.check_still_open(inspection.published_at)
    return inspection


@in_transaction
def add_finding(
    transaction: Transaction,
    user: User,
    inspection_id: int,
    text: str,
    place: tuple[int | None, int | None, int | None],
    *,
    now: datetime,
) -> int:
    """Add what no figure sees, such as homework beyond the pupils' age; ``place``: class, subject, teacher. Return its id."""
    check_may(user, Action.INSPECT)
    written = rules.checked_text(text, TEXT_LENGTH, "Замечание")
    _open_inspection(transaction, inspection_id)
    (finding_id,) = transaction.new_ids(1)
    found = RegisterFinding(BY_HAND, *place, count=1, total=1, text=written)
    stored.save_findings(transaction, [InspectionFinding(finding_id, inspection_id, found)])
    transaction.record(_event(user, now, "inspection_finding", inspection_id, written))
    return finding_id


@in_transaction
def write_conclusion(
    transaction: Transaction,
    user: User,
    inspection_id: int,
    conclusion: str,
    recommendations: str,
    *,
    now: datetime,
) -> None:
    """Write the conclusion and the recommendations of an inspection that is being written."""
    check_may(user, Action.INSPECT)
    conclusion = rules.checked_text(conclusion, CONCLUSION_LENGTH, "Вывод")
    advice = (
        rules.checked_text(recommendations, CONCLUSION_LENGTH, "Рекомендации")
        if recommendations.strip()
        else ""
    )
    held = _open_inspection(transaction, inspection_id)
    if (held.conclusion, held.recommendations) == (conclusion, advice):
        return
    stored.change_conclusion(transaction, inspection_id, conclusion, advice)
    transaction.record(_event(user, now, "inspection_conclusion", inspection_id, conclusion))


@in_transaction
def publish_inspection(transaction: Transaction, user: User, inspection_id: int, *, now: datetime) -> None:
    """Make the report known to the teachers it names (п. 6.4); from then on it does not change.

    Raises RuleRefused without a conclusion.
    """
    check_may(user, Action.INSPECT)
    held = _open_inspection(transaction, inspection_id)
    if not held.conclusion:
        raise RuleRefused("В справке нет вывода.", next_step="Напишите вывод и сохраните его.")
    stored.publish(transaction, inspection_id, now, user.user_id)
    transaction.record(_event(user, now, "inspection_published", inspection_id, held.title))


@in_transaction
def discard_inspection(transaction: Transaction, user: User, inspection_id: int, *, now: datetime) -> None:
    """Delete an inspection that was not made known."""
    check_may(user, Action.INSPECT)
    held = _open_inspection(transaction, inspection_id)
    stored.delete_inspection(transaction, inspection_id)
    transaction.record(_event(user, now, "inspection_discarded", inspection_id, held.title))


@in_transaction
def confirm_inspection(transaction: Transaction, user: User, inspection_id: int, *, now: datetime) -> None:
    """Note that a teacher named in a report has read it; once is enough. Raises AccessRefused for who is not named."""
    staff_id = _inspected_teacher(transaction, user, inspection_id)
    if staff_id in stored.readings_of(transaction, inspection_id):
        return
    stored.save_reading(transaction, inspection_id, staff_id, now)
    transaction.record(_event(user, now, "inspection_read", inspection_id, "ознакомлен(а)"))


@in_transaction
def answer_inspection(
    transaction: Transaction, user: User, inspection_id: int, text: str, *, now: datetime
) -> None:
    """Write a named teacher's answer to a report; answering is reading it too."""
    written = rules.checked_text(text, TEXT_LENGTH, "Ответ")
    staff_id = _inspected_teacher(transaction, user, inspection_id)
    if staff_id not in stored.readings_of(transaction, inspection_id):
        stored.save_reading(transaction, inspection_id, staff_id, now)
    stored.save_answer(transaction, inspection_id, staff_id, written, now)
    transaction.record(_event(user, now, "inspection_answer", inspection_id, written))


def _inspected_teacher(transaction: Transaction, user: User, inspection_id: int) -> int:
    inspection = stored.inspection_by_id(transaction, inspection_id)
    rows = stored.findings_of(transaction, inspection_id) if inspection and inspection.published_at else []
    named = frozenset(
        row.found.teacher_id for row in rows if row.is_kept and row.found.teacher_id is not None
    )
    check_may(user, Action.ANSWER_INSPECTION, Rows(teacher_ids=named))
    assert user.staff_id is not None  # a grant over own lessons covers nobody else
    return user.staff_id
